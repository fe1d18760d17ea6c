"""Evaluates every node of a plan in a world, by Kleene's three-valued logic. This is the meaning of policies; other engines agree with it.

A result is a value (``core/values.py``; an exact ``Fraction`` for a quotient on its way into a comparison or a rounding) or ``Unknown``.
Where a truth value stands, *none* counts as false. Nothing here completes missing facts; ``completion.py`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, get_args

from tierwise.core import plan as nodes
from tierwise.core.environment import Environment
from tierwise.core.errors import PluginError
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Fact, Node, Plan, Position
from tierwise.core.running import exact
from tierwise.core.running.cadence import overdue
from tierwise.core.running.cuts import ROUNDINGS, class_at
from tierwise.core.running.lists import in_order, taken
from tierwise.core.running.tables import Picked, hits_of, pick
from tierwise.core.running.unknown import Need, Unknown, domain, either, lazily, merged, strictly
from tierwise.core.running.usage import Usage, usage_of
from tierwise.core.running.world import World
from tierwise.core.types import DateType, ListType, MapType, SetType

__all__ = ["Evaluation"]

_TRUTH = (True, False)
_MOST_SUBSETS = 64


class Evaluation:
    """Evaluates the nodes of one plan.

    Args:
        plan: The compiled policy.
        environment: Its functions.
        alone: Decides one part of a ``Prefer`` on its own, in the world as given (``completion.py`` has it).
    """

    def __init__(self, plan: Plan, environment: Environment, alone: Callable[[Node, World], Any]) -> None:
        self.plan = plan
        self.environment = environment
        self._alone = alone
        self._usages: dict[int, tuple[Node, Usage]] = {}
        self._methods: dict[type, Callable[[Any, World], Any]] = {
            kind: getattr(self, f"_{kind.__name__.lower()}") for kind in get_args(Node)
        }

    def evaluate(self, node: Node, world: World) -> Any:
        """Return the value of a node, or ``Unknown``. What it reads of decisions must have been decided by ``settle``."""
        return self._methods[type(node)](node, world)

    def settle(self, node: Node, world: World) -> Picked:
        """Return the value of a whole part, first deciding the decisions it reads, in the plan's order; and the rules that gave it."""
        for name in self.usage(node).decisions:
            if name not in world.results:
                world.results[name] = world.chosen[name] if name in world.chosen else self.evaluate(self.plan.decisions[name].node, world)
        return self.ruled(node, world)

    def ruled(self, node: Node, world: World) -> Picked:
        """Return the value of a node and, when it is read off a table, the rules that gave it."""
        if isinstance(node, nodes.Pick):
            return self._picked(node, world)
        return Picked(self.evaluate(node, world), ())

    def usage(self, node: Node) -> Usage:
        """Return what a node reads; remembered."""
        found = self._usages.get(id(node))
        if found is None:
            found = self._usages[id(node)] = (node, usage_of(self.plan, node))
        return found[1]

    def fact(self, name: str) -> Fact:
        """Return a fact's declaration; ``as_of`` and ``population`` have one too."""
        declared = self.plan.facts.get(name)
        return Fact(name, DateType(), {}) if declared is None else declared

    # ---- values and names --------------------------------------------------------------------------------------------------

    def _constant(self, node: nodes.Constant, world: World) -> Any:
        return node.value

    def _undecided(self, node: nodes.Undecided, world: World) -> Any:
        return Unknown.because(node.reason, node.candidates)

    def _factref(self, node: nodes.FactRef, world: World) -> Any:
        if node.name in world.facts:
            return world.facts[node.name]
        fact = self.fact(node.name)
        return Unknown(frozenset({Need("fact", node.name, fact.missing)}), domain(node.type, fact.nullable))

    def _decisionref(self, node: nodes.DecisionRef, world: World) -> Any:
        result = world.results[node.name]
        if not isinstance(result, Unknown):
            return result
        open_needs = {need for need in result.needs if need.kind != "policy"}
        if result.bound:
            return replace(result, needs=frozenset({*open_needs, Need("decision", node.name, result.reason)}))
        named = {Need("policy", need.name or node.name, need.reason) for need in result.needs - open_needs}
        return replace(result, needs=frozenset({*open_needs, *named}))

    def _readingref(self, node: nodes.ReadingRef, world: World) -> Any:
        settled = self.plan.readings[node.name].settled or world.readings.get(node.name)
        return Unknown(frozenset({Need("reading", node.name, Reason.READING)}), node.values) if settled is None else settled

    def _itemref(self, node: nodes.ItemRef, world: World) -> Any:
        return world.items[-1 - node.depth][0]

    def _fieldref(self, node: nodes.FieldRef, world: World) -> Any:
        record = self.evaluate(node.of, world)
        unknown = strictly([record], domain(node.type))
        if unknown is not None or record is None:
            return unknown
        if node.name in record or isinstance(getattr(node.of, "type", None), MapType):
            return record.get(node.name)
        owner = world.items[-1 - node.of.depth][1] if isinstance(node.of, nodes.ItemRef) else getattr(node.of, "name", "")
        return Unknown(frozenset({Need("policy", f"{owner}.{node.name}" if owner else node.name, Reason.MISSING_FACT)}), domain(node.type))

    # ---- tests and logic ---------------------------------------------------------------------------------------------------

    def _compare(self, node: nodes.Compare, world: World) -> Any:
        left, right = self.evaluate(node.left, world), self.evaluate(node.right, world)
        unknown = strictly([left, right], _TRUTH)
        if unknown is not None:
            return unknown
        for side, value in ((node.left, left), (node.right, right)):
            if isinstance(side, nodes.Quotient) and value is None:
                return False
        if node.op in ("=", "!="):
            unordered = isinstance(getattr(node.left, "type", None), SetType) or isinstance(getattr(node.right, "type", None), SetType)
            return exact.equal(left, right, unordered) is (node.op == "=")
        return exact.compare(node.op, left, right)

    def _within(self, node: nodes.Within, world: World) -> Any:
        value = self.evaluate(node.value, world)
        low = None if node.low is None else self.evaluate(node.low, world)
        high = None if node.high is None else self.evaluate(node.high, world)
        unknown = strictly([value, low, high], _TRUTH)
        if unknown is not None:
            return unknown
        above = node.low is None or exact.compare("<=" if node.low_inclusive else "<", low, value)
        below = node.high is None or exact.compare("<=" if node.high_inclusive else "<", value, high)
        return value is not None and above and below

    def _inset(self, node: nodes.InSet, world: World) -> Any:
        value = self.evaluate(node.value, world)
        unordered = isinstance(getattr(node.value, "type", None), SetType)
        return strictly([value], _TRUTH) or any(exact.equal(value, other, unordered) for other in node.values)

    def _logic(self, node: nodes.Logic, world: World) -> Any:
        return self._kleene(node.op == "or", (self.evaluate(part, world) for part in node.parts))

    def _kleene(self, decisive: bool, results: Iterator[Any]) -> Any:
        """One part that is ``decisive`` decides: ``or`` is true by it, ``and`` false."""
        unknowns = []
        for result in results:
            if isinstance(result, Unknown):
                unknowns.append(result)
            elif (result is True) is decisive:
                return decisive
        return lazily(unknowns, _TRUTH) if unknowns else not decisive

    def _not(self, node: nodes.Not, world: World) -> Any:
        part = self.evaluate(node.part, world)
        return strictly([part], _TRUTH) or part is not True

    def _conditional(self, node: nodes.Conditional, world: World) -> Any:
        condition = self.evaluate(node.condition, world)
        if isinstance(condition, Unknown):
            return either([self.evaluate(node.yes, world), self.evaluate(node.no, world)], condition.needs)
        return self.evaluate(node.yes if condition is True else node.no, world)

    # ---- numbers, dates, calls ---------------------------------------------------------------------------------------------

    def _arithmetic(self, node: nodes.Arithmetic, world: World) -> Any:
        parts = [self.evaluate(part, world) for part in node.parts]
        unknown = strictly(parts, None)
        if unknown is not None:
            return unknown
        operation = {"+": exact.add, "-": exact.subtract, "*": exact.multiply}[node.op]
        total = parts[0]
        for part in parts[1:]:
            total = operation(total, part)
        return total

    def _quotient(self, node: nodes.Quotient, world: World) -> Any:
        left, right = self.evaluate(node.left, world), self.evaluate(node.right, world)
        return strictly([left, right], None) or exact.quotient(left, right)

    def _round(self, node: nodes.Round, world: World) -> Any:
        value = self.evaluate(node.value, world)
        return strictly([value], None) or exact.round_to(value, node.scale, node.mode)

    def _call(self, node: nodes.Call, world: World) -> Any:
        arguments = [self.evaluate(argument, world) for argument in node.arguments]
        unknown = strictly(arguments, domain(node.type))
        if unknown is not None:
            return unknown
        try:
            return self.environment.functions[node.function].python(*arguments)
        except Exception as error:  # a plugin's code: say whose fault it is instead of losing the subject silently
            raise PluginError(
                f"function `{node.function}` failed: {error}", node.function, "functions", "report this to its author"
            ) from error

    # ---- lists -------------------------------------------------------------------------------------------------------------

    def _each(self, of: Node, items: tuple[Any, ...], node: Node, world: World) -> Iterator[Any]:
        """Evaluate a node once for every item of a list."""
        name = getattr(of, "name", "")
        for item in items:
            world.items.append((item, name))
            try:
                result = self.evaluate(node, world)
            finally:
                world.items.pop()
            yield result

    def _filter(self, node: nodes.Filter, world: World) -> Any:
        items = self.evaluate(node.of, world)
        if isinstance(items, Unknown) or items is None:
            return strictly([items], None)
        tests = list(self._each(node.of, items, node.test, world))
        return strictly(tests, None) or tuple(item for item, test in zip(items, tests, strict=True) if test is True)

    def _project(self, node: nodes.Project, world: World) -> Any:
        items = self.evaluate(node.of, world)
        if isinstance(items, Unknown) or items is None:
            return strictly([items], None)
        results = tuple(self._each(node.of, items, node.each, world))
        return strictly(results, None) or results

    def _quantified(self, node: nodes.Quantified, world: World) -> Any:
        items = self.evaluate(node.of, world)
        return strictly([items], _TRUTH) or self._kleene(node.op == "some", self._each(node.of, items or (), node.test, world))

    def _sorted(self, node: nodes.Sorted, world: World) -> Any:
        items = self.evaluate(node.of, world)
        if isinstance(items, Unknown) or items is None:
            return strictly([items], domain(node.type))
        columns = [list(self._each(node.of, items, part, world)) for part in (*(key for key, _ in node.keys), node.each)]
        unknown = strictly([result for column in columns for result in column], domain(node.type))
        if unknown is not None:
            return unknown
        keyed = [(tuple(row[:-1]), row[-1]) for row in zip(*columns, strict=True)]
        keyed = in_order(keyed, [down for _, down in node.keys], [getattr(key, "type", None) for key, _ in node.keys])
        return taken(keyed, node.take, node.take == 1 and not isinstance(node.type, ListType | SetType), node.ties)

    # ---- choices -----------------------------------------------------------------------------------------------------------

    def _picked(self, node: nodes.Pick, world: World) -> Picked:
        table = self.plan.tables[node.table]
        evaluate = self._in(world)
        if node.table not in world.hits:
            world.hits[node.table] = hits_of(table, evaluate, world.possible.get(node.table))
        return pick(table, node.output, node.type, world.hits[node.table], evaluate)

    def _pick(self, node: nodes.Pick, world: World) -> Any:
        return self._picked(node, world).result

    def _labels(self, node: nodes.Labels, world: World) -> Any:
        tests = [(label, self.evaluate(test, world)) for label, test in node.tests]
        unknowns = [test for _, test in tests if isinstance(test, Unknown)]
        if not unknowns:
            return tuple(label for label, test in tests if test is True)
        sets: list[tuple[str, ...]] = [()]
        for label, test in tests:
            if isinstance(test, Unknown):
                sets = [s for start in sets for s in ((*start, label), start)][: _MOST_SUBSETS + 1]
            elif test is True:
                sets = [(*start, label) for start in sets]
        return lazily(unknowns, tuple(sets) if len(sets) <= _MOST_SUBSETS else None)

    def _agree(self, node: nodes.Agree, world: World) -> Any:
        rights = [right for _, right in node.values] + ([] if node.empty is None else [node.empty])
        return self._over_classes(
            node.of,
            world,
            lambda classes: self._agreed(node, classes, world),
            lambda needs: merged([self.evaluate(right, world) for right in rights], needs),
        )

    def _agreed(self, node: nodes.Agree, classes: tuple[Any, ...], world: World) -> Any:
        if not classes:
            return Unknown.because(Reason.GAP) if node.empty is None else self.evaluate(node.empty, world)
        rights = [self.evaluate(right, world) for word, right in node.values if word in classes]
        if len(rights) < len(set(classes)):
            rights.append(Unknown.because(Reason.GAP))  # a class of which nothing is said
        known = distinct(right for right in rights if not isinstance(right, Unknown))
        if len(known) > 1:
            return merged(rights, Unknown.because(Reason.OVERLAP).needs)
        unknowns = [right for right in rights if isinstance(right, Unknown)]
        if not unknowns:
            return known[0]
        deciding = [right for right in unknowns if right.is_final] or unknowns
        return merged(rights, frozenset().union(*(right.needs for right in deciding)))

    def _collected(self, node: nodes.Collected, world: World) -> Any:
        return self._over_classes(node.of, world, lambda classes: self._gathered(node, classes, world), Unknown)

    def _gathered(self, node: nodes.Collected, classes: tuple[Any, ...], world: World) -> Any:
        sets = [self.evaluate(items, world) for word, items in node.values if word in classes]
        return strictly(sets, None) or distinct(item for items in sets for item in items or ())

    def _over_classes(
        self, of: Node, world: World, give: Callable[[tuple[Any, ...]], Any], any_of_them: Callable[[frozenset[Need]], Unknown]
    ) -> Any:
        """Apply ``give`` to a set of classes, or to a single one; to each of the possible sets when it is unknown."""
        classes = self.evaluate(of, world)
        if not isinstance(classes, Unknown):
            return give(_as_set(classes))
        if not classes.bound or classes.is_partial:
            return any_of_them(classes.needs)
        return either([give(_as_set(way)) for way in classes.bound], classes.needs)

    def _prefer(self, node: nodes.Prefer, world: World) -> Any:
        given = world.given or world
        if id(node) not in given.preferred:
            given.preferred[id(node)] = self._preferred(node, given)
        return given.preferred[id(node)]

    def _preferred(self, node: nodes.Prefer, given: World) -> Any:
        """Decide the parts one after the other on the facts as given, never on an assumption."""
        results = []
        for part in node.parts:
            result = self._alone(part, given)
            if not isinstance(result, Unknown):
                return result
            results.append(result)
        told = (result for part, result in zip(node.parts, results, strict=True) if not self._lacks_all(part, given))
        return next(told, results[-1])

    def _lacks_all(self, part: Node, given: World) -> bool:
        """Say whether a part reads facts and nobody has given any of them."""
        usage = self.usage(part)
        if any(ranking in given.positions for ranking in usage.rankings):
            return False
        names = [name for name in usage.facts if name != "as_of"]
        absent = [n for n in names if n not in given.facts or (given.facts[n] is None and self.fact(n).absent_is_none)]
        return bool(names) and len(absent) == len(names)

    # ---- time and populations ----------------------------------------------------------------------------------------------

    def _overdue(self, node: nodes.Overdue, world: World) -> Any:
        last, every, as_of = (self.evaluate(part, world) for part in (node.last, node.every, node.as_of))
        unsettled = isinstance(node.reading, nodes.ReadingRef) and self.plan.readings[node.reading.name].settled is None
        reading = None if unsettled else self.evaluate(node.reading, world)
        unknown = strictly([last, every, as_of, reading], _TRUTH)
        if unknown is not None:
            return unknown
        late = overdue(last, every, as_of, reading)
        if late is None:
            return Unknown.because(Reason.READING, _TRUTH, getattr(node.reading, "name", ""))
        return late

    def _rankcut(self, node: nodes.RankCut, world: World) -> Any:
        given = [None if part is None else self.evaluate(part, world) for part in (node.rank, node.count)]
        rank, count = (None if isinstance(part, Unknown) else part for part in given)
        if rank is not None and (count is not None or node.by == "top") and node.by != "pareto":
            place = int(rank)
            return self._class_at(node, Position(place, place, place, int(rank if count is None else count)), world)
        ranking = self.plan.rankings[node.ranking]
        member = True if ranking.among is None else self.evaluate(ranking.among, world)
        if node.ranking in world.positions:
            inside = self._class_at(node, world.positions[node.ranking], world)
        else:
            bound = distinct(cut.value for cut in node.cuts)
            unranked = Unknown.because(Reason.MISSING_FACT, bound, getattr(ranking.by, "name", ""))
            inside = strictly(given, bound) or unranked
        if member is True:
            return inside
        outside = Unknown.because(Reason.GAP) if node.outside is None else self.evaluate(node.outside, world)
        return either([inside, outside], member.needs) if isinstance(member, Unknown) else outside

    def _class_at(self, node: nodes.RankCut, position: Position, world: World) -> Any:
        rounding = self.evaluate(node.rounding, world)
        needs = getattr(self.plan.rankings[node.ranking].by, "name", "")
        if not isinstance(rounding, Unknown):
            return class_at(position, node.by, node.cuts, rounding, needs)
        ways = rounding.bound or ROUNDINGS
        found = either([class_at(position, node.by, node.cuts, way, needs) for way in ways], rounding.needs)
        if not isinstance(found, Unknown):
            return found
        return replace(found, bound=tuple(value for value in distinct(cut.value for cut in node.cuts) if value in (found.bound or ())))

    def _in(self, world: World) -> Callable[[Node], Any]:
        return lambda node: self.evaluate(node, world)


def _as_set(classes: Any) -> tuple[Any, ...]:
    if classes is None:
        return ()
    return classes if isinstance(classes, tuple) else (classes,)
