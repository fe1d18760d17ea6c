"""A large table is read by its cell: the same rule as the reference engine takes, at every border and beside it, with values unknown and none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.differential.comparing import ENVIRONMENT, differences
from tests.plans import decision, declared, plan_of
from tierwise.core.plan import Compare, Constant, FactRef, HitPolicy, InSet, Node, Pick, Plan, Rule, Table, Within
from tierwise.core.types import DateType, NumberType, TextType, Type
from tierwise.plugins.builtin.engines import DuckDBEngine
from tierwise.plugins.sql_engine.rule_cells import FEWEST_RULES, grid_of

AMOUNT, DAY, CODE = NumberType(2), DateType(), TextType()
X, Y, WHEN, WORD = FactRef("x", AMOUNT), FactRef("y", AMOUNT), FactRef("day", DAY), FactRef("code", CODE)
Tests = Sequence[Node | None]


def number(value: int | str) -> Constant:
    """Return a constant."""
    return Constant(Decimal(value), AMOUNT)


def interval(of: FactRef, low: int, high: int, ends: str = "[)") -> Node:
    """Return the test of an interval."""
    return Within(of, number(low), number(high), ends[0] == "[", ends[1] == "]")


def table(columns: Sequence[FactRef], rows: Sequence[Tests], hit: HitPolicy = HitPolicy.UNIQUE) -> Table:
    """Return a table that numbers its rules."""
    rules = tuple(Rule(f"r{place}", tuple(tests), (Constant(Decimal(place), NumberType(0)),)) for place, tests in enumerate(rows))
    names = tuple(column.name for column in columns)
    return Table("cells", hit, tuple(columns), names, ("out",), rules, (Constant(Decimal(-1), NumberType(0)),))


def plan(of: Table, columns: Sequence[FactRef], nullable: bool) -> Plan:
    """Return a plan of the one table."""
    node = Pick(of.name, 0, NumberType(0))
    facts = [declared(column, nullable=nullable) for column in columns]
    return plan_of(of, facts=facts, decisions=[decision("out", NumberType(0), node)])


def subjects_of(values: dict[str, list[Any]], nullable: bool) -> list[dict[str, Any]]:
    """Return all combinations of values, also with each of them missing and none."""
    ways = {name: [*some, ..., *([None] if nullable else [])] for name, some in values.items()}
    return [{n: v for n, v in zip(ways, chosen, strict=True) if v is not ...} for chosen in product(*ways.values())]


def beside(*borders: int | str) -> list[Decimal]:
    return [Decimal(border) + Decimal(step) / 100 for border in borders for step in (-1, 0, 1)]


POINTS: list[Tests] = [[InSet(X, (Decimal(place * 40), Decimal(place * 40 + 1)))] for place in range(25)]
SPANS: list[Tests] = [[interval(X, place * 40 + 10, place * 40 + 20, ends)] for place, ends in enumerate(["[)", "(]", "[]", "()"] * 6)]
EDGES: list[Tests] = [[interval(X, place * 40 + 21, place * 40 + 30, "(]")] for place in range(20)]
ENDS: list[Tests] = [[Compare("<", X, number("-5.5"))], [Compare(">=", X, number(5_000))]]
SQUARE: list[Tests] = [[interval(X, i * 10, i * 10 + 10), interval(Y, j * 5, j * 5 + 5)] for i in range(8) for j in range(8)]
FIRST: list[Tests] = [[interval(X, 10, 20), None], *SQUARE, [None, interval(Y, 0, 17)], [None, None]]
DAYS: list[Tests] = [[InSet(WHEN, (date(2020, 1, 1) + timedelta(days=7 * place),))] for place in range(70)]
WORDS: list[Tests] = [[InSet(WORD, (f"P{place * 2}", f"价 {place}"))] for place in range(70)]
CASES: dict[str, tuple[list[FactRef], list[Tests], HitPolicy, dict[str, list[Any]]]] = {
    "one column with holes": (
        [X], POINTS + SPANS + EDGES + ENDS, HitPolicy.UNIQUE, {"x": beside("-5.5", 0, 1, 10, 20, 21, 30, 50, 60, 90, 100, 130, 960, 961, 5_000)},
    ),
    "two columns": ([X, Y], SQUARE, HitPolicy.UNIQUE, {"x": beside(0, 30, 80), "y": beside(0, 15, 40)}),
    "the first of several": ([X, Y], FIRST, HitPolicy.FIRST, {"x": beside(10, 20, 80), "y": beside(0, 17, 40)}),
    "days": ([WHEN], DAYS, HitPolicy.UNIQUE, {"day": [date(2020, 1, 1) + timedelta(days=n) for n in (-1, 0, 1, 230, 231, 232, 483, 484)]}),
    "texts": ([WORD], WORDS, HitPolicy.UNIQUE, {"code": ["", "P", "P0", "P00", "P2", "P9", "P138", "价 0", "价 69", "价 70", "z"]}),
}  # fmt: skip


@pytest.mark.parametrize("nullable", [False, True])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_rule_of_a_cell_is_that_of_the_reference_engine(
    case: tuple[list[FactRef], list[Tests], HitPolicy, dict[str, list[Any]]], nullable: bool
) -> None:
    columns, rows, hit, values = case
    of = table(columns, rows, hit)
    assert len(rows) >= FEWEST_RULES
    assert grid_of(of) is not None
    assert differences(DuckDBEngine(), plan(of, columns, nullable), subjects_of(values, nullable), None, ENVIRONMENT) == []


@pytest.mark.parametrize(
    "rows",
    [[[interval(X, 0, 9)], [interval(X, 5, 20)]], [[InSet(X, (None, Decimal(1)))]], [[Compare("<", X, Y)]]],
    ids=["two in one cell", "none", "no constant"],
)
def test_other_tables_are_no_grids(rows: list[Tests]) -> None:
    assert grid_of(table([X], rows)) is None


def test_too_many_cells_are_no_grid() -> None:
    z: Type = AMOUNT
    columns = [FactRef(name, z) for name in "xyz"]
    rows = [[interval(column, i * 10, i * 10 + 5) for column in columns] for i in range(100)]
    assert grid_of(table(columns, rows)) is None
