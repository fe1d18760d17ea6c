"""A subject of a ranked population is explained from the engine's positions, just as if the reference engine had ranked everybody."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tierwise.plugins.grading import Placing
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.run import bound_database, choose_engine, explain_subject, grade_bound

POLICY = """\
tierwise: 1
policy: places
version: 1.0.0
title: Places
subject: customer
facts:
  region: {type: text}
  sales: {type: number, scale: 2, min: 0, nullable: true}
  active: {type: boolean}
modules:
  grade:
    kind: value-tier
    scale: [A, B, C]
    decisions:
      grade:
        type: enum
        values: [A, B, C]
        ranking: {by: sales, partition: region, among: active, rounding: nearest, quotas: {A: 20%, B: 60%, C: rest}}
      top:
        type: enum
        values: [first, others]
        ranking: {by: sales, top: {first: 3, others: rest}}
"""


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the policy and with customers of which some tie, and some lack what they are ranked by."""
    folder = tmp_path_factory.mktemp("places")
    draw = random.Random(7)
    rows = ["customer_id,region,sales,active"]
    rows += [
        f"c{i:02d},{draw.choice(('N', 'S', ''))},{draw.choice(('', 10, 10, 20, 30, 45.5))},{draw.choice(('true',) * 5 + ('',))}"
        for i in range(40)
    ]
    (folder / "customers.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "places.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.mark.parametrize("engine", [None, "duckdb"])
def test_an_explanation_from_the_engines_positions_is_that_of_the_reference_engine(customers: Path, engine: str | None) -> None:
    loaded = load(customers / "places.yaml")
    with bound_database(loaded, str(customers / "customers.csv"), None, None) as bound:
        subjects = list(bound.facts.subjects())
        grading = None if engine is None else grade_bound(bound, choose_engine(loaded, engine)).grading
        assert grading is None or isinstance(grading, Placing)
        explained = {s.key: explain_subject(bound, s.key, grading) for s in subjects[::3]}
        by_reference = grade_bound(bound, choose_engine(loaded, "reference")).grading
        expected = {key: explain_subject(bound, key, by_reference) for key in explained}

    assert explained == expected
    ranks = [trace.rank for explanation in explained.values() for trace in explanation.decisions.values() if trace.rank]
    assert {rank.by_at_cut is None for rank in ranks} == {True, False}, "some have a better class above them"
    assert any(rank.first != rank.last for rank in ranks), "some tie"


def test_without_the_engine_the_reference_engine_ranks(customers: Path) -> None:
    loaded = load(customers / "places.yaml", plugins=Plugins(disabled=["engines"]))
    with bound_database(loaded, str(customers / "customers.csv"), None, None) as bound:
        explanation = explain_subject(bound, "c00")

    assert explanation.decisions["top"].rank is not None
