"""What a decision may still be where facts are missing, as a set: one bit for each of its values, computed in SQL for all rows at once.

Parts that hang on different facts are independent: whatever each may be, all combinations may be. So the possible sums of a scorecard are a
set of whole steps, which a missing item shifts by each of its points; and a part of few inputs, such as a table, may have a value where
some combination of what its inputs may be gives it. Which one gives which is asked of the reference engine, once, before any row is read.

A mask is exact, or NULL: then the reference engine is asked about the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from itertools import combinations, product
from math import gcd, prod
from operator import or_
from typing import TYPE_CHECKING

from sqlglot import exp

from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.ordering import in_stated_order
from tierwise.core.meaning.regions import domain_of
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined, distinct
from tierwise.core.plan import (
    Arithmetic,
    Compare,
    Constant,
    DecisionRef,
    FactRef,
    HitPolicy,
    InSet,
    ItemRef,
    Node,
    Pick,
    Prefer,
    RankCut,
    ReadingRef,
    Table,
    Within,
    borders_of,
    elsewhere,
    is_unsettled,
    link_of,
    table_of,
    tested_fact,
    walk,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, Type
from tierwise.core.values import Value
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.terms import Term, constant

if TYPE_CHECKING:
    from tierwise.plugins.sql_engine.compile import Compiler

__all__ = ["Mask", "Masks"]

MOST_COMBINATIONS = 500  # each is evaluated once by the reference engine
MOST_VALUES = 62
MOST_LISTED = 8  # bits that number the entries of a list
MOST_TESTS = 200  # of one fact or decision; each is tried on each of its values


@dataclass(frozen=True, slots=True)
class Mask:
    """The values that a decision may have in a row.

    Attributes:
        values: Bit ``i`` stands for ``values[i]``; several bits may stand for one value, as several rules give it.
        type: Their type.
        sql: Which of them are possible where the decision is not known; NULL where that is not told.
        facts: The facts on which it hangs.
        is_all: Where it is not known it may have any of them.
        known: The bit where it is known; ``None``: its value tells.
        rules: The id of the rule that gives the value of each bit; empty where no table gives it, or a rule does not alone.
        are_rules_told: The rules of an outcome are those of its bits.
        has_bit_0: Bit 0 may be set; of a table it stands for no rule at all.
        are_many: So many that rows are not to be counted by what they may be.
    """

    values: tuple[Value, ...]
    type: Type
    sql: Sql
    facts: frozenset[str]
    is_all: bool = False
    known: Sql | None = None
    rules: tuple[str, ...] = ()
    are_rules_told: bool = True
    has_bit_0: bool = True
    are_many: bool = False

    @property
    def kind(self) -> str:
        """The SQL type of the mask."""
        return _kind(len(self.values))

    @property
    def places(self) -> range:
        """The bits that may be set."""
        return range(0 if self.has_bit_0 else 1, len(self.values))

    def has_one(self, column: Sql) -> Sql:
        """Whether a mask leaves but one bit."""
        less = sql.binary(exp.Sub, column, sql.cast(sql.integer(1), self.kind))
        return sql.equal(sql.binary(exp.BitwiseAnd, column, less), sql.cast(sql.integer(0), self.kind))

    def outcome(self, bits: int) -> Outcome:
        """Return the outcome of a mask, without what it hangs on."""
        places = [place for place in range(len(self.values)) if bits >> place & 1]
        values = distinct(self.values[place] for place in places)
        rules = tuple(self.rules[place] for place in places if self.rules and self.rules[place])
        if len(values) == 1:
            return Determined(values[0], rules)
        return Undetermined(Reason.MISSING_FACT, in_stated_order(values, self.type), (), rules)


@dataclass(frozen=True, slots=True)
class _Axis:
    """One input of a part: what it may be in a row, in classes whose members no test of the part tells apart.

    Attributes:
        node: The fact or decision.
        samples: A member of each class; bit ``i`` of a set of classes stands for the class of ``samples[i]``.
        mask: Makes the classes that are possible in a row; one where it is known.
        unknown: Where it is known not to be known: the condition that it may be in one of some classes.
        facts: The facts on which it hangs.
    """

    node: FactRef | DecisionRef
    samples: tuple[Value, ...]
    mask: Callable[[], Sql]
    unknown: Callable[[int], Sql]
    facts: frozenset[str]

    @property
    def kind(self) -> str:
        """The SQL type of the mask."""
        return _kind(len(self.samples))


class Masks:
    """The masks of the decisions of one plan.

    Args:
        compiler: Has compiled the decisions.
    """

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._plan = compiler.plan
        self._evaluation = Evaluation(compiler.plan, compiler.environment)
        self._found: dict[str, Mask | None] = {}
        self._of_tables: dict[str, Mask | None] = {}

    def of(self, name: str) -> Mask | None:
        """Return the mask of a decision; ``None`` when SQL cannot tell it."""
        if name not in self._found:
            self._found[name] = self._made(name)
        return self._found[name]

    def _made(self, name: str) -> Mask | None:
        decision = self._plan.decisions[name]
        if decision.population:
            return None
        if isinstance(decision.node, Arithmetic):
            return self._sum(decision.node, self._decided(name))
        if isinstance(decision.node, Pick) and self._compiler.hit_of(self._plan.tables[decision.node.table]) is not None:
            return self._of_table(decision.node)
        return self._of_combinations(decision.node, self._decided(name))

    # ---- sums --------------------------------------------------------------------------------------------------------------

    def _sum(self, node: Arithmetic, total: Term) -> Mask | None:
        """Return the possible sums: the known parts shift the set, an unknown one is the union of its shifts."""
        if node.op != "+" or total.none is not None:
            return None
        constants = [part.value for part in node.parts if isinstance(part, Constant)]
        names = [part.name for part in node.parts if isinstance(part, DecisionRef)]
        masks = [self.of(name) for name in names]
        if len(constants) + len(names) < len(node.parts) or not all(isinstance(value, Decimal) for value in constants):
            return None
        parts = [_Part.of(self._decided(name), mask) for name, mask in zip(names, masks, strict=True) if mask is not None]
        found = [part for part in parts if part is not None]
        if len(found) < len(names) or not found:
            return None
        step = _step(value for part in found for value in part.distances)
        size = 1 + sum(part.highest(step) for part in found)
        if size > self._compiler.dialect.bits:
            return None
        kind = _kind(size)
        known = _steps(found, step)
        guard = sql.all_of(sql.is_null(total.sql), self._are_independent([part.mask.facts for part in found]))
        start, rest = self._of_patterns(found, step, kind)
        sums = self._compiler.layers.column(sql.case((guard, _shifted(start, sql.cast(known, kind)))))
        for part in rest:
            sums = self._compiler.layers.column(part.added(sums, step, kind))
        least = sum((part.least for part in found), Decimal(0)) + sum((v for v in constants if isinstance(v, Decimal)), Decimal(0))
        facts = frozenset().union(*(part.mask.facts for part in found))
        return Mask(tuple(least + step * place for place in range(size)), total.type, sums, facts, are_many=True)

    def _of_patterns(self, parts: Sequence[_Part], step: Decimal, kind: str) -> tuple[Sql, Sequence[_Part]]:
        """Return what may be added to what is known, by which of some parts are missing, and the other parts.

        A part that may then be anything adds the same set wherever it is missing: so the sets of all patterns stand in a list.
        """
        one = sql.cast(sql.integer(1), kind)
        numbers = [number for number, part in enumerate(parts) if part.mask.is_all][:MOST_LISTED]
        if len(numbers) < 2:
            return one, parts
        plain = [parts[number] for number in numbers]
        entries = [1]
        for part in plain:  # each has the bit above those before it
            ways = {int(distance / step) for distance in part.distances}
            entries += [reduce(or_, (entry << way for way in ways)) for entry in entries]
        missing = [
            sql.binary(exp.Mul, sql.bit(sql.is_null(part.term.sql), "INTEGER"), sql.integer(1 << place)) for place, part in enumerate(plain)
        ]
        listed = self._off_list(entries, missing, kind)
        return (one, parts) if listed is None else (listed, [part for number, part in enumerate(parts) if number not in numbers])

    def _decided(self, name: str) -> Term:
        return self._compiler.term(DecisionRef(name, self._plan.decisions[name].type))

    def _are_independent(self, facts: Sequence[frozenset[str]]) -> Sql:
        """Whether parts share no fact that is missing, and none is missing for another reason than that nobody knows it."""
        shared = {name for left, right in combinations(facts, 2) for name in left & right}
        others = {name for name in frozenset().union(*facts) if self._plan.facts[name].missing is not Reason.MISSING_FACT}
        terms = [self._compiler.facts.get(name) for name in self._plan.facts if name in shared | others]
        return sql.all_of(*(sql.FALSE if term is None else term.known for term in terms))

    # ---- parts of few inputs -------------------------------------------------------------------------------------------------

    def _of_table(self, node: Pick) -> Mask | None:
        """Return what one rule of a table gives: the rules that may be hit, for all outputs alike, and the value of each."""
        table = self._plan.tables[node.table]
        default = table.defaults[node.output] if node.output < len(table.defaults) else None
        outputs = [default, *(rule.outputs[node.output] for rule in table.rules)]
        if not all(output is None or isinstance(output, Constant) for output in outputs):
            return self._of_combinations(node, self._compiler.term(node))
        if table.name not in self._of_tables:
            self._of_tables[table.name] = self._hits(table, node)
        hits = self._of_tables[table.name]
        values = tuple(output.value if isinstance(output, Constant) else None for output in outputs)
        if hits is None or not _can_be_told(values):
            return None
        is_default_possible = hits.values[0] is True
        if is_default_possible and default is None:
            return None  # a gap is no value
        return replace(
            hits,
            values=values,
            type=node.type,
            rules=("", *(rule.id for rule in table.rules)),
            are_rules_told=table.hit is HitPolicy.UNIQUE and _is_each_looked_at_once(table),
            has_bit_0=is_default_possible,
        )

    def _hits(self, table: Table, node: Pick) -> Mask | None:
        """Return the rules that may be hit; the value of bit 0 is whether there may be none."""
        axes = self._axes(node)
        numbers = {rule.id: number for number, rule in enumerate(table.rules, 1)}
        if not axes or len(numbers) < len(table.rules) or len(numbers) >= MOST_VALUES:
            return None
        cells: dict[int, set[tuple[int, ...]]] = {}
        for places in product(*(range(len(axis.samples)) for axis in axes)):
            picked = self._evaluation.ruled(node, self._world(axes, places))
            if len(picked.rules) > 1 or (picked.rules and isinstance(picked.result, Unknown)):
                return None  # what overlaps is left to the reference engine
            cells.setdefault(numbers[picked.rules[0]] if picked.rules else 0, set()).add(places)
        hit = self._compiler.hit_of(table)
        assert hit is not None
        kind = _kind(len(numbers) + 1)
        is_open = sql.is_null(hit)
        mask = self._combined([(number, where) for number, where in sorted(cells.items())], axes, is_open, kind)
        known = _shifted(sql.cast(sql.integer(1), kind), sql.cast(hit, kind))
        facts = frozenset().union(*(axis.facts for axis in axes))
        is_all = len(axes) == 1 and isinstance(axes[0].node, FactRef) and set(cells) == set(range(1, len(numbers) + 1))
        return Mask((0 in cells, *(True for _ in numbers)), BooleanType(), self._compiler.layers.column(mask), facts, is_all, known)

    def _of_combinations(self, node: Node, term: Term) -> Mask | None:
        """Return what a part may be, from what each combination of its inputs gives."""
        axes = self._axes(node)
        if not axes:
            return None
        found: list[tuple[Value, set[tuple[int, ...]]]] = []
        for places in product(*(range(len(axis.samples)) for axis in axes)):
            result = self._evaluation.evaluate(node, self._world(axes, places))
            if isinstance(result, Unknown):
                return None
            where = next((cells for value, cells in found if _is(value, result)), None)
            if where is None:
                found.append((result, {places}))
            else:
                where.add(places)
        values = tuple(value for value, _ in found)
        if len(values) > MOST_VALUES or not _can_be_told(values):
            return None
        kind = _kind(len(values))
        mask = self._combined([(bit, cells) for bit, (_, cells) in enumerate(found)], axes, sql.negate(term.known), kind)
        facts = frozenset().union(*(axis.facts for axis in axes))
        is_all = len(axes) == 1 and isinstance(axes[0].node, FactRef)
        return Mask(values, node.type, self._compiler.layers.column(mask), facts, is_all, are_rules_told=table_of(node, self._plan) is None)

    def _combined(self, cells: Sequence[tuple[int, set[tuple[int, ...]]]], axes: Sequence[_Axis], is_open: Sql, kind: str) -> Sql:
        """Return the mask whose bits stand for sets of combinations: each is set where one of its combinations is possible."""
        masks = [self._compiler.layers.column(sql.case((is_open, axis.mask()))) for axis in axes] if len(axes) > 1 else []
        together = self._listed(cells, masks, [len(axis.samples) for axis in axes], kind)
        if together is None:
            meets = [_meeting(mask, axis.kind) for mask, axis in zip(masks, axes, strict=True)] if masks else [axes[0].unknown]
            together = sql.balanced(exp.BitwiseOr, [_bit_where(_may_be(where, meets), bit, kind) for bit, where in cells])
        assert together is not None
        return sql.case((sql.all_of(is_open, self._are_independent([axis.facts for axis in axes])), together))

    def _listed(
        self, cells: Sequence[tuple[int, set[tuple[int, ...]]]], masks: Sequence[Sql], sizes: Sequence[int], kind: str
    ) -> Sql | None:
        """Return the same bits, read off a list by what the inputs may be; ``None`` where that is one input, or the list were long."""
        if len(sizes) < 2 or sum(sizes) > MOST_LISTED:
            return None
        entries = []
        for sets in product(*(range(1 << size) for size in reversed(sizes))):  # the first input has the lowest bits
            may_be = [
                any(all(chosen >> place & 1 for chosen, place in zip(reversed(sets), cell, strict=True)) for cell in where)
                for _, where in cells
            ]
            entries.append(sum(1 << bit for (bit, _), is_possible in zip(cells, may_be, strict=True) if is_possible))
        number: list[Sql] = []
        below = 0
        for mask, size in zip(masks, sizes, strict=True):
            column = sql.cast(mask, "INTEGER")
            number.append(sql.binary(exp.Mul, column, sql.integer(1 << below)) if below else column)
            below += size
        return self._off_list(entries, number, kind)

    def _off_list(self, entries: Sequence[int], number: Sequence[Sql], kind: str) -> Sql | None:
        """Return an entry of a list by its place, a sum of parts; ``None`` where the dialect does not say that."""
        listed = sql.cast(sql.array(*map(sql.integer, entries)), f"{kind}[]")
        place = sql.balanced(exp.Add, [*number, sql.integer(1)])
        assert place is not None
        tree = sql.call("list_extract", listed, place)
        return tree if self._compiler.dialect.says(tree) else None

    def _world(self, axes: Sequence[_Axis], places: Sequence[int]) -> World:
        chosen = [(axis.node, axis.samples[place]) for axis, place in zip(axes, places, strict=True)]
        facts = {node.name: value for node, value in chosen if isinstance(node, FactRef)}
        return World(facts, results={node.name: value for node, value in chosen if isinstance(node, DecisionRef)})

    def _axes(self, node: Node) -> list[_Axis] | None:
        """Return the inputs of a part; ``None`` when it has one that is no set of few values, or too many combinations."""
        inputs = _inputs_of(node, self._compiler)
        if inputs is None:
            return None
        axes = [self._fact_axis(one) if isinstance(one.node, FactRef) else self._decision_axis(one) for one in inputs]
        found = [axis for axis in axes if axis is not None]
        too_many = prod(len(axis.samples) for axis in found) > MOST_COMBINATIONS
        return None if len(found) < len(axes) or too_many else found

    def _fact_axis(self, read: _Read) -> _Axis | None:
        fact = self._plan.facts.get(read.node.name)
        if fact is None or fact.default is not None or (read.is_loose and not isinstance(fact.type, EnumType | BooleanType)):
            return None
        if len(read.tests) > MOST_TESTS:
            return None
        borders = [border for test in read.tests for border in borders_of(test) if border is not None]
        classes = self._classes(read, [atom.value for atom in domain_of(fact.type, borders, fact.can_be_none).atoms])
        if len(classes) > MOST_VALUES:
            return None
        samples = tuple(members[0] for _, members in classes)
        kind = _kind(len(classes))
        term = self._compiler.facts.get(fact.name)

        def mask() -> Sql:
            everything = _number((1 << len(classes)) - 1, kind)
            if term is None:
                return everything
            conditions = [self._lies_in(read, place, classes, term) for place in range(len(classes))]
            branches = [(condition, _number(1 << bit, kind)) for bit, condition in enumerate(conditions)]
            return sql.case((sql.negate(term.known), everything), *branches)

        is_missing = sql.TRUE if term is None else sql.negate(term.known)
        return _Axis(read.node, samples, mask, lambda classes: sql.case((is_missing, sql.TRUE)), frozenset({fact.name}))

    def _lies_in(self, read: _Read, place: int, classes: Sequence[_Class], term: Term) -> Sql:
        """Whether a known fact lies in a class: by a test that only this class meets, else by all tests."""
        signature, members = classes[place]
        if read.is_loose:
            return _has_value(term, members[0])
        for number, test in enumerate(read.tests):
            if [other[number] for other, _ in classes].count(True) == 1 and signature[number] is True:
                return self._compiler.truth(test)
        tests = [self._compiler.truth(test) for test in read.tests]
        return sql.all_of(*(test if met is True else sql.negate(test) for test, met in zip(tests, signature, strict=True)))

    def _decision_axis(self, read: _Read) -> _Axis | None:
        mask = self.of(read.node.name)
        if mask is None or len(read.tests) > MOST_TESTS:
            return None
        classes = self._classes(read, distinct(mask.values[place] for place in mask.places))
        if len(classes) > MOST_VALUES:
            return None
        sets = [
            sum(1 << place for place in mask.places if any(_is(mask.values[place], value) for value in members)) for _, members in classes
        ]
        kind = _kind(len(classes))

        first = mask.places.start
        are_bits = sets == [1 << first + place for place in range(len(sets))]  # each class is one bit, in their order
        are_bits &= self._compiler.dialect.says(_moved(mask.sql, first, mask.kind))

        def of_bits(bits: Sql) -> Sql:
            if are_bits:
                moved = _moved(bits, first, mask.kind)
                return moved if mask.kind == kind else sql.cast(moved, kind)
            union = sql.balanced(exp.BitwiseOr, [_bit_where(_meets(bits, members, mask.kind), i, kind) for i, members in enumerate(sets)])
            assert union is not None
            return union

        def one() -> Sql:
            term = self._decided(read.node.name)
            if mask.known is not None:
                return of_bits(sql.case((sql.negate(term.known), mask.sql), default=mask.known))
            branches = [
                (sql.any_of(*(_has_value(term, value) for value in members)), _number(1 << i, kind))
                for i, (_, members) in enumerate(classes)
            ]
            return sql.case((sql.negate(term.known), of_bits(mask.sql)), *branches)

        def unknown(chosen: int) -> Sql:
            return _meets(mask.sql, sum(members for i, members in enumerate(sets) if chosen >> i & 1), mask.kind)

        return _Axis(read.node, tuple(members[0] for _, members in classes), one, unknown, mask.facts)

    def _classes(self, read: _Read, values: Sequence[Value]) -> list[_Class]:
        """Group values that no test tells apart, by what the tests say; each by itself where it is read otherwise, too."""
        if read.is_loose:
            return [((), [value]) for value in values]
        groups: dict[tuple[Result, ...], list[Value]] = {}
        for value in values:
            is_fact = isinstance(read.node, FactRef)
            world = World({read.node.name: value} if is_fact else {}, results={} if is_fact else {read.node.name: value})
            groups.setdefault(tuple(self._evaluation.evaluate(test, world) for test in read.tests), []).append(value)
        return list(groups.items())


_Class = tuple[tuple[Result, ...], list[Value]]
"""What the tests of a part say of some values, and these."""


@dataclass(slots=True)
class _Read:
    """How a part reads a fact or a decision: by tests against constants, or otherwise."""

    node: FactRef | DecisionRef
    tests: list[Node] = field(default_factory=list)
    is_loose: bool = False


def _inputs_of(node: Node, compiler: Compiler) -> list[_Read] | None:
    """Return what a part reads directly and through tables; ``None`` when that is more than facts, decisions and constants."""
    found: dict[tuple[str, str], _Read] = {}
    seen: set[object] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        test = _tested_alone(part)
        if test is not None:
            found.setdefault((type(test).__name__, test.name), _Read(test)).tests.append(part)
            continue
        if isinstance(part, FactRef | DecisionRef):
            found.setdefault((type(part).__name__, part.name), _Read(part)).is_loose = True
            continue
        if isinstance(part, Prefer | RankCut | ItemRef) or (isinstance(part, ReadingRef) and is_unsettled(part, compiler.plan)):
            return None
        link = link_of(part)
        pending += [*part.children, *(() if link in seen else elsewhere(part, compiler.plan))]
        seen |= set() if link is None else {link}
    return list(found.values())


def _is_each_looked_at_once(table: Table) -> bool:
    """Say whether no rule looks at a fact or decision twice: else more rules seem to stay possible than do."""
    for rule in table.rules:
        read = [(type(part), part.name) for test in rule.tests for part in walk(test) if isinstance(part, FactRef | DecisionRef)]
        if len(set(read)) < len(read):
            return False
    return True


def _tested_alone(node: Node) -> FactRef | DecisionRef | None:
    """Return the fact or decision that a condition compares with constants, and nothing else."""
    fact = tested_fact(node)
    if fact is not None or not isinstance(node, Compare | Within | InSet):
        return fact
    leaves = [part for part in walk(node) if not part.children]
    read = [part for part in leaves if not isinstance(part, Constant)]
    return read[0] if len(read) == 1 and isinstance(read[0], DecisionRef) else None


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sum: a number that has few values."""

    term: Term
    mask: Mask
    numbers: tuple[tuple[int, Decimal], ...]

    @classmethod
    def of(cls, term: Term, mask: Mask) -> _Part | None:
        """Return a part; ``None`` where it may be something else than a number."""
        values = [(place, mask.values[place]) for place in mask.places]
        numbers = tuple((place, value) for place, value in values if isinstance(value, Decimal))
        is_number = isinstance(term.type, NumberType) and term.none is None and len(numbers) == len(values)
        return cls(term, mask, numbers) if is_number and numbers else None

    @property
    def least(self) -> Decimal:
        """The least that it may be."""
        return min(number for _, number in self.numbers)

    @property
    def distances(self) -> list[Decimal]:
        """How far the number of each bit lies above the least."""
        return [number - self.least for _, number in self.numbers]

    def highest(self, step: Decimal) -> int:
        """Return how many steps the greatest lies above the least."""
        return max(int(distance / step) for distance in self.distances)

    @property
    def known(self) -> Sql:
        """Return the number where it is known, else the least that it may be."""
        scale = max(self.term.scale, -_exponent(self.least))
        kind = f"DECIMAL({max(self.term.whole, self.least.adjusted() + 1) + scale}, {scale})"
        return sql.call("coalesce", self.term.sql, sql.cast(sql.text(format(self.least, "f")), kind))

    def added(self, sums: Sql, step: Decimal, kind: str) -> Sql:
        """Return the sums with this part: unchanged where it is known, which they are shifted by already."""
        zero = sql.cast(sql.integer(0), kind)
        shifted = []
        for (bit, _), distance in zip(self.numbers, self.distances, strict=True):
            one = _shifted(sums, sql.cast(sql.integer(int(distance / step)), kind)) if distance else sums
            shifted.append(one if self.mask.is_all else sql.case((_meets(self.mask.sql, 1 << bit, self.mask.kind), one), default=zero))
        union = sql.balanced(exp.BitwiseOr, shifted)
        assert union is not None
        if not self.mask.is_all:
            union = sql.case((sql.is_known(self.mask.sql), union))
        return sql.case((sql.is_null(self.term.sql), union), default=sums)


