"""The way up, and the way to stay: which smallest changes of a subject's facts reach a better grade, and which would lose the present one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from tierwise.core.environment import Environment
from tierwise.core.meaning.decide import outcomes_of, with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.exact import equal, subtract
from tierwise.core.meaning.regions import values_to_try
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import AS_OF, Decision, Fact, Logic, Named, Node, Plan, Position, rankings_in_order
from tierwise.core.plan.usage import Usage, usage_of
from tierwise.core.types import DateTimeType, DateType, Type
from tierwise.core.values import Value
from tierwise.plugins.paths.ranges import Range, Ranges
from tierwise.plugins.paths.search import Nearest, nearest
from tierwise.plugins.paths.standing import Keys, Standing
from tierwise.plugins.paths.ways import Direction, Way, ways_of

__all__ = ["BOTH", "Change", "Move", "Paths", "Route", "find_paths"]

BOTH: tuple[Direction, ...] = ("up", "down")
MOST_TOGETHER = 3
"""How many facts are changed together at most."""
MOST_SINGLY = 4_000
MOST_JOINTLY = 1_500
"""How many boxes a search looks at, for one fact and for several together."""
MOST_COMPLETED = 4
"""How many missing facts are tried out to see early that an outcome stays undetermined."""
DAYS_AHEAD = 366
"""For how long it is looked whether the same still loses a grade: as long as the longest window of the calendar."""
MOST_COMBINED = 60
"""How many combinations are tried; those of the facts that come nearest to something by themselves go first."""

Changeable = Mapping[str, Sequence[Direction]]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that changes.

    Attributes:
        fact: Its name.
        label: What people call it.
        type: Its type.
        before: Its value now.
        after: The nearest value that will do.
        by: The distance between them, where there is one: a number, or a duration between dates.
    """

    fact: str
    label: Named
    type: Type
    before: Value
    after: Value
    by: Value


@dataclass(frozen=True, slots=True)
class Move:
    """An output that a route changes."""

    output: str
    label: Named
    type: Type
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Route:
    """Changes that together reach what was asked for; with any of them one step less they do not.

    Attributes:
        changes: What changes.
        outcome: What the output is then.
        gains: Every other output that changes with it.
        cost: How far it is, to compare routes: of a number as a share of the largest border that the policy has for it, of a date in years; a
            word or an item counts as one.
        until: Of items that are added to a list of dates and lose a grade: the last day up to which the same number of them, on that day, would
            lose it, where that is within a year: then a window ends in which they are counted.
    """

    changes: tuple[Change, ...]
    outcome: Outcome
    gains: tuple[Move, ...]
    cost: Fraction
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Paths:
    """The ways of one subject from one grade.

    Attributes:
        output: The output it is about.
        present: What it is now.
        wanted: The values that were looked for, best first.
        up: The nearest routes to one of them, nearest first.
        lose: The nearest routes away from the present grade to a worse or an undetermined one; empty while it is undetermined.
        not_searched: Facts that may change but are missing, or of a type without a next value.
        is_proved: The routes are the nearest there are; else a search was given up before its end, or it is not known where one would stand.
    """

    output: Decision
    present: Outcome
    wanted: tuple[Value, ...]
    up: tuple[Route, ...]
    lose: tuple[Route, ...]
    not_searched: tuple[str, ...]
    is_proved: bool


