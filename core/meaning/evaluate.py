"""The meaning of every node of a plan, in plain Python. This is what policies mean; other engines agree with it.

A result is a value (``core/values.py``; an exact ``Fraction`` for a quotient on its way into a comparison or a rounding) or ``Unknown``, by
Kleene's three-valued logic. Where a truth value stands, *none* counts as false. Nothing here completes missing facts; ``completion.py``
does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tierwise.core import plan as nodes
from tierwise.core.environment import Environment
from tierwise.core.errors import PluginError
from tierwise.core.language.type_rules import misfit
from tierwise.core.meaning import exact
from tierwise.core.meaning.cadence import CADENCES, overdue
from tierwise.core.meaning.hit_policies import Hit, Picked, read_off
from tierwise.core.meaning.ordering import Order, leaders, ranks_of, taken
from tierwise.core.meaning.rank_classes import ROUNDINGS, class_at
from tierwise.core.meaning.unknown import (
    MOST_LOOKED_AT,
    TRUTH,
    Need,
    Result,
    Unknown,
    domain,
    either,
    for_each,
    has_few_values,
    known,
    lazily,
    merged,
    strictly,
    values_of,
)
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Fact, HitPolicy, Node, Plan, Position, Ranking, Rule, Table, Usage, facts_behind, name_of, usage_of
from tierwise.core.types import DateType, ListType, MapType, RecordType, SetType
from tierwise.core.values import Value

__all__ = ["MEANINGS", "Evaluation"]

_MOST_COMPARED = 64  # items of which some have unknown keys: they are compared two by two


def _fault(function: str, giver: str, what: str) -> PluginError:
    """Return what a function did wrong, as the fault of the plugin that gave it."""
    owner = f"function `{function}`" + (f" of plugin {giver}" if giver else "")
    return PluginError(f"{owner} {what}", giver.partition(" ")[0] or function, "tierwise_functions")


class Evaluation:
    """Evaluates the nodes of one plan.

    Args:
        plan: The compiled policy.
        environment: Its functions.
    """

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.plan = plan
        self.environment = environment
        self._usages: dict[int, tuple[Node, Usage]] = {}
        self._facts_behind: dict[int, tuple[Node, tuple[str, ...]]] = {}

    def evaluate(self, node: Node, world: World) -> Result:
        """Return the value of a node, or ``Unknown``. What it reads of decisions must have been decided by ``settle``."""
        if world.parts and id(node) in world.parts:
            return world.parts[id(node)]
        return MEANINGS[type(node)](self, node, world)

    def settle(self, node: Node, world: World) -> Picked:
        """Return the value of a whole part, first deciding the decisions it reads, in the plan's order; and the rules that gave it."""
        for name in self.usage(node).decisions:
            if name not in world.results:
                world.results[name] = world.chosen[name] if name in world.chosen else self.evaluate(self.plan.decisions[name].node, world)
        return self.ruled(node, world)

    def ruled(self, node: Node, world: World) -> Picked:
        """Return the value of a node and, when it is read off a table, the rules that gave it."""
        if isinstance(node, nodes.Pick):
            return self.picked(node, world)
        return Picked(self.evaluate(node, world), ())

    def usage(self, node: Node) -> Usage:
        """Return what a node reads; remembered."""
        found = self._usages.get(id(node))
        if found is None:
            found = self._usages[id(node)] = (node, usage_of(self.plan, node))
        return found[1]

    def facts_behind(self, node: Node) -> tuple[str, ...]:
        """Return the names of the subject's facts on which a node hangs; remembered."""
        found = self._facts_behind.get(id(node))
        if found is None:
            found = self._facts_behind[id(node)] = (node, facts_behind(node, self.plan))
        return found[1]

    def fact(self, name: str) -> Fact:
        """Return a fact's declaration; ``as_of`` and ``population`` have one too."""
        declared = self.plan.facts.get(name)
        return Fact(name, DateType(), {}) if declared is None else declared

    def picked(self, node: nodes.Pick, world: World) -> Picked:
        """Return what is read off a table, and the rules that gave it."""
        table = self.plan.tables[node.table]
        hits = world.hits.get(node.table)
        if hits is None:
            hits = world.hits[node.table] = self._hits(table, world)
        return self.read_off(node, hits, world)

    def read_off(self, node: nodes.Pick, hits: Sequence[Hit], world: World) -> Picked:
        """Return what is read off a table when these rules are hit, or may be."""
        table = self.plan.tables[node.table]
        values = [self.evaluate(hit.rule.outputs[node.output], world) for hit in hits]
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        fallback = Unknown.because(Reason.GAP) if default is None else self.evaluate(default, world)
        return read_off(table.hit, node.type, hits, values, fallback)

    def _hits(self, table: Table, world: World) -> tuple[Hit, ...]:
        """Return the rules that are not certainly missed, in table order; for ``first`` none after the first sure one.

        Where less was known the hits are known already: only these can be hit, and the sure ones are.
        """
        hits: list[Hit] = []
        possible = world.possible.get(table.name)
        for hit in [Hit(rule, None) for rule in table.rules] if possible is None else possible:
            test = True if hit.is_sure else self._met(hit.rule, world)
            if test is False:
                continue
            hits.append(Hit(hit.rule, test))
            if test is True and table.hit is HitPolicy.FIRST:
                break
        return tuple(hits)

    def _met(self, rule: Rule, world: World) -> bool | Unknown:
        unknowns: list[Unknown] = []
        for test in rule.tests:
            result = True if test is None else self.evaluate(test, world)
            if isinstance(result, Unknown):
                unknowns.append(result)
            elif result is not True:
                return False
        return lazily(unknowns, TRUTH) if unknowns else True

    # ---- values, names, exact arithmetic, calls

    def _constant(self, node: nodes.Constant, world: World) -> Result:
        return node.value

    def _undecided(self, node: nodes.Undecided, world: World) -> Result:
        return Unknown.because(node.reason, node.candidates)

    def _factref(self, node: nodes.FactRef, world: World) -> Result:
        if node.name in world.facts:
            value = world.facts[node.name]
            return value if value is not None else self.fact(node.name).default
        fact = self.fact(node.name)
        return Unknown(frozenset({Need("fact", node.name, fact.missing)}), domain(node.type, fact.can_be_none))

    def _decisionref(self, node: nodes.DecisionRef, world: World) -> Result:
        result = world.results[node.name]
        if not isinstance(result, Unknown):
            return result
        open_needs = {need for need in result.needs if need.kind != "policy"}
        if result.bound:
            return replace(result, needs=frozenset({*open_needs, Need("decision", node.name, result.reason)}))
        named = {Need("policy", need.name or node.name, need.reason) for need in result.needs - open_needs}
        return replace(result, needs=frozenset({*open_needs, *named}))

    def _readingref(self, node: nodes.ReadingRef, world: World) -> Result:
        settled = self.plan.readings[node.name].settled or world.readings.get(node.name)
        return Unknown(frozenset({Need("reading", node.name, Reason.READING)}), node.values) if settled is None else settled

    def _itemref(self, node: nodes.ItemRef, world: World) -> Result:
        return world.items[-1 - node.depth][0]

    def _fieldref(self, node: nodes.FieldRef, world: World) -> Result:
        record = self.evaluate(node.of, world)
        if isinstance(record, Unknown) or not isinstance(record, Mapping):
            return strictly([record], domain(node.type))
        of = node.of.type
        if node.name in record or isinstance(of, MapType) or (isinstance(of, RecordType) and node.name in of.nullable):
            return record.get(node.name)
        owner = world.items[-1 - node.of.depth][1] if isinstance(node.of, nodes.ItemRef) else name_of(node.of)
        return Unknown(frozenset({Need("policy", f"{owner}.{node.name}" if owner else node.name, Reason.MISSING_FACT)}), domain(node.type))

    def _arithmetic(self, node: nodes.Arithmetic, world: World) -> Result:
        parts = values_of([self.evaluate(part, world) for part in node.parts], None)
        if isinstance(parts, Unknown):
            return parts
        operation = {"+": exact.add, "-": exact.subtract, "*": exact.multiply}[node.op]
        total = parts[0]
        for part in parts[1:]:
            total = operation(total, part)
        return total

    def _quotient(self, node: nodes.Quotient, world: World) -> Result:
        left, right = self.evaluate(node.left, world), self.evaluate(node.right, world)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return strictly([left, right], None)
        return exact.quotient(left, right)

    def _round(self, node: nodes.Round, world: World) -> Result:
        value = self.evaluate(node.value, world)
        return strictly([value], None) if isinstance(value, Unknown) else exact.round_to(value, node.scale, node.mode)

    def _call(self, node: nodes.Call, world: World) -> Result:
        arguments = [self.evaluate(argument, world) for argument in node.arguments]
        values = values_of(arguments, domain(node.type))
        if not isinstance(values, Unknown):
            return self._called(node, values)
        (place, unknown), *others = ((place, argument) for place, argument in enumerate(arguments) if isinstance(argument, Unknown))
        if others or not has_few_values(unknown):
            return values
        before, after = known(arguments[:place]), known(arguments[place + 1 :])
        return for_each(unknown, [self._called(node, (*before, value, *after)) for value in unknown.bound or ()])

    def _called(self, node: nodes.Call, arguments: Sequence[Value]) -> Value:
        giver = self.environment.givers.get(node.function, "")
        try:
            value: Value = self.environment.functions[node.function].python(*arguments)
        except (Exception, SystemExit) as error:  # a plugin's code: say whose fault it is instead of losing the subject silently
            raise _fault(node.function, giver, f"failed: {type(error).__name__}: {str(error)[:500]}") from error
        if giver and value is None and node.undefined == "never" and not any(argument is None for argument in arguments):
            raise _fault(node.function, giver, "gave nothing, though its `undefined` is `never`")
        if giver and (wrong := misfit(value, node.type)):
            raise _fault(node.function, giver, f"gave {wrong}")
        return value

    # ---- conditions, and the choice between two ways

    def _compare(self, node: nodes.Compare, world: World) -> Result:
        left, right = self.evaluate(node.left, world), self.evaluate(node.right, world)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return strictly([left, right], TRUTH)
        for side, value in ((node.left, left), (node.right, right)):
            if value is None and isinstance(side, nodes.Quotient):
                return False
        if node.op in ("=", "!="):
            unordered = isinstance(node.left.type, SetType) or isinstance(node.right.type, SetType)
            return exact.equal(left, right, unordered) is (node.op == "=")
        return exact.compare(node.op, left, right)

    def _within(self, node: nodes.Within, world: World) -> Result:
        value = self.evaluate(node.value, world)
        bounds = [(node.low, ">=" if node.low_inclusive else ">"), (node.high, "<=" if node.high_inclusive else "<")]
        sides = [(op, self.evaluate(bound, world)) for bound, op in bounds if bound is not None]
        if not sides:
            return value if isinstance(value, Unknown) else value is not None
        return kleene(False, (_on_side(op, value, bound) for op, bound in sides))

    def _inset(self, node: nodes.InSet, world: World) -> Result:
        value = self.evaluate(node.value, world)
        unordered = isinstance(node.value.type, SetType)
        return (
            strictly([value], TRUTH) if isinstance(value, Unknown) else any(exact.equal(value, other, unordered) for other in node.values)
        )

    def _logic(self, node: nodes.Logic, world: World) -> Result:
        return kleene(node.op == "or", (self.evaluate(part, world) for part in node.parts))

    def _not(self, node: nodes.Not, world: World) -> Result:
        part = self.evaluate(node.part, world)
        return strictly([part], TRUTH) if isinstance(part, Unknown) else part is not True

    def _conditional(self, node: nodes.Conditional, world: World) -> Result:
        condition = self.evaluate(node.condition, world)
        if isinstance(condition, Unknown):
            return either([self.evaluate(node.yes, world), self.evaluate(node.no, world)], condition.needs)
        return self.evaluate(node.yes if condition is True else node.no, world)

    # ---- lists

    def _filter(self, node: nodes.Filter, world: World) -> Result:
        items = self.evaluate(node.of, world)
        if not isinstance(items, tuple):
            return strictly([items, *self._left_open(node, items, world)], None)
        tests = list(self._each(node.of, items, node.test, world))
        unknowns = [test for test in tests if isinstance(test, Unknown)]
        if not unknowns:
            return tuple(item for item, test in zip(items, tests, strict=True) if test is True)
        kept = _lists_still_possible(items, tests) if 2 ** len(unknowns) <= MOST_LOOKED_AT else None
        return strictly(unknowns, kept)

    def _left_open(self, node: nodes.Filter, items: Result, world: World) -> Iterator[Unknown]:
        """Yield what the policy leaves open in the test of any item (a limit that is lost or vague): no list would settle that."""
        if items is not None:
            anything = Unknown.because(Reason.MISSING_FACT, name=name_of(node.of))
            for test in self._each(node.of, (anything,), node.test, world):
                if isinstance(test, Unknown) and test.is_final and test.reason in (Reason.LOST, Reason.VAGUE):
                    yield test

    def _project(self, node: nodes.Project, world: World) -> Result:
        items = self.evaluate(node.of, world)
        if has_few_values(items):
            return for_each(items, [self._projected(node, way, world) for way in items.bound or ()])
        return self._projected(node, items, world)

    def _projected(self, node: nodes.Project, items: Result, world: World) -> Result:
        return values_of(list(self._each(node.of, items, node.each, world)), None) if isinstance(items, tuple) else strictly([items], None)

    def _quantified(self, node: nodes.Quantified, world: World) -> Result:
        items = self.evaluate(node.of, world)
        if isinstance(items, Unknown):
            return strictly([items], TRUTH)
        return kleene(node.op == "some", self._each(node.of, items if isinstance(items, tuple) else (), node.test, world))

    def _sorted(self, node: nodes.Sorted, world: World) -> Result:
        items = self.evaluate(node.of, world)
        if not isinstance(items, tuple):
            return strictly([items], domain(node.type))
        taken_of = values_of(list(self._each(node.of, items, node.each, world)), domain(node.type))
        if isinstance(taken_of, Unknown):
            return taken_of
        columns = [list(self._each(node.of, items, key, world)) for key, _ in node.keys]
        unknown = strictly([key for column in columns for key in column], domain(node.type))
        if unknown is not None and len(items) > _MOST_COMPARED:
            return unknown
        keyed = list(zip(zip(*columns, strict=True), taken_of, strict=True))
        order = Order([down for _, down in node.keys], [ranks_of(key.type) for key, _ in node.keys])
        is_single = node.take == 1 and not isinstance(node.type, ListType | SetType)
        if unknown is not None:
            keyed = leaders(keyed, order) if is_single else keyed
            if not order.is_sure(keyed):
                return Unknown(unknown.needs, distinct([each for _, each in keyed]) if is_single else unknown.bound)
        return taken(order.sorted(keyed), node.take, is_single, node.ties)

    def _each(self, of: Node, items: Sequence[Result], node: Node, world: World) -> Iterator[Result]:
        """Evaluate a node once for every item of a list."""
        name = name_of(of)
        for item in items:
            world.items.append((item, name))
            try:
                result = self.evaluate(node, world)
            finally:
                world.items.pop()
            yield result

    # ---- tables, labels, what classes agree on or gather, preferences

    def _pick(self, node: nodes.Pick, world: World) -> Result:
        return self.picked(node, world).result

    def _labels(self, node: nodes.Labels, world: World) -> Result:
        tests = [(label, self.evaluate(test, world)) for label, test in node.tests]
        unknowns = [test for _, test in tests if isinstance(test, Unknown)]
        if not unknowns:
            return tuple(label for label, test in tests if test is True)
        sets: list[tuple[str, ...]] = [()]
        for label, test in tests:
            if isinstance(test, Unknown):
                sets = [s for start in sets for s in ((*start, label), start)][: MOST_LOOKED_AT + 1]
            elif test is True:
                sets = [(*start, label) for start in sets]
        return lazily(unknowns, tuple(sets) if len(sets) <= MOST_LOOKED_AT else None)

    def _agree(self, node: nodes.Agree, world: World) -> Result:
        classes = self.evaluate(node.of, world)
        if isinstance(classes, Unknown) and not has_few_values(classes):
            rights = [right for _, right in node.values] + ([] if node.empty is None else [node.empty])
            return merged([self.evaluate(right, world) for right in rights], classes.needs)
        return _over_classes(classes, lambda words: self._agreed(node, words, world))

    def _agreed(self, node: nodes.Agree, classes: tuple[Value, ...], world: World) -> Result:
        rights = [self.evaluate(right, world) for word, right in node.values if word in classes]
        if not rights:  # no class at all, or only classes of which nothing is said
            return Unknown.because(Reason.GAP) if node.empty is None else self.evaluate(node.empty, world)
        known = distinct([right for right in rights if not isinstance(right, Unknown)])
        if len(known) > 1:
            return merged(rights, Unknown.because(Reason.OVERLAP).needs)
        unknowns = [right for right in rights if isinstance(right, Unknown)]
        if not unknowns:
            return known[0]
        deciding = [right for right in unknowns if right.is_final] or unknowns
        return merged(rights, frozenset().union(*(right.needs for right in deciding)))

    def _collected(self, node: nodes.Collected, world: World) -> Result:
        classes = self.evaluate(node.of, world)
        if isinstance(classes, Unknown) and not has_few_values(classes):
            return Unknown(classes.needs)
        return _over_classes(classes, lambda words: self._gathered(node, words, world))

    def _gathered(self, node: nodes.Collected, classes: tuple[Value, ...], world: World) -> Result:
        sets = values_of([self.evaluate(items, world) for word, items in node.values if word in classes], None)
        return sets if isinstance(sets, Unknown) else distinct([item for items in sets for item in _as_set(items)])

    def _prefer(self, node: nodes.Prefer, world: World) -> Result:
        return self.evaluate(self.preferred(node, world), world)

    def preferred(self, node: nodes.Prefer, world: World) -> Node:
        """Return the part of a preference that counts: that hangs on the facts as given alone."""
        given = world.given or world
        return next((part for part in node.parts if self._is_given(part, given)), node.parts[-1])

    def _is_given(self, part: Node, given: World) -> bool:
        """Say whether a part reads no facts, or somebody has given one of them."""
        names = self.facts_behind(part)
        return not names or any(n in given.facts and (given.facts[n] is not None or self.fact(n).tells_none) for n in names)

    # ---- cadence and rankings

    def _overdue(self, node: nodes.Overdue, world: World) -> Result:
        last, every, as_of, reading = (self.evaluate(part, world) for part in (node.last, node.every, node.as_of, node.reading))
        if every is None:
            return False  # where no interval is asked for nothing is overdue, also when the last time is not known
        found = values_of((last, every, as_of), TRUTH)
        if isinstance(found, Unknown):
            return strictly([last, every, as_of, reading], TRUTH)
        ways = (reading.bound or CADENCES) if isinstance(reading, Unknown) else (reading,)
        late = distinct([overdue(found[0], found[1], found[2], way) for way in ways])
        if len(late) == 1 and late[0] is not None:
            return late[0]
        if isinstance(reading, Unknown):
            return Unknown(reading.needs, TRUTH)
        return Unknown.because(Reason.READING, TRUTH, name_of(node.reading))

    def _rankcut(self, node: nodes.RankCut, world: World) -> Result:
        ranking = self.plan.rankings[node.ranking]
        member = True if ranking.among is None else self.evaluate(ranking.among, world)
        if member is True:
            return self._class_of_member(node, ranking, world)
        outside = Unknown.because(Reason.GAP) if node.outside is None else self.evaluate(node.outside, world)
        return either([self._class_of_member(node, ranking, world), outside], member.needs) if isinstance(member, Unknown) else outside

    def _class_of_member(self, node: nodes.RankCut, ranking: Ranking, world: World) -> Result:
        given = [None if part is None else self.evaluate(part, world) for part in (node.rank, node.count)]
        rank, count = (None if isinstance(part, Unknown) else part for part in given)
        if isinstance(rank, Decimal) and (isinstance(count, Decimal) or node.by == "top") and node.by != "pareto":
            place = int(rank)
            return self._class_at(node, Position(place, place, place, int(count) if isinstance(count, Decimal) else place), world)
        if node.ranking in world.positions:
            return self._class_at(node, world.positions[node.ranking], world)
        bound = distinct([cut.value for cut in node.cuts])
        return strictly(given, bound) or Unknown.because(Reason.MISSING_FACT, bound, name_of(ranking.by))

    def _class_at(self, node: nodes.RankCut, position: Position, world: World) -> Result:
        rounding = self.evaluate(node.rounding, world)
        needs = name_of(self.plan.rankings[node.ranking].by)
        if not isinstance(rounding, Unknown):
            return class_at(position, node, str(rounding), needs)
        ways = rounding.bound or ROUNDINGS
        found = either([class_at(position, node, str(way), needs) for way in ways], rounding.needs)
        if not isinstance(found, Unknown):
            return found
        return replace(found, bound=tuple(value for value in distinct([cut.value for cut in node.cuts]) if value in (found.bound or ())))


