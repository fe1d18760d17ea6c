"""Leading reasons: at most four, what weighs most first, in the policy's own sentences where it has them, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.explaining import Explanation, explain
from tierwise.core.meaning import Evaluator
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.sentences.lines import lines_of
from tierwise.plugins.sentences.reasons import reasons_of

POLICY = """\
facts:
  sales: {type: integer, min: 0, label: {zh: 销售, en: sales}, because: {zh: 销售偏少, en: sales are low}}
  margin: {type: integer, min: 0, label: {zh: 毛利, en: margin}}
  late: {type: integer, min: 0, because: {zh: 有逾期, en: payments were late}}
  safe: {type: boolean}
  years: {type: integer, min: 0}
  size: {type: integer, min: 0}
modules:
  m:
    kind: module
    decisions:
      score:
        type: integer
        hidden: true
        scorecard:
          characteristics:
            sold: {of: sales, weight: 2, points: {">= 10": 20, "< 10": 5}}
            kept: {of: margin, points: {">= 5": 20, "< 5": 0}}
            paid: {of: late, points: {"0": 10, "> 0": 9}}
            long: {of: years, points: {">= 5": 8, "< 5": 0}}
            big: {of: size, points: {">= 5": 7, "< 5": 0}}
      grade:
        type: enum
        values: [A, B, C]
        table:
          hit: first
          rules: |
            score | safe -> grade
            >= 80 | true -> A
            >= 60 | -    -> B
            -     | -    -> C
"""
FACTS = {"sales": 3, "margin": 2, "late": 1, "safe": True, "years": 1, "size": 1}


def explained(**changed: Any) -> Explanation:
    plan = checked(POLICY).require_plan()
    facts, _ = read_facts(plan, {name: value for name, value in {**FACTS, **changed}.items() if value is not None})
    return explain(Evaluator(plan, ENVIRONMENT).trace(facts), None, stored={"margin": "约50万"})


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["sales are low", "margin (`score.kept`) gives 0 of at most 20", "`years` (`score.long`) gives 0", "`size`"]),
        ("zh", ["销售偏少", "毛利 (`score.kept`) 得 0，最多 20", "years", "size"]),
    ],
)
def test_what_a_score_lost_most_by_comes_first_and_four_are_told(language: str, texts: list[str]) -> None:
    reasons = reasons_of(explained(), "grade", language)

    assert [reason.about for reason in reasons] == ["score.sold", "score.kept", "score.long", "score.big"]
    assert [reason.text for reason in reasons][:2] == texts[:2]


def test_a_weight_counts_in_what_an_item_lost() -> None:
    terms = {term.name: term for term in explained().decisions["score"].terms}

    assert {name: (int(term.most or 0), int(term.lost)) for name, term in terms.items()} == {
        "score.sold": (40, 30),
        "score.kept": (20, 20),
        "score.paid": (10, 1),
        "score.long": (8, 8),
        "score.big": (7, 7),
    }
    assert "what cost most: sales (`score.sold`) (30 less), margin (`score.kept`) (20 less)" in " ".join(
        text for _, text in lines_of(explained())
    )


def test_the_best_outcome_has_no_reasons() -> None:
    assert reasons_of(explained(sales=20, margin=9, late=0, years=9, size=9), "grade") == ()


def test_what_the_nearest_better_rule_asks_for_is_a_reason() -> None:
    reasons = reasons_of(explained(sales=20, margin=9, late=0, years=9, size=9, safe=False), "grade")

    assert [(reason.about, reason.text) for reason in reasons] == [("safe", "`safe` is no, asked is = yes")]


@pytest.mark.parametrize(("language", "text"), [("en", "`margin` does not read: `约50万`"), ("zh", "毛利 (`margin`) 无法识别：`约50万`")])
def test_an_undetermined_outcome_says_what_is_not_known_and_what_stands_there(language: str, text: str) -> None:
    explanation = explained(margin=None, sales=20)

    assert [reason.text for reason in reasons_of(explanation, "grade", language)] == [text]
    assert any(line.endswith("`约50万`") for _, line in lines_of(explanation.only(["score.kept"]), language))
