"""What a part of a plan may come to while some facts may lie anywhere in a box: every value that it takes somewhere in the box is among them.

This is interval arithmetic over plan nodes (R. E. Moore, *Interval Analysis*, 1966, chapter 3), with Kleene's logic for conditions. A part
that reads none of the facts in question is worked out by the reference. The answer may be wider than the truth, never narrower, so that a
search may leave out a box in which a grade cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from math import prod
from typing import assert_never

from tierwise.core import plan as nodes
from tierwise.core.meaning import exact
from tierwise.core.meaning.cadence import CADENCES, overdue
from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.rank_classes import ROUNDINGS, class_at
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import distinct
from tierwise.core.plan import CompareOp, HitPolicy, Node, Position, Ranking, Rule, Table, is_quotient, name_of
from tierwise.core.types import NumberType
from tierwise.core.values import Duration, Value
from tierwise.plugins.paths.standing import Standing

__all__ = ["ANYTHING", "Range", "Ranges"]

MOST_VALUES = 64
"""How many single values are followed; more of them become the span from the least to the greatest."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a part may come to.

    Attributes:
        values: The values that it may have, *none* not among them; ``None`` where it may have any from ``low`` to ``high``.
        low: The least value that it may have; ``None``: there is no least.
        high: The greatest; ``None``: there is no greatest.
        may_be_none: It may be *none*, too.
        is_open: It may be left open, too, with some of these values as candidates.
        is_gap: It may be left open without any candidate.
    """

    values: tuple[Value, ...] | None = None
    low: Value = None
    high: Value = None
    may_be_none: bool = False
    is_open: bool = False
    is_gap: bool = False

    @property
    def is_unknown(self) -> bool:
        """Whether it may be left open."""
        return self.is_open or self.is_gap

    @classmethod
    def of(cls, result: Result) -> Range:
        """Return the range of what the reference says."""
        if not isinstance(result, Unknown):
            return cls.among((result,))
        if result.bound is None:
            return ANYTHING
        return replace(cls.among(result.bound, is_open=bool(result.bound)), is_gap=result.is_partial or not result.bound)

    @classmethod
    def among(cls, values: Iterable[Value], is_open: bool = False) -> Range:
        """Return the range of single values."""
        listed = distinct(values)
        return cls(tuple(v for v in listed if v is not None), may_be_none=any(v is None for v in listed), is_open=is_open)

    def admits(self, value: Value) -> bool:
        """Say whether the value is among them; of a span too wide to tell it may be."""
        if value is None:
            return self.may_be_none
        if self.values is not None:
            return any(exact.equal(value, own) for own in self.values)
        return _side(self.low, value) and _side(value, self.high)

    @property
    def ends(self) -> tuple[Value, Value]:
        """The least and the greatest value; ``None`` where there is none, or where the values stand in no order."""
        if self.values is None:
            return self.low, self.high
        if not self.values or not all(isinstance(v, Decimal | Fraction | date | Duration) for v in self.values):
            return None, None
        low = high = self.values[0]
        for value in self.values[1:]:
            low = value if exact.compare("<", value, low) else low
            high = value if exact.compare(">", value, high) else high
        return low, high

    @property
    def is_empty(self) -> bool:
        """Whether no value at all is possible, and none neither."""
        return self.values == () and not self.may_be_none


ANYTHING = Range(may_be_none=True, is_open=True, is_gap=True)
NOTHING = Range((), is_gap=True)


def _lists(own: Range) -> tuple[tuple[Value, ...], ...] | None:
    """Return the lists that a part may come to; ``None`` where they are not all known."""
    if own.values is None or own.may_be_none or own.is_unknown or not all(isinstance(items, tuple) for items in own.values):
        return None
    return tuple(items for items in own.values if isinstance(items, tuple))


def _side(low: Value, high: Value) -> bool:
    """Say whether one end lies at or before the other; an end that is not there always does."""
    if low is None or high is None:
        return True
    return exact.compare("<=", low, high) or not exact.compare(">", low, high)


class Ranges:
    """Works out ranges for one subject, one box after the other.

    Args:
        evaluation: The plan's evaluation; it remembers what parts read.
        facts: The subject's facts, ``as_of`` among them.
        positions: Its positions in rankings.
        moved: The facts that a box may say something about.
        standing: Where it would stand in a ranking.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        facts: Mapping[str, Value],
        positions: Mapping[str, Position],
        moved: frozenset[str],
        standing: Standing | None = None,
    ) -> None:
        self._plan = evaluation.plan
        self._environment = evaluation.environment
        self._evaluation = evaluation
        self._world = World(facts, positions)
        self._moved = moved
        self._standing = standing
        self._fixed: dict[int, tuple[Node, Range | None]] = {}
        self._of_items: dict[int, tuple[Node, bool]] = {}
        self._box: Mapping[str, Range] = {}
        self._decided: dict[str, Range] = {}

    def of(self, node: Node, box: Mapping[str, Range]) -> Range:
        """Return what a part may come to.

        Args:
            node: A part of the plan that stands over no list's items.
            box: Where each of the moved facts may lie.
        """
        self._box, self._decided = box, {}
        return self._range(node)

    def _range(self, node: Node) -> Range:
        if self._world.items:
            return self._range_of_item(node)
        fixed = self._fixed.get(id(node))
        if fixed is None:
            settled = None if self._touched(node) else Range.of(self._evaluation.settle(node, self._world).result)
            fixed = self._fixed[id(node)] = (node, settled)
        return self._moving(node) if fixed[1] is None else fixed[1]

    def _range_of_item(self, node: Node) -> Range:
        """Return what a part may come to for the item of a list that is looked at."""
        known = self._of_items.get(id(node))
        if known is None:
            known = self._of_items[id(node)] = (node, self._touched(node))
        return self._moving(node) if known[1] else Range.of(self._evaluation.settle(node, self._world).result)

    def _moving(self, node: Node) -> Range:  # one branch for each node
        match node:
            case nodes.Constant(value=value):
                return Range.among((value,))
            case nodes.Undecided(candidates=candidates):
                return Range.among(candidates, is_open=True) if candidates else NOTHING
            case nodes.FactRef(name=name):
                return self._box[name]
            case nodes.DecisionRef(name=name):
                if name not in self._decided:
                    self._decided[name] = self._range(self._plan.decisions[name].node)
                return self._decided[name]
            case nodes.ReadingRef(values=values):
                return Range.among(values, is_open=True)
            case nodes.Filter(of=of, test=test):
                return self._filtered(of, test)
            case nodes.Project(of=of, each=each):
                return self._projected(of, each)
            case nodes.Quantified(op=op, of=of, test=test):
                lists = _lists(self._range(of))
                found = [_kleene(op == "some", self._each(of, items, test)) for items in lists or ()]
                return _either(found, False) if found else _truths((True, False), True)
            case nodes.ItemRef() | nodes.FieldRef() | nodes.Sorted():
                return ANYTHING
            case nodes.Compare(op=op, left=left, right=right):
                return self._compared(op, left, right)
            case nodes.Within(value=value, low=low, high=high, low_inclusive=low_in, high_inclusive=high_in):
                sides: list[tuple[CompareOp, Node | None]] = [(">=" if low_in else ">", low), ("<=" if high_in else "<", high)]
                if low is None and high is None:
                    return _known(self._range(value))
                return _kleene(False, [self._compared(op, value, bound) for op, bound in sides if bound is not None])
            case nodes.InSet(value=value, values=words):
                return _listed(self._range(value), words)
            case nodes.Logic(op=op, parts=parts):
                return _kleene(op == "or", [self._range(part) for part in parts])
            case nodes.Not(part=part):
                own = self._range(part)
                return _truths([truth is not True for truth in _as_truths(own)], own.is_unknown)
            case nodes.Conditional(condition=condition, yes=yes, no=no):
                truths = self._range(condition)
                ways = [way for truth, way in ((True, yes), (False, no)) if truths.is_unknown or truth in _as_truths(truths)]
                either = _either([self._range(way) for way in ways], False)
                return replace(either, is_open=either.is_open or (truths.is_unknown and not _is_one(either)))
            case nodes.Arithmetic(op=op, parts=parts):
                ranges = [self._range(part) for part in parts]
                repeated = _repeated(parts, ranges) if op == "*" else None
                return _calculated(op, ranges) if repeated is None else repeated
            case nodes.Quotient(left=left, right=right):
                return _divided(self._range(left), self._range(right))
            case nodes.Round(value=value, scale=scale, mode=mode):
                return _mapped(self._range(value), lambda number: exact.round_to(number, scale, mode))
            case nodes.Call(function=function, arguments=arguments):
                return self._called(function, [self._range(argument) for argument in arguments])
            case nodes.Pick(table=name, output=output, type=of):
                return self._picked(self._plan.tables[name], output, of)
            case nodes.Labels(tests=tests):
                return _label_sets([(label, self._range(test)) for label, test in tests])
            case nodes.Agree(of=of, values=values, empty=empty):
                nothing = [NOTHING] if empty is None or self._range(of).is_unknown else []
                without = [] if empty is None else [self._range(empty)]
                return _either([*(self._range(right) for _, right in values), *without, *nothing], True)
            case nodes.Collected():
                return ANYTHING
            case nodes.Prefer():
                return self._range(self._evaluation.preferred(node, self._world))
            case nodes.Overdue():
                return self._overdue(node)
            case nodes.RankCut():
                return self._ranked(node)
            case _:
                assert_never(node)

    # ---- lists

    def _filtered(self, of: Node, test: Node) -> Range:
        """Return the lists of those items of which a test is, or may be, true; each test is known, or it is said that nothing is."""
        found: list[tuple[Value, ...]] = []
        for items in _lists(self._range(of)) or ((None,),):
            kept: list[tuple[Value, ...]] = [()]
            for item, truth in zip(items, self._each(of, items, test), strict=True):
                truths = _as_truths(truth)
                kept = [(*way, item) for way in kept if True in truths] + [way for way in kept if False in truths]
                if truth.is_unknown or item is None or len(kept) > MOST_VALUES:
                    return ANYTHING
            found += kept
        return Range(tuple(found)) if len(found) <= MOST_VALUES else ANYTHING

    def _projected(self, of: Node, each: Node) -> Range:
        found: list[tuple[Value, ...]] = []
        for items in _lists(self._range(of)) or ((None,),):
            ranges = self._each(of, items, each)
            if not all(_is_one(own) and own.values and not own.is_unknown for own in ranges) or None in items:
                return ANYTHING
            found.append(tuple(value for own in ranges for value in own.values or ()))
        return Range(tuple(found))

    def _each(self, of: Node, items: Sequence[Value], node: Node) -> list[Range]:
        """Return what a part may come to for each item of a list."""
        found = []
        for item in items:
            self._world.items.append((item, name_of(of)))
            found.append(self._range(node))
            self._world.items.pop()
        return found

    # ---- conditions

    def _compared(self, op: CompareOp, left: Node, right: Node) -> Range:
        """Return which ways a comparison may come out; with a quotient by zero it is false, whatever the other side is."""
        sides = [self._range(left), self._range(right)]
        by_zero = [side.may_be_none and is_quotient(node) for side, node in zip(sides, (left, right), strict=True)]
        if not any(by_zero):
            return _comparison(op, *sides)
        known = [replace(side, may_be_none=False) if zero else side for side, zero in zip(sides, by_zero, strict=True)]
        found = _comparison(op, *known)
        return _truths([truth is True for truth in (*_as_truths(found), False)], found.is_unknown)

    # ---- functions, dates

    def _called(self, name: str, arguments: Sequence[Range]) -> Range:
        function = self._environment.functions[name]
        listed = [argument.values for argument in arguments]
        is_open = any(argument.is_unknown for argument in arguments)
        if all(values is not None for values in listed):
            ways = [
                [*(values or ()), *([None] if argument.may_be_none else [])] for values, argument in zip(listed, arguments, strict=True)
            ]
            if prod(map(len, ways)) <= MOST_VALUES:
                return replace(Range.among(function.python(*way) for way in product(*ways)), is_open=is_open, is_gap=is_open)
        rises = function.rises
        if not rises:
            return ANYTHING
        signs = rises + rises[-1] * (len(arguments) - len(rises))
        ends = [argument.ends for argument in arguments]
        low = [pair[0] if sign == "+" else pair[1] for pair, sign in zip(ends, signs, strict=False)]
        high = [pair[1] if sign == "+" else pair[0] for pair, sign in zip(ends, signs, strict=False)]
        none = any(argument.may_be_none for argument in arguments)
        found = [None if any(end is None for end in side) else function.python(*side) for side in (low, high)]
        return Range(None, found[0], found[1], none or None in found, is_open, is_open)

    def _overdue(self, node: nodes.Overdue) -> Range:
        last, every, as_of, reading = (self._range(part) for part in (node.last, node.every, node.as_of, node.reading))
        ways = CADENCES if reading.values is None else reading.values
        if last.ends == (None, None) or as_of.ends == (None, None) or every.values is None:
            return _truths((True, False), True)
        found: list[bool | None] = []
        for length in every.values:  # the later the last one was, and the sooner it is asked, the less overdue it is
            for end, day in ((last.ends[1], as_of.ends[0]), (last.ends[0], as_of.ends[1])):
                found += [overdue(end, length, day, str(way)) for way in ways]
        open_ = any(part.is_unknown for part in (last, every, as_of, reading)) or None in found
        none = [*([True] if last.may_be_none else []), *([False] if every.may_be_none else [])]
        truths = [*(truth for truth in found if truth is not None), *none, *((True, False) if None in found else ())]
        return _truths(truths, open_ or len(set(truths)) > 1)

    # ---- tables and rankings

    def _picked(self, table: Table, output: int, of: object) -> Range:
        hits: list[tuple[Rule, bool]] = []
        is_open = False
        for rule in table.rules:
            truth = _kleene(False, [self._range(test) for test in rule.tests if test is not None])
            if True in _as_truths(truth) or truth.is_unknown:
                is_sure = not truth.is_unknown and False not in _as_truths(truth)
                is_open = is_open or truth.is_unknown
                hits.append((rule, is_sure))
                if is_sure and table.hit is HitPolicy.FIRST:
                    break
        default = table.defaults[output] if output < len(table.defaults) else None
        may_miss = not any(sure for _, sure in hits)
        fallback = [NOTHING if default is None else self._range(default)] if may_miss else []
        ranges = [(self._range(rule.outputs[output]), sure) for rule, sure in hits]
        single = [found for found, _ in ranges] + fallback
        match table.hit:
            case HitPolicy.UNIQUE | HitPolicy.ANY:
                surely = next((r for r, sure in ranges if sure and r.values is not None and len(r.values) == 1 and not r.is_unknown), None)
                found = _either(single, is_open)
                if surely is None:
                    return replace(found, is_open=found.is_open or (len(ranges) > 1 and found.values != () and not _is_one(found)))
                return replace(surely, is_open=found.is_unknown or not _is_one(found), is_gap=found.is_gap)
            case HitPolicy.FIRST | HitPolicy.PRIORITY:
                return _either(single, is_open)
            case HitPolicy.COUNT:
                is_open = is_open or any(found.is_unknown for found in single)
                return Range(None, Decimal(sum(sure for _, sure in hits)), Decimal(len(hits)), False, is_open, is_open)
            case HitPolicy.SUM | HitPolicy.MIN | HitPolicy.MAX:
                default_range = NOTHING if default is None else self._range(default)
                return _gathered(table.hit, ranges, default_range, is_open)
            case HitPolicy.COLLECT:
                return ANYTHING
            case _:
                assert_never(table.hit)

    def _ranked(self, node: nodes.RankCut) -> Range:
        outside = [] if (ranking := self._plan.rankings[node.ranking]).among is None else [self._outside(node)]
        classes = self._classes(node, ranking)
        if classes is None:
            return _either([Range.among([cut.value for cut in node.cuts], is_open=True), NOTHING, *outside], True)
        return _either([classes, *outside], len(classes.values or ()) != 1)

    def _outside(self, node: nodes.RankCut) -> Range:
        return NOTHING if node.outside is None else self._range(node.outside)

    def _classes(self, node: nodes.RankCut, ranking: Ranking) -> Range | None:
        """Return the classes between those at both ends of what it is ranked by; ``None`` where that is not known."""
        is_given = node.rank is not None and node.by != "pareto" and not self._range(node.rank).is_open
        partition = None if ranking.partition is None else self._range(ranking.partition)
        if is_given or self._standing is None or (partition is not None and not _is_one(partition)):
            return None
        where = () if partition is None else partition.values[0] if partition.values else None
        keys, rounding = [self._range(key) for key, _ in ranking.keys], self._range(node.rounding)
        if any(key.is_unknown or key.may_be_none or None in key.ends for key in keys):
            return None
        corners = [tuple(key.ends[end] for key, end in zip(keys, ends, strict=True)) for ends in _first_and_last(ranking)]
        words = [cut.value for cut in node.cuts]
        reached: list[int] = []
        for place in (self._standing(node.ranking, corner, where) for corner in corners):
            found = [] if place is None else [Range.of(class_at(place, node, str(w))) for w in rounding.values or ROUNDINGS]
            if not found or any(not one.values for one in found):
                return None
            reached += [words.index(word) for one in found for word in one.values or ()]
        return Range(tuple(words[min(reached) : max(reached) + 1]))

    def _touched(self, node: Node) -> bool:
        """Say whether a part reads a moved fact, also through decisions and rankings; the date of the run is one, too."""
        behind = {*self._evaluation.facts_behind(node), *self._evaluation.usage(node).facts}
        return not self._moved.isdisjoint(behind)