def _steps(parts: Sequence[_Part], step: Decimal) -> Sql:
    """Return how many steps what is known of a sum lies above the least that the sum may be."""
    least = sum((part.least for part in parts), Decimal(0))
    scale = max(0, -_exponent(step), -_exponent(least), *(part.term.scale for part in parts))
    total = sql.balanced(exp.Add, [part.known for part in parts])
    assert total is not None
    units = sql.cast(sql.binary(exp.Mul, total, sql.integer(10**scale)) if scale else total, "BIGINT")
    above = sql.binary(exp.Sub, units, sql.integer(int(least.scaleb(scale))))
    width = int(step.scaleb(scale))
    return above if width == 1 else exp.paren(exp.IntDiv(this=above, expression=sql.integer(width)), copy=False)


def _step(distances: Iterable[Decimal]) -> Decimal:
    """Return the largest number of which all distances are multiples."""
    listed = list(distances)
    scale = max([0, *(-_exponent(distance) for distance in listed)])
    units = gcd(*(int(distance.scaleb(scale)) for distance in listed))
    return Decimal(units or 1).scaleb(-scale)


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def _kind(bits: int) -> str:
    return "UINTEGER" if bits < 31 else "UBIGINT" if bits <= MOST_VALUES else "UHUGEINT"


def _bit_where(condition: Sql, bit: int, kind: str) -> Sql:
    """Return a bit where a condition holds, else no bit; NULL where it is not known."""
    return _shifted(sql.bit(condition, kind), sql.cast(sql.integer(bit), kind)) if bit else sql.bit(condition, kind)


