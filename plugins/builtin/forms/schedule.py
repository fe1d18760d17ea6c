"""The form ``schedule``: something is due every so often after the last time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import AS_OF, Arithmetic, Compare, Constant, FactRef, Logic, Named, Node, Overdue
from tierwise.core.policy.texts import Part, Text
from tierwise.core.source import Written
from tierwise.core.types import BooleanType, DateTimeType, DateType, DurationType, EnumType, Type

__all__ = ["CADENCE", "Schedule", "ScheduleValue"]

CADENCE = EnumType(("rolling", "calendar"))
"""The two readings of "every P": so long after the last one, or once in each calendar period (see the node ``Overdue``)."""

TODAY = FactRef(AS_OF, DateType())


class ScheduleOutputs(Part):
    """What is wanted, each under the name that it gets."""

    interval: Written | None = Field(default=None, description="the duration between two times")
    due_on: Written | None = Field(default=None, description="the date of the next time; none when there was no last one")
    due: Written | None = Field(default=None, description="whether the next time has come")
    overdue: Written | None = Field(default=None, description="whether the next time is missed")

    def wanted(self) -> Mapping[str, str]:
        """Return what is wanted and its name."""
        return {what: name for what, name in self if name is not None}


class ScheduleValue(Part):
    """``{last: last_visit_on, every: 2 weeks, reading: cadence, outputs: {due_on: visit_due_on}}``."""

    last: Written
    every: Written
    reading: Written
    outputs: ScheduleOutputs
    labels: dict[str, Text] = Field(default_factory=dict, description="what people call the outputs, by name")


_TYPES: Mapping[str, Type] = {"interval": DurationType(), "due_on": DateType(), "due": BooleanType(), "overdue": BooleanType()}


class Schedule:
    """The interval, the next due date, and whether it has come or is missed."""

    name = "schedule"
    about = "When something is due again, and whether it is overdue."
    model: Any = ScheduleValue

    def declares(self, entry: str, spec: ScheduleValue) -> Mapping[str, Type]:
        """Return the outputs by the names that the author gives them."""
        return {name: _TYPES[what] for what, name in spec.outputs.wanted().items()}

    def labels(self, spec: ScheduleValue) -> Mapping[str, Named]:
        """Return the labels that the author gives."""
        return {name: label.named() for name, label in spec.labels.items()}

    def compile(self, spec: ScheduleValue, context: FormContext) -> Mapping[str, Node]:
        """Return the nodes of the outputs that are asked for."""
        last = self._date(spec.last, context)
        every = context.value(spec.every, (*context.path, "every"), DurationType())
        reading = context.value(spec.reading, (*context.path, "reading"), CADENCE)
        if last is None or every is None or reading is None:
            return {}
        due_on = Arithmetic("+", (last, every), DateType())
        never = Compare("=", last, Constant(None, DateType()))
        nodes: Mapping[str, Callable[[], Node]] = {
            "interval": lambda: every,
            "due_on": lambda: due_on,
            "due": lambda: Logic("or", (never, Compare(">=", TODAY, due_on))),
            "overdue": lambda: Overdue(last, every, TODAY, reading),
        }
        return {name: nodes[what]() for what, name in spec.outputs.wanted().items()}

    def _date(self, text: Written, context: FormContext) -> Node | None:
        node = context.expression(text)
        if node is None or isinstance(context.type_of(node), DateType):
            return node
        message = f"`{text}` is a `{context.type_of(node)}`; `last` needs a date"
        help = f"write `date({text})`" if isinstance(context.type_of(node), DateTimeType) else ""
        context.report(Finding.error("type-mismatch", message, context.span((*context.path, "last")), help))
        return None