def _first_and_last(ranking: Ranking) -> list[list[int]]:
    """Return which end of each key whoever would come first of all has, and which one whoever would come last."""
    return [[int(is_down is is_first) for _, is_down in ranking.keys] for is_first in (True, False)]


def _gathered(hit: HitPolicy, ranges: Sequence[tuple[Range, bool]], default: Range, is_open: bool) -> Range:
    """Add up, or take the least or greatest of what the rules give that are hit; none does not count, nothing at all gives the default."""
    is_open = is_open or any(found.is_unknown for found, _ in ranges)
    counted = [(replace(found, may_be_none=False), sure and not found.may_be_none) for found, sure in ranges]
    fallback = [] if any(sure for _, sure in counted) else [default]
    if hit is HitPolicy.SUM:
        nothing = Range.among((Decimal(0),))
        parts = [found if sure else _either([found, nothing], False) for found, sure in counted]
        ways = [_calculated("+", parts)] if parts else []
    else:
        ways = [found for found, _ in counted]
    found = _either([*ways, *fallback], is_open)
    return replace(found, is_gap=found.is_gap or is_open)


# ---- truths ----------------------------------------------------------------------------------------------------------------------


def _truths(truths: Iterable[bool], is_open: bool = False) -> Range:
    return Range(tuple(dict.fromkeys(truths)), is_open=is_open)