def _on_side(op: str, value: Result, bound: Result) -> Result:
    """Say whether a value lies on the inner side of a bound."""
    sides = values_of([value, bound], TRUTH)
    return sides if isinstance(sides, Unknown) else exact.compare(op, *sides)


def kleene(decisive: bool, results: Iterator[Result]) -> Result:
    """One part that is ``decisive`` decides: ``or`` is true by it, ``and`` false."""
    unknowns = []
    for result in results:
        if isinstance(result, Unknown):
            unknowns.append(result)
        elif (result is True) is decisive:
            return decisive
    return lazily(unknowns, TRUTH) if unknowns else not decisive


def _lists_still_possible(items: Sequence[Value], tests: Sequence[Result]) -> tuple[tuple[Value, ...], ...]:
    """Return every list that is left, with or without each item of which it is not known whether it is in."""
    lists: list[tuple[Value, ...]] = [()]
    for item, test in zip(items, tests, strict=True):
        if isinstance(test, Unknown):
            lists = [one for start in lists for one in ((*start, item), start)]
        elif test is True:
            lists = [(*start, item) for start in lists]
    return tuple(lists)


def _over_classes(classes: Result, give: Callable[[tuple[Value, ...]], Result]) -> Result:
    """Apply ``give`` to a set of classes, or to a single one; to each of the possible sets when it is unknown."""
    if not isinstance(classes, Unknown):
        return give(_as_set(classes))
    return for_each(classes, [give(_as_set(way)) for way in classes.bound or ()])


