"""Rules that can never decide are found, with the rules that keep them from it."""

from __future__ import annotations

from tests.plans import SAFE, SIZE, USAGE, compare, grade_table, interval, is_in, plan_of
from tierwise.core.finding import Finding
from tierwise.core.plan import Compare, FactRef, HitPolicy, Table
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.checks.shadowed import find_shadowed


def shadowed(of: Table) -> list[Finding]:
    """Return what the check says about one table."""
    return list(find_shadowed(plan_of(of)))


def test_a_rule_behind_a_wider_one_never_decides() -> None:
    (finding,) = shadowed(grade_table([USAGE], [(compare(USAGE, ">=", 5), "A"), (compare(USAGE, ">=", 9), "B")], HitPolicy.FIRST))

    assert finding.code == "shadowed-rule"
    assert finding.message == "rule `2` of `grade` never decides: `1` covers all of it first"


def test_several_rules_together_may_hide_one() -> None:
    rows = [(is_in(SAFE, True), None, "A"), (None, is_in(SIZE, "small"), "B"), (is_in(SAFE, False), is_in(SIZE, "large", "medium"), "A")]
    (finding,) = shadowed(grade_table([SAFE, SIZE], [*rows, (None, None, "C")], HitPolicy.FIRST))

    assert finding.message == "rule `4` of `grade` never decides: `1`, `2` and `3` cover all of it first"


def test_narrow_rules_first_hide_nothing() -> None:
    assert not shadowed(grade_table([USAGE], [(compare(USAGE, ">=", 9), "A"), (compare(USAGE, ">=", 5), "B")], HitPolicy.FIRST))


def test_priority_hides_by_output_not_by_row() -> None:
    rows = [(compare(USAGE, ">=", 9), "C"), (compare(USAGE, ">=", 5), "A")]
    (finding,) = shadowed(grade_table([USAGE], rows, HitPolicy.PRIORITY))

    assert finding.message == "rule `1` of `grade` never decides: `2` covers all of it first"


def test_a_rule_that_cannot_be_analysed_hides_nothing() -> None:
    other = Compare(">", USAGE, FactRef("other", NumberType(2)))

    assert not shadowed(grade_table([USAGE], [(other, "A"), (compare(USAGE, ">", 5), "B")], HitPolicy.FIRST))


def test_conditions_that_exclude_each_other_are_found_under_every_hit_policy() -> None:
    for hit in HitPolicy:
        (finding,) = shadowed(grade_table([USAGE, USAGE], [(compare(USAGE, ">", 5), compare(USAGE, "<", 3), "A")], hit))

        assert finding.code == "rule-never-fires"
        assert finding.message == "rule `1` of `grade` can never apply: no `usage` meets its condition"


def test_an_interval_without_a_value_of_the_scale_never_fires() -> None:
    count = FactRef("count", NumberType(0))
    (finding,) = shadowed(grade_table([count], [(interval(count, "(3..4)"), "A")]))

    assert finding.code == "rule-never-fires"


def test_many_shadowed_rules_are_capped() -> None:
    found = shadowed(grade_table([USAGE], [(None, "A")] * 12, HitPolicy.FIRST))

    assert len(found) == 9
    assert found[-1].message == "3 more rules of `grade` never decide"


def test_rules_in_falling_steps_are_sound_and_fast() -> None:
    assert not shadowed(grade_table([USAGE], [(compare(USAGE, ">=", 300 - i), "A") for i in range(300)], HitPolicy.FIRST))