def _answered(truths: Sequence[bool], *about: Range) -> Range:
    """Return how a test may come out: it is not left open where it comes out the same for each candidate of what is left open."""
    is_gap, is_open = any(own.is_gap for own in about), any(own.is_open for own in about)
    return _truths(truths, is_gap or (is_open and len(set(truths)) != 1))


def _is_one(own: Range) -> bool:
    """Say whether it is one value and nothing else."""
    return own.values is not None and len(own.values) + own.may_be_none == 1


def _as_truths(own: Range) -> tuple[Value, ...]:
    """Return the truth values it may have; where a truth value stands, none counts as false."""
    if own.values is None:
        return (True, False)
    return (*own.values, False) if own.may_be_none else own.values


def _kleene(decisive: bool, parts: Sequence[Range]) -> Range:
    """One part that is ``decisive`` decides; all parts otherwise give the other truth; nothing is left open that a known part decides."""
    truths = [(_as_truths(part), part.is_unknown) for part in parts]
    if any(not is_open and set(found) == {decisive} for found, is_open in truths):
        return _truths((decisive,))
    can_decide = any(decisive in found for found, _ in truths)
    can_be_otherwise = all((not decisive) in found for found, _ in truths)
    is_open = any(is_open for _, is_open in truths)
    return _truths([truth for truth, can in ((decisive, can_decide), (not decisive, can_be_otherwise)) if can], is_open)


