"""Every engine gives the outcomes of the reference engine, bit for bit: values, reasons, candidates, needs and rule ids."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.comparing import ENVIRONMENT, differences, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.plans import decision, declared, plan_of
from tierwise.core.outcome import Determined
from tierwise.core.plan import Arithmetic, Compare, Constant, Decision, FactRef, Plan, Quotient, Round
from tierwise.core.types import BooleanType, NumberType
from tierwise.plugins.engine import Engine
from tierwise.plugins.sql_engine import asking

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MORE = settings(SLOW, max_examples=6)
AMOUNT = NumberType(2)


@SLOW
@given(st.integers(0, 2**32))
def test_an_engine_decides_random_plans_as_the_reference_engine_does(engine: Engine, seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    assert differences(engine, plan, random_subjects(random, plan, 30), AS_OF) == []


@MORE
@given(st.integers(0, 2**32))
def test_an_engine_ranks_random_populations_as_the_reference_engine_does(engine: Engine, seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random, rankings=True)
    assert differences(engine, plan, random_subjects(random, plan, 30), AS_OF) == []


@MORE
@given(st.integers(0, 2**32))
def test_nothing_changes_when_most_facts_are_missing_and_the_date_too(engine: Engine, seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    assert differences(engine, plan, random_subjects(random, plan, 30, missing=0.6), None) == []


@MORE
@given(st.integers(0, 2**32))
def test_nothing_changes_when_few_rows_are_asked_about_one_by_one(engine: Engine, seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random, rankings=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "FEW_ASKED", 200)
        assert differences(engine, plan, random_subjects(random, plan, 30, missing=0.4), AS_OF) == []


def plan_over(*decisions: Decision) -> Plan:
    """Return a plan over two amounts."""
    return plan_of(facts=[declared(FactRef(name, AMOUNT)) for name in ("a", "b")], decisions=decisions)


A, B = FactRef("a", AMOUNT), FactRef("b", AMOUNT)
TENTH = Compare(">=", Quotient(A, B, NumberType()), Constant(Decimal("0.1"), NumberType()))


@pytest.mark.parametrize(
    ("a", "b", "is_reached"),
    [
        ("10", "100", True),
        ("9.99", "100", False),
        ("-10", "-100", True),
        ("-10.01", "100", False),
        ("1", "0", False),
        ("0.01", "0.10", True),
    ],
)
def test_a_quotient_is_compared_exactly_at_its_border(engine: Engine, a: str, b: str, is_reached: bool) -> None:
    plan = plan_over(decision("reached", BooleanType(), TENTH))
    subjects = [{"a": Decimal(a), "b": Decimal(b)}]
    (row,) = engine.grade(plan, ENVIRONMENT, fact_table(plan, subjects), None).rows()
    assert row.outcomes["reached"] == Determined(is_reached)


@pytest.mark.parametrize("mode", ["up", "down", "half up", "half down", "half even", "floor", "ceiling"])
def test_rounding_agrees_at_every_half(engine: Engine, mode: str) -> None:
    node = Round(Quotient(A, B, NumberType()), 1, mode, NumberType(1))  # type: ignore[arg-type]
    plan = plan_over(decision("rounded", NumberType(1), node))
    subjects = [{"a": Decimal(n) / 4, "b": Decimal(d)} for n in range(-9, 10) for d in (-5, 0, 5)]
    assert differences(engine, plan, subjects, None) == []


def test_amounts_beyond_every_sql_number_are_still_exact(engine: Engine) -> None:
    product = Arithmetic("*", (A, A, B, B), NumberType())
    plan = plan_over(
        decision("huge", NumberType(8), product),
        decision("is_huge", BooleanType(), Compare(">", product, Constant(Decimal("1e50"), NumberType()))),
    )
    amounts = [Decimal("0.01"), Decimal("9999999999999999.99"), Decimal("-9999999999999999.99")]
    assert differences(engine, plan, [{"a": a, "b": b} for a in amounts for b in amounts], None) == []


def test_rows_without_a_key_or_with_the_same_key_are_kept(engine: Engine) -> None:
    plan = plan_over(decision("reached", BooleanType(), TENTH))
    facts = fact_table(plan, [{"a": Decimal(1), "b": Decimal(2)}] * 3)
    facts.connection.execute("UPDATE subjects SET key = NULL WHERE key = '00000'")
    facts.connection.execute("UPDATE subjects SET key = 'same' WHERE key IS NOT NULL")
    grading = engine.grade(plan, ENVIRONMENT, facts, None)
    assert grading.count() == len(list(grading.rows())) == 3
