"""The compiled section ``watch``: kinds of events with their fields, and rules with no name left to resolve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never

from tierwise.core.outcome import Reason
from tierwise.core.plan import Named, Node, Plan
from tierwise.core.source import Path, Span
from tierwise.core.types import Type
from tierwise.core.values import Duration
from tierwise.plugins.watching.watch_section import EventTable

__all__ = [
    "SECTION",
    "ActionPlan",
    "Again",
    "Count",
    "Duty",
    "EventKind",
    "Expected",
    "Lost",
    "Silence",
    "Variant",
    "WatchPlan",
    "WatchRule",
]

SECTION = "watch"
Again = Literal["after_reset", "after_period", "each", "never"]
Variant = Mapping[str, str]
"""One word for each reading that a rule hangs on."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """A declared kind of event.

    Attributes:
        nullable: The fields that may be none.
        tables: How a database's tables hold such events, by where the policy says so.
    """

    name: str
    label: Named
    fields: Mapping[str, Type]
    nullable: frozenset[str] = frozenset()
    tables: Mapping[Path, EventTable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lost:
    """A duration that a company has not given yet: the parameter, and what is said while it has no value."""

    parameter: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What is to be done; ``amount`` is an expression over the fields of the last event that caused it."""

    do: str
    say: Named
    level: str
    amount: Node | None = None
    unit: str = ""
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """So many events within a period.

    Attributes:
        within: The rolling period, its first and last day included; ``None`` for no bound.
        calendar: The calendar period; ``None`` for none.
        reading: The reading that decides between the two, where both are there.
        resets: The kinds of events that use up all that came before them, also on their day.
    """

    count: int
    within: Duration | None
    calendar: str | None
    reading: str | None
    again: Again
    resets: tuple[str, ...] = ()

    def period(self, variant: Variant) -> tuple[Duration | None, str | None]:
        """Return the one period that counts under a variant."""
        if self.reading is None:
            return self.within, self.calendar
        return (None, self.calendar) if variant[self.reading] == "calendar" else (self.within, None)


@dataclass(frozen=True, slots=True)
class Expected:
    """An event that has to follow."""

    name: str
    label: Named
    kinds: tuple[str, ...]
    condition: Node | None


@dataclass(frozen=True, slots=True)
class Duty:
    """Events that have to follow an event, and how long they may take."""

    expected: tuple[Expected, ...]
    by: Duration | Lost


@dataclass(frozen=True, slots=True)
class Silence:
    """A further event that has to come before so much time has passed."""

    length: Duration


@dataclass(frozen=True, slots=True)
class WatchRule:
    """One rule.

    Attributes:
        kinds: The kinds of events that it is about.
        condition: Which of them; ``None`` for all.
        per: What, beside the subject, keeps its counts apart.
        variants: Every combination of the readings that it, or a rule that makes events for it, hangs on; at least one, maybe empty.
    """

    name: str
    label: Named
    kinds: tuple[str, ...]
    condition: Node | None
    per: tuple[Node, ...]
    form: Count | Duty | Silence
    action: ActionPlan
    met: ActionPlan | None
    variants: tuple[Variant, ...] = ({},)
    span: Span | None = field(default=None, compare=False)

    @property
    def reads(self) -> frozenset[str]:
        """Every kind of event that matters to it."""
        return frozenset(kind for kinds, _ in self.parts for kind in kinds)

    @property
    def parts(self) -> tuple[tuple[tuple[str, ...], Node | None], ...]:
        """The parts that events may play, as kinds and a condition: what it is about, then what else its form looks at."""
        match self.form:
            case Duty(expected=expected):
                others = tuple((one.kinds, one.condition) for one in expected)
            case Count(resets=resets):
                others = ((resets, None),) if resets else ()
            case Silence():
                others = ()
            case _:
                assert_never(self.form)
        return (self.kinds, self.condition), *others

    @property
    def makes(self) -> frozenset[str]:
        """Every kind of event that its actions make."""
        return frozenset(action.post for action in (self.action, self.met) if action is not None and action.post is not None)


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """All rules, in an order in which each comes after those that make events for it.

    Attributes:
        plan: What the nodes read beside events: parameters that are lost, and readings. Its facts are the fields of all kinds.
        readings: The names of all readings that some rule hangs on.
    """

    policy: str
    fingerprint: str
    kinds: Mapping[str, EventKind]
    rules: tuple[WatchRule, ...]
    plan: Plan
    readings: frozenset[str] = frozenset()

    @classmethod
    def of(cls, sections: Mapping[str, object]) -> WatchPlan | None:
        """Return what the section ``watch`` of a policy compiled to; ``None`` for a policy that watches nothing."""
        plan = sections.get(SECTION)
        return plan if isinstance(plan, WatchPlan) else None
