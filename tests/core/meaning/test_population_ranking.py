"""Positions in populations, and the classes that rankings give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.plans import compare, constant, decision, fact, plan, reading
from tierwise.core.environment import Environment
from tierwise.core.meaning import Evaluator, Subject, decide, decide_population
from tierwise.core.meaning.population_ranking import positions_of
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Cut, CutBy, FactRef, Node, Plan, Position, RankCut, Ranking
from tierwise.core.types import BooleanType, EnumType, NumberType, TextType
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.engine_reference import grade

GRADES = EnumType(("A", "B", "C"))
WHOLE = NumberType(0)
QUOTAS = (Cut("A", Decimal("0.2")), Cut("B", Decimal("0.5")), Cut("C", None))


def ranked(
    by: CutBy = "share", cuts: tuple[Cut, ...] = QUOTAS, partition: str = "", among: bool = False, outside: Node | None = None
) -> Plan:
    score, ref = fact("score", WHOLE)
    region, region_ref = fact("region", TextType())
    old, old_ref = fact("old", BooleanType())
    rank, rank_ref = fact("rank", WHOLE)
    count, count_ref = fact("count", WHOLE)
    rounding, rounding_ref = reading("rounding", "floor", "ceiling", "nearest")
    ranking = Ranking("grade", ref, True, region_ref if partition else None, compare(old_ref, "=", True) if among else None)
    node = RankCut("grade", rank_ref, count_ref, by, cuts, rounding_ref, outside, GRADES)
    return plan([score, region, old, rank, count], [decision("grade", GRADES, node, form="ranking")], [], [rounding], [ranking])


def grades(made: Plan, *members: dict[str, Any]) -> list[Outcome]:
    subjects = [Subject(str(i), None, _typed(member)) for i, member in enumerate(members)]
    return [result.outcomes["grade"] for result in decide_population(made, Environment(), subjects, None).subjects]


def _typed(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if type(value) is int else value for name, value in facts.items()}


def values(outcomes: list[Outcome]) -> list[Any]:
    return [outcome.value if isinstance(outcome, Determined) else outcome.reason.value for outcome in outcomes]


@pytest.mark.parametrize(
    ("rank", "count", "expected"),
    [
        (20, 100, Determined("A")),
        (21, 100, Determined("B")),
        (50, 100, Determined("B")),
        (51, 100, Determined("C")),
        (3, 11, Undetermined(Reason.READING, ("A", "B"), ("rounding",))),
    ],
)
def test_a_rank_and_a_count_that_are_given_win(rank: int, count: int, expected: Outcome) -> None:
    facts = _typed({"rank": rank, "count": count})
    assert decide(ranked(), Environment(), facts, None, {"grade": Position(1, 1, 1, 1)})["grade"] == expected


def test_without_a_rank_or_a_population_every_class_is_possible() -> None:
    outcome = decide(ranked(), Environment(), {"score": Decimal(5)}, None)["grade"]
    assert outcome == Undetermined(Reason.MISSING_FACT, ("A", "B", "C"), ("rank", "count"))


def test_the_population_is_cut_by_shares() -> None:
    assert values(grades(ranked(), *({"score": 100 - i} for i in range(10)))) == ["A"] * 2 + ["B"] * 3 + ["C"] * 5


def test_a_tie_across_a_cut_is_undetermined_and_one_inside_a_class_is_not() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)))
    assert values(grades(made, {"score": 9}, {"score": 9}, {"score": 1}, {"score": 1})) == ["tie", "tie", "B", "B"]
    assert grades(made, {"score": 9}, {"score": 9})[0] == Undetermined(Reason.TIE, ("A", "B"))


def test_a_member_without_a_score_may_stand_anywhere() -> None:
    made = ranked("top", (Cut("A", Decimal(2)), Cut("B", None)))
    outcomes = grades(made, {"score": 9}, {"score": 8}, {"score": 7}, {})
    assert values(outcomes) == ["A", "missing_fact", "B", "missing_fact"]
    assert outcomes[1] == Undetermined(Reason.MISSING_FACT, ("A", "B"), ("score",))


def test_partitions_are_ranked_apart() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)), partition="region")
    members = [{"score": 9, "region": "拉萨"}, {"score": 8, "region": "拉萨"}, {"score": 1, "region": "日喀则"}]
    assert values(grades(made, *members)) == ["A", "B", "A"]
    # A subject of which the region is unknown may stand before anybody, and has no place itself.
    assert values(grades(made, *members, {"score": 5})) == ["missing_fact", "B", "missing_fact", "missing_fact"]


def test_who_is_not_ranked_gets_what_is_said_for_outsiders() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)), among=True, outside=constant("C", GRADES))
    assert values(grades(made, {"score": 9, "old": False}, {"score": 8, "old": True})) == ["C", "A"]
    assert values(grades(ranked(among=True), {"score": 9, "old": False})) == ["gap"]


@pytest.mark.parametrize(("old", "expected"), [({"old": False}, "gap"), ({"old": True}, "A"), ({}, "missing_fact")])
def test_a_rank_that_is_given_gives_no_class_to_who_is_not_ranked(old: dict[str, bool], expected: str) -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)), among=True)
    assert values([decide(made, Environment(), {**_typed({"rank": 1, "count": 9}), **old}, None)["grade"]]) == [expected]


def test_who_may_be_ranked_may_stand_before_others() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)), among=True)
    outcomes = grades(made, {"score": 9, "old": True}, {"score": 8})
    assert outcomes[0] == Undetermined(Reason.MISSING_FACT, ("A", "B"), ("score",))
    assert outcomes[1] == Undetermined(Reason.MISSING_FACT, ("B",), ("old",))


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((80, 20), ["A", "B"]),
        ((50, 30, 20), ["A", "A", "B"]),
        ((70, 10, 10, 10), ["A", "tie", "tie", "tie"]),
        ((60, 20, 20), ["A", "tie", "tie"]),
        ((1, 1, 1), ["A", "A", "A"]),
        ((0, 0), ["gap", "gap"]),
    ],
)
def test_a_pareto_cut_is_exact_at_its_border(scores: tuple[int, ...], expected: list[str]) -> None:
    made = ranked("pareto", (Cut("A", Decimal("0.8")), Cut("B", None)))
    assert values(grades(made, *({"score": score} for score in scores))) == expected


def test_an_amount_that_is_missing_leaves_every_share_open() -> None:
    made = ranked("pareto", (Cut("A", Decimal("0.8")), Cut("B", None)))
    assert values(grades(made, {"score": 80}, {})) == ["missing_fact", "missing_fact"]


def test_a_ranking_by_another_ranking_comes_after_it() -> None:
    score, ref = fact("score", WHOLE)
    first = RankCut("first", None, None, "top", (Cut(Decimal(1), Decimal(1)), Cut(Decimal(0), None)), constant("floor"), None, WHOLE)
    second = RankCut("second", None, None, "top", (Cut("A", Decimal(1)), Cut("B", None)), constant("floor"), None, GRADES)
    made = plan(
        [score],
        [decision("first", WHOLE, first), decision("second", GRADES, second)],
        rankings=[Ranking("second", first, True, None, None), Ranking("first", ref, False, None, None)],
    )
    facts = [{"score": Decimal(5)}, {"score": Decimal(3)}]
    assert [p["second"].first for p in positions_of(Evaluator(made, Environment()), facts)] == [2, 1]


def test_a_population_from_outside_gives_outcomes_by_customer() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)))
    size = decision("size", WHOLE, FactRef("population", TextType()), population=True)
    made = plan(list(made.facts.values()), [*made.decisions.values(), size], [], list(made.readings.values()), list(made.rankings.values()))
    members = [
        {"customer_id": "a", "score": 9},
        {"customer_id": "b", "customer_name": "乙", "score": "x"},
        {"customer_id": "a", "score": 1},
    ]
    result = Decider(made, Environment()).decide({"population": members}, "2026-11-21")
    document = result.to_dict()
    assert list(document["by_customer"]) == ["a", "b", "a (2)"]
    assert document["by_customer"]["a"] == {"grade": {"undetermined": "missing_fact", "candidates": ["A", "B"]}}
    assert document["outputs"]["size"]["value"][0] == {"customer_id": "a", "score": 9}
    assert document["as_of"] == "2026-11-21"
    assert [f.code for f in result.findings] == ["bad-value", "duplicate-subject"]


def test_a_grading_counts_every_subject() -> None:
    made = ranked("top", (Cut("A", Decimal(1)), Cut("B", None)))
    subjects = [Subject(key, None, {"score": Decimal(score)}) for key, score in (("2", 5), ("10", 5), ("1", 3))]
    grading = grade(made, Environment(), subjects, None)
    assert [result.key for result in grading.rows()] == ["1", "10", "2"]
    assert [result.key for result in grading.rows(1)] == ["1"]
    shares = grading.distribution("grade")
    assert [(s.value, s.reason, s.count) for s in shares] == [("A", None, 0), ("B", None, 1), ("C", None, 0), (None, Reason.TIE, 2)]
    assert sum(s.count for s in shares) == grading.count() == 3