def find_paths(
    plan: Plan,
    environment: Environment,
    facts: Mapping[str, Value],
    output: str,
    wanted: Sequence[Value],
    changeable: Changeable,
    as_of: date | None = None,
    positions: Mapping[str, Position] | None = None,
    standing: Standing | None = None,
) -> Paths:
    """Return the nearest ways of one subject to a better grade, and away from its present one.

    Args:
        plan: The plan.
        environment: Its functions and limits.
        facts: The subject's facts.
        output: The output it is about.
        wanted: Values of it that will do.
        changeable: Fact name to the directions in which it may be moved to reach one of them; for losing the grade
            all but dates move either way.
        as_of: The date of the run.
        positions: The subject's positions in rankings.
        standing: Where it would stand with another amount; without it, outputs that hang on a ranking are only known where it stands now.
    """
    subject = _Subject(plan, environment, with_as_of(facts, as_of), positions or {}, standing, output)
    present = subject.before[output]
    either_way = {name: marked if _is_date(subject.fact(name).type) else BOTH for name, marked in changeable.items()}
    if as_of is not None and AS_OF not in changeable:
        either_way[AS_OF] = ("up",)
    reach = _Aim(lambda got: _is_among(got, wanted), lambda found: any(map(found.admits, wanted)), in_each=True)
    up, up_proved = _routes(subject, changeable, reach)
    lose: tuple[Route, ...] = ()
    lose_proved = True
    if isinstance(present, Determined):
        keeps = _kept(present.value, subject.decision)
        leave = _Aim(lambda got: _is_lost(got, keeps), lambda found: not _is_within(found, keeps), in_each=False)
        found, lose_proved = _routes(subject, either_way, leave)
        lose = tuple(replace(route, until=_until(subject, route, leave)) for route in found)
    missing = [name for name in changeable if name in plan.facts and not subject.ways(name, BOTH)]
    return Paths(subject.decision, present, tuple(wanted), up, lose, tuple(missing), up_proved and lose_proved and subject.is_placed)


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a search looks for.

    Attributes:
        holds: Whether an outcome will do.
        may_hold: Whether one in a range may.
        in_each: It has to hold however the unknown turns out; else it will do where it holds in one way.
    """

    holds: Callable[[Outcome], bool]
    may_hold: Callable[[Range], bool]
    in_each: bool


def _is_date(of: Type) -> bool:
    """Say whether a fact is a date: what has happened on a day does not move back."""
    return isinstance(of, DateType | DateTimeType)


def _kept(value: Value, decision: Decision) -> tuple[Value, ...]:
    """Return the values that are as good as the present one: itself, and of a scale all before it."""
    words: tuple[Value, ...] = getattr(decision.type, "values", ())
    return words[: words.index(value) + 1] if value in words else (value,)


def _is_among(outcome: Outcome, values: Sequence[Value]) -> bool:
    return isinstance(outcome, Determined) and any(equal(outcome.value, value) for value in values)


def _is_lost(outcome: Outcome, keeps: Sequence[Value]) -> bool:
    """Say whether a grade is lost, or may be: another outcome is possible, or none."""
    values = (outcome.value,) if isinstance(outcome, Determined) else outcome.candidates
    return not values or any(not any(equal(value, kept) for kept in keeps) for value in values)


def _is_within(found: Range, values: Sequence[Value]) -> bool:
    """Say whether nothing but these values is possible."""
    if found.is_gap or found.may_be_none or found.values is None:
        return False
    return all(any(equal(own, value) for value in values) for own in found.values)


class _Subject:
    """One subject with some of its facts changed."""

    def __init__(
        self,
        plan: Plan,
        environment: Environment,
        facts: Mapping[str, Value],
        positions: Mapping[str, Position],
        standing: Standing | None,
        output: str,
    ) -> None:
        self.plan = plan
        self.environment = environment
        self.facts = facts
        self.positions = positions
        self.standing = standing
        self.decision = plan.decisions[output]
        self._evaluator = Evaluator(plan, environment)
        self.usage = self._usage()
        self.is_placed = True
        """Whether it was always known where in a ranking it would stand."""

    def _usage(self) -> Usage:
        """Return what the output reads, through rankings too."""
        parts = [self.decision.node]
        rankings: set[str] = set()
        while True:
            usage = usage_of(self.plan, Logic("and", tuple(parts)))
            more = [name for name in usage.rankings if name not in rankings]
            if not more:
                return usage
            rankings.update(more)
            parts += [part for name in more for part in self.plan.rankings[name].parts]

    def fact(self, name: str) -> Fact:
        """Return a fact's declaration; the date of the run has one too."""
        return self.plan.facts.get(name) or Fact(name, DateType(), {})

    def value(self, name: str) -> Value:
        """Return what a fact is now, its default where none is given."""
        value = self.facts.get(name)
        return self.fact(name).default if value is None else value

    def ways(self, name: str, directions: Sequence[Direction]) -> tuple[Way, ...]:
        """Return the ways on which a fact may move, none when it is missing or the output does not read it."""
        value = self.value(name)
        if value is None or name not in self.usage.facts:
            return ()
        day = self.facts.get(AS_OF)
        return tuple(ways_of(self.fact(name), value, directions, self.usage, day if isinstance(day, date) else None))

    def outcome(self, changed: Mapping[str, Value]) -> Outcome:
        """Return the outcome with some facts changed."""
        facts = {**self.facts, **changed}
        return self._evaluator.decide(self.decision.name, facts, self._placed(facts, changed))

    def outcomes(self, changed: Mapping[str, Value]) -> Mapping[str, Outcome]:
        """Return the outcomes of all outputs."""
        facts = {**self.facts, **changed}
        return outcomes_of(self._evaluator, facts, self._placed(facts, changed))

    @cached_property
    def before(self) -> Mapping[str, Outcome]:
        """The outcomes of all outputs as things are."""
        return self.outcomes({})

    def _placed(self, facts: Mapping[str, Value], changed: Mapping[str, Value]) -> Mapping[str, Position]:
        """Return the positions with some facts changed: everybody else stays where they are."""
        if not changed:
            return self.positions
        moved: dict[str, Position] = {}
        for ranking in rankings_in_order(self.plan):
            among, *read = (
                self._value(part, facts, moved) for part in (ranking.among, ranking.partition, *(key for key, _ in ranking.keys))
            )
            if among is False or among is None:
                continue
            partition, *keys = (part for part in read if not isinstance(part, Unknown))
            is_known = among in (True, ()) and len(keys) == len(ranking.keys)
            place = self.standing(ranking.name, tuple(keys), partition) if self.standing is not None and is_known else None
            if place is not None:
                moved[ranking.name] = place
            elif is_known and None not in keys and ranking.name in self.usage.rankings:
                self.is_placed = False
        return moved

    def _value(self, part: Node | None, facts: Mapping[str, Value], positions: Mapping[str, Position]) -> Result:
        return () if part is None else self._evaluator.value_of(part, facts, positions)

    def completed(self, moved: frozenset[str]) -> tuple[Ranges, ...]:
        """Return what parts may come to while some facts move: as things are, and in a few ways in which the unknown may turn out.

        What is to hold has to hold in each of them: an outcome is determined only where every completion gives the same.
        """
        ways = [Ranges(self._evaluator.evaluation, self.facts, self.positions, moved, self.standing)]
        if self.standing is not None:
            for end in (_first, _last):
                positions = {name: end(position) for name, position in self.positions.items()}
                ways.append(Ranges(self._evaluator.evaluation, self.facts, positions, moved, _ended(self.standing, end)))
        open_facts = [
            name for name in self.usage.facts if name not in self.facts and name in self.plan.facts and name not in self.usage.exact
        ]
        for name in open_facts[:MOST_COMPLETED]:
            for value in values_to_try(self.fact(name), self.usage):
                ways.append(Ranges(self._evaluator.evaluation, {**self.facts, name: value}, self.positions, moved, self.standing))
        return tuple(ways)


