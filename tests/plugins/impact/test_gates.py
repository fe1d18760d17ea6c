"""A gate counts what it says, and never passes where there is nothing to count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tierwise.core.plan import Constant
from tierwise.core.types import NumberType
from tierwise.plugins.impact.gates import GateError, read_gate
from tierwise.plugins.impact.impact import Impact, MeasureImpact, Move, OutputImpact, Total
from tierwise.plugins.measures import Measure

NUMBER = NumberType(0)


def impact(moves: dict[Move, int] | None = None, before: Any = 100, after: Any = 150, compared: int = 1_000) -> Impact:
    measure = Measure("cost", {"zh": "cost", "en": "cost"}, "sum", Constant(Decimal(1), NUMBER), NUMBER, "元", 0, "")
    totals = [Total(None if value is None else Decimal(value), 1, 0) for value in (before, after)]
    delta = (totals[1].value or Decimal(0)) - (totals[0].value or Decimal(0))
    moves = moves or {}
    tier = OutputImpact("tier", {}, None, (), (), (), 0, moves, {}, {})
    moved = sum(count for move, count in moves.items() if move.is_moved)
    measures = {"cost": MeasureImpact(measure, totals[0], totals[1], delta)}
    return Impact("old", "new", compared, compared, {"tier": tier}, measures, moved=moves, any_moved=moved)


@pytest.mark.parametrize(
    ("text", "found", "value", "holds"),
    [
        ("demotions <= 2%", {Move.DEMOTED: 20}, "0.02", True),
        ("demotions < 2%", {Move.DEMOTED: 20}, "0.02", False),
        ("demotions <= 2%", {Move.DEMOTED: 21, Move.PROMOTED: 50}, "0.021", False),
        ("demotions(tier) = 0", {Move.OPENED: 5}, "0", True),
        ("promotions >= 3", {Move.PROMOTED: 3}, "3", True),
        ("promotions >= 3", {Move.SETTLED: 3}, "0", False),
        ("moves <= 4", {Move.SETTLED: 2, Move.RAISED: 2, Move.APPEARED: 9, Move.GONE: 9}, "4", True),
        ("降级 ≤ 2%", {Move.DEMOTED: 20}, "0.02", True),
        ("变动（tier）＜ 5", {Move.SIDEWAYS: 5}, "5", False),
        ("opened > 1", {Move.OPENED: 2}, "2", True),
    ],
)
def test_a_gate_counts_what_moved(text: str, found: dict[Move, int], value: str, holds: bool) -> None:
    result = read_gate(text).judge(impact(found))

    assert (result.value, result.holds) == (Decimal(value), holds)


@pytest.mark.parametrize(
    ("text", "before", "after", "value", "holds"),
    [
        ("delta(cost) <= 500000", 0, 500_000, "500000", True),
        ("delta(cost) <= 50万", 0, 500_001, "500001", False),
        ("delta(cost) >= -5", 10, 4, "-6", False),
        ("delta(cost) <= 50%", 100, 150, "0.5", True),
        ("delta(cost) < 50%", 100, 150, "0.5", False),
        ("to(cost) <= 149.99", 100, 150, "150", False),
        ("from(cost) = 100", 100, 150, "100", True),
        ("差额(cost) <= 0", None, None, "0", True),
    ],
)
def test_a_gate_weighs_a_measure(text: str, before: int | None, after: int | None, value: str, holds: bool) -> None:
    result = read_gate(text).judge(impact(None, before, after))

    assert (result.value, result.holds) == (Decimal(value), holds)


@pytest.mark.parametrize("before", [0, -100, None], ids=str)
def test_there_is_no_percentage_of_a_baseline_that_is_not_above_zero(before: int | None) -> None:
    result = read_gate("delta(cost) <= 1000%").judge(impact(None, before, 150))

    assert (result.value, result.holds) == (None, False)
    assert "no share of" in result.text


def test_a_share_of_nobody_does_not_pass() -> None:
    assert not read_gate("demotions <= 2%").judge(impact(compared=0)).holds


def test_the_number_and_the_limit_are_told() -> None:
    assert read_gate("demotions <= 2%").judge(impact({Move.DEMOTED: 34})).text == "3.4% (34 of 1,000), the limit is <= 2%"
    assert read_gate("delta(cost) <= 10").judge(impact()).text == "50 元, the limit is <= 10 元"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no gate"),
        ("demotions", "is no gate"),
        ("demotions <= ", "is no gate"),
        ("demotions <= two", "is no number"),
        ("demotion <= 2", "nothing that can be counted"),
        ("delta <= 2", "of which measure"),
        ("demotions <= 2% and promotions > 1", "is no number"),
    ],
)
def test_what_is_no_gate_is_refused(text: str, message: str) -> None:
    with pytest.raises(GateError, match=message):
        read_gate(text)


@pytest.mark.parametrize(("text", "help"), [("demotions(teir) = 0", "tier"), ("delta(costs) = 0", "cost")])
def test_a_gate_about_what_is_not_there_is_refused(text: str, help: str) -> None:
    with pytest.raises(GateError) as refused:
        read_gate(text).about(("tier",), ("cost",))

    assert help in refused.value.help