def _comparison(op: CompareOp, left: Range, right: Range) -> Range:
    few = left.values is not None and right.values is not None and len(left.values) * len(right.values) <= MOST_VALUES
    if few:
        found = [_holds(op, a, b) for a in left.values or () for b in right.values or ()]
    else:
        found = [True, False] if op in ("=", "!=") else _ordered(op, left.ends, right.ends)
        if op in ("=", "!=") and _apart(left.ends, right.ends):
            found = [op == "!="]
    if left.may_be_none or right.may_be_none:
        found += _with_none(op, left, right)
    return _answered(found, left, right)


def _holds(op: CompareOp, left: Value, right: Value) -> bool:
    return exact.equal(left, right) is (op == "=") if op in ("=", "!=") else exact.compare(op, left, right)


def _with_none(op: CompareOp, left: Range, right: Range) -> list[bool]:
    if op not in ("=", "!="):
        return [False]
    both = left.may_be_none and right.may_be_none
    one = (left.may_be_none and right.values != ()) or (right.may_be_none and left.values != ())
    return [*([op == "="] if both else []), *([op == "!="] if one else [])]


def _ordered(op: CompareOp, left: tuple[Value, Value], right: tuple[Value, Value]) -> list[bool]:
    """Return which ways an order may come out, from the ends of both sides; an end that is not there may be anything.

    Durations stand in no single order: months and days do not compare, and no length is both.
    """
    if any(isinstance(end, Duration) for end in (*left, *right)):
        return [True, False]
    if op in (">", ">="):
        return _ordered("<" if op == ">" else "<=", right, left)
    may_hold = left[0] is None or right[1] is None or exact.compare(op, left[0], right[1])
    may_fail = left[1] is None or right[0] is None or not exact.compare(op, left[1], right[0])
    return [truth for truth, can in ((True, may_hold), (False, may_fail)) if can]


