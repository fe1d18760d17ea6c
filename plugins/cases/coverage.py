"""Which rules, borders and reasons of a policy its cases touch, and which no case has ever touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import POPULATION, Plan, table_of
from tierwise.plugins.cases.read import Case
from tierwise.plugins.cases.run import cases_beside
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.paths.borders import Border, borders_of_plan
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["Coverage", "TableCoverage", "coverage_of", "percent"]


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """One table.

    Attributes:
        rules: The ids of its rules, in order.
        hit: Those that decided a case, also to be left open.
    """

    table: str
    rules: tuple[str, ...]
    hit: frozenset[str]

    @property
    def never(self) -> tuple[str, ...]:
        """The rules that no case has touched."""
        return tuple(rule for rule in self.rules if rule not in self.hit)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cases of a policy touch.

    Attributes:
        cases: How many there are.
        tables: Each table with its rules.
        borders: Every number with which a fact is compared, and whether a case stands exactly on it.
        reasons: Output to the reasons for which cases leave it undetermined.
    """

    cases: int
    tables: tuple[TableCoverage, ...]
    borders: tuple[tuple[Border, bool], ...]
    reasons: Mapping[str, frozenset[str]]

    @property
    def rules(self) -> tuple[int, int]:
        """How many rules decided a case, and how many there are."""
        return sum(len(table.hit) for table in self.tables), sum(len(table.rules) for table in self.tables)

    @property
    def touched(self) -> tuple[int, int]:
        """How many borders a case stands on, and how many there are."""
        return sum(is_touched for _, is_touched in self.borders), len(self.borders)


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
    return Coverage(
        len(cases),
        tuple(TableCoverage(table.name, tuple(rule.id for rule in table.rules), frozenset(hit[table.name])) for table in tables),
        tuple((border, border.value in given.get(border.about, ())) for border in borders),
        {name: frozenset(found) for name, found in reasons.items()},
    )


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
        if table is not None and (
            isinstance(outcome, Determined) or len(outcome.rules) == 1
        ):  # one rule gives it, also where it leaves it open
            hit[table.name].update(outcome.rules)
        if isinstance(outcome, Undetermined) and name in reasons:
            reasons[name].add(str(outcome.reason))
