"""A level keeps or steps down, and a lower one never has more of a right."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.plugins.builtin.kinds.modules import CREDIT, FACTS, TERMS, found
from tests.short_policies import outcomes
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.plugins.testing import assert_finding


@pytest.mark.parametrize(
    ("level", "late", "expected"),
    [
        ("A", 1, Determined("A", ("keep",))),
        ("A", 2, Determined("B", ("A",))),
        ("B", 5, Determined("C", ("B",))),
        ("C", 0, Determined("C", ("keep",))),
    ],
)
def test_the_level_keeps_or_steps_down(level: str, late: int, expected: Outcome) -> None:
    assert outcomes(FACTS + CREDIT, {"level_now": level, "late": Decimal(late)})["level"] == expected


def test_there_is_no_level_below_the_lowest() -> None:
    got = outcomes(FACTS + CREDIT, {"level_now": "C", "late": Decimal(2)})["level"]

    assert isinstance(got, Undetermined)
    assert got.reason is Reason.GAP


def test_the_lowest_level_may_stay() -> None:
    modules = CREDIT.replace("give: level", "give: level, lowest: C")

    assert outcomes(FACTS + modules, {"level_now": "C", "late": Decimal(2)})["level"] == Determined("C", ("C",))


def test_a_demotion_may_take_several_steps() -> None:
    modules = CREDIT.replace("give: level", "steps: 2, give: level")

    assert outcomes(FACTS + modules, {"level_now": "A", "late": Decimal(2)})["level"] == Determined("C", ("A",))


def test_an_unknown_condition_leaves_both_levels_possible() -> None:
    got = outcomes(FACTS + CREDIT, {"level_now": "A"})["level"]

    assert isinstance(got, Undetermined)
    assert (got.reason, got.candidates, got.needs) == (Reason.MISSING_FACT, ("A", "B"), ("late",))


def test_a_mistake_in_the_condition_is_shown_where_the_author_wrote_it() -> None:
    assert_finding(found(CREDIT.replace("late >= 2", "lates >= 2")), "unknown-name", underlined="lates")


def test_a_lower_level_with_more_credit_is_an_error() -> None:
    finding = assert_finding(found(CREDIT + TERMS.replace("C: 0", "C: 45")), "rights-inverted", underlined="higher")

    assert finding.message == "`days` is `45` for `C` but `30` for the better grade `B`"


def test_a_right_that_nothing_decides_is_an_error() -> None:
    assert_finding(found(CREDIT + TERMS.replace("{days:", "{dayz:")), "unknown-right", help="did you mean `days`?")
