"""Names that nothing reads, words that nothing gives, conditions that decide nothing, conditions left unanalysed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.plans import GRADES, LOST, SAFE, SIZE, USAGE, compare, decision, declared, grade, grade_table, is_in, named, plan_of
from tierwise.core.finding import Severity
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Compare,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    Labels,
    Logic,
    Node,
    Not,
    Reading,
    ReadingRef,
    Undecided,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, SetType, TextType
from tierwise.plugins.builtin.checks.leftovers import find_constant_conditions, find_unclear, find_unreachable, find_unused


def test_a_fact_that_nothing_reads_is_reported() -> None:
    found = list(find_unused(plan_of(grade_table([USAGE], [(compare(USAGE, ">", 5), is_in(SAFE, True), "A")]))))

    assert [(f.code, f.message, f.severity) for f in found] == [("unused-fact", "nothing reads the fact `size`", Severity.WARNING)]


def test_it_is_a_note_while_a_part_is_still_to_be_filled() -> None:
    (finding,) = find_unused(plan_of(decisions=[decision("grade", GRADES, LOST)], facts=[declared(USAGE)], lost=["grade"]))

    assert finding.severity is Severity.NOTE


def test_it_is_a_note_with_the_remark_of_the_author_on_the_fact() -> None:
    remarked = replace(declared(USAGE), note={"zh": "原文没有规则使用", "en": "used by no rule"})
    (finding,) = find_unused(plan_of(decisions=[decision("grade", GRADES, grade("A"))], facts=[remarked]))

    assert (finding.severity, finding.help) == (Severity.NOTE, "used by no rule")


def test_readings_and_hidden_decisions_that_nothing_reads_are_reported() -> None:
    made = [decision("shown", GRADES, grade("A")), decision("hidden", GRADES, DecisionRef("shown", GRADES), output=False)]
    readings = [Reading("open", ("x", "y"), None, named("open")), Reading("settled", ("x", "y"), "x", named("settled"))]
    found = [f.message for f in find_unused(plan_of(decisions=made, facts=[declared(FactRef("as_of", NumberType(0)))], readings=readings))]

    assert found == ["nothing hangs on the reading `open`", "nothing reads the hidden decision `hidden`"]


def test_words_that_nothing_gives_are_reported_through_other_decisions() -> None:
    made = [
        decision("inner", GRADES, Conditional(SAFE, grade("A"), grade("B"), GRADES)),
        decision("outer", GRADES, DecisionRef("inner", GRADES)),
    ]
    found = [f.message for f in find_unreachable(plan_of(decisions=made))]

    assert found == ["nothing gives `C` of `inner`", "nothing gives `C` of `outer`"]


def test_labels_without_a_condition_are_reported() -> None:
    labels = Labels((("A", SAFE), ("C", compare(USAGE, ">", 5))), SetType(GRADES))
    found = [f.message for f in find_unreachable(plan_of(decisions=[decision("classes", SetType(GRADES), labels, form="labels")]))]

    assert found == ["nothing gives `B` of `classes`"]


def test_a_long_chain_of_decisions_is_no_deep_recursion() -> None:
    chain = [decision("d0", GRADES, grade("A")), *(decision(f"d{i}", GRADES, DecisionRef(f"d{i - 1}", GRADES)) for i in range(1, 3000))]

    assert len(list(find_unreachable(plan_of(decisions=chain)))) == 3000


@pytest.mark.parametrize(
    "node",
    [
        pytest.param(LOST, id="lost: it may be anything"),
        pytest.param(Undecided(Reason.GAP, ("A", "B", "C"), GRADES), id="candidates count as given"),
        pytest.param(FactRef("grade_now", GRADES), id="a fact gives every word"),
        pytest.param(ReadingRef("how", ("A", "B", "C")), id="so does a reading"),
    ],
)
def test_words_that_may_be_given_are_not_reported(node: Node) -> None:
    assert not list(find_unreachable(plan_of(decisions=[decision("grade", GRADES, node)])))


def test_conditions_that_decide_nothing_are_reported() -> None:
    never = Logic("and", (compare(USAGE, ">", 5), compare(USAGE, "<", 3)))
    made = [
        decision("flag", BooleanType(), Logic("or", (SAFE, Not(SAFE)))),
        decision(
            "classes", SetType(TextType()), Labels((("big", never), ("small", compare(USAGE, "<", 3))), SetType(TextType())), form="labels"
        ),
        decision("grade", GRADES, Conditional(compare(USAGE, ">=", 0), grade("A"), grade("B"), GRADES)),
    ]
    found = [(f.code, f.message) for f in find_constant_conditions(plan_of(decisions=made))]

    assert found == [
        ("always-true", "the formula of `flag` always holds, whatever the subject"),
        ("always-false", "the condition of `big` in `classes` never holds, whatever the subject"),
        ("always-true", "an `if` of `grade` always holds, whatever the subject"),
    ]


def test_a_plain_true_is_meant() -> None:
    made = [decision("flag", BooleanType(), Constant(True, BooleanType()))]

    assert not list(find_constant_conditions(plan_of(decisions=made)))


def test_columns_without_fixed_bounds_are_named() -> None:
    other = FactRef("other", NumberType(2))
    (note,) = find_unclear(plan_of(grade_table([SIZE, USAGE], [(is_in(SIZE, "large"), Compare(">", USAGE, other), "A")])))

    assert (note.code, note.severity) == ("not-analysed", Severity.NOTE)
    assert note.message == "column `usage` of `grade` has conditions without fixed bounds: not analysed"


def test_an_alternative_with_too_many_combinations_is_unclear() -> None:
    columns = [FactRef(f"n{i}", EnumType(tuple("abcdefgh"))) for i in range(5)]
    of = grade_table([Logic("or", tuple(is_in(c, "a") for c in columns))], [(Logic("or", tuple(is_in(c, "a") for c in columns)), "A")])

    assert [f.code for f in find_unclear(plan_of(of))] == ["not-analysed"]
