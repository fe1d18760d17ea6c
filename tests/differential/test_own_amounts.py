"""Customers who are asked about together still get their own amounts as values and candidates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.differential.comparing import ENVIRONMENT, differences, fact_table
from tests.differential.test_engines_agree import MORE
from tests.plans import decision, declared, plan_of
from tierwise.core.outcome import Reason, Undetermined
from tierwise.core.plan import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    HitPolicy,
    InSet,
    Node,
    Pick,
    Plan,
    Prefer,
    Rule,
    Table,
    Undecided,
)
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.plugins.engine import Engine
from tierwise.plugins.facts import FactTable

AMOUNT = NumberType(2)
PRICE = NumberType(4)
TIERS = EnumType(("A", "B", "C", "D", "E"))
TIER, LIST_PRICE, FLOOR, OFFERED = (
    FactRef("tier", TIERS),
    FactRef("list_price", AMOUNT),
    FactRef("floor", AMOUNT),
    FactRef("offered", AMOUNT),
)


def times(factor: str) -> Arithmetic:
    return Arithmetic("*", (LIST_PRICE, Constant(Decimal(factor), NumberType(2))), PRICE)


PRICES: dict[str, Node] = {
    "A": times("0.95"),
    "B": times("0.97"),
    "C": FLOOR,
    "D": Constant(Decimal("9.5"), PRICE),
    "E": Undecided(Reason.VAGUE, (), PRICE),
}


def priced() -> Plan:
    """Return a plan that gives each tier another price, and tests an offer against it."""
    facts = [
        declared(FactRef("tier", TIERS)),
        declared(FactRef("list_price", AMOUNT)),
        declared(FactRef("floor", AMOUNT), nullable=True),
        declared(FactRef("offered", AMOUNT)),
    ]
    rules = tuple(Rule(tier, (InSet(TIER, (tier,)),), (price,)) for tier, price in PRICES.items())
    table = Table("prices", HitPolicy.UNIQUE, (TIER,), ("tier",), ("price",), rules, (None,))
    price = DecisionRef("price", PRICE)
    is_cheap = Compare("<", FLOOR, Constant(Decimal(5), AMOUNT))
    decisions: dict[str, Node] = {
        "price": Pick("prices", 0, PRICE),
        "shown": Conditional(is_cheap, price, Prefer((FLOOR, price), PRICE), PRICE),
        "fair": Compare(">=", OFFERED, price),
        "twice": Arithmetic("+", (price, price), PRICE),
    }
    made = [decision(name, getattr(node, "type", BooleanType()), node) for name, node in decisions.items()]
    return plan_of(table, facts=facts, decisions=made)


@MORE
@given(st.integers(0, 2**32))
def test_amounts_at_and_around_each_other_are_those_of_the_reference_engine(engine: Engine, seed: int) -> None:
    random = Random(seed)
    amounts = [Decimal(text) for text in ("-10", "0", "0.01", "4.99", "5", "9.50", "9.70", "10", "10.01", "1000000")]
    subjects = []
    for _ in range(60):
        facts = {"tier": random.choice(TIERS.values), **{name: random.choice(amounts) for name in ("list_price", "floor", "offered")}}
        if random.random() < 0.2:
            facts["floor"] = None
        subjects.append({name: value for name, value in facts.items() if random.random() < 0.6})
    assert differences(engine, priced(), subjects, None) == []


def test_a_single_amount_is_each_customers_own(engine: Engine) -> None:
    plan = priced()
    own = Conditional(Constant(True, BooleanType()), Prefer((LIST_PRICE,), PRICE), PRICES["D"], PRICE)
    without_tier = replace(plan, decisions={"price": decision("price", PRICE, own)})
    subjects = [{"list_price": Decimal(price)} for price in (1, 2)] + [{}]
    assert differences(engine, without_tier, subjects, None) == []


def test_a_decision_left_with_nothing_but_constants_has_one_answer(engine: Engine) -> None:
    plan = priced()
    table = fact_table(plan, [{"offered": Decimal(1)}, {"offered": Decimal(2)}])
    supplied = FactTable(table.connection, table.relation, {"offered": plan.facts["offered"]}, {"offered": "offered"})
    for row in engine.grade(plan, ENVIRONMENT, supplied, None).rows():
        outcome = row.outcomes["price"]
        assert isinstance(outcome, Undetermined)
        assert outcome.reason is Reason.MISSING_FACT
