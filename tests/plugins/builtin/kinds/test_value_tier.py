"""The grade is there and on its scale."""

from __future__ import annotations

import pytest

from tests.plugins.builtin.kinds.modules import TIER, found
from tierwise.plugins.testing import assert_finding, assert_no_findings


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("      tier:", "      tear:", "grade-not-decided"),
        ("values: [A, B]", "values: [B, A]", "grade-off-scale"),
        ("scale: [A, B]", "scale: [A, B, C]", "grade-off-scale"),
        ("scale: [A, B]", "scale: [A, A]", "duplicate-value"),
        ("scale: [A, B]", "scale: [A]", "wrong-shape"),
    ],
)
def test_the_grade_is_there_and_on_its_scale(old: str, new: str, code: str) -> None:
    assert_finding(found(TIER.replace(old, new, 1)), code)


def test_a_grade_that_is_no_enum_is_off_the_scale() -> None:
    modules = TIER.replace("type: enum, values: [A, B], formula: if late >= 2 then B else A", "type: integer, formula: late")

    assert assert_finding(found(modules), "grade-off-scale").message.startswith("`tier` is `integer`; the grade of a scale is `enum`")


def test_another_decision_may_give_the_grade() -> None:
    modules = TIER.replace("      tier:", "      worth:").replace("    scale:", "    grade: worth\n    scale:")

    assert_no_findings(found(modules))
