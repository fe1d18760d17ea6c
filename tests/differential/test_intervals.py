"""An interval whose bounds may be missing, none or beyond each other is decided alike by every engine: as soon as one known bound decides it."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.differential.comparing import ENVIRONMENT, differences
from tests.plans import decision, declared, plan_of
from tierwise.core.meaning import Evaluator
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Compare, FactRef, Logic, Plan, Within
from tierwise.core.types import BooleanType, NumberType
from tierwise.plugins.engine import Engine

VALUE, LOW, HIGH = (FactRef(name, NumberType(1)) for name in ("value", "low", "high"))
INCLUSIVE = list(product([True, False], repeat=2))
ENDS = [(LOW, HIGH), (LOW, None), (None, HIGH), (None, None)]
STATES: list[Any] = ["missing", None, Decimal(1), Decimal(2), Decimal(3)]


def plan() -> Plan:
    """Return a plan with every sort of interval."""
    tests = [Within(VALUE, *ends, *inclusive) for ends in ENDS for inclusive in INCLUSIVE]
    made = [decision(f"d{n}", BooleanType(), test) for n, test in enumerate(tests)]
    return plan_of(facts=[declared(ref, nullable=True) for ref in (VALUE, LOW, HIGH)], decisions=made)


def subjects() -> list[dict[str, Any]]:
    """Return every combination of values."""
    names = (VALUE.name, LOW.name, HIGH.name)
    return [{name: part for name, part in zip(names, parts, strict=True) if part != "missing"} for parts in product(STATES, repeat=3)]


def test_every_interval_is_the_same_in_every_engine(engine: Engine) -> None:
    assert differences(engine, plan(), subjects(), None) == []


@pytest.mark.parametrize("inclusive", INCLUSIVE)
def test_an_interval_is_both_of_its_comparisons(inclusive: tuple[bool, bool]) -> None:
    sides = Compare(">=" if inclusive[0] else ">", VALUE, LOW), Compare("<=" if inclusive[1] else "<", VALUE, HIGH)
    pair = plan_of(
        facts=[declared(ref, nullable=True) for ref in (VALUE, LOW, HIGH)],
        decisions=[
            decision("interval", BooleanType(), Within(VALUE, LOW, HIGH, *inclusive)),
            decision("both", BooleanType(), Logic("and", sides)),
        ],
    )
    evaluator = Evaluator(pair, ENVIRONMENT)
    outcomes: list[tuple[Outcome, Outcome]] = [(evaluator.decide("interval", s), evaluator.decide("both", s)) for s in subjects()]

    assert [one for one, other in outcomes if one != other] == []
    assert sum(one == Determined(False) for one, _ in outcomes) > sum(len(s) == 3 for s in subjects()) / 2, "many are decided by one bound"
