"""Who is one change away, of a whole database, is who has a path of one fact: the same changes, found by one grading in the engine."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.plugins.paths.test_path import CHANGEABLE, DAY, FACTS, FORMS, GRADES, subjects
from tierwise.core.meaning import Subject
from tierwise.core.outcome import Determined
from tierwise.plugins.fact_rows import fact_table_of
from tierwise.plugins.manager import Plugins
from tierwise.plugins.paths.database import wanted_values
from tierwise.plugins.paths.one_change import OneChange, one_change_away
from tierwise.plugins.paths.path import find_paths
from tierwise.plugins.policy import load
from tierwise.plugins.run import Bound

HEAD = """\
tierwise: 1
policy: small
version: 1.0.0
title: small
"""
PLUGINS = Plugins(entry_points=False)
COUNT = 40


def found_for(form: str, folder: Path, count: int = COUNT) -> tuple[Bound, OneChange]:
    (folder / "policy.yaml").write_text(f"{HEAD}{FACTS}modules:\n  m:\n    kind: module\n    decisions:\n{FORMS[form]}", encoding="utf-8")
    loaded = load(folder, plugins=PLUGINS)
    people = [Subject(f"{number:03}", None, facts) for number, facts in enumerate(subjects(7, count))]
    people.append(Subject("gap", None, {"sales": Decimal(12)}))  # most is missing
    bound = Bound(loaded, fact_table_of(loaded.plan, people), DAY, "facts")
    return bound, one_change_away(bound, PLUGINS.engines()["duckdb"], [loaded.plan.decisions["grade"]], CHANGEABLE)


@pytest.mark.parametrize("worth", [0, COUNT + 2], ids=["kinds", "each"])
@pytest.mark.parametrize("form", ["table", "scorecard", "conditions"])
def test_it_is_the_paths_of_one_fact(form: str, worth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.paths.alike.WORTH", worth)
    bound, found = found_for(form, tmp_path)
    plan, told = bound.loaded.plan, {(change.key, change.fact): (change.to, change.after) for change in found.changes()}
    expected = {}
    for subject in bound.facts.subjects():
        outcome = bound.loaded.decide(subject.facts, DAY).outcomes["grade"]
        present = outcome.value if isinstance(outcome, Determined) else None
        wanted = wanted_values(plan.decisions["grade"], present, None)
        paths = find_paths(plan, bound.loaded.environment, subject.facts, "grade", wanted, CHANGEABLE, DAY)
        for route in paths.up:
            if len(route.changes) == 1:
                assert isinstance(route.outcome, Determined)
                expected[subject.key, route.changes[0].fact] = (route.changes[0].after, route.outcome.value)

    assert told == expected
    assert found.not_searched == ()
    assert len(told) > COUNT // 2
    assert found.subjects() == len({key for key, _ in told})
    assert {fact: count for _, fact, _, count in found.counts() if count} == {
        fact: sum(one == fact for _, one in told) for fact in CHANGEABLE if any(one == fact for _, one in told)
    }


def test_a_fact_that_is_counted_with_is_named_and_not_guessed_at(tmp_path: Path) -> None:
    _, found = found_for("weighted", tmp_path, 5)

    assert {(left.fact, left.why) for left in found.not_searched} == {
        (name, "it is counted with, not only compared") for name in ("sales", "margin", "late")
    }
    assert list(found.changes()) == []


def test_the_best_grade_is_one_change_away_from_nothing(tmp_path: Path) -> None:
    _, found = found_for("table", tmp_path)

    assert all(change.before != GRADES[0] for change in found.changes())


@pytest.mark.parametrize("worth", [0, COUNT + 2], ids=["kinds", "each"])
def test_the_first_few_are_the_first_of_all(worth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.paths.alike.WORTH", worth)
    monkeypatch.setattr("tierwise.plugins.paths.one_change.LOOKED_THROUGH", 2)
    _, found = found_for("table", tmp_path)
    every = list(found.changes())
    keys = list(dict.fromkeys(change.key for change in every))

    for most in (1, 3, len(keys), COUNT + 2):
        assert list(found.changes(most)) == [change for change in every if change.key in keys[:most]]
