"""Which rules, borders and reasons of a policy its cases touch, and which no case has ever touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import POPULATION, Plan, table_of
from tierwise.core.policy.texts import Text
from tierwise.plugins.cases.read_cases import Case
from tierwise.plugins.cases.run_cases import CASES, cases_beside
from tierwise.plugins.cases.unreachable import Unreachable, read_unreachable
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.paths.borders import Border, borders_of_plan
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["BorderCoverage", "Coverage", "TableCoverage", "coverage_of", "percent"]

_REACHED = "take it off `unreachable`"


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """One table.

    Attributes:
        rules: The ids of its rules, in order.
        hit: Those that decided a case, also to be left open; with them those that are met together where the source states no priority.
        unreachable: Those of which the author says that no data reaches them, and why.
    """

    table: str
    rules: tuple[str, ...]
    hit: frozenset[str]
    unreachable: Mapping[str, Text]

    @property
    def never(self) -> tuple[str, ...]:
        """The rules that no case has touched and that data could reach."""
        return tuple(rule for rule in self.rules if rule not in self.hit and rule not in self.unreachable)


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
    plan = loaded.plan
    decider = Decider(plan.showing(plan.decisions), loaded.environment)
    hit: dict[str, set[str]] = {name: set() for name in plan.tables}
    reasons: dict[str, set[str]] = {decision.name: set() for decision in plan.outputs}
    given: dict[str, set[Decimal]] = {}
    for case in cases:
        for outcomes in _decided(decider, case):
            _note(plan, outcomes, hit, reasons)
        for facts in _facts(plan, case):
            for name, value in facts.items():
                if isinstance(value, Decimal):
                    given.setdefault(name, set()).add(value)
    picked = {table.name for decision in plan.decisions.values() if (table := table_of(decision.node, plan)) is not None}
    tables = [table for table in plan.tables.values() if table.name in picked]
    borders = [border for border in borders_of_plan(plan, plan.outputs) if border.cut is None and border.about in plan.facts]
    said, not_there = _said(loaded)
    rules = {table.name: {str(rule): one.why for one in said if one.table == table.name for rule in one.rules} for table in tables}
    numbers = {(one.fact, number): one.why for one in said if one.fact for number in one.numbers(plan)}
    of_tables = [
        TableCoverage(table.name, tuple(rule.id for rule in table.rules), frozenset(hit[table.name]), rules[table.name]) for table in tables
    ]
    of_borders = [
        BorderCoverage(border, border.value in given.get(border.about, ()), numbers.get((border.about, border.value))) for border in borders
    ]
    wrong = [finding for one in said for finding in _contradicted(one, plan, hit, given, of_borders)]
    return Coverage(
        len(cases),
        tuple(of_tables),
        tuple(of_borders),
        {name: frozenset(found) for name, found in reasons.items()},
        (*not_there, *wrong),
    )


def _said(loaded: LoadedPolicy) -> tuple[tuple[Unreachable, ...], tuple[Finding, ...]]:
    file = loaded.policy.sources.get(CASES)
    return read_unreachable(loaded.plan, file) if file is not None else ((), ())


def _contradicted(
    said: Unreachable,
    plan: Plan,
    hit: Mapping[str, Collection[str]],
    given: Mapping[str, Collection[Decimal]],
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


def _decided(decider: Decider, case: Case) -> Iterator[Mapping[str, Outcome]]:
    result = decider.decide(case.facts, case.as_of)
    yield result.outcomes
    yield from (result.by_subject or {}).values()


def _facts(plan: Plan, case: Case) -> Iterator[Mapping[str, Any]]:
    if case.is_population:
        shared = {name: value for name, value in case.facts.items() if name != POPULATION}
        for row in case.facts[POPULATION]:
            yield read_facts(plan, {**shared, **row})[0]
    else:
        yield read_facts(plan, case.facts)[0]


def _note(plan: Plan, outcomes: Mapping[str, Outcome], hit: Mapping[str, set[str]], reasons: Mapping[str, set[str]]) -> None:
    for name, outcome in outcomes.items():
        table = table_of(plan.decisions[name].node, plan)
        if table is not None and _decide(outcome, plan):
            hit[table.name].update(outcome.rules)
        if isinstance(outcome, Undetermined) and name in reasons:
            reasons[name].add(str(outcome.reason))


def _decide(outcome: Outcome, plan: Plan) -> bool:
    """Say whether the rules of an outcome decided it: one of them gives it (also to leave it open), or all are met and nothing but readings tells them apart."""
    if isinstance(outcome, Determined) or len(outcome.rules) == 1:
        return True
    return outcome.reason in (Reason.OVERLAP, Reason.READING) and set(outcome.needs) <= set(plan.readings)
