"""A class is one text for equal values, and reads back as JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.values import Duration
from tierwise.plugins.outcome_class import class_document, class_of


@pytest.mark.parametrize(
    ("outcome", "document"),
    [
        (Determined("A"), "A"),
        (Determined('大"客户'), '大"客户'),
        (Determined(Decimal("400000.00")), 400000),
        (Determined(Decimal("0.10")), 0.1),
        (Determined(Decimal("-0.0")), 0),
        (Determined(Decimal("1E+3")), 1000),
        (Determined(Decimal("12345678901234567.89")), "12345678901234567.89"),
        (Determined(True), True),
        (Determined(None), None),
        (Determined(date(2026, 1, 2)), "2026-01-02"),
        (Determined(Duration(months=3)), "3m"),
        (Determined(("a", "b")), ["a", "b"]),
        (Undetermined(Reason.GAP), {"undetermined": "gap"}),
        (Undetermined(Reason.OVERLAP, ("A", "B")), {"undetermined": "overlap"}),
    ],
)
def test_a_class_is_written_as_decide_writes_it(outcome: Outcome, document: Any) -> None:
    assert class_document(class_of(outcome)) == document


def test_equal_values_are_one_class() -> None:
    assert class_of(Determined(Decimal("1.00"))) == class_of(Determined(Decimal(1))) == "1"
    assert class_of(Undetermined(Reason.TIE, ("A",))) == class_of(Undetermined(Reason.TIE, ("B",)))
