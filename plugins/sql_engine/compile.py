"""Compiles every node of a plan to SQL, and whole decisions in the plan's order, as columns in layers.

What SQL cannot say compiles to ``unknown``: NULL, upon which the reference engine decides the rows concerned. So to leave a node out is safe,
but it has to be said here: ``Compiler.term`` takes every node apart, and ``LEFT_TO_REFERENCE`` lists those of which SQL never tells the value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import assert_never

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    CompareOp,
    Conditional,
    Constant,
    Decision,
    DecisionRef,
    FactRef,
    FieldRef,
    Filter,
    HitPolicy,
    InSet,
    ItemRef,
    Labels,
    Logic,
    Node,
    Not,
    Overdue,
    Pick,
    Plan,
    Prefer,
    Project,
    Quantified,
    Quotient,
    RankCut,
    ReadingRef,
    Round,
    Sorted,
    Table,
    Undecided,
    Within,
    facts_behind,
)
from tierwise.core.types import BooleanType, EnumType, ListType, MapType, NumberType, RecordType, SetType, TextType, Type
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import calculations, classes, cuts, dates, hits, lists, numbers
from tierwise.plugins.sql_engine.bands import bands_of, hit_of
from tierwise.plugins.sql_engine.comparisons import choose, compare, with_none
from tierwise.plugins.sql_engine.cuts import Position
from tierwise.plugins.sql_engine.disjoint import are_disjoint
from tierwise.plugins.sql_engine.duckdb_dialect import DUCKDB
from tierwise.plugins.sql_engine.layers import ITEM, Layers
from tierwise.plugins.sql_engine.numbers import Ratio
from tierwise.plugins.sql_engine.rule_cells import FEWEST_RULES, cell_of, grid_of
from tierwise.plugins.sql_engine.rulebook import MOST_SUBSET_RULES, Rulebook
from tierwise.plugins.sql_engine.tables import Dialect
from tierwise.plugins.sql_engine.terms import Term, constant, number_of, unknown

__all__ = ["LEFT_TO_REFERENCE", "Compiler", "Picked"]

LEFT_TO_REFERENCE: tuple[type[Node], ...] = (Sorted, Undecided)
"""Nodes whose value only the reference engine tells: an order may have ties, and what the policy leaves open has a reason."""

STAGE = "facts"
LARGE = 400  # nodes of an expression, from which on it is worth a column of its own
TOO_LARGE = 5_000  # nodes of one that cannot have a column: DuckDB would take long only to read it
MOST_PROVED_RULES = 200  # the proof looks at every pair


@dataclass(frozen=True, slots=True)
class Picked:
    """A decision, or an output of a table.

    Attributes:
        value: Its term.
        rules: The number of the rules that gave it (`rulebook.py`); ``None`` when no table gives it.
        open: A small number where the policy itself leaves it open, which alone decides the outcome; else NULL.
        possible: The mask of the values that it may still have (`masks.py`), where that is told.
    """

    value: Term
    rules: Sql | None = None
    open: Sql | None = None
    possible: Sql | None = None


class Compiler:
    """Compiles the nodes of a plan for one query over one table of facts.

    Args:
        plan: The compiled policy.
        environment: Its functions.
        facts: Fact name to its term over the table of facts.
        positions: Ranking name to the columns of a subject's position (`positions.py`); NULL for who has none.
        dialect: What SQL can say there.
        whole: Columns of the facts that are never NULL.

    Attributes:
        layers: The columns that the terms read.
        rulebook: What the numbers of rules stand for.
    """

    def __init__(
        self,
        plan: Plan,
        environment: Environment,
        facts: Mapping[str, Term],
        positions: Mapping[str, Position],
        dialect: Dialect = DUCKDB,
        whole: Iterable[str] = (),
    ) -> None:
        self.plan = plan
        self.environment = environment
        self.facts = facts
        self.positions = positions
        self.dialect = dialect
        self.layers = Layers(STAGE, dialect, whole)
        self.rulebook = Rulebook()
        self._settled = {name: reading.settled for name, reading in plan.readings.items() if reading.settled is not None}
        self._decided: dict[str, Term] = {}
        self._items: list[Term] = []
        self._hits: dict[str, list[Sql]] = {}
        self._single: dict[str, tuple[Sql, int]] = {}
        self._subset: dict[str, Sql] = {}
        self._told_apart: dict[str, list[Sql]] = {}

    # ---- decisions -----------------------------------------------------------------------------------------------------

    def decisions(self, names: Container[str] | None = None) -> dict[str, Picked]:
        """Compile the decisions of these names, or all; what they read must be among them."""
        wanted = (d for d in self.plan.decisions.values() if names is None or d.name in names)
        return {decision.name: self._decision(decision) for decision in wanted}

    def _decision(self, decision: Decision) -> Picked:
        picked = Picked(unknown(decision.type)) if decision.population else self._picked(decision.node)
        value = self.layers.hoist(picked.value)
        rules, left_open = (None if tree is None else self.layers.column(tree) for tree in (picked.rules, picked.open))
        self._decided[decision.name] = value
        return Picked(value, rules, left_open)

    def _picked(self, node: Node) -> Picked:
        if isinstance(node, Pick):
            return self._pick(node)
        return Picked(self.term(node), None, self._left_open(node) if isinstance(node, Conditional) else None)

    def _left_open(self, node: Conditional) -> Sql | None:
        """Return a number for the branch taken where the policy leaves that branch open."""
        condition = self._condition(node.condition)
        branches = [(condition, node.yes), (sql.negate(condition), node.no)]
        codes = [(taken, sql.integer(code)) for code, (taken, branch) in enumerate(branches) if isinstance(branch, Undecided)]
        return sql.cast(sql.case(*codes), "INTEGER") if codes else None

    # ---- any node ------------------------------------------------------------------------------------------------------

    def term(self, node: Node) -> Term:
        """Compile a node; unknown when SQL cannot say it.

        Many parts read an operand more than once, so that expressions would double with every level: what has grown large gets a column of its
        own. Where it cannot have one, as inside a list, it is left to the reference engine.
        """
        term = self._compiled(node)
        if not all(self.dialect.says(tree) for tree in (term.sql, term.none) if tree is not None):
            return unknown(node.type)
        if not _has_more_nodes(term, LARGE):
            return term
        term = self.layers.hoist(term)
        return unknown(node.type) if _has_more_nodes(term, TOO_LARGE) else term

    def _compiled(self, node: Node) -> Term:
        match node:
            case Constant():
                return constant(node.value, node.type)
            case FactRef():
                return self.facts.get(node.name) or unknown(node.type)
            case DecisionRef():
                return self._decided.get(node.name) or unknown(node.type)
            case ReadingRef():
                settled = self._settled.get(node.name)
                return unknown(node.type) if settled is None else constant(settled, TextType())
            case ItemRef():
                return self._items[-1 - node.depth]
            case FieldRef():
                return self._field(node)
            case Compare():
                return Term(self._compare(node), BooleanType())
            case Within():
                return self._within(node)
            case InSet():
                return Term(self._in_set(node), BooleanType())
            case Logic():
                parts = [self.truth(part) for part in node.parts]
                return Term(sql.all_of(*parts) if node.op == "and" else sql.any_of(*parts), BooleanType())
            case Not():
                return Term(sql.negate(self.truth(node.part)), BooleanType())
            case Conditional():
                return self._conditional(node)
            case Arithmetic():
                return calculations.calculate(node.op, [self.shared(part) for part in node.parts], node.type, self.layers)
            case Round():
                return self._round(node)
            case Call():
                function = self.environment.functions.get(node.function)
                giver = self.environment.givers.get(node.function, "")
                return calculations.called(
                    function, [self.term(argument) for argument in node.arguments], node.type, self.dialect.name, giver
                )
            case Filter() | Project() | Quantified():
                return self._over_items(node)
            case Pick():
                return self._pick(node).value
            case Labels():
                return classes.labelled([(label, self._condition(test)) for label, test in node.tests], node.type)
            case Agree():
                return self._agree(node)
            case Collected():
                return self._collected(node)
            case Prefer():
                return self._prefer(node)
            case Overdue():
                return self._overdue(node)
            case RankCut():
                return self._cut(node)
            case Quotient():
                return unknown(node.type)  # as a number of its own; where it is compared or rounded `_ratio` compiles it
            case Sorted() | Undecided():
                return unknown(node.type)
            case _:
                assert_never(node)

    def shared(self, node: Node) -> Term:
        """Compile a node that is read several times: it gets a column of its own."""
        return self.layers.hoist(self.term(node))

    def truth(self, node: Node) -> Sql:
        """Compile a condition: none counts as false, unknown is NULL."""
        term = self.term(node)
        return term.sql if term.none is None else sql.case((term.none, sql.FALSE), default=term.sql)

    def _condition(self, node: Node) -> Sql:
        """Compile a condition that is read several times."""
        return self.layers.column(self.truth(node))

    # ---- names and tests -----------------------------------------------------------------------------------------------

    def _field(self, node: FieldRef) -> Term:
        of = self.shared(node.of)
        if isinstance(of.type, MapType):
            value = exp.Bracket(this=of.sql, expressions=[sql.text(node.name)], offset=1)
            holds = sql.call("map_contains", of.sql, sql.text(node.name))
            return number_of(Term(value, of.type.value, sql.call("coalesce", sql.negate(holds), sql.FALSE)))
        if not isinstance(of.type, RecordType) or of.type.field(node.name) is None:
            return unknown(node.type)
        part = sql.call("struct_extract", of.sql, sql.text(node.name))
        none = sql.all_of(sql.is_known(of.sql), sql.is_null(part.copy())) if node.name in of.type.nullable else None
        return number_of(Term(part, node.type, none))

    def _compare(self, node: Compare) -> Sql:
        if isinstance(node.left, Quotient) or isinstance(node.right, Quotient):
            left_ratio, right_ratio = self._ratio(node.left), self._ratio(node.right)
            if left_ratio is None or right_ratio is None or left_ratio.may_be_none or right_ratio.may_be_none:
                return sql.NULL
            return numbers.compare_ratios(node.op, left_ratio, right_ratio)
        left, right = self.term(node.left), self.term(node.right)
        if left.none is not None or right.none is not None:
            left, right = self.layers.hoist(left), self.layers.hoist(right)
        return with_none(node.op, left, right, compare(node.op, left, right))

    def _ratio(self, node: Node) -> Ratio | None:
        """Compile a quotient, or a number as one; ``None`` when it is no number. A part that is none leaves it NULL."""
        parts = (node.left, node.right) if isinstance(node, Quotient) else (node,)
        terms = [self.shared(part) for part in parts]
        return Ratio(*terms) if all(isinstance(term.type, NumberType) for term in terms) else None

    def _within(self, node: Within) -> Term:
        value = self.term(node.value)
        if value.none is not None or not isinstance(value.sql, exp.Column):
            value = self.layers.hoist(value)
        bounds: list[tuple[CompareOp, Node | None]] = [
            (">=" if node.low_inclusive else ">", node.low),
            ("<=" if node.high_inclusive else "<", node.high),
        ]
        parts = []
        for op, bound in bounds:
            if isinstance(bound, Quotient) or isinstance(node.value, Quotient):
                return unknown(BooleanType())
            if bound is not None:
                other = self.term(bound)
                parts.append(with_none(op, value, other, compare(op, value, other)))
        parts = parts or [with_none(">=", value, value, sql.case((sql.is_known(value.sql), sql.TRUE)))]
        return Term(sql.all_of(*parts), BooleanType())

    def _in_set(self, node: InSet) -> Sql:
        value = self.shared(node.value)
        texts = [v for v in node.values if isinstance(v, str) and "\0" not in v]
        if value.none is None and len(texts) == len(node.values) and texts:
            return sql.one_of(value.sql, [sql.text(t) for t in texts])
        others = [constant(item, value.type) for item in node.values]
        return sql.any_of(*(with_none("=", value, other, compare("=", value, other)) for other in others))

    # ---- choices -------------------------------------------------------------------------------------------------------

    def _conditional(self, node: Conditional) -> Term:
        condition = self._condition(node.condition)
        yes, no = self.shared(node.yes), self.shared(node.no)
        is_plain = yes.none is None and no.none is None and not isinstance(node.type, ListType | SetType)
        either_way = compare("=", yes, no) if is_plain else sql.NULL
        return choose([(condition, yes), (sql.negate(condition), no), (either_way, yes)], node.type)

    def _prefer(self, node: Prefer) -> Term:
        """The first part of which anything is given, else the last."""
        options: list[tuple[Sql, Term]] = []
        earlier: list[Sql] = []
        for part in node.parts:
            term = self.shared(part)
            names = facts_behind(part, self.plan)
            is_end = not names or part is node.parts[-1]
            given = sql.TRUE if is_end else self.layers.column(self.is_given(names))
            options.append((sql.all_of(*earlier, given, term.known), term))
            if is_end:
                break
            earlier.append(sql.negate(given))
        return choose(options, node.type)

    def is_given(self, names: Iterable[str]) -> Sql:
        """Whether one of some facts is given: it has a value, or is none and that is said of it."""
        return sql.any_of(*(way for name in names for way in self._ways_to_be_given(name)))

    def _ways_to_be_given(self, name: str) -> Iterator[Sql]:
        term = self.facts.get(name)
        if term is not None:
            yield sql.is_known(term.sql)
            if term.none is not None and not self.plan.facts[name].absent_is_none:
                yield term.none

    def _agree(self, node: Agree) -> Term:
        words = classes.words_of(self.shared(node.of))
        if words is None:
            return unknown(node.type)
        values = [(word, self.term(value)) for word, value in node.values]
        return classes.agreed(words, values, None if node.empty is None else self.term(node.empty), node.type, self.layers)

    def _collected(self, node: Collected) -> Term:
        words = classes.words_of(self.shared(node.of))
        values = [(word, value.value) for word, value in node.values if isinstance(value, Constant)]
        if words is None or len(values) < len(node.values):
            return unknown(node.type)
        return classes.collected(words, values, node.type, self.layers)

    # ---- what is computed ----------------------------------------------------------------------------------------------

    def _round(self, node: Round) -> Term:
        ratio = self._ratio(node.value)
        if ratio is None or node.scale < 0:
            return unknown(node.type)
        return calculations.rounded(ratio, node.scale, node.mode, node.type, self.layers)

    def _overdue(self, node: Overdue) -> Term:
        last, every, as_of = (self.shared(part) for part in (node.last, node.every, node.as_of))
        unsettled = isinstance(node.reading, ReadingRef) and node.reading.name not in self._settled
        reading = None if unsettled else self.shared(node.reading)
        return dates.overdue(last, every, as_of, reading, self.layers)

    # ---- lists ---------------------------------------------------------------------------------------------------------

    def _over_items(self, node: Filter | Project | Quantified) -> Term:
        of = self.shared(node.of)
        if not isinstance(of.type, ListType | SetType):
            return unknown(node.type)
        if isinstance(node, Project):
            return lists.projected(of, self._with_item(of.type.item, lambda: self.term(node.each).sql), node.type)
        is_true, is_open = (self._with_item(of.type.item, test) for test in self._tests_of(node.test))
        if isinstance(node, Filter):
            return lists.filtered(of, is_true, is_open, node.type)
        is_false = self._with_item(of.type.item, lambda: sql.negate(self.truth(node.test)))
        return lists.quantified(node.op, of, is_true if node.op == "some" else is_false, is_open)

    def _tests_of(self, test: Node) -> tuple[Callable[[], Sql], Callable[[], Sql]]:
        """Return what compiles whether a test over an item is true, and whether it is open."""
        return lambda: self.truth(test), lambda: sql.is_null(self.truth(test))

    def _with_item(self, item: Type, body: Callable[[], Sql]) -> Sql:
        """Return a lambda over the items of a list; ``body`` is compiled with its item in scope."""
        name = f"{ITEM}{len(self._items)}"
        self._items.append(number_of(Term(sql.column(name), item)))
        try:
            return sql.lambda_of(name, body())
        finally:
            self._items.pop()

    # ---- tables --------------------------------------------------------------------------------------------------------

    def _pick(self, node: Pick) -> Picked:
        table = self.plan.tables[node.table]
        match table.hit:
            case HitPolicy.UNIQUE | HitPolicy.ANY | HitPolicy.FIRST:
                return self._pick_single(table, node)
            case _ if len(table.rules) > MOST_SUBSET_RULES:
                return Picked(unknown(node.type))
            case HitPolicy.PRIORITY:
                return self._pick_best(table, node)
            case HitPolicy.COLLECT | HitPolicy.COUNT | HitPolicy.SUM | HitPolicy.MIN | HitPolicy.MAX:
                return self._pick_gathered(table, node)
            case _:
                assert_never(table.hit)

    def _hits_of(self, table: Table) -> list[Sql]:
        """Return for each rule whether it is hit; a test that several rules ask gets a column of its own."""
        if table.name not in self._hits:
            tests = [[self.truth(test) for test in rule.tests if test is not None] for rule in table.rules]
            texts = [[sql.printed(test) for test in row] for row in tests]
            seen = Counter(text for row in texts for text in row)
            shared = [
                [self.layers.column(test) if seen[text] > 1 else test for test, text in zip(row, of_row, strict=True)]
                for row, of_row in zip(tests, texts, strict=True)
            ]
            self._hits[table.name] = [sql.all_of(*row) for row in shared]
        return self._hits[table.name]

    def _hit_columns(self, table: Table) -> list[Sql]:
        return [self.layers.column(hit) for hit in self._hits_of(table)]

    def _pick_single(self, table: Table, node: Pick) -> Picked:
        """First which rule is hit, as one column, so that each condition is written once; then the output, read off it."""
        if table.name not in self._single:
            hit = self.layers.column(sql.cast(self._single_hit(table), "INTEGER"))
            self._single[table.name] = hit, self.rulebook.single([rule.id for rule in table.rules])
            self.layers.keep(hit, len(table.rules) + 2)  # none of them, and nobody knows
        hit, start = self._single[table.name]
        outputs = list(enumerate(_outputs(table, node)))
        terms = [(number, self.term(output)) for number, output in (*outputs[1:], outputs[0]) if output is not None]
        left_open = [number for number, output in outputs if output is None or isinstance(output, Undecided)]
        is_open = sql.one_of(hit, [sql.integer(number) for number in left_open])
        number = sql.binary(exp.Add, hit, sql.integer(start))
        return Picked(hits.looked_up(hit, terms, node.type), number, sql.case((is_open, hit)))

    def is_whole_fact(self, node: Node) -> bool:
        """Whether a node is a fact with a column of its own that is never NULL."""
        return isinstance(node, FactRef) and self.term(node).none is None and self.layers.is_given_whole(self.term(node).sql)

    def hit_of(self, table: Table) -> Sql | None:
        """Return the number of the rule that is hit, 0 for none, of a table that has been compiled; ``None`` when it is read off several."""
        return self._single[table.name][0] if table.name in self._single else None

    def _single_hit(self, table: Table) -> Sql:
        if len(table.rules) >= FEWEST_RULES and self.layers.computes_once and (grid := grid_of(table)) is not None:
            cell = cell_of(grid, [self.shared(side.value) for side in grid.sides], self.layers)
            if cell is not None:
                return cell
        found = bands_of(table)
        hit = None if found is None else hit_of(found, self.shared(found.value))
        if hit is not None:
            return hit
        if table.hit is HitPolicy.FIRST:
            return hits.first_hit(self._hit_columns(table))
        are_few = len(table.rules) <= MOST_PROVED_RULES
        if are_few and all(are_disjoint(left, right) for left, right in combinations(table.rules, 2)):
            return hits.disjoint_hit(self._hits_of(table))
        return hits.only_hit(self._hit_columns(table), self.layers)

    def _pick_best(self, table: Table, node: Pick) -> Picked:
        default, *outputs = _outputs(table, node)
        values = [output.value for output in outputs if isinstance(output, Constant) and isinstance(output.value, str)]
        if len(values) < len(outputs) or not isinstance(node.type, EnumType):
            return Picked(unknown(node.type))
        start = self.rulebook.subset([rule.id for rule in table.rules])
        value, number = hits.best(self._hit_columns(table), values, start, node.type, self._default(default, node))
        return Picked(value, number)

    def _pick_gathered(self, table: Table, node: Pick) -> Picked:
        """What all hits give together; every hit must be known."""
        found = self._hit_columns(table)
        if table.name not in self._subset:
            start = self.rulebook.subset([rule.id for rule in table.rules])
            self._subset[table.name] = self.layers.column(hits.number_of_subset(list(enumerate(found)), start))
        value = choose([(sql.all_of(*(sql.is_known(hit) for hit in found)), self._gathered(table, node, found))], node.type)
        return Picked(value, self._subset[table.name])

    def _gathered(self, table: Table, node: Pick, found: Sequence[Sql]) -> Term:
        default, *outputs = _outputs(table, node)
        if table.hit is HitPolicy.COLLECT:
            values = [output.value for output in outputs if isinstance(output, Constant)]
            return hits.union(found, values, node.type) if len(values) == len(outputs) else unknown(node.type)
        terms = [unknown(node.type) if output is None else self.term(output) for output in outputs]
        if table.hit is HitPolicy.COUNT:
            return hits.count(found, terms, node.type)
        return hits.aggregate(table.hit, found, terms, self._default(default, node), node.type)

    def _default(self, default: Node | None, node: Pick) -> Term:
        return unknown(node.type) if default is None else self.term(default)

    # ---- rankings ------------------------------------------------------------------------------------------------------

    def cuts_of(self, ranking: str) -> list[RankCut]:
        """Return the cuts of a ranking."""
        nodes = [decision.node for decision in self.plan.decisions.values()]
        return [node for node in nodes if isinstance(node, RankCut) and node.ranking == ranking]

    def told_apart(self, ranking: str) -> list[Sql]:
        """Return what all cuts of a ranking can tell apart of a subject's position."""
        if ranking not in self._told_apart:
            position = self.positions.get(ranking)
            told = [(node, self._roundings(node.rounding)) for node in self.cuts_of(ranking)]
            self._told_apart[ranking] = [] if position is None else cuts.told_apart(told, position, self.layers)
        return self._told_apart[ranking]

    def _cut(self, node: RankCut) -> Term:
        ways = self._roundings(node.rounding)
        if ways is None or not cuts.are_short(node):
            return unknown(node.type)
        given = self._given(node, ways)
        ranking, position = self.plan.rankings[node.ranking], self.positions.get(node.ranking)
        among = sql.TRUE if ranking.among is None else self._condition(ranking.among)
        inside = unknown(node.type) if position is None else cuts.by_position(node, position, ways, self.layers)
        outside = unknown(node.type) if node.outside is None else self.term(node.outside)
        outsider = (sql.negate(among), outside)
        if given is None:
            return choose([outsider, (among, inside)], node.type)
        is_given, is_missing, by_rank = given
        return choose([outsider, (sql.all_of(among, is_given), by_rank), (sql.all_of(among, is_missing), inside)], node.type)

    def _roundings(self, rounding: Node) -> tuple[str, ...] | None:
        """Return the roundings to try, or ``None`` when SQL cannot know them."""
        if isinstance(rounding, Constant) and isinstance(rounding.value, str):
            return (rounding.value,)
        if isinstance(rounding, ReadingRef):
            settled = self._settled.get(rounding.name)
            return rounding.values if settled is None else (settled,)
        return None

    def _given(self, node: RankCut, ways: Sequence[str]) -> tuple[Sql, Sql, Term] | None:
        """Return where rank and count are given as facts, where they surely are not, and the class by them."""
        wanted = [node.rank] if node.by == "top" else [node.rank, node.count]
        parts = [part for part in wanted if part is not None]
        if node.by == "pareto" or len(parts) < len(wanted):
            return None
        terms = [self.shared(part) for part in parts]
        absent = sql.any_of(*(_is_absent(part, term) for part, term in zip(parts, terms, strict=True)))
        return cuts.by_given(node, terms, absent, ways, self.layers)


def _outputs(table: Table, node: Pick) -> Iterator[Node | None]:
    """Yield what a table gives without a hit, if anything, and what each of its rules gives."""
    yield table.defaults[node.output] if node.output < len(table.defaults) else None
    yield from (rule.outputs[node.output] for rule in table.rules)


def _is_absent(part: Node, term: Term) -> Sql:
    """Whether a given rank or count is surely missing or none: only of a fact SQL can tell."""
    if not isinstance(part, FactRef):
        return sql.FALSE if term.none is None else term.none
    return sql.is_null(term.sql)


def _has_more_nodes(term: Term, most: int) -> bool:
    return any(sum(1 for _ in islice(tree.walk(), most + 1)) > most for tree in (term.sql, term.none) if tree is not None)
