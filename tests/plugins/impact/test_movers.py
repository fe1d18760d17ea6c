"""Who moved is explained by what decided on each side, and the reference engine decides it so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.impact.conftest import Population, Weighed
from tierwise.core.meaning.decide import decide_population
from tierwise.plugins.facts import FactTable
from tierwise.plugins.impact import Mover, compare, policies_compared
from tierwise.plugins.impact.movers import movers
from tierwise.plugins.impact.sides import Side
from tierwise.plugins.outcome_class import class_of
from tierwise.plugins.policy import load


def explained(old: Path, new: Path, database: Path, language: str = "en") -> list[Mover]:
    with policies_compared(load(old), load(new), str(database)) as sides:
        return list(movers(compare(*sides), language))


def by_reference(side: Side) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Decide everybody by the reference engine: subject and output to class and rules."""
    assert side.bound is not None
    facts: FactTable = side.bound.facts
    decided = decide_population(side.bound.loaded.plan, side.bound.loaded.environment, list(facts.subjects()), side.bound.as_of)
    return {(r.key, name): (class_of(o), o.rules) for r in decided.subjects for name, o in r.outcomes.items()}


@pytest.mark.parametrize("change", [{"big": "900", "mid": "450"}, {"top": "35"}], ids=str)
def test_both_explanations_of_every_mover_are_what_the_reference_engine_decides(
    change: dict[str, str], weighed: Weighed, population: Population
) -> None:
    with policies_compared(load(weighed("old")), load(weighed("new", **change)), str(population())) as sides:
        found = list(movers(compare(*sides), "en"))
        expected = [by_reference(side) for side in sides]
    assert found
    for mover in found:
        for side, own, because in zip(expected, (mover.before, mover.after), mover.because, strict=True):
            decided, rules = side[mover.key, mover.output]
            assert own == decided
            assert because is not None
            step = because["steps"][0]
            assert step["decision"] == mover.output
            assert not rules or tuple(step["rules"]) == rules
            assert all(condition["met"] is not False for condition in step["conditions"])


def test_the_rule_the_value_and_the_distance_are_told_on_each_side(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,name,amount,region,paid\n7,Ann,950,north,true\n", encoding="utf-8")

    (mover,) = [found for found in explained(weighed("old"), weighed("new", big="900"), data) if found.output == "tier"]

    before, after = mover.because
    assert before and after
    assert (mover.name, before["rules"], after["rules"]) == ("Ann", ["mid"], ["big"])
    assert before["steps"][0]["missed"] == [{"rule": "big", "what": "amount", "value": 950, "asked": ">=", "wanted": [1000], "by": 50}]
    assert after["steps"][0]["missed"] == [{"rule": "mid", "what": "amount", "value": 950, "asked": "<", "wanted": [900], "by": 50}]
    assert after["steps"][0]["conditions"] == [{"test": "amount >= 900", "met": True, "reads": {"amount": 950}}]
    assert "50 元 short" in before["text"]


def test_what_hangs_on_a_grade_is_explained_by_the_grade(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,amount,region,paid\n7,950,north,true\n", encoding="utf-8")

    (mover,) = [found for found in explained(weighed("old"), weighed("new", big="900"), data, "zh") if found.output == "credit_limit"]

    assert mover.because[0]
    assert [step["decision"] for step in mover.because[0]["steps"]] == ["credit_limit", "tier"]
    assert "差 50 元" in mover.because[0]["text"]


def ranked(amounts: list[int], path: Path) -> Path:
    path.write_text("customer_id,amount,region,paid\n" + "".join(f"{i},{a},north,true\n" for i, a in enumerate(amounts)), encoding="utf-8")
    return path


def test_in_a_ranking_it_is_told_that_the_cut_moved(weighed: Weighed, tmp_path: Path) -> None:
    data = ranked([900, 800, 700, 600, 500], tmp_path / "c.csv")

    found = [mover for mover in explained(weighed("old", top="20"), weighed("new", top="40"), data) if mover.output == "position"]

    assert [(mover.key, mover.ranking) for mover in found] == [("1", "cut")]
    assert found[0].because[1]
    assert found[0].because[1]["steps"][0]["rank"] == {
        "first": 2,
        "last": 2,
        "of": 5,
        "last_rank": 2,
        "by": 800,
        "to_better": None,
        "by_at_cut": None,
    }
    assert "the cut moved" in found[0].because[1]["text"]


def test_in_a_ranking_it_is_told_whether_the_customer_or_others_moved(weighed: Weighed, tmp_path: Path) -> None:
    data = ranked([900, 800, 700, 600, 500], tmp_path / "c.csv")
    old, new = weighed("old"), weighed("new")
    turned = 'by: "if customer = 2 then 1000 else amount"'
    new.write_text(
        new.read_text("utf-8").replace("by: amount,", 'by: "if amount = 700 then 1000 else amount",').replace(turned, ""), encoding="utf-8"
    )

    found = {mover.key: mover.ranking for mover in explained(old, new, data) if mover.output == "position"}

    assert found == {"0": "others", "2": "customer"}