def _apart(left: tuple[Value, Value], right: tuple[Value, Value]) -> bool:
    def before(high: Value, low: Value) -> bool:
        return high is not None and low is not None and exact.compare("<", high, low)

    return before(left[1], right[0]) or before(right[1], left[0])


def _known(own: Range) -> Range:
    """Return whether something is not none."""
    return _truths([*([True] if own.values != () else []), *([False] if own.may_be_none else [])], own.is_unknown)


def _listed(own: Range, words: Sequence[Value]) -> Range:
    if own.values is None:
        return _truths((True, False), own.is_unknown)
    none = [any(word is None for word in words)] if own.may_be_none else []
    return _answered([any(exact.equal(value, word) for word in words) for value in own.values] + none, own)


# ---- numbers, dates, durations ---------------------------------------------------------------------------------------------------


def _either(ways: Sequence[Range], is_open: bool) -> Range:
    """Return what one of several ways may come to."""
    is_open = is_open or any(way.is_open for way in ways)
    is_gap, may_be_none = any(way.is_gap for way in ways), any(way.may_be_none for way in ways)
    if all(way.values is not None for way in ways):
        return Range(distinct([v for way in ways for v in way.values or ()]), None, None, may_be_none, is_open, is_gap)
    sides = [way.ends for way in ways if way.values != ()]
    low, high = _least([side[0] for side in sides], "<"), _least([side[1] for side in sides], ">")
    return Range(None, low, high, may_be_none, is_open, is_gap)