def _first(position: Position) -> Position:
    """Return the best place that somebody may have who stands there."""
    return replace(position, last=position.first, last_possible=position.first, share_before_last=None, share_with_last=None, maybe=0)


def _last(position: Position) -> Position:
    """Return the worst place that somebody may have who stands there."""
    last = position.last_possible
    before = position.share_before if position.share_before_last is None else position.share_before_last
    share = position.share_with if position.share_with_last is None else position.share_with_last
    place = replace(position, first=last, last=last, last_possible=last, maybe=0)
    return replace(place, share_before=before, share_before_last=None, share_with=share, share_with_last=None)


def _ended(standing: Standing, end: Callable[[Position], Position]) -> Standing:
    def placed(ranking: str, keys: Keys, partition: Value) -> Position | None:
        position = standing(ranking, keys, partition)
        return None if position is None else end(position)

    return placed


def _routes(subject: _Subject, changeable: Changeable, aim: _Aim) -> tuple[tuple[Route, ...], bool]:
    """Return the nearest routes, of one fact each, and of several together where that is nearer than each part of it alone."""
    ways = [way for name, directions in changeable.items() for way in subject.ways(name, directions)]
    found: dict[frozenset[str], tuple[Route, ...]] = {}
    proved = True
    for some in _combined(ways):
        names = frozenset(way.name for way in some)
        parts = [route for other, routes in found.items() if other < names for route in routes]
        below = min((route.cost for route in parts), default=None)
        near = _search(subject, some, aim, MOST_SINGLY if len(some) == 1 else MOST_JOINTLY, below)
        proved = proved and near.is_proved
        if near.steps is not None:
            found[names] = (*found.get(names, ()), _route(subject, some, near.steps))
    return tuple(sorted((route for routes in found.values() for route in routes), key=_order)), proved


