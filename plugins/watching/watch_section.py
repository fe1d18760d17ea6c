"""What an author writes under ``watch``: kinds of events, where a database holds them, and the rules that turn them into actions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tierwise.core.policy.declared_types import TypeKeys
from tierwise.core.policy.texts import Part, SectionKeys, Text, Whole

__all__ = [
    "ActionDeclaration",
    "EventDeclaration",
    "EventField",
    "EventTable",
    "ExpectedDeclaration",
    "Names",
    "WatchDeclaration",
    "WatchRuleDeclaration",
]


def _read_names(raw: Any) -> Any:
    if isinstance(raw, str) and raw:
        return (raw,)
    if isinstance(raw, list | tuple) and raw and all(isinstance(name, str) and name for name in raw):
        return tuple(raw)
    raise PydanticCustomError("wrong-shape", "demands a name, or a list of names")


_NAMES_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
Names = Annotated[tuple[str, ...], BeforeValidator(_read_names), WithJsonSchema(_NAMES_SCHEMA)]
"""One name, or a list of names."""


class Between(Part):
    """A table between the events' table and the subject, as in a binding."""

    table: str = Field(description="the table that knows the subject")
    key: str = Field(description="the column that both tables have")


class EventTable(Part):
    """How the rows of a database table are events."""

    table: str = Field(description="the table, one row an event")
    id: Names = Field(description="the column, or columns, that tell two rows apart")
    subject: str = Field(description="the column with the subject's id")
    at: str = Field(description="the column with the day or time of the event; a row without one has not happened")
    via: Between | None = Field(None, description="the table between, when the subject is not in the table itself")
    days_later: Whole = Field(
        0, description="how many days after that it happens: 1 for what is late the day after it was due", ge=0, le=36500
    )
    where: dict[str, str | None] = Field(default_factory=dict, description="column to cell: which rows are events")
    fields: dict[str, str | None] = Field(
        default_factory=dict, description="field to column, where the names differ; `null` where the table does not hold it"
    )


class EventField(TypeKeys):
    """What an event says of one thing; without a type it is the policy's fact of that name."""

    label: Text | None = Field(None, description="what people call it")


class EventDeclaration(Part):
    """A kind of event."""

    label: Text | None = Field(None, description="what people call it")
    note: Text | None = Field(None, description="a remark for people")
    fields: dict[str, EventField] = Field(default_factory=dict, description="what an event says, beside id, subject and time")
    from_: EventTable | list[EventTable] | None = Field(
        None, alias="from", description="the table, or tables, of a database that hold such events"
    )

    @property
    def tables(self) -> list[EventTable]:
        """The tables of a database that hold such events."""
        if self.from_ is None:
            return []
        return self.from_ if isinstance(self.from_, list) else [self.from_]


class ActionDeclaration(Part):
    """What is to be done."""

    do: str = Field(description="a word for programs")
    say: Text | None = Field(
        None, description="a text for people; `{subject}`, `{at}`, `{count}`, `{amount}`, `{missing}` and fields stand in it"
    )
    level: Literal["note", "warning", "alarm"] = Field("warning", description="how urgent it is")
    amount: str | None = Field(None, description="an expression for an amount, such as a fine; the amounts of a run are added up")
    unit: str = Field("", description="what the amount counts")
    post: str | None = Field(None, description="a kind of event that the action makes, for other rules to read")


class ExpectedDeclaration(Part):
    """An event that has to follow."""

    on: Names = Field(description="its kind")
    when: str | None = Field(None, description="a condition over its fields")
    label: Text | None = Field(None, description="what people call it")


class WatchRuleDeclaration(Part):
    """One rule: which events, how many or what after them, and what is then to be done."""

    label: Text | None = Field(None, description="what people call it")
    about: Text | None = Field(None, description="what it is for")
    note: Text | None = Field(None, description="a remark for people")
    on: Names = Field(description="the kind of events, or several")
    where: dict[str, str | None] = Field(default_factory=dict, description="field to cell: which of these events")
    when: str | None = Field(None, description="a condition over their fields: which of these events")
    per: Names = Field((), description="expressions: events are counted apart for each of their values, beside the subject")
    count: Whole = Field(1, description="how many events it takes", ge=1, le=1000)
    within: str | None = Field(None, description="within which duration")
    calendar: Literal["day", "week", "month", "quarter", "half-year", "year"] | None = Field(
        None, description="within which calendar period"
    )
    reading: str | None = Field(None, description="the reading that decides between `within` (rolling) and `calendar`")
    again: Literal["after_reset", "after_period", "each", "never"] = Field(
        "after_reset",
        description="when the same subject is next: with new events, with new events of a new period, with each further event, never",
    )
    reset: Names = Field((), description="kinds of events that use up all that came before them")
    expect: dict[str, ExpectedDeclaration] = Field(default_factory=dict, description="events that have to follow")
    by: str | None = Field(None, description="how long they may take")
    silence: str | None = Field(None, description="how long no further event may fail to come")
    action: ActionDeclaration = Field(description="what is then to be done")
    met: ActionDeclaration | None = Field(None, description="what is to be done when all expected events came in time")


class WatchDeclaration(SectionKeys):
    """The section ``watch`` of a policy."""

    events: dict[str, EventDeclaration] = Field(min_length=1, description="kinds of events")
    rules: dict[str, WatchRuleDeclaration] = Field(min_length=1, description="what is watched")
