"""Which rules, cells, borders and reasons of a policy its cases touch, and which no case has ever touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from tierwise.core.finding import Finding
from tierwise.core.meaning.evaluator import Evaluator, Trace
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import HitPolicy, Node, Plan, Rule, Table, table_of
from tierwise.core.policy.texts import Text
from tierwise.plugins.cases.explained_case import traces_of_case
from tierwise.plugins.cases.run_cases import CASES, cases_beside
from tierwise.plugins.cases.unreachable import Unreachable, read_unreachable
from tierwise.plugins.paths.borders import Border, borders_of_plan
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["BorderCoverage", "Coverage", "TableCell", "TableCoverage", "coverage_of", "percent"]

_REACHED = "take it off `unreachable`"


@dataclass(frozen=True, slots=True)
class TableCell:
    """The test of one column in one rule of a table.

    Attributes:
        rule: The id of the rule.
        place: Which column, from 0.
        column: Its head, as written.
    """

    rule: str
    place: int
    column: str


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """One table.

    Attributes:
        rules: The ids of its rules, in order.
        hit: Those that decided a case, also to be left open; with them those that are met together where the source states no priority.
        unreachable: Those of which the author says that no data reaches them, and why.
        cells: The cells that test something, of the other rules.
        met: Those of them that were met in a case.
        keeping: Those of them that alone kept their rule from being hit in a case: every other cell of the rule was met. Where the first
            rule that is hit decides, rules after it are not looked at, here and for ``met``.
    """

    table: str
    rules: tuple[str, ...]
    hit: frozenset[str]
    unreachable: Mapping[str, Text]
    cells: tuple[TableCell, ...]
    met: frozenset[TableCell]
    keeping: frozenset[TableCell]

    @property
    def never(self) -> tuple[str, ...]:
        """The rules that no case has touched and that data could reach."""
        return tuple(rule for rule in self.rules if rule not in self.hit and rule not in self.unreachable)

    @property
    def never_met(self) -> tuple[TableCell, ...]:
        """The cells that were met in no case."""
        return tuple(cell for cell in self.cells if cell not in self.met)

    @property
    def never_keeping(self) -> tuple[TableCell, ...]:
        """The cells that in no case were the only one of their rule that is not met."""
        return tuple(cell for cell in self.cells if cell not in self.keeping)


@dataclass(frozen=True, slots=True)
class BorderCoverage:
    """One border.

    Attributes:
        is_touched: A case stands exactly on it.
        unreachable: Why no data stands on it, where the author says so.
    """

    border: Border
    is_touched: bool
    unreachable: Text | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cases of a policy touch.

    Attributes:
        cases: How many there are.
        tables: Each table with its rules.
        borders: Every number with which a fact is compared.
        reasons: Output to the reasons for which cases leave it undetermined.
        findings: What is said to be unreachable and is not there, or is reached by a case.
    """

    cases: int
    tables: tuple[TableCoverage, ...]
    borders: tuple[BorderCoverage, ...]
    reasons: Mapping[str, frozenset[str]]
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> tuple[int, int]:
        """How many rules decided a case, and how many there are that data can reach."""
        hit = sum(len(table.hit) for table in self.tables)
        return hit, hit + sum(len(table.never) for table in self.tables)

    @property
    def met(self) -> tuple[int, int]:
        """How many cells were met in a case, and how many there are."""
        return sum(len(table.met) for table in self.tables), sum(len(table.cells) for table in self.tables)

    @property
    def keeping(self) -> tuple[int, int]:
        """How many cells alone kept their rule from being hit in a case, and how many there are."""
        return sum(len(table.keeping) for table in self.tables), sum(len(table.cells) for table in self.tables)

    @property
    def touched(self) -> tuple[int, int]:
        """How many borders a case stands on, and how many there are that data can reach."""
        touched = sum(one.is_touched for one in self.borders)
        return touched, touched + sum(not one.is_touched and one.unreachable is None for one in self.borders)


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent, never rounded up; 100 of nothing."""
    return 100 * part // whole if whole else 100


def coverage_of(loaded: LoadedPolicy) -> Coverage:
    """Decide all cases of a policy by the reference and note what they touch; hidden decisions, too.

    Raises:
        PolicyError: The cases cannot be read.
    """
    cases = [case for case in cases_beside(loaded) if case.is_confirmed]
    plan, evaluator = loaded.plan, Evaluator(loaded.plan, loaded.environment)
    traces = [trace for case in cases for _, trace in traces_of_case(evaluator, case)]
    hit = _hit(plan, traces)
    given = {name: {value for trace in traces if isinstance(value := trace.facts.get(name), Decimal)} for name in plan.facts}
    said, not_there = _said(loaded)
    borders = tuple(_borders(plan, given, said))
    wrong = [finding for one in said for finding in _contradicted(one, plan, hit, given, borders)]
    return Coverage(
        len(cases),
        tuple(_tables(plan, traces, hit, said)),
        borders,
        {decision.name: _reasons(decision.name, traces) for decision in plan.outputs},
        (*not_there, *wrong),
    )


def _said(loaded: LoadedPolicy) -> tuple[tuple[Unreachable, ...], tuple[Finding, ...]]:
    file = loaded.policy.sources.get(CASES)
    return read_unreachable(loaded.plan, file) if file is not None else ((), ())


def _contradicted(
    said: Unreachable,
    plan: Plan,
    hit: Mapping[str, AbstractSet[str]],
    given: Mapping[str, AbstractSet[Decimal]],
    borders: Sequence[BorderCoverage],
) -> Iterator[Finding]:
    """Yield where something that is said to be unreachable is reached by a case, or is no border at all."""
    for rule in said.rules:
        if rule in hit.get(said.table, ()):
            yield Finding.error("reached-after-all", f"a case is decided by rule `{rule}` of `{said.table}`", rule.whole, _REACHED)
    numbers = {one.border.value for one in borders if one.border.about == said.fact}
    for number, border in said.numbers(plan).items():
        if number not in numbers:
            yield Finding.error("wrong-value", f"`{said.fact}` is not compared with `{border}`", border.whole)
        elif number in given.get(said.fact, ()):
            yield Finding.error("reached-after-all", f"a case stands exactly at `{border}` of `{said.fact}`", border.whole, _REACHED)


def _hit(plan: Plan, traces: Iterable[Trace]) -> Mapping[str, AbstractSet[str]]:
    """Return the rules of each table that decided; hidden decisions are decided, too."""
    picks = {name: table.name for name, decision in plan.decisions.items() if (table := table_of(decision.node, plan)) is not None}
    hit: dict[str, set[str]] = {table: set() for table in picks.values()}
    for trace in traces:
        for name, picked in picks.items():
            if _decide(trace.outcomes[name], plan):
                hit[picked].update(trace.outcomes[name].rules)
    return hit


def _reasons(decision: str, traces: Iterable[Trace]) -> frozenset[str]:
    return frozenset(str(outcome.reason) for trace in traces if isinstance(outcome := trace.outcomes[decision], Undetermined))


def _borders(plan: Plan, given: Mapping[str, AbstractSet[Decimal]], said: Sequence[Unreachable]) -> Iterator[BorderCoverage]:
    why = {(one.fact, number): one.why for one in said if one.fact for number in one.numbers(plan)}
    for border in borders_of_plan(plan, plan.outputs):
        if border.cut is None and border.about in plan.facts:
            yield BorderCoverage(border, border.value in given[border.about], why.get((border.about, border.value)))


def _tables(
    plan: Plan, traces: Sequence[Trace], hit: Mapping[str, AbstractSet[str]], said: Sequence[Unreachable]
) -> Iterator[TableCoverage]:
    for table in (table for table in plan.tables.values() if table.name in hit):
        unreachable = {str(rule): one.why for one in said if one.table == table.name for rule in one.rules}
        cells = tuple(cell for rule in table.rules if rule.id not in unreachable for cell in _cells(table, rule))
        met: set[TableCell] = set()
        keeping: set[TableCell] = set()
        for trace in traces:
            _note_cells(table, trace, met, keeping)
        ids = tuple(rule.id for rule in table.rules)
        yield TableCoverage(
            table.name, ids, frozenset(hit[table.name]), unreachable, cells, frozenset(cells) & met, frozenset(cells) & keeping
        )


def _cells(table: Table, rule: Rule) -> Mapping[TableCell, Node]:
    """Return the cells of a rule that test something, in the order of the columns."""
    places = enumerate(zip(table.column_texts, rule.tests, strict=False))
    return {TableCell(rule.id, place, column): test for place, (column, test) in places if test is not None}


def _note_cells(table: Table, trace: Trace, met: set[TableCell], keeping: set[TableCell]) -> None:
    for rule in table.rules:
        truths = {cell: trace.truth(test) for cell, test in _cells(table, rule).items()}
        met.update(cell for cell, truth in truths.items() if truth)
        others = [cell for cell, truth in truths.items() if not truth]
        if len(others) == 1 and truths[others[0]] is False:
            keeping.add(others[0])
        if not others and table.hit is HitPolicy.FIRST:
            return


def _decide(outcome: Outcome, plan: Plan) -> bool:
    """Say whether the rules of an outcome decided it: one of them gives it (also to leave it open), or all are met and nothing but readings tells them apart."""
    if isinstance(outcome, Determined) or len(outcome.rules) == 1:
        return True
    return outcome.reason in (Reason.OVERLAP, Reason.READING) and set(outcome.needs) <= set(plan.readings)
