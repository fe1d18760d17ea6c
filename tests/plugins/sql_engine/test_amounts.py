"""Amounts of a subject's own stand as slots in an outcome that many share."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.test_own_amounts import priced
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading
from tierwise.plugins.sql_engine import asking
from tierwise.plugins.sql_engine.amounts import Slot, filled, own_slot, with_slots


def test_customers_who_differ_in_amounts_alone_share_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    subjects = [{"list_price": Decimal(price), "floor": Decimal(price) / 2} for price in range(20, 60)]
    grading = grade(priced(), ENVIRONMENT, fact_table(priced(), subjects), None)
    assert isinstance(grading, DuckGrading)
    for subject, row in zip(subjects, grading.rows(), strict=True):
        price, floor = subject["list_price"], subject["floor"]
        candidates = (Decimal("9.5"), floor, price * Decimal("0.95"), price * Decimal("0.97"))
        assert row.outcomes["price"] == Undetermined(Reason.MISSING_FACT, candidates, ("tier",), ("A", "B", "C", "D", "E"))
    assert len(grading.answers("price").outcomes) == 1  # all floors lie above the constant, so the amounts compare alike


OWN = [Decimal("9.50"), None, Decimal(20)]
OUTCOMES: list[tuple[Outcome, Outcome]] = [
    (Determined(Decimal("9.5"), ("r1",)), Determined(Slot(0), ("r1",))),  # type: ignore[arg-type]  # a slot stands for a value
    (Determined(Decimal(3)), Determined(Decimal(3))),
    (Determined(None), Determined(None)),
    (
        Undetermined(Reason.MISSING_FACT, (Decimal(3), Decimal(20)), ("tier",)),
        Undetermined(Reason.MISSING_FACT, (Decimal(3), Slot(2)), ("tier",)),  # type: ignore[arg-type]
    ),
]


@pytest.mark.parametrize(("outcome", "shared"), OUTCOMES)
def test_an_amount_becomes_a_slot_and_comes_back(outcome: Outcome, shared: Outcome) -> None:
    assert with_slots(outcome, OWN) == shared
    assert filled(shared, OWN) == outcome
    assert (own_slot(shared) == Slot(0)) is (outcome == OUTCOMES[0][0])


def test_another_customers_amounts_take_the_places() -> None:
    shared = with_slots(Undetermined(Reason.VAGUE, (Decimal("9.5"), Decimal(20))), OWN)

    assert filled(shared, [Decimal(1), None, Decimal(2)]) == Undetermined(Reason.VAGUE, (Decimal(1), Decimal(2)))
