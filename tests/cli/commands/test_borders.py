"""``borders`` counts what an independent count counts, and what it says of a moved border is what a policy with that border gives."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: steps
version: 1.0.0
title: Steps
source: a test
subject: customer
facts:
  sales: {type: number, scale: 2, unit: 元, min: 0, label: {zh: 销售额, en: yearly sales}}
  late: {type: integer, min: 0}
parameters:
  top: {type: number, scale: 2, unit: 元, value: 1000, adjustable: {min: 1, max: 5000}}
modules:
  m:
    kind: module
    decisions:
      points: {type: number, scale: 3, hidden: true, formula: sales * 0.1 - late * 5}
      tier:
        type: enum
        values: [A, B, C]
        formula: if sales >= top and late < 3 then A else if points >= 40 then B else C
      watched: {type: boolean, formula: 'late in [2..4]'}
"""


def customers(count: int = 400) -> list[tuple[int, Decimal, int]]:
    random = Random(3)
    near = [Decimal(value) for value in ("1000", "999.99", "1000.01", "990", "1010", "989.99", "1050", "950", "949.99", "1050.01")]
    return [(i, near[i] if i < len(near) else Decimal(random.randint(0, 130_000)) / 100, random.randint(0, 5)) for i in range(count)]


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "steps.yaml").write_text(POLICY, encoding="utf-8")
    rows = "".join(f"{key},{sales},{late}\n" for key, sales, late in customers())
    (tmp_path / "customers.csv").write_text("customer_id,sales,late\n" + rows, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def borders(*more: str) -> dict[tuple[str, float], Any]:
    done = tierwise("borders", "customers.csv", "--policy", "steps.yaml", "--format", "json", *more)
    assert done.code == 0, done.err
    return {(border["about"], border["value"]): border for border in json.loads(done.out)["borders"]}


def grades(*more: str) -> dict[str, Any]:
    out = tierwise("grade", "customers.csv", "--policy", "steps.yaml", "--format", "jsonl", *more).out
    return {row["key"]: row["outputs"]["tier"] for row in map(json.loads, out.splitlines())}


def test_every_border_is_there_with_what_hangs_on_it(steps: Path) -> None:
    assert {key: border["outputs"] for key, border in borders().items()} == {
        ("sales", 1000): ["tier"],
        ("late", 2): ["watched"],
        ("late", 3): ["tier"],
        ("late", 4): ["watched"],
        ("points", 40): ["tier"],
    }


def test_who_stands_near_is_counted_exactly(steps: Path) -> None:
    found = borders()["sales", 1000]
    sales = [amount for _, amount, _ in customers()]

    assert found["at"] == sum(amount == 1000 for amount in sales)
    assert found["below"] == sum(950 <= amount < 1000 for amount in sales)
    assert found["above"] == sum(1000 < amount <= 1050 for amount in sales)
    assert sum(found["parts"]) == found["below"] + found["at"] + found["above"]


def test_nobody_stands_near_the_border_of_a_fact_that_is_known_of_nobody(steps: Path) -> None:
    (steps / "customers.csv").write_text("customer_id,sales,late\n1,900,\n2,,\n", encoding="utf-8")
    found = borders()

    assert {found["late", 3][side] for side in ("below", "at", "above")} == {0}
    assert {found["points", 40][side] for side in ("below", "at", "above")} == {0}


def test_of_a_hidden_decision_its_numbers_are_counted(steps: Path) -> None:
    points = [amount / 10 - 5 * late for _, amount, late in customers()]

    assert borders()["points", 40]["below"] == sum(38 <= number < 40 for number in points)


@pytest.mark.parametrize(("side", "top"), [("lower", "990"), ("higher", "1010")])
def test_moving_a_border_is_what_a_policy_with_that_border_does(steps: Path, side: str, top: str) -> None:
    found = borders()["sales", 1000][side]
    before, after = grades(), grades("--set", f"top={top}")
    moved = sum(before[key]["value"] != after[key]["value"] for key in before)

    assert found == {"to": int(top), "changed": {"tier": moved}}
    assert moved > 0


def test_a_whole_number_moves_by_a_whole_step(steps: Path) -> None:
    assert borders()["late", 3]["lower"]["to"] == 2
    assert borders()["late", 3]["higher"]["to"] == 4


def test_the_text_has_a_picture_and_speaks_both_languages(steps: Path) -> None:
    assert "│" in tierwise("borders", "customers.csv", "--policy", "steps.yaml").out
    assert "销售额" in tierwise("--language", "zh", "borders", "customers.csv", "--policy", "steps.yaml").out


@pytest.mark.parametrize("share", ["0%", "-1%", "五", "101%", "nan"])
def test_what_is_no_share_is_refused(steps: Path, share: str) -> None:
    assert tierwise("borders", "customers.csv", "--policy", "steps.yaml", "--near", share).code == 2


def test_the_page_and_the_report_are_one_page_with_a_picture_of_each_border(steps: Path) -> None:
    told = tierwise("borders", "customers.csv", "--policy", "steps.yaml", "--format", "html", "--report", "borders.html")
    page = (steps / "borders.html").read_text(encoding="utf-8")

    assert told.code == 0, told.err
    assert told.out.strip() == page.strip()
    assert page.count('<svg role="img"') == len(borders())
    assert page.count("<rect ") == sum(len(border["parts"]) for border in borders().values())


@pytest.mark.parametrize("rows", ["", "1,,2\n2,,3\n"], ids=["nobody", "a fact of nobody"])
def test_nobody_stands_near_a_border_of_what_is_known_of_nobody(steps: Path, rows: str) -> None:
    (steps / "customers.csv").write_text("customer_id,sales,late\n" + rows, encoding="utf-8")

    (top,) = (border for (about, _), border in borders().items() if about == "sales")
    assert (top["below"], top["at"], top["above"]) == (0, 0, 0)
