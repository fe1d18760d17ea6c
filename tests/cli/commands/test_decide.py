"""``decide`` decides for one subject or a population from JSON, exactly as ``tierwise.load(…).decide`` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tierwise as door
from tests.command_line import tierwise

FACTS = {"annual_usage_yuan": 500000, "usage_size": "large", "payment_reputation": "good", "profit_contribution": "normal"}


def test_it_says_what_the_python_door_says() -> None:
    done = tierwise("decide", "big-customer-tiers", "--facts", "-", "--format", "json", stdin=json.dumps(FACTS))

    assert done.code == 0, done.err
    assert json.loads(done.out) == json.loads(json.dumps(door.load("big-customer-tiers").decide(FACTS).to_dict()))
    assert json.loads(done.out)["outputs"]["tier"] == {"value": "A1"}


@pytest.mark.parametrize(("amount", "tier"), [("500000", "甲"), ("499999.99", "丙"), ("500000.00", "甲"), ("0.1", "丙"), ("5e5", "甲")])
def test_numbers_are_exact_at_a_border(small: Path, amount: str, tier: str) -> None:
    done = tierwise("decide", "small.yaml", "--facts", "-", "--format", "json", stdin=f'{{"amount": {amount}, "judged_good": true}}')

    assert json.loads(done.out)["outputs"]["tier"] == {"value": tier}


def test_the_text_form_names_reason_and_candidates(small: Path) -> None:
    (small / "facts.json").write_text('\ufeff{"amount": 600000}', encoding="utf-8")  # as Windows editors save it
    done = tierwise("decide", "small.yaml", "--facts", "facts.json")

    assert done.code == 0
    assert done.out.splitlines()[2].split(maxsplit=2) == ["tier", "missing_fact", "甲, 乙"]


def test_a_value_that_does_not_fit_is_missing_with_a_finding(small: Path) -> None:
    done = tierwise("decide", "small.yaml", "--facts", "-", stdin='{"amount": "约十万", "judged_good": true}')

    assert done.code == 0
    assert "约十万" in done.err
    assert "missing_fact" in done.out


def test_a_population_is_decided_together() -> None:
    people = [{"customer_id": f"c{n}", "score": score} for n, score in enumerate([90, 80, 70, 60, 50, 40, 30, 20, 10, 5])]
    words = ("decide", "scorecard-100-rights", "--facts", "-", "--as-of", "2026-06-30")
    document = json.loads(tierwise(*words, "--format", "json", stdin=json.dumps({"population": people})).out)
    text = tierwise(*words, stdin=json.dumps({"population": people}))

    assert [outputs["grade"]["value"] for outputs in document["by_customer"].values()] == list("AABBBCCCCD")
    assert "\nc9\n" in text.out


def test_the_date_is_an_input() -> None:
    facts = json.dumps(
        {"level_now": "B", "last_followed_on": "2026-06-01", "need_state": "obvious", "months_to_close": 2, "chance_of_deal": True}
    )
    words = ("decide", "closing-time-a-e", "--facts", "-", "--format", "json")

    with_date = json.loads(tierwise(*words, "--as-of", "2026-06-30", stdin=facts).out)
    without = json.loads(tierwise(*words, stdin=facts).out)

    assert with_date["as_of"] == "2026-06-30"
    assert with_date["outputs"]["overdue"] == {"value": True}
    assert "undetermined" in without["outputs"]["overdue"]