def _least(ends: Sequence[Value], op: CompareOp) -> Value:
    if not ends or any(end is None for end in ends):
        return None
    found = ends[0]
    for end in ends[1:]:
        found = end if exact.compare(op, end, found) else found
    return found


def _calculated(op: str, parts: Sequence[Range]) -> Range:
    operation = {"+": exact.add, "-": exact.subtract, "*": exact.multiply}[op]
    total = parts[0]
    for part in parts[1:]:
        total = _pairwise(op, operation, total, part)
    return total


def _pairwise(op: str, operation: Callable[[Value, Value], Value], left: Range, right: Range) -> Range:
    none, is_open = left.may_be_none or right.may_be_none, left.is_unknown or right.is_unknown
    if left.values is not None and right.values is not None and len(left.values) * len(right.values) <= MOST_VALUES:
        found = Range.among([operation(a, b) for a in left.values for b in right.values], is_open)
        return Range(found.values, None, None, found.may_be_none or none, is_open, is_open)
    (a, b), (c, d) = left.ends, right.ends
    if op == "*":
        return Range(None, *_product((a, b), (c, d)), none, is_open, is_open)
    if op == "-":
        c, d = d, c
    low = None if a is None or c is None else operation(a, c)
    high = None if b is None or d is None else operation(b, d)
    return Range(None, low, high, none or _lost(low, a, c) or _lost(high, b, d), is_open, is_open)


