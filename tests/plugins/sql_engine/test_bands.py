"""A table of bands is read by halving: the same rule as one test after the other, at every border, beside it, in holes and beyond both ends."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from tests.differential.comparing import ENVIRONMENT, differences, fact_table
from tests.plans import decision, declared, plan_of
from tierwise.core.plan import Compare, Constant, FactRef, HitPolicy, InSet, Node, Pick, Plan, Rule, Table, Within
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.engines import DuckDBEngine
from tierwise.plugins.sql_engine.bands import bands_of

AMOUNT = NumberType(2)
VALUE = FactRef("amount", AMOUNT)


def number(value: str) -> Constant:
    """Return a constant."""
    return Constant(Decimal(value), AMOUNT)


def interval(low: str | None, high: str | None, ends: str = "[)") -> Node:
    """Return the test of an interval."""
    bounds = [None if end is None else number(end) for end in (low, high)]
    return Within(VALUE, bounds[0], bounds[1], ends[0] == "[", ends[1] == "]")


def table(*tests: Node, hit: HitPolicy = HitPolicy.UNIQUE, default: bool = False) -> Table:
    """Return a table that numbers its rules."""
    rules = tuple(Rule(f"r{place}", (test,), (Constant(Decimal(place), NumberType(0)),)) for place, test in enumerate(tests))
    fallback = Constant(Decimal(-1), NumberType(0)) if default else None
    return Table("bands", hit, (VALUE,), ("amount",), ("out",), rules, (fallback,))


def plan(of: Table, nullable: bool) -> Plan:
    """Return a plan of the one table."""
    node = Pick(of.name, 0, NumberType(0))
    return plan_of(of, facts=[declared(VALUE, nullable=nullable)], decisions=[decision("out", NumberType(0), node)])


COMPLETE = (interval(None, "10"), interval("10", "20"), interval("20", None))
HOLES = (
    interval("5", "10", "(]"),
    InSet(VALUE, (Decimal(12), Decimal("12.5"))),
    interval("20", "30", "[]"),
    Compare("<", VALUE, number("1.5")),
)
CASES = {"complete": COMPLETE, "in another order": COMPLETE[::-1], "with holes": HOLES, "one": (Compare("=", VALUE, number("3")),)}


@pytest.mark.parametrize("nullable", [False, True])
@pytest.mark.parametrize("hit", [HitPolicy.UNIQUE, HitPolicy.FIRST])
@pytest.mark.parametrize("tests", CASES.values(), ids=CASES)
def test_bands_are_those_of_the_reference_engine(tests: tuple[Node, ...], hit: HitPolicy, nullable: bool) -> None:
    of = table(*tests, hit=hit, default=hit is HitPolicy.FIRST)
    assert bands_of(of) is not None
    borders = ["-1", "1.5", "3", "5", "10", "12", "12.5", "20", "30", "9999999999.99"]
    values = [Decimal(border) + Decimal(step) / 100 for border in borders for step in (-1, 0, 1)]
    subjects = [{"amount": value} for value in values] + [{}] + ([{"amount": None}] if nullable else [])
    assert differences(DuckDBEngine(), plan(of, nullable), subjects, None, ENVIRONMENT) == []


@pytest.mark.parametrize(
    "tests",
    [
        (interval(None, "10", "(]"), interval("10", None)),
        (interval("1", "9"), interval("3", "4")),
        (interval("5", "5", "[)"), interval("6", None)),
        (interval(None, "10"), interval(None, "20")),
        (InSet(VALUE, (Decimal(1), None)), interval("2", None)),
        (Compare("!=", VALUE, number("3")), interval("2", "4")),
    ],
    ids=["share a border", "one in the other", "empty", "two from below", "none", "all but one"],
)
def test_other_tables_are_no_bands(tests: tuple[Node, ...]) -> None:
    assert bands_of(table(*tests)) is None


def test_thousands_of_bands_are_read_right() -> None:
    size = 3_000
    ends = [str(place * 7) for place in range(1, size)]
    of = table(*(interval(low, high) for low, high in zip([None, *ends], [*ends, None], strict=True)))
    random = Random(3)
    subjects = [{"amount": Decimal(random.randrange(-1000, size * 700 + 1000)) / 100} for _ in range(50)]
    grading = DuckDBEngine().grade(plan(of, False), ENVIRONMENT, fact_table(plan(of, False), subjects), None)
    expected = [min(max(int(facts["amount"] // 7), 0), size - 1) for facts in subjects]
    assert [row.outcomes["out"].rules for row in grading.rows()] == [(f"r{place}",) for place in expected]
