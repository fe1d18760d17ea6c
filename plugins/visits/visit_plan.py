"""The visits that a policy's cadence asks for between two days: the dates of each subject, the load of each owner and week, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tierwise.core.errors import PolicyError
from tierwise.core.meaning.subjects import Subject, SubjectResult
from tierwise.core.outcome import Determined, Reason
from tierwise.core.plan import Decision, Named, Plan, constant_of
from tierwise.core.plan.usage import reads_of
from tierwise.core.plan.walk import walk
from tierwise.core.types import DateType, DurationType
from tierwise.core.values import Duration, add_duration
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["Cadence", "Visit", "VisitPlan", "cadences_of", "planned", "shown_intervals", "week_of"]

MODULES = ("visit-cadence",)
MOST_OF_ONE = 400
"""A cadence of less than a day asks for no more of one subject: a plan names days."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """One thing that comes round.

    Attributes:
        name: The decision that counts it.
        label: What people call it.
        last: The fact with the date of the last time.
        every: The decision with the interval, or an interval that is the same for all.
    """

    name: str
    label: Named
    last: str
    every: str | Duration


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Attributes:
        day: When it is to be made.
        due: When it was due; earlier than ``day`` when it is overdue, ``None`` when there was never one before.
        owner: Whose it is, or an empty text.
    """

    key: str
    name: str
    cadence: Cadence
    day: date
    due: date | None
    owner: str


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """All visits between two days.

    Attributes:
        visits: In the order of days, then of ids.
        load: How many an owner has in a week, by owner and the Monday of the week.
        unknown: Subjects of whom it is not known whether or when, by why it is not: that the last time is missing, too.
        capacity: How many one owner has time for in a week; ``None`` when nobody said.
    """

    visits: tuple[Visit, ...]
    load: Mapping[tuple[str, date], int]
    unknown: Mapping[Reason, int]
    capacity: int | None

    @property
    def too_many(self) -> list[tuple[str, date, int]]:
        """Return owner, week and number where there is no time for all."""
        if self.capacity is None:
            return []
        return [(owner, week, count) for (owner, week), count in sorted(self.load.items()) if count > self.capacity]


def cadences_of(loaded: LoadedPolicy) -> list[Cadence]:
    """Return what comes round in a policy.

    Raises:
        PolicyError: Nothing does, or nothing says when it was last.
    """
    plan = loaded.plan
    found: dict[tuple[str, str], Cadence] = {}
    of_visits = {name: module for name, module in loaded.policy.modules.items() if module.kind in MODULES}
    for decision in plan.decisions.values():
        if decision.module in of_visits and decision.form == "schedule":
            cadence = _cadence(plan, decision)
            if cadence is not None:
                found.setdefault((cadence.last, str(cadence.every)), cadence)
    if not found:
        raise PolicyError(
            f"policy `{plan.policy}` asks for no visits", help="add a module of the kind `visit-cadence` with `every` and `last`"
        )
    return list(found.values())


def shown_intervals(plan: Plan, cadences: Iterable[Cadence]) -> Plan:
    """Return a plan of which the intervals are outputs, too."""
    wanted = {cadence.every for cadence in cadences if isinstance(cadence.every, str)}
    return replace(
        plan,
        decisions={name: replace(decision, output=True) if name in wanted else decision for name, decision in plan.decisions.items()},
    )


def planned(
    pairs: Iterable[tuple[Subject, SubjectResult]],
    cadences: Iterable[Cadence],
    between: tuple[date, date],
    owner: str | None = None,
    capacity: int | None = None,
) -> VisitPlan:
    """Plan the visits.

    Args:
        pairs: Each subject with its results.
        cadences: What comes round.
        between: The first and the last day, both included.
        owner: The fact with whose subject it is.
        capacity: How many visits one owner has time for in a week.
    """
    visits: list[Visit] = []
    unknown: Counter[Reason] = Counter()
    cadences = list(cadences)
    for subject, result in pairs:
        of = str(subject.facts.get(owner) or "") if owner is not None else ""
        for cadence in cadences:
            interval = _interval(cadence, result)
            if isinstance(interval, Reason):
                unknown[interval] += 1
            elif cadence.last not in subject.facts and interval is not None:
                unknown[Reason.MISSING_FACT] += 1
            elif interval is not None:
                days = _days(subject.facts[cadence.last], interval, between)
                visits += [Visit(result.key, result.name or "", cadence, day, due, of) for day, due in days]
    visits.sort(key=lambda visit: (visit.day, visit.key, visit.cadence.name))
    return VisitPlan(tuple(visits), Counter((visit.owner, week_of(visit.day)) for visit in visits), unknown, capacity)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _cadence(plan: Plan, decision: Decision) -> Cadence | None:
    reads = reads_of(plan, decision.node)
    last = next((name for name in reads.facts if name in plan.facts and isinstance(plan.facts[name].type, DateType)), None)
    named = next((name for name in reads.decisions if isinstance(plan.decisions[name].type, DurationType)), None)
    fixed = (constant.value for part in walk(decision.node) if (constant := constant_of(part)) is not None)
    every = named or next((value for value in fixed if isinstance(value, Duration)), None)
    if last is None or every is None:
        return None
    called = {name: label for name, label in decision.label.items() if label != decision.name}
    return Cadence(decision.name, called or (plan.decisions[named].label if named else decision.label), last, every)


def _interval(cadence: Cadence, result: SubjectResult) -> Duration | Reason | None:
    """Return the interval of a subject, ``None`` when none is asked for, or the reason why it is not known."""
    if isinstance(cadence.every, Duration):
        return cadence.every
    outcome = result.outcomes[cadence.every]
    if not isinstance(outcome, Determined):
        return outcome.reason
    return outcome.value if isinstance(outcome.value, Duration) and max(outcome.value.months, outcome.value.seconds) > 0 else None


def _days(last: object, every: Duration, between: tuple[date, date]) -> Iterator[tuple[date, date | None]]:
    """Yield the days of one subject's visits, each with the day on which it is due: what is overdue comes first of all."""
    first, end = between
    start = date(last.year, last.month, last.day) if isinstance(last, date) else None
    due = None if start is None else add_duration(start, every)
    day = first if due is None or due < first else due
    for _ in range(MOST_OF_ONE):
        if day > end:
            return
        yield day, due
        # A visit that comes late moves those after it: the next one is counted from the day on which it is made.
        following = add_duration(day, every)
        day = due = following if following > day else day + timedelta(days=1)