def _repeated(parts: Sequence[Node], ranges: Sequence[Range]) -> Range | None:
    """Return what a duration comes to that is repeated so often as some whole number in a span says; ``None`` for any other product."""
    for (length, _), (number, counted) in permutations(zip(ranges, parts, strict=True), 2) if len(parts) == 2 else ():
        duration = length.values[0] if length.values is not None and _is_one(length) and length.values else None
        ends = number.ends
        is_whole = isinstance(counted.type, NumberType) and counted.type.scale == 0
        if isinstance(duration, Duration) and is_whole and number.values is None and None not in ends:
            low, high = ends[::-1] if min(duration.months, duration.seconds) < 0 else ends
            is_open = length.is_unknown or number.is_unknown
            return Range(None, exact.multiply(duration, low), exact.multiply(duration, high), number.may_be_none, is_open, is_open)
    return None


def _lost(found: Value, *ends: Value) -> bool:
    """Say whether a value between these ends may be none: it fell out of what can be written, as a date beyond the year 9999 does."""
    return found is None and (None not in ends or any(isinstance(end, date | Duration) for end in ends))


def _product(left: tuple[Value, Value], right: tuple[Value, Value]) -> tuple[Value, Value]:
    if None in left or None in right or any(isinstance(end, Duration) for end in (*left, *right)):
        return _product_of_signs(left, right)
    corners = [exact.multiply(a, b) for a in left for b in right]
    return _least(corners, "<"), _least(corners, ">")


def _product_of_signs(left: tuple[Value, Value], right: tuple[Value, Value]) -> tuple[Value, Value]:
    """Of factors without an end only this is known: two that are not negative give what is not less than the product of their least."""
    lows = (left[0], right[0])
    if all(isinstance(low, Decimal) and low >= 0 for low in lows):
        return exact.multiply(*lows), None
    return None, None


def _divided(left: Range, right: Range) -> Range:
    none, is_open = left.may_be_none or right.may_be_none, left.is_unknown or right.is_unknown
    ends = (*left.ends, *right.ends)
    if right.admits(Decimal(0)) or not all(isinstance(end, Decimal | Fraction) for end in ends):
        return Range(None, None, None, True, is_open, is_open)
    corners = [exact.quotient(a, b) for a in left.ends for b in right.ends]
    return Range(None, _least(corners, "<"), _least(corners, ">"), none, is_open, is_open)


def _mapped(own: Range, rising: Callable[[Value], Value]) -> Range:
    """Apply a function that never falls where its argument rises."""
    if own.values is not None:
        return Range(distinct([rising(value) for value in own.values]), None, None, own.may_be_none, own.is_open, own.is_gap)
    low, high = (None if end is None else rising(end) for end in own.ends)
    return Range(None, low, high, own.may_be_none, own.is_open, own.is_gap)


# ---- sets of classes -------------------------------------------------------------------------------------------------------------


def _label_sets(tests: Sequence[tuple[str, Range]]) -> Range:
    sets: list[tuple[str, ...]] = [()]
    for label, test in tests:
        truths = _as_truths(test)
        sets = [
            way
            for start in sets
            for way in (
                *([(*start, label)] if True in truths or test.is_unknown else []),
                *([start] if False in truths or test.is_unknown else []),
            )
        ]
        if len(sets) > MOST_VALUES:
            return ANYTHING
    return Range(tuple(sets), is_open=any(test.is_unknown for _, test in tests))
