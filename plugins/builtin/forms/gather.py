"""The form ``gather``: a decision is the union of what all classes of a subject bring."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Collected, Node
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.core.types import SetType
from tierwise.plugins.builtin.forms.class_values import classes_of, value_of_each_class
from tierwise.plugins.builtin.forms.form_values import WrittenValue, is_written

__all__ = ["Gather", "GatherValue"]


class GatherValue(Part):
    """``{of: classes, values: {战略客户: [a, b], VIP客户: [c]}}``."""

    of: Written
    values: dict[Written, WrittenValue]
    default: WrittenValue = Field(default=None, description="what every other class brings")


class Gather:
    """A set for each class; a subject gets all of them together."""

    name = "gather"
    about = "The union of what all classes of a subject bring."
    model: Any = GatherValue

    def compile(self, spec: GatherValue, context: FormContext) -> Mapping[str, Node]:
        """Return a ``Collected`` over the classes."""
        name = context.only_output()
        classes = classes_of(spec.of, context)
        if name is None or classes is None:
            return {}
        type = context.outputs[name]
        if not isinstance(type, SetType):
            context.report(
                Finding.error("type-mismatch", f"`gather` gives a set, but `{name}` is declared `{type}`", context.span(context.path))
            )
            return {}
        of, words = classes
        compile = partial(context.output, name)
        default = compile(spec.default, (*context.path, "default")) if is_written(spec, "default") else None
        return {name: Collected(of, value_of_each_class(words, spec.values, default, compile, context), type)}