def _as_set(classes: Value) -> tuple[Value, ...]:
    if classes is None:
        return ()
    return classes if isinstance(classes, tuple) else (classes,)


MEANINGS: Mapping[type[Node], Callable[[Evaluation, Any, World], Result]] = {
    nodes.Constant: Evaluation._constant,
    nodes.Undecided: Evaluation._undecided,
    nodes.FactRef: Evaluation._factref,
    nodes.DecisionRef: Evaluation._decisionref,
    nodes.ReadingRef: Evaluation._readingref,
    nodes.ItemRef: Evaluation._itemref,
    nodes.FieldRef: Evaluation._fieldref,
    nodes.Arithmetic: Evaluation._arithmetic,
    nodes.Quotient: Evaluation._quotient,
    nodes.Round: Evaluation._round,
    nodes.Call: Evaluation._call,
    nodes.Compare: Evaluation._compare,
    nodes.Within: Evaluation._within,
    nodes.InSet: Evaluation._inset,
    nodes.Logic: Evaluation._logic,
    nodes.Not: Evaluation._not,
    nodes.Conditional: Evaluation._conditional,
    nodes.Filter: Evaluation._filter,
    nodes.Project: Evaluation._project,
    nodes.Quantified: Evaluation._quantified,
    nodes.Sorted: Evaluation._sorted,
    nodes.Pick: Evaluation._pick,
    nodes.Labels: Evaluation._labels,
    nodes.Agree: Evaluation._agree,
    nodes.Collected: Evaluation._collected,
    nodes.Prefer: Evaluation._prefer,
    nodes.Overdue: Evaluation._overdue,
    nodes.RankCut: Evaluation._rankcut,
}