def _order(route: Route) -> tuple[int, Fraction, tuple[str, ...]]:
    return len(route.changes), route.cost, tuple(change.fact for change in route.changes)


def _combined(ways: Sequence[Way]) -> Iterator[tuple[Way, ...]]:
    """Yield the ways one by one, then together; no fact twice."""
    yield from ((way,) for way in ways)
    tried = 0
    for size in range(2, MOST_TOGETHER + 1):
        for some in combinations(ways, size):
            if len({way.name for way in some}) == size and AS_OF not in {way.name for way in some}:
                if tried == MOST_COMBINED:
                    return
                tried += 1
                yield some


def _search(
    subject: _Subject,
    ways: tuple[Way, ...],
    aim: _Aim,
    most: int,
    below: Fraction | None,
) -> Nearest:
    moved = frozenset(way.name for way in ways)
    completed = subject.completed(moved) if aim.in_each else subject.completed(moved)[:1]

    def at(steps: tuple[int, ...]) -> bool:
        return aim.holds(subject.outcome(_values(ways, steps)))

    def within(box: tuple[tuple[int, int], ...]) -> bool:
        sides = {way.name: way.range(*side) for way, side in zip(ways, box, strict=True)}
        return all(aim.may_hold(ranges.of(subject.decision.node, sides)) for ranges in completed)

    return nearest(ways, at, within, most, below)


def _values(ways: Sequence[Way], steps: Sequence[int]) -> dict[str, Value]:
    return {way.name: way.value(step) for way, step in zip(ways, steps, strict=True)}


def _route(subject: _Subject, ways: Sequence[Way], steps: Sequence[int]) -> Route:
    changed = _values(ways, steps)
    after, before = subject.outcomes(changed), subject.before
    gains = tuple(
        Move(d.name, d.label, d.type, before[d.name], after[d.name])
        for d in subject.plan.outputs
        if d.name != subject.decision.name and before[d.name] != after[d.name]
    )
    changes = []
    for name, value in changed.items():
        fact, now = subject.fact(name), subject.value(name)
        by = Fraction(0) if isinstance(value, tuple) else subtract(value, now)
        changes.append(Change(name, fact.label, fact.type, now, value, None if isinstance(value, tuple) else by))
    cost = sum((way.cost(step) for way, step in zip(ways, steps, strict=True)), Fraction(0))
    return Route(tuple(changes), after[subject.decision.name], gains, cost)


def _until(subject: _Subject, route: Route, aim: _Aim) -> date | None:
    """Return the day before the first one on which adding the same number of items does not do; ``None`` where nothing is added, or it does all year."""
    today = subject.facts.get(AS_OF)
    if not isinstance(today, date) or not any(isinstance(change.after, tuple) for change in route.changes):
        return None
    for ahead in range(1, min(DAYS_AHEAD, (date.max - today).days) + 1):
        day = today + timedelta(days=ahead)
        changed = {change.fact: _on(day, change) for change in route.changes}
        if not aim.holds(subject.outcome({**changed, AS_OF: day})):
            return day - timedelta(days=1)
    return None


def _on(day: date, change: Change) -> Value:
    """Return what a fact becomes when the same change comes on another day."""
    if not isinstance(change.before, tuple) or not isinstance(change.after, tuple):
        return change.after
    return (*change.before, *[day] * (len(change.after) - len(change.before)))
