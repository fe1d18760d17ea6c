"""Rules that contradict each other are found in pairs; rules that agree may meet."""

from __future__ import annotations

import pytest

from tests.plans import LOST, SAFE, SIZE, USAGE, compare, grade_table, interval, is_in, named, plan_of
from tierwise.core.finding import Finding, Severity
from tierwise.core.plan import Acknowledgement, Compare, FactRef, HitPolicy, Node, Table
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.checks.overlaps import find_overlaps

TOUCHING: list[tuple[Node | str | None, ...]] = [
    (interval(USAGE, "[50000..100000]"), "A"),
    (interval(USAGE, "[20000..50000]"), "B"),
]


def overlaps(of: Table) -> list[Finding]:
    """Return what the check says about one table."""
    return list(find_overlaps(plan_of(of)))


@pytest.mark.parametrize("hit", [HitPolicy.UNIQUE, HitPolicy.ANY])
def test_two_bands_that_share_a_border_overlap_there(hit: HitPolicy) -> None:
    (overlap,) = overlaps(grade_table([USAGE], TOUCHING, hit))

    assert (overlap.code, overlap.severity) == ("overlap", Severity.WARNING)
    assert overlap.message == "rules `1` and `2` of `grade` both apply to `usage` 5万: `1` gives `A` but `2` gives `B`"
    assert overlap.witness == (("usage", 50000),)


def test_equal_outputs_may_meet() -> None:
    assert not overlaps(grade_table([USAGE], [(*tests, "A") for *tests, _ in TOUCHING]))


@pytest.mark.parametrize("hit", [HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.COLLECT, HitPolicy.SUM])
def test_other_hit_policies_let_rules_meet(hit: HitPolicy) -> None:
    assert not overlaps(grade_table([USAGE], TOUCHING, hit))


def test_an_open_output_differs_from_every_other() -> None:
    (overlap,) = overlaps(grade_table([SAFE], [(is_in(SAFE, True), "A"), (None, LOST)]))

    assert overlap.message == "rules `1` and `2` of `grade` both apply to `safe` true: `1` gives `A` but `2` gives undetermined (lost)"


def test_one_column_that_keeps_rules_apart_is_enough() -> None:
    rows = [(compare(USAGE, ">", 5), is_in(SIZE, "large"), "A"), (compare(USAGE, ">", 7), is_in(SIZE, "small"), "B")]

    assert not overlaps(grade_table([USAGE, SIZE], rows))


def test_rules_without_conditions_apply_to_everyone() -> None:
    (overlap,) = overlaps(grade_table([USAGE], [(None, "A"), (None, "B")]))

    assert overlap.message == "rules `1` and `2` of `grade` both apply to everyone: `1` gives `A` but `2` gives `B`"


def test_what_cannot_be_analysed_is_not_reported() -> None:
    other = Compare(">", USAGE, FactRef("other", NumberType(2)))

    assert not overlaps(grade_table([USAGE], [(other, "A"), (None, "B")]))


def test_a_rule_that_contradicts_itself_meets_nobody() -> None:
    never = compare(USAGE, ">", 5), compare(USAGE, "<", 3)

    assert not overlaps(grade_table([USAGE, USAGE], [(*never, "A"), (None, None, "B")]))


def test_acknowledged_pairs_are_one_note() -> None:
    (note,) = overlaps(grade_table([USAGE], TOUCHING, acknowledged=[Acknowledgement("overlap", named("so it says"))]))

    assert (note.code, note.severity, note.help) == ("overlap-acknowledged", Severity.NOTE, "so it says")
    assert note.message == "rules of `grade` overlap as acknowledged: `1` with `2`"


def test_an_acknowledgement_covers_only_its_rules() -> None:
    rows = [*TOUCHING, (compare(USAGE, ">=", 100000), "C")]
    warning, note = overlaps(grade_table([USAGE], rows, acknowledged=[Acknowledgement("overlap", named("so"), ("1", "2"))]))

    assert warning.message.startswith("rules `1` and `3` of `grade` both apply to `usage` 10万")
    assert note.code == "overlap-acknowledged"


def test_an_acknowledgement_of_no_overlap_is_not_needed() -> None:
    (finding,) = overlaps(grade_table([USAGE], TOUCHING[:1], acknowledged=[Acknowledgement("overlap", named("so"), ("1", "2"))]))

    assert finding.code == "acknowledgement-not-needed"
    assert finding.message == "`grade` has no overlap between `1` and `2` any more: the acknowledgement is not needed"


def test_a_rule_that_stands_twice_is_found_once() -> None:
    found = overlaps(grade_table([USAGE], [(compare(USAGE, ">", 5), "A")] * 3))

    assert [f.message for f in found] == ["rule `2` of `grade` says the same as rule `1`", "rule `3` of `grade` says the same as rule `1`"]


def test_many_overlaps_are_capped() -> None:
    found = overlaps(grade_table([USAGE], [(None, "ABC"[i % 3]) for i in range(12)]))

    assert len([f for f in found if f.code == "overlap"]) == 9
    assert "40 more pairs of rules of `grade` overlap with different outputs" in [f.message for f in found]
