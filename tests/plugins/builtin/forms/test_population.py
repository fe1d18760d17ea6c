"""Decisions about a whole population: the owner by rank within a partition, the order of all subjects, the first of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import checked
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.manager import Plugins

POLICY = """\
facts:
  customer_id: {type: text}
  region: {type: text}
  tons: {type: number, scale: 2, min: 0}
  orders: {type: integer, min: 0}
  rank: {type: integer, min: 1}
modules:
  owners:
    kind: module
    decisions:
      owner: {type: enum, values: [leader, office, branch], ranking: {by: tons, partition: region, rank: rank, top: {leader: 1, office: 1, branch: rest}}}
  loyalty:
    kind: module
    decisions:
      loyalty_order: {of: population, type: list of text, order: {list: population, by: [orders desc], give: customer_id}}
      most_loyal: {of: population, type: text, order: {list: population, by: [orders desc], give: customer_id, take: 1}}
"""


def member(key: str, region: str, tons: int, orders: int) -> dict[str, Any]:
    return {"customer_id": key, "region": region, "tons": tons, "orders": orders}


@pytest.fixture(scope="module")
def decider() -> Decider:
    return Decider(checked(POLICY).require_plan(), Plugins(entry_points=False).environment())


def plain(outcomes: dict[str, Any]) -> dict[str, Any]:
    """Value, or reason, by name."""
    return {name: outcome.get("undetermined", outcome.get("value")) for name, outcome in outcomes.items()}


def owners(result: dict[str, Any]) -> dict[str, str]:
    return {key: plain(outcomes)["owner"] for key, outcomes in result["by_customer"].items()}


def test_the_owner_goes_by_rank_within_the_region(decider: Decider) -> None:
    members = [member("a", "x", 900, 1), member("b", "x", 700, 2), member("c", "x", 650, 3), member("d", "y", 120, 4)]

    assert owners(decider.decide({"population": members}).to_dict()) == {"a": "leader", "b": "office", "c": "branch", "d": "leader"}


def test_a_tie_for_the_first_place_stays_open(decider: Decider) -> None:
    members = [member("a", "x", 500, 1), member("b", "x", 500, 2)]

    assert owners(decider.decide({"population": members}).to_dict()) == {"a": "tie", "b": "tie"}


@pytest.mark.parametrize(("rank", "owner"), [(1, "leader"), (2, "office"), (3, "branch")])
def test_a_rank_may_be_given(rank: int, owner: str, decider: Decider) -> None:
    assert plain(decider.decide({"rank": rank}).to_dict()["outputs"])["owner"] == owner


def test_all_subjects_stand_in_order(decider: Decider) -> None:
    members = [member("a", "x", 9, 3), member("b", "x", 2, 9), member("c", "y", 4, 5)]

    assert plain(decider.decide({"population": members}).to_dict()["outputs"]) == {"loyalty_order": ["b", "c", "a"], "most_loyal": "b"}


def test_a_tie_at_the_top_has_no_first(decider: Decider) -> None:
    outputs = decider.decide({"population": [member("a", "x", 1, 5), member("b", "x", 2, 5)]}).to_dict()["outputs"]

    assert outputs["most_loyal"] == {"undetermined": "tie", "candidates": ["a", "b"]}
    assert outputs["loyalty_order"]["undetermined"] == "tie"


def test_who_may_come_first_is_a_candidate_when_a_key_is_missing(decider: Decider) -> None:
    members = [member("a", "East", 1, 5), member("b", "East", 1, 4), {"customer_id": "c", "region": "East", "tons": 1}]
    outputs = decider.decide({"population": members}).to_dict()["outputs"]
    assert outputs["most_loyal"] == {"undetermined": "missing_fact", "candidates": ["a", "c"]}
    assert outputs["loyalty_order"] == {"undetermined": "missing_fact"}
