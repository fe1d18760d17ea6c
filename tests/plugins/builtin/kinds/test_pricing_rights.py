"""Prices by grade: what may be quoted, and rights that get better for a lower grade."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.builtin.kinds.modules import FACTS, PRICE, found
from tests.short_policies import outcomes
from tierwise.core.finding import Severity
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.plugins.testing import assert_finding


@pytest.mark.parametrize(
    ("grade", "offered", "expected"),
    [
        ("A", "950", {"factor": "0.95", "floor": "950", "exact": None, "ok": True}),
        ("A", "949.9999", {"floor": "950", "ok": False}),
        ("B", "970", {"factor": "0.97", "floor": "970", "ok": True}),
        ("C", "1050", {"factor": "1.05", "floor": None, "exact": "1050", "ok": True}),
        ("C", "1050.0001", {"ok": False}),
    ],
)
def test_a_quote_is_held_against_the_right_of_its_grade(grade: str, offered: str, expected: dict[str, Any]) -> None:
    got = outcomes(FACTS + PRICE, {"grade": grade, "price": Decimal(1000), "offered": Decimal(offered)})

    for name, value in expected.items():
        outcome = got[name]
        assert isinstance(outcome, Determined)
        assert outcome.value == (Decimal(value) if isinstance(value, str) else value), name


def test_a_right_may_be_left_open() -> None:
    modules = PRICE.replace("C: {surcharge: 5%}", "C: undetermined(lost)")

    got = outcomes(FACTS + modules, {"grade": "C", "price": Decimal(1000), "offered": Decimal(1)})

    assert got["ok"] == Undetermined(Reason.LOST, needs=got["ok"].needs, rules=got["ok"].rules)  # type: ignore[union-attr]  # is one


def test_a_share_may_be_a_parameter() -> None:
    modules = PRICE.replace("5%}, B", "discount_a}, B")
    declared = FACTS.replace("facts:", "parameters:\n  discount_a: {type: number, scale: 2, value: 10%}\nfacts:")

    assert outcomes(declared + modules, {"grade": "A", "price": Decimal(1000)})["floor"] == Determined(Decimal(900), ("A",))


def test_a_lower_grade_that_pays_less_is_an_error_with_an_example() -> None:
    finding = assert_finding(found(PRICE.replace("97%", "90%")), "rights-inverted")

    assert finding.message == "`price factor` is `0.9` for `B` but `0.95` for the better grade `A`"
    assert finding.witness == (("grade", "B"),)
    assert finding.severity is Severity.ERROR


def test_an_acknowledged_inversion_of_prices_is_a_note() -> None:
    finding = assert_finding(found(PRICE.replace("97%", "90%") + "    acknowledge: {inversion: new customers}\n"), "rights-inverted")

    assert (finding.severity, finding.help) == (Severity.NOTE, "new customers")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{discount: 5%}", "{discount: 5%, floor: 95%}", "`A` demands exactly one of `discount`, `floor`, `surcharge` and `exact`"),
        ("    by: grade\n", "", "`price_rights` demands `by`, the grade that the rights hang on"),
        ("    price: price\n", "", "`price_rights` demands `rights` and `price` for `floor`, `exact` and `ok`"),
        ("    offered: offered\n", "", "`price_rights` demands `offered`, the price of the quote, for `ok`"),
    ],
)
def test_pricing_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(PRICE.replace(old, new))]
