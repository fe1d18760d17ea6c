"""Explanations of hand-built plans."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.explaining.reproducing import not_reproduced
from tests.plans import compare, constant, decision, fact, is_in, lost, plan, reading, table
from tests.strategies import facts_for, plans
from tierwise.core.environment import Environment
from tierwise.core.explaining import Explanation, explain
from tierwise.core.meaning import Evaluator, Subject, decide, decide_population
from tierwise.core.outcome import Determined, Undetermined
from tierwise.core.plan import Arithmetic, Cut, DecisionRef, HitPolicy, Labels, Plan, RankCut, Ranking
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, SetType, TextType
from tierwise.core.values import Duration
from tierwise.plugins.sentences.lines import lines_of

MONEY = NumberType(2, "元")
TIERS = EnumType(("A", "B", "C"))


def tiers() -> Plan:
    usage, u = fact("usage", MONEY)
    paying, p = fact("paying", EnumType(("good", "poor")))
    since, s = fact("since", DateType())
    rows = [
        (compare(u, ">=", 500000), is_in(p, "good"), None, "A"),
        (compare(u, ">=", 200000), None, compare(s, "<=", date(2025, 1, 1)), "B"),
        (compare(u, "<", 1000), None, None, "C"),
    ]
    made, pick = table("tier", HitPolicy.UNIQUE, (u, p, s), rows, TIERS)
    return plan([usage, paying, since], [decision("tier", TIERS, pick, form="table")], [made])


def explained(made: Plan, **facts: Any) -> Explanation:
    return explain(Evaluator(made, Environment()).trace(facts), None)


def test_the_rule_that_gave_the_outcome_is_told_with_what_it_read() -> None:
    (rule,) = explained(tiers(), usage=Decimal(500000), paying="good", since=date(2026, 1, 1)).decisions["tier"].given
    assert (rule.id, rule.met, rule.output) == ("1", True, "A")
    assert [(test.column, test.cell) for test in rule.tests] == [("usage", ">= 500000"), ("paying", "good")]
    assert [(read.name, read.value) for test in rule.tests for read in test.reads] == [("usage", Decimal(500000)), ("paying", "good")]


def test_missed_rules_tell_by_how_much_and_the_nearest_comes_first() -> None:
    trace = explained(tiers(), usage=Decimal(400000), paying="good", since=date(2025, 3, 2)).decisions["tier"]
    assert [rule.id for rule in trace.missed] == ["2", "1", "3"]
    misses = [miss for rule in trace.missed for test in rule.failing for miss in test.misses]
    assert [miss.by for miss in misses] == [Duration.of_days(60), Decimal(100000), Decimal(399000)]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "`usage` is 400,000 元, asked is >= 500,000 元: 100,000 元 short"),
        ("zh", "`usage` 为 400,000 元，要求 >= 500,000 元：差 100,000 元"),
    ],
)
def test_a_distance_is_said_in_words(language: str, line: str) -> None:
    explanation = explained(tiers(), usage=Decimal(400000), paying="good", since=date(2024, 1, 1) + timedelta(days=900))
    assert (1 + 1, line) in lines_of(explanation, language)


def test_at_most_five_missed_rules_are_told() -> None:
    number, n = fact("n", NumberType(0))
    made, pick = table("t", HitPolicy.UNIQUE, (n,), [(compare(n, "=", i), "A") for i in range(1, 10)], TIERS)
    trace = explained(plan([number], [decision("t", TIERS, pick, form="table")], [made]), n=Decimal(0)).decisions["t"]
    assert ([rule.id for rule in trace.missed], trace.more_missed) == (["1", "2", "3", "4", "5"], 4)


def test_the_points_of_a_scorecard_sum_to_its_score() -> None:
    sales, s = fact("sales", MONEY)
    fame, f = fact("fame", BooleanType())
    first, points = table("score.sales", HitPolicy.UNIQUE, (s,), [(compare(s, ">=", 100), 20), (compare(s, "<", 100), 5)], NumberType(0))
    second, more = table("score.fame", HitPolicy.UNIQUE, (f,), [(compare(f, "=", True), 10), (compare(f, "=", False), 0)], NumberType(0))
    weighted = Arithmetic("*", (constant(Decimal("0.5")), DecisionRef("score.fame", NumberType(0))), NumberType(1))
    total = Arithmetic("+", (constant(1), DecisionRef("score.sales", NumberType(0)), weighted), NumberType(1))
    decisions = [
        decision("score.sales", NumberType(0), points, form="scorecard", output=False),
        decision("score.fame", NumberType(0), more, form="scorecard", output=False),
        decision("score", NumberType(1), total, form="scorecard"),
    ]
    explanation = explained(plan([sales, fame], decisions, [first, second]), sales=Decimal(100), fame=True)
    trace = explanation.decisions["score"]
    assert [(term.name, term.value, term.weight) for term in trace.terms] == [
        ("", Decimal(1), None),
        ("score.sales", Decimal(20), None),
        ("score.fame", Decimal(5), Decimal("0.5")),
    ]
    assert trace.outcome == Determined(Decimal(1 + 20 + 5))
    assert explanation.decisions.keys() == {"score.sales", "score.fame", "score"}


def test_a_place_in_a_ranking_tells_the_cut_and_the_way_to_the_next_class() -> None:
    score, by = fact("score", NumberType(0))
    cuts = (Cut("A", Decimal("0.2")), Cut("B", Decimal("0.5")), Cut("C", None))
    node = RankCut("grade", None, None, "share", cuts, constant("nearest"), None, TIERS)
    made = plan([score], [decision("grade", TIERS, node, form="ranking")], rankings=[Ranking("grade", by, True, None, None)])
    subjects = [Subject(str(i), None, {"score": Decimal(100 - i)}) for i in range(10)]
    positions = decide_population(made, Environment(), subjects, None).positions["3"]
    trace = Evaluator(made, Environment()).trace(subjects[3].facts, positions)
    explanation = explain(trace, None, lambda ranking, place: Decimal(101 - place))
    rank = explanation.decisions["grade"].rank
    assert rank is not None
    assert (rank.first, rank.count, rank.last_rank, rank.better, rank.to_better) == (4, 10, 5, "A", 2)
    assert (rank.by, rank.by_at_cut) == (Decimal(97), Decimal(99))
    assert "A is 2 ranks away: it ends at 99, here it is 97" in [text for _, text in lines_of(explanation)]


@pytest.mark.parametrize(
    ("crossing", "grade", "told"),
    [
        ("in", "B", ["80% of the total counts up to here; this class reaches up to 95%", "A is 0% of the total away"]),
        ("out", "C", ["96% of the total counts up to here; this class takes the rest", "B is 1% of the total away"]),
    ],
)
def test_a_place_in_a_pareto_tells_the_share_the_cut_and_the_way_to_the_next_class(crossing: Any, grade: str, told: list[str]) -> None:
    score, by = fact("score", NumberType(0))
    cuts = (Cut("A", Decimal("0.8")), Cut("B", Decimal("0.95")), Cut("C", None))
    node = RankCut("grade", None, None, "pareto", cuts, constant("floor"), None, TIERS, crossing=crossing)
    made = plan([score], [decision("grade", TIERS, node, form="ranking")], rankings=[Ranking("grade", by, True, None, None)])
    subjects = [Subject(str(n), None, {"score": Decimal(n)}) for n in (80, 16, 4)]
    decided = decide_population(made, Environment(), subjects, None)
    explanation = explain(Evaluator(made, Environment()).trace(subjects[1].facts, decided.positions["16"]), None)
    assert decided.subjects[1].outcomes["grade"] == Determined(grade)
    assert explanation.decisions["grade"].rank is not None
    lines = [text for indent, text in lines_of(explanation) if indent == 1]  # the leading reasons stand deeper
    assert [line for line in lines if "of the total" in line] == told


def test_what_would_settle_an_outcome_is_told() -> None:
    trace = explained(tiers(), usage=Decimal(500000)).decisions["tier"]
    assert [read.name for read in trace.needs] == ["paying", "since"]


def test_labels_tell_which_classes_hold_and_which_are_missed() -> None:
    orders, o = fact("orders", MONEY)
    node = Labels((("VIP客户", compare(o, ">=", 5000000)), ("普通客户", compare(o, ">=", 1))), SetType(TextType()))
    trace = explained(plan([orders], [decision("classes", SetType(TextType()), node, form="labels")]), orders=Decimal(4000000)).decisions[
        "classes"
    ]
    assert [rule.id for rule in trace.given] == ["普通客户"]
    assert [(rule.id, rule.failing[0].misses[0].by) for rule in trace.missed] == [("VIP客户", Decimal(1000000))]


def test_a_lost_value_and_an_unsettled_reading_are_told_in_words() -> None:
    way, ref = reading("way", "narrow", "wide")
    rows = [(compare(ref, "=", "narrow"), "A"), (compare(ref, "=", "wide"), lost(TIERS))]
    made, pick = table("tier", HitPolicy.UNIQUE, (ref,), rows, TIERS)
    lines = lines_of(explained(plan([], [decision("tier", TIERS, pick, form="table")], [made], [way])), "zh")
    assert lines[0] == (0, "`tier`：未定（读法未定）：取决于对原文的读法；仍有可能：A")
    assert (1, "补充后可定：`way`") in lines


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_an_explanation_reproduces_the_outcomes(data: st.DataObject) -> None:
    made = data.draw(plans())
    facts = data.draw(facts_for(made))
    explanation = explain(Evaluator(made, Environment()).trace(facts), None)
    assert explanation.outcomes == decide(made, Environment(), facts, None)
    assert not_reproduced(explanation, made, Environment()) == []
    for language in ("en", "zh"):
        assert lines_of(explanation, language)
    grade = explanation.decisions["grade"]
    outputs = [rule.output for rule in grade.given]
    if isinstance(grade.outcome, Determined):
        assert set(outputs) == {grade.outcome.value}
    else:
        assert {value for value in outputs if not isinstance(value, Undetermined)} >= set(grade.outcome.candidates)
    assert not any(rule.met is False for rule in grade.given)
    assert all(rule.failing for rule in grade.missed)