def _shifted(value: Sql, by: Sql) -> Sql:
    return sql.binary(exp.BitwiseLeftShift, value, by)


def _moved(bits: Sql, by: int, kind: str) -> Sql:
    """Return bits moved down."""
    return sql.binary(exp.BitwiseRightShift, bits, _number(by, kind)) if by else bits


def _meets(mask: Sql, other: int, kind: str) -> Sql:
    """Whether a mask and a constant one have a bit in common."""
    return sql.binary(exp.NEQ, sql.binary(exp.BitwiseAnd, mask, _number(other, kind)), sql.integer(0))


def _number(value: int, kind: str) -> Sql:
    return sql.cast(sql.text(str(value)) if value >= 1 << 63 else sql.integer(value), kind)


def _meeting(mask: Sql, kind: str) -> Callable[[int], Sql]:
    return lambda classes: _meets(mask, classes, kind)


def _may_be(cells: Iterable[tuple[int, ...]], meets: Sequence[Callable[[int], Sql]]) -> Sql:
    """Whether one of some combinations of classes is possible, of independent inputs: an OR of ANDs of "this input may be one of these"."""
    if not meets:
        return sql.TRUE
    rest: dict[int, set[tuple[int, ...]]] = {}
    for cell in cells:
        rest.setdefault(cell[0], set()).add(cell[1:])
    boxes: dict[frozenset[tuple[int, ...]], int] = {}
    for first, others in rest.items():
        boxes[frozenset(others)] = boxes.get(frozenset(others), 0) | 1 << first
    return sql.any_of(*(sql.all_of(meets[0](classes), _may_be(others, meets[1:])) for others, classes in boxes.items()))


def _has_value(term: Term, value: Value) -> Sql:
    """Whether a known decision has a value."""
    if value is None:
        return sql.FALSE if term.none is None else term.none
    literal = constant(value, term.type)
    return sql.equal(term.sql, literal.sql)


def _is(left: Result, right: Value) -> bool:
    return type(left) is type(right) and bool(left == right)


def _can_be_told(values: Iterable[Value]) -> bool:
    """Say whether SQL can tell each value from the others."""
    return all(value is None or isinstance(value, str | bool | Decimal) for value in values)
