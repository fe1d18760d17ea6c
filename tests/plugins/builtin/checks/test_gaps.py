"""What no rule covers is reported, readably and with a subject that shows it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.plans import (
    GRADES,
    LOST,
    SAFE,
    SIZE,
    USAGE,
    compare,
    constant,
    decision,
    declared,
    grade,
    grade_table,
    interval,
    is_in,
    named,
    plan_of,
)
from tierwise.core.finding import Finding, Severity
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Acknowledgement,
    Arithmetic,
    Call,
    Compare,
    Constant,
    DecisionRef,
    FactRef,
    HitPolicy,
    Logic,
    Node,
    Not,
    Pick,
    Reading,
    ReadingRef,
    Table,
    Undecided,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, SetType
from tierwise.plugins.builtin.checks.gaps import find_gaps


def gaps(of: Table, *nullable: FactRef) -> list[Finding]:
    """Return what the check says about a table of its own columns."""
    return list(find_gaps(plan_of(of, facts=[declared(ref, nullable=ref in nullable) for ref in (USAGE, SIZE, SAFE)])))


BANDS: list[tuple[Node | str | None, ...]] = [
    (compare(USAGE, ">=", 500000), "A"),
    (interval(USAGE, "[200000..300000]"), "B"),
    (compare(USAGE, "<", 200000), "C"),
]


def test_a_gap_between_two_bands_is_named_as_the_author_would() -> None:
    (gap,) = gaps(grade_table([USAGE], BANDS))

    assert (gap.code, gap.severity) == ("gap", Severity.WARNING)
    assert gap.message == "no rule of `grade` covers `usage` over 30万 but under 50万"
    assert gap.help == "add a row `(30万..50万)`, a `default`, or acknowledge the gap with a reason"
    assert gap.witness == (("usage", 400000),)


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        pytest.param(["[0..3)", "(3..9]"], "`n` under 0, 3 or over 9", id="a round bracket for a square one"),
        pytest.param(["[0..3]", "[4..9]"], "`n` under 0 or over 9", id="integers have nothing between 3 and 4"),
        pytest.param(["[5..9]"], "`n` under 5 or over 9", id="both ends"),
        pytest.param(["[0..3)", "(4..9]"], "`n` under 0, from 3 up to 4 or over 9", id="borders inside"),
        pytest.param(["(0..3)", "[5..9]"], "`n` up to 0, from 3 but under 5, or over 9", id="mixed borders"),
        pytest.param([], "anything", id="no rule at all"),
    ],
)
def test_borders_are_said_exactly(tests: list[str], words: str) -> None:
    column = FactRef("n", NumberType(0))
    (gap,) = find_gaps(plan_of(grade_table([column], [(interval(column, text), "A") for text in tests]), facts=[declared(column)]))

    assert gap.message == f"no rule of `grade` covers {words}"


def test_min_and_max_bound_the_domain() -> None:
    column = FactRef("score", NumberType(1, "", Decimal(0), Decimal(100)))

    assert not list(find_gaps(plan_of(grade_table([column], [(interval(column, "[0..100]"), "A")]), facts=[declared(column)])))


def test_only_values_of_the_scale_count() -> None:
    column = FactRef("rate", NumberType(2))
    rows: list[tuple[Node | str | None, ...]] = [
        (compare(column, ">=", "0.71"), "A"),
        (compare(column, "<=", "0.7"), "B"),
    ]

    assert not list(find_gaps(plan_of(grade_table([column], rows), facts=[declared(column)])))


def test_words_and_truth_values_are_listed() -> None:
    (first, second) = gaps(grade_table([SIZE, SAFE], [(is_in(SIZE, "large"), None, "A"), (is_in(SIZE, "medium"), is_in(SAFE, True), "B")]))

    assert first.message == "no rule of `grade` covers `size` small"
    assert second.message == "no rule of `grade` covers `size` medium or small, `safe` false"
    assert second.help.startswith("add a row `medium, small | false`")
    assert dict(second.witness) == {"size": "medium", "safe": False}


def test_many_words_are_said_by_what_is_not_among_them() -> None:
    column = FactRef("kind", EnumType(("a", "b", "c", "d")))
    (gap,) = find_gaps(plan_of(grade_table([column], [(is_in(column, "c"), "A")]), facts=[declared(column)]))

    assert gap.message == "no rule of `grade` covers `kind` anything but c"


def test_none_has_its_own_place() -> None:
    rows: list[tuple[Node | str | None, ...]] = [(compare(USAGE, ">=", 5), "A"), (compare(USAGE, "<", 5), "B")]
    (gap,) = gaps(grade_table([USAGE], rows), USAGE)

    assert gap.message == "no rule of `grade` covers `usage` none"
    assert gap.help.startswith("add a row `null`")
    assert gap.witness == (("usage", None),)
    assert not gaps(grade_table([USAGE], [*rows, (is_in(USAGE, None), "C")]), USAGE)


def test_not_of_a_word_is_met_by_none() -> None:
    assert not gaps(grade_table([SIZE], [(is_in(SIZE, "large"), "A"), (Not(is_in(SIZE, "large")), "B")]), SIZE)


def test_a_default_closes_every_gap() -> None:
    assert not gaps(grade_table([USAGE], BANDS, default=grade("C")))
    assert not gaps(grade_table([USAGE], BANDS, default=Undecided(Reason.GAP, (), GRADES)))


@pytest.mark.parametrize("hit", list(HitPolicy))
def test_only_hit_policies_that_need_a_hit_have_gaps(hit: HitPolicy) -> None:
    assert bool(gaps(grade_table([USAGE], BANDS, hit))) == (hit not in (HitPolicy.COLLECT, HitPolicy.COUNT))


def test_an_acknowledged_gap_is_a_note_with_its_reason() -> None:
    (note,) = gaps(grade_table([USAGE], BANDS, acknowledged=[Acknowledgement("gap", named("so it says"))]))

    assert (note.code, note.severity, note.help) == ("gap-acknowledged", Severity.NOTE, "so it says")
    assert "over 30万 but under 50万" in note.message


def test_an_acknowledged_region_hides_only_itself() -> None:
    rows = [*BANDS[:2]]
    inner = Acknowledgement("gap", named("so"), region=(interval(USAGE, "(300000..500000)"),))
    warning, note = gaps(grade_table([USAGE], rows, acknowledged=[inner]))

    assert warning.message == "no rule of `grade` covers `usage` under 20万"
    assert note.code == "gap-acknowledged"


def test_an_acknowledgement_of_no_gap_is_not_needed() -> None:
    closed = [*BANDS, (interval(USAGE, "(300000..500000)"), "B")]
    (finding,) = gaps(grade_table([USAGE], closed, acknowledged=[Acknowledgement("gap", named("so"))]))

    assert (finding.code, finding.severity) == ("acknowledgement-not-needed", Severity.WARNING)


def test_a_scorecard_says_that_points_are_missing() -> None:
    made = decision("grade", GRADES, Pick("grade", 0, GRADES), form="scorecard", output=False)
    (gap,) = find_gaps(plan_of(grade_table([USAGE], BANDS), decisions=[made]))

    assert (gap.code, gap.message) == ("gap-in-bands", "`grade` has no points for `usage` over 30万 but under 50万")


def test_many_gaps_are_capped() -> None:
    column = FactRef("kind", EnumType(tuple("abcdefghij")))
    other = FactRef("other", EnumType(tuple("abcdefghij")))
    rows = [(is_in(column, x), is_in(other, x), "A") for x in "abcdefghij"]
    found = list(find_gaps(plan_of(grade_table([column, other], rows), facts=[declared(column), declared(other)])))

    assert len(found) == 9
    assert found[-1].message == "`grade` leaves 2 more regions without a rule"


def test_a_condition_over_two_facts_is_seen_through() -> None:
    both = Logic("and", (SAFE, compare(USAGE, ">=", 5)))
    rows: list[tuple[Node | str | None, ...]] = [(is_in(both, True), "A"), (Not(SAFE), "B")]
    (gap,) = gaps(grade_table([both], rows))

    assert gap.message == "no rule of `grade` covers `safe` true, `usage` under 5"
    assert gap.help == "add a row, a `default`, or acknowledge the gap"


def test_an_alternative_between_facts_joins_them() -> None:
    either = Logic("or", (SAFE, is_in(SIZE, "large")))
    (gap,) = gaps(grade_table([either], [(is_in(either, True), "A")]))

    assert gap.message == "no rule of `grade` covers `safe` false and `size` medium or small"
    assert dict(gap.witness) == {"safe": False, "size": "medium"}


def test_membership_of_each_word_is_a_question_of_its_own() -> None:
    regions = FactRef("regions", SetType(EnumType(("north", "south"))))
    north, south = (Call("list contains", (regions, Constant(w, EnumType(("north", "south")))), BooleanType()) for w in ("north", "south"))
    (gap,) = find_gaps(plan_of(grade_table([regions], [(north, "A"), (south, "B")]), facts=[declared(regions)]))

    assert gap.message == "no rule of `grade` covers `regions` without `north`, `regions` without `south`"
    assert gap.witness == (("regions", []),)


def test_a_bound_that_is_no_constant_may_cover() -> None:
    other = FactRef("other", NumberType(2))
    rows: list[tuple[Node | str | None, ...]] = [(Compare(">", USAGE, other), "A"), (compare(USAGE, "<", 5), "B")]

    assert not gaps(grade_table([USAGE], rows))


def test_a_settled_reading_narrows_the_space() -> None:
    reading = ReadingRef("how", ("this", "that"))
    of = grade_table([reading], [(is_in(reading, "this"), "A")])

    assert find_gaps(plan_of(of, readings=[Reading("how", ("this", "that"), None, named("how"))]))
    assert not list(find_gaps(plan_of(of, readings=[Reading("how", ("this", "that"), "this", named("how"))])))


def test_words_that_a_decision_never_gives_need_no_rule() -> None:
    column = DecisionRef("level", GRADES)
    of = grade_table([column], [(is_in(column, "A", "B"), "A")])
    level = grade_table([SIZE], [(is_in(SIZE, "large"), "A"), (Not(is_in(SIZE, "large")), "B")])
    plan = plan_of(of, replace(level, name="level", outputs=("level",)))

    assert not list(find_gaps(plan))


def test_a_parameter_is_a_bound_even_as_a_decision() -> None:
    limit = decision("limit", NumberType(0), constant(5), output=False)
    rows: list[tuple[Node | str | None, ...]] = [(Compare(">=", USAGE, DecisionRef("limit", NumberType(0))), "A")]
    (gap,) = find_gaps(plan_of(grade_table([USAGE], rows), decisions=[limit]))

    assert gap.message == "no rule of `grade` covers `usage` under 5"


def test_columns_that_hang_on_one_fact_are_said_to() -> None:
    twice = Arithmetic("*", (USAGE, constant(2)), NumberType(2))
    rows: list[tuple[Node | str | None, ...]] = [(compare(USAGE, ">", 5), None, "A"), (None, compare(twice, ">", 9), "B")]
    (gap,) = gaps(grade_table([USAGE, twice], rows))

    assert gap.message == "no rule of `grade` covers `usage` up to 5, `column 1` up to 9"
    assert gap.help.endswith("; columns of it hang on `usage`, so this may never occur")


def test_rules_with_open_outputs_still_cover() -> None:
    assert not gaps(grade_table([SAFE], [(is_in(SAFE, True), "A"), (is_in(SAFE, False), LOST)]))
