"""Works out what a part of a plan may come to under every completion of what is unknown, as a decision diagram.

A diagram asks for one unknown after the other (unsettled readings, then missing facts, then decisions that the policy itself leaves open) and
ends in results. What the rest of it cannot tell apart is one node, so that a sum of eight missing items has some hundred nodes, not four
hundred thousand completions, and an unknown is asked for only where an outcome hangs on it. Diagrams of parts are put together by folds:
a sum adds what may be added, a table keeps the rules that are still met. Facts that several parts share are the only ones split on in common.
What was worked out is remembered for facts that no test tells apart, and nodes are kept, so that equal diagrams are one object.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from tierwise.core.meaning import exact
from tierwise.core.meaning.evaluate import Evaluation, kleene
from tierwise.core.meaning.hit_policies import Hit, Picked
from tierwise.core.meaning.regions import key_of, values_to_try
from tierwise.core.meaning.sums import Sum
from tierwise.core.meaning.unknown import MOST_LOOKED_AT, TRUTH, Need, Result, Unknown, lazily, strictly
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Arithmetic,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    Filter,
    HitPolicy,
    Labels,
    Logic,
    Node,
    Pick,
    Prefer,
    Project,
    Quantified,
    RankCut,
    ReadingRef,
    Reads,
    Sorted,
    Table,
    Undecided,
    reads_of,
    tested_fact,
    usage_of,
)
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.core.values import Value, hashable

__all__ = ["LAST", "Case", "Diagram", "Diagrams", "Question", "TooMuchWork"]

_MOST_KEPT = 300_000  # nodes and results remembered, before everything is forgotten
_MOST_COMPARED = 4_000  # answers of a fact times its tests
_MOST_CLASSES = 9  # that may each hold or not: nearly every set of them is a result of its own, and no more than 64 sets are ever listed
_ABSENT = object()
_State = TypeVar("_State")
LAST = 1 << 60


class TooMuchWork(Exception):
    """The bound on the work for one subject is reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a node of a diagram asks for: a reading, a fact, what several independent facts add up to, or a decision that is left open.

    Attributes:
        place: Where it comes in the one order of all unknowns.
        needs: What would answer it, each with what an outcome is called that hangs on it; for a decision that is left open what that hangs on.
        is_sure: Each answer is possible; else they are a bound.
        sum: The sums that are the answers, where it asks for one.
    """

    place: int
    needs: frozenset[tuple[str, Reason]]
    is_sure: bool = True
    sum: Sum | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """A node: a question with a diagram for each answer, or a result. Equal ones are one object."""

    question: Question | None
    ways: tuple[Diagram, ...] = ()
    result: Any = None

    @property
    def place(self) -> int:
        """Where its question comes in the order of all; a result comes last."""
        return LAST if self.question is None else self.question.place

    @property
    def is_known(self) -> bool:
        """Whether it is a value, whatever is unknown."""
        return self.question is None and not isinstance(self.result, Unknown)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """The tests of a table that read the same, each with the place of its rule, and the rules that have none there."""

    reads: Reads
    tests: tuple[tuple[int, Node], ...]
    others: int


_Met = tuple[int, tuple[tuple[int, Unknown], ...]]
"""The rules of a table that are met so far, as bits, and tests of theirs that are unknown in any case."""


class Diagrams:
    """The diagrams of one plan, and what makes them.

    Args:
        evaluation: The plan's evaluation.
        most: How many steps one subject may take.
    """

    def __init__(self, evaluation: Evaluation, most: int) -> None:
        self.evaluation = evaluation
        self.plan = plan = evaluation.plan
        self.most = self.left = most
        roots = [d.node for d in plan.decisions.values()] + [part for r in plan.rankings.values() for part in r.parts]
        self._usage = usage = usage_of(plan, Logic("and", tuple(roots)))
        readings = [(name, Reason.READING) for name in usage.readings]
        facts = [(name, evaluation.fact(name).missing) for name in usage.facts]
        self._questions = {name: Question(place, frozenset({(name, why)})) for place, (name, why) in enumerate([*readings, *facts])}
        self._values: dict[str, tuple[Value, ...]] = {name: plan.readings[name].values for name in usage.readings}
        self.keys = {name: key_of(evaluation.fact(name), usage) for name in usage.facts}
        self.first_fact, self._first_sum = len(readings), len(self._questions)
        self.first_decision = self._first_sum + len(plan.decisions)
        self._sum_places = {id(decision.node): self._first_sum + at for at, decision in enumerate(plan.decisions.values())}
        self._places = {name: self.first_decision + at for at, name in enumerate(plan.decisions)}
        self._alone: dict[int, frozenset[int]] = {}
        self._reads: dict[int, tuple[Node, Reads]] = {}
        self._columns: dict[str, tuple[_Column, ...]] = {}
        self._nodes: dict[Hashable, Diagram] = {}
        self.found: dict[Hashable, Any] = {}

    def case(self, world: World) -> Case:
        """Begin with a subject."""
        if len(self._nodes) + len(self.found) > _MOST_KEPT:
            self._nodes.clear()
            self.found.clear()
        self.left = self.most
        return Case(self, world)

    def leaf(self, result: object) -> Diagram:
        """Return the diagram that is a result."""
        return self._kept(_mark_of(result), None, (), result)

    def ask(self, question: Question | None, ways: Sequence[Diagram]) -> Diagram:
        """Return the diagram that asks a question; the answer itself where all are one."""
        first = ways[0]
        if all(way is first for way in ways):
            return first
        return self._kept((question, tuple(ways)), question, tuple(ways), None)

    def _kept(self, key: Hashable, question: Question | None, ways: tuple[Diagram, ...], result: object) -> Diagram:
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Diagram(question, ways, result)
        return found

    def atom(self, name: str, value: Value) -> Hashable:
        """Return what all values of a fact have in common that no test tells apart; the value itself where no decision reads the fact."""
        return self.keys[name](value) if name in self.keys else hashable(value)

    def asked(self, name: str) -> tuple[Question, tuple[Value, ...]]:
        """Return the question for a fact or a reading, and the answers that have to be looked at; remembered.

        Raises:
            TooMuchWork: No decision reads it, so that it has no place among the questions.
        """
        if name not in self._questions:
            raise TooMuchWork
        if name not in self._values:
            self._values[name] = self._told_apart(name, values_to_try(self.evaluation.fact(name), self._usage))
        return self._questions[name], self._values[name]

    def _told_apart(self, name: str, values: tuple[Value, ...]) -> tuple[Value, ...]:
        """Leave out values that no test tells from another: a border belongs to the interval on one of its sides."""
        tests = self._usage.tests[name]
        if name in self._usage.loose or len(values) * len(tests) > _MOST_COMPARED:
            return values
        found: dict[tuple[Result, ...], Value] = {}
        for value in values:
            world = World({name: value})
            found.setdefault(tuple([self.evaluation.evaluate(test, world) for test in tests]), value)
        return tuple(found.values())

    def fold(
        self,
        parts: Sequence[Diagram],
        start: _State,
        step: Callable[[_State, int, Any], _State],
        finish: Callable[[_State], Diagram],
        mark: Hashable = None,
        is_done: Callable[[_State], bool] = lambda state: False,
    ) -> Diagram:
        """Put several diagrams together: ask for what any of them asks for, and fold their results.

        Args:
            parts: The diagrams.
            start: The state before any of them is known.
            step: The state, the place of a part and its result to the next state; in whatever order they come to be known.
            finish: The last state to what all comes to.
            mark: What ``step`` and ``finish`` hang on besides: with it, what was found is remembered for other subjects.
            is_done: Whether no further part can change a state.
        """
        memory: dict[Hashable, Diagram] = {} if mark is None else self.found

        def go(state: _State, waiting: tuple[tuple[int, Diagram], ...]) -> Diagram:
            """``waiting`` are the parts that ask for something, the one that asks first in front."""
            key = (mark, hashable(state), waiting)
            found = memory.get(key)
            if found is None:
                self.left -= 1
                if self.left < 0:
                    raise TooMuchWork
                found = memory[key] = split(state, waiting) if waiting and not is_done(state) else finish(state)
            return found

        def split(state: _State, waiting: tuple[tuple[int, Diagram], ...]) -> Diagram:
            place = waiting[0][1].place
            asking = [part for part in waiting if part[1].place == place]
            others = waiting[len(asking) :]
            (at, one), *more = asking
            made: dict[Hashable, Diagram] = {}
            ways = []
            for number, way in enumerate(one.ways):
                alike = (way, *(part.ways[number] for _, part in more)) if more else way
                if alike not in made:
                    answers = [(at, way), *((other, part.ways[number]) for other, part in more)]
                    made[alike] = begin(state, answers, others)
                ways.append(made[alike])
            return self.ask(one.question, ways)

        def begin(state: _State, parts: Iterable[tuple[int, Diagram]], waiting: tuple[tuple[int, Diagram], ...]) -> Diagram:
            for part in parts:
                if part[1].question is None:
                    state = step(state, part[0], part[1].result)
                else:
                    waiting = tuple(sorted((*waiting, part), key=_place_of))
            if len(waiting) == 1 and mark is not None:
                ((at, last),) = waiting
                return self.mapped(last, lambda result: finish(step(state, at, result)), (mark, hashable(state), at))
            return go(state, waiting)

        return begin(start, enumerate(parts), ())

    def mapped(self, of: Diagram, change: Callable[[Any], Diagram], mark: Hashable) -> Diagram:
        """Return a diagram with every result changed; ``mark`` is what the change hangs on."""
        memory: dict[Diagram, Diagram] = self.found.setdefault(("mapped", mark), {})

        def go(node: Diagram) -> Diagram:
            found = memory.get(node)
            if found is None:
                self.left -= 1
                if self.left < 0:
                    raise TooMuchWork
                found = (
                    change(node.result) if node.question is None else self.ask(node.question, [memory.get(w) or go(w) for w in node.ways])
                )
                memory[node] = found
            return found

        return go(of)

    def opened(self, of: Diagram, name: str) -> Diagram:
        """Return the results of a decision as others see them: one that is left open with candidates may be any of them."""
        key = ("opened", of, name)
        if key not in self.found:
            self.found[key] = self.mapped(of, lambda picked: self._opened(picked.result, name), ("opened", name))
        opened: Diagram = self.found[key]
        return opened

    def _opened(self, result: Result, name: str) -> Diagram:
        if not isinstance(result, Unknown) or not result.bound or len(result.bound) > MOST_LOOKED_AT:
            return self.leaf(result)
        names = frozenset(need.name for need in result.needs if need.name and need.kind != "decision") or frozenset({name})
        ways = [self.leaf(value) for value in result.bound]
        if result.is_partial:
            ways.append(self.leaf(Unknown(frozenset({Need("policy", name, result.reason)}), ())))
        needs = frozenset((need, result.reason) for need in names)
        key = ("question", name, needs, result.is_final)
        question = self.found.get(key)
        if question is None:
            question = self.found[key] = Question(self._places[name], needs, result.is_final)
        return self.ask(question, ways)

    def asks(self, node: Diagram) -> frozenset[tuple[str, Reason]]:
        """Return which answers matter to a node, each with what an outcome is called that hangs on it."""
        question = node.question
        if question is None:
            return frozenset()
        if question.sum is None or len(set(node.ways)) == len(node.ways):
            return question.needs
        classes: dict[Diagram, int] = {}
        for step, way in zip(question.sum.steps, node.ways, strict=True):
            classes[way] = classes.get(way, 0) | 1 << step
        key = (question, tuple(classes.values()))
        if key not in self.found:
            self.found[key] = frozenset(question.sum.asks(classes.values()))
        needs: frozenset[tuple[str, Reason]] = self.found[key]
        return needs

    # ---- sums

    def summed(self, node: Node, parts: Sequence[Diagram]) -> list[Diagram]:
        """Return the parts of a sum with those made one that nothing else hangs on: they are independent, so all their sums are possible."""
        alone = [part for place, part in enumerate(parts) if place in self._alone_in(node) and self._is_plain(part)]
        key = ("sum", id(node), *alone)
        if key not in self.found:
            self.found[key] = self._sums(self._sum_places[id(node)], alone) if len(alone) > 1 else None
        sums: Diagram | None = self.found[key]
        return list(parts) if sums is None else [*(part for part in parts if part not in alone), sums]

    def _is_plain(self, part: Diagram) -> bool:
        """Say whether a part hangs on one fact alone and is a number whatever that is."""
        return self.first_fact <= part.place < self._first_sum and all(isinstance(way.result, Decimal) for way in part.ways)

    def _sums(self, place: int, parts: Sequence[Diagram]) -> Diagram | None:
        values = [{way.result for way in part.ways} for part in parts]
        digits = max(0, *(-number.as_tuple().exponent for each in values for number in each))
        steps = [[int(Fraction(number) * 10**digits) for number in each] for each in values]
        needs = [next(iter(part.question.needs)) for part in parts if part.question]
        sums = Sum.of(list(zip(needs, steps, strict=True)))
        if sums is None:
            return None
        question, least = Question(place, frozenset(needs), sum=sums), sum(map(min, steps))
        unit = Decimal(1).scaleb(-digits)
        return self.ask(question, [self.leaf(exact.multiply(Decimal(least + step), unit)) for step in sums.steps])

    def _alone_in(self, node: Node) -> frozenset[int]:
        """Return the places of the parts of a sum whose facts reach nothing but the sum, by this part alone; remembered."""
        found = self._alone.get(id(node))
        if found is None:
            found = self._alone[id(node)] = frozenset(at for at, _ in enumerate(node.children) if self._is_alone(node, at))
        return found

    def _is_alone(self, node: Node, at: int) -> bool:
        if id(node) not in self._sum_places:
            return False
        usage = self.evaluation.usage(node.children[at])
        facts, behind = frozenset(usage.facts), frozenset(usage.decisions)
        if usage.rankings or usage.prefers or any(self.plan.readings[name].settled is None for name in usage.readings):
            return False
        siblings = [self.evaluation.usage(part) for place, part in enumerate(node.children) if place != at]
        if any(facts.intersection(other.facts) or behind.intersection(other.decisions) for other in siblings):
            return False
        others = [d.node for d in self.plan.decisions.values() if d.name not in behind and d.node is not node]
        others += [part for ranking in self.plan.rankings.values() for part in ranking.parts]
        read = [self.reads(other) for other in others]
        return not any(facts.intersection(each.facts) or behind.intersection(each.decisions) for each in read)

    # ---- what parts read

    def reads(self, node: Node) -> Reads:
        """Return what a node reads without following decisions; remembered."""
        found = self._reads.get(id(node))
        if found is None:
            found = self._reads[id(node)] = (node, reads_of(self.plan, node))
        return found[1]

    def columns(self, table: Table) -> tuple[_Column, ...]:
        """Return the tests of a table, those that read the same together; remembered."""
        if table.name not in self._columns:
            groups: dict[Reads, list[tuple[int, Node]]] = {}
            for place, rule in enumerate(table.rules):
                for test in rule.tests:
                    if test is not None:
                        groups.setdefault(self.reads(test), []).append((place, test))
            everything = (1 << len(table.rules)) - 1
            made = []
            for reads, tests in groups.items():
                tested = sum({1 << place for place, _ in tests})
                made.append(_Column(reads, tuple(tests), everything & ~tested))
            self._columns[table.name] = tuple(made)
        return self._columns[table.name]


@dataclass(slots=True, eq=False)
class Case:
    """One subject: what its decisions may come to.

    Attributes:
        of: The diagrams of the plan.
        world: What is given about the subject.
    """

    of: Diagrams
    world: World
    decided: dict[str, Diagram] = field(default_factory=dict)
    atoms: dict[str, Hashable] = field(default_factory=dict)

    def decision(self, name: str) -> Diagram:
        """Return what a decision may come to; the results are ``Picked``."""
        if name not in self.decided:
            node = self.of.plan.decisions[name].node
            for needed in self.of.evaluation.usage(node).decisions:
                if needed not in self.decided:
                    self._decide(needed, self.of.plan.decisions[needed].node)
            self._decide(name, node)
        return self.decided[name]

    def part(self, node: Node) -> Diagram:
        """Return what any part of the plan may come to; the results are ``Picked``."""
        for needed in self.of.evaluation.usage(node).decisions:
            self.decision(needed)
        return self._remembered(("part", id(node)), self.of.reads(node), lambda mark: self._ruled(node, mark))

    def _decide(self, name: str, node: Node) -> None:
        found = self._remembered(name, self.of.reads(node), lambda mark: self._ruled(node, mark))
        self.decided[name] = found
        if found.question is None:
            self.world.results[name] = found.result.result

    def _remembered(self, what: Hashable, reads: Reads, make: Callable[[Hashable], Diagram]) -> Diagram:
        """Return what was found for other subjects of whom the part reads the same, else make it."""
        mark, found = (what, *self._own(reads)), self.of.found
        key = (mark, tuple([self.decided[name] for name in reads.decisions]))
        try:
            known: Diagram | None = found.get(key)
        except TypeError:  # a list of records cannot be hashed
            return make(object())
        if known is None:
            known = found[key] = make(mark)
        return known

    def _own(self, reads: Reads) -> tuple[Hashable, ...]:
        """Return what a part reads of the subject itself."""
        atoms, world = self.atoms, self.world
        facts = []
        for name in reads.facts:
            if name not in atoms:
                atoms[name] = self.of.atom(name, world.facts[name]) if name in world.facts else _ABSENT
            facts.append(atoms[name])
        places = tuple([world.positions.get(name) for name in reads.rankings])
        return (tuple(facts), places, tuple([id(self._preferred(node)) for node in reads.prefers]))

    def _preferred(self, node: Prefer) -> Node:
        return self.of.evaluation.preferred(node, self.world)

    def _is_known(self, reads: Reads) -> bool:
        if reads.readings or any(name not in self.world.facts for name in reads.facts):
            return False
        own = [self.decided[name] for name in reads.decisions]  # one left open with one candidate is not known itself, but to others
        return all(found.question is None and not isinstance(found.result.result, Unknown) for found in own)

    def _seen(self, name: str) -> Diagram:
        return self.of.opened(self.decided[name], name)

    # ---- what parts come to

    def _ruled(self, node: Node, mark: Hashable) -> Diagram:
        of = self.of
        if self._is_known(of.reads(node)):
            return of.leaf(of.evaluation.ruled(node, self.world))
        if isinstance(node, Pick):
            return self._pick(node, mark)
        return of.mapped(self._build(node, mark), lambda result: of.leaf(Picked(result, ())), "ruled")

    def _build(self, node: Node, mark: Hashable) -> Diagram:
        """Return what a node may come to; the results are values or ``Unknown``."""
        of, evaluation = self.of, self.of.evaluation
        if isinstance(node, DecisionRef) and (seen := self._seen(node.name)).is_known:
            return seen
        if self._is_known(of.reads(node)):
            return of.leaf(evaluation.evaluate(node, self.world))
        fact = tested_fact(node)
        if fact is not None:
            return self._asked(fact.name, node)
        match node:
            case FactRef(name=name, type=BooleanType() | EnumType()):
                return self._asked(name, node)
            case FactRef():
                return of.leaf(evaluation.evaluate(node, self.world))
            case ReadingRef(name=name):
                question, words = of.asked(name)
                return of.ask(question, [of.leaf(word) for word in words])
            case DecisionRef(name=name):
                return of.mapped(self._seen(name), lambda result: of.leaf(self._named(node, result)), ("named", name))
            case Prefer():
                return self._build(self._preferred(node), mark)
            case Arithmetic(op="+", type=NumberType(), parts=parts) if all(isinstance(part.type, NumberType) for part in parts):
                added = of.summed(node, [self._build(part, mark) for part in parts])
                return of.fold(added, _NOTHING_ADDED, _added, lambda sum: of.leaf(_total(sum)), "+")
            case Logic(op=op, parts=parts):
                decisive = op == "or"
                tests = [self._build(part, mark) for part in parts]
                joined = _joined(decisive)
                return of.fold(
                    tests, _NO_RESULTS, joined, lambda all: of.leaf(kleene(decisive, iter(all))), op, lambda all: all == (decisive,)
                )
            case Conditional(condition=condition, yes=yes, no=no):
                test = self._build(condition, mark)
                if test.is_known:
                    return self._build(yes if test.result is True else no, mark)
                return self._lifted(node, mark)
            case Pick():
                return of.mapped(self._pick(node, mark), lambda picked: of.leaf(picked.result), "result")
            case Filter() | Project() | Quantified() | Sorted() | RankCut():
                return self._whole(of.reads(node), lambda world: evaluation.evaluate(node, world), ("whole", id(node), mark))
            case _:
                return self._lifted(node, mark)

    def _named(self, node: DecisionRef, result: Result) -> Result:
        if not isinstance(result, Unknown):
            return result
        return self.of.evaluation.evaluate(node, World({}, results={node.name: result}))

    def _asked(self, name: str, node: Node) -> Diagram:
        """Try every atom of a missing fact."""
        of, facts = self.of, self.world.facts
        question, values = of.asked(name)
        ways = [of.evaluation.evaluate(node, World({**facts, name: value})) for value in values]
        return of.ask(question, [of.leaf(way) for way in ways])

    def _lifted(self, node: Node, mark: Hashable) -> Diagram:
        """A node is a function of what stands in it."""
        parts = node.children

        def finish(state: tuple[Result, ...]) -> Diagram:
            results = {id(part): result for part, result in zip(parts, state, strict=True)}
            return self.of.leaf(self.of.evaluation.evaluate(node, World(self.world.facts, self.world.positions, parts=results)))

        built = [self._build(part, mark) for part in parts]
        if isinstance(node, Labels) and sum(part.question is not None for part in built) > _MOST_CLASSES:
            raise TooMuchWork
        return self.of.fold(built, (None,) * len(parts), _placed, finish, ("lifted", id(node)))

    def _whole(self, reads: Reads, evaluate: Callable[[World], object], mark: Hashable) -> Diagram:
        """Try all that a part reads directly, where it is no function of its parts alone: it looks at the items of a list, or at a position."""
        of, facts = self.of, self.world.facts
        missing = [name for name in reads.facts if name not in facts and name not in reads.exact]
        names = [*missing, *reads.readings, *reads.decisions]
        parts = [of.ask(q, [of.leaf(value) for value in values]) for q, values in map(of.asked, (*missing, *reads.readings))]
        parts += [self._seen(name) for name in reads.decisions]

        def finish(state: tuple[Result, ...]) -> Diagram:
            known: Mapping[str, Any] = dict(zip(names, state, strict=True))
            assumed = {name: known[name] for name in missing}
            results = {name: known[name] for name in reads.decisions}
            readings = {name: known[name] for name in reads.readings}
            world = World({**facts, **assumed}, self.world.positions, readings, given=self.world, results=results)
            return of.leaf(evaluate(world))

        return of.fold(parts, (None,) * len(parts), _placed, finish, mark)

    # ---- tables

    def _pick(self, node: Pick, mark: Hashable) -> Diagram:
        of = self.of
        table = of.plan.tables[node.table]
        met = self._met(table)
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        outputs = [*(rule.outputs[node.output] for rule in table.rules), *(() if default is None else (default,))]
        open_outputs = [output for output in outputs if not isinstance(output, Constant | Undecided)]

        def finish(state: tuple[Any, ...]) -> Diagram:
            parts = {id(output): result for output, result in zip(open_outputs, state[1:], strict=True)}
            world = World(self.world.facts, self.world.positions, parts=parts)
            return of.leaf(of.evaluation.read_off(node, _hits(table, state[0]), world))

        parts = [met, *(self._build(output, mark) for output in open_outputs)]
        return of.fold(parts, (None,) * len(parts), _placed, finish, ("pick", node.table, node.output, mark if open_outputs else None))

    def _met(self, table: Table) -> Diagram:
        """Return which rules of a table are met."""
        of = self.of
        columns = [self._remembered(("column", table.name, at), c.reads, self._column_maker(c)) for at, c in enumerate(of.columns(table))]
        everything: _Met = ((1 << len(table.rules)) - 1, ())
        is_first = table.hit is HitPolicy.FIRST
        return of.fold(columns, everything, _met_both, lambda met: of.leaf(_first(met) if is_first else met), ("met", is_first), _is_missed)

    def _column_maker(self, column: _Column) -> Callable[[Hashable], Diagram]:
        def tried(world: World) -> _Met:
            results = [(place, self.of.evaluation.evaluate(test, world)) for place, test in column.tests]
            missed = sum({1 << place for place, result in results if not isinstance(result, Unknown) and result is not True})
            met = column.others | sum({1 << place for place, _ in results}) & ~missed
            return met, tuple((place, result) for place, result in results if isinstance(result, Unknown) and met >> place & 1)

        def make(mark: Hashable) -> Diagram:
            if self._is_known(column.reads):
                return self.of.leaf(tried(self.world))
            return self._whole(column.reads, tried, ("column", mark))

        return make


# ---- what tells results apart


def _mark_of(result: object) -> Hashable:
    """Return what equal results have in common; ``true`` is not 1, wherever it stands."""
    match result:
        case Picked(result=value, rules=rules):
            return (Picked, _mark_of(value), rules)
        case Unknown(needs=needs, bound=bound, is_partial=is_partial):
            return (Unknown, needs, _mark_of(bound), is_partial)
        case tuple():
            return tuple([_mark_of(item) for item in result])
        case _:
            return (type(result), hashable(result))


# ---- how states change

_NO_RESULTS: tuple[Result, ...] = ()
_NOTHING_ADDED: tuple[Value, tuple[Unknown, ...]] = (Decimal(0), ())


def _place_of(part: tuple[int, Diagram]) -> int:
    return part[1].place


def _placed(state: tuple[Any, ...], place: int, result: Any) -> tuple[Any, ...]:
    return (*state[:place], result, *state[place + 1 :])


def _added(state: tuple[Value, tuple[Unknown, ...]], _: int, result: Result) -> tuple[Value, tuple[Unknown, ...]]:
    total, unknowns = state
    return (total, (*unknowns, result)) if isinstance(result, Unknown) else (exact.add(total, result), unknowns)


def _total(state: tuple[Value, tuple[Unknown, ...]]) -> Result:
    total, unknowns = state
    return strictly(unknowns, None) or total


def _joined(decisive: bool) -> Callable[[tuple[Result, ...], int, Result], tuple[Result, ...]]:
    def step(state: tuple[Result, ...], _: int, result: Result) -> tuple[Result, ...]:
        if state == (decisive,) or (not isinstance(result, Unknown) and (result is True) is decisive):
            return (decisive,)
        return (*state, result) if isinstance(result, Unknown) else state

    return step


def _met_both(state: _Met, _: int, column: _Met) -> _Met:
    met = state[0] & column[0]
    return met, tuple([(place, result) for place, result in (*state[1], *column[1]) if met >> place & 1])


def _is_missed(state: _Met) -> bool:
    return not state[0]


def _first(state: _Met) -> _Met:
    """Leave out the rules behind the first that is surely met."""
    met, unknowns = state
    sure = met
    for place, _ in unknowns:
        sure &= ~(1 << place)
    if sure:
        met &= ((sure & -sure) << 1) - 1
    return met, tuple([(place, result) for place, result in unknowns if met >> place & 1])


def _hits(table: Table, state: _Met) -> tuple[Hit, ...]:
    met, unknowns = state
    hits = []
    for place, rule in enumerate(table.rules):
        if met >> place & 1:
            left_open = [result for at, result in unknowns if at == place]
            hits.append(Hit(rule, lazily(left_open, TRUTH) if left_open else True))
    return tuple(hits)
