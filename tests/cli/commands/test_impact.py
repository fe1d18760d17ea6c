"""`tierwise impact` on the command line: formats, gates and exit codes, sides, saved runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from tests.command_line import POLICY, tierwise
from tierwise.plugins.impact.json_document import impact_schema


@pytest.fixture
def adjustable(small: Path) -> Path:
    """A folder with a policy whose border is a parameter, and its customers."""
    text = POLICY.replace("50万", "border").replace(
        "modules:", "parameters:\n  border: {type: number, scale: 0, value: 50万, adjustable: {min: 1}}\nmodules:"
    )
    (small / "small.yaml").write_text(text + "measures:\n  big: {count: tier = 甲}\n  sales: {sum: amount}\n", encoding="utf-8")
    return small


IMPACT = ("impact", "customers.csv", "--policy", "small.yaml")


def test_one_changed_number_is_one_line(adjustable: Path) -> None:
    done = tierwise(*IMPACT, "--set", "border=100万")

    assert done.code == 0
    assert "demoted 1" in done.out
    assert "001 北京华信科技有限公司 · tier: 甲 → 丙 (demoted)" in done.out
    assert "500,000 元 short" in done.out


def test_the_document_has_the_agreed_keys_and_its_own_schema(adjustable: Path) -> None:
    done = tierwise(*IMPACT, "--set", "border=100万", "--gate", "demotions <= 1", "--format", "json")

    document = json.loads(done.out)
    jsonschema.validate(document, impact_schema())
    assert document["subjects"] == 4
    tier = document["outputs"]["tier"]
    assert tier["moved"] == 1
    assert tier["matrix"] == [
        {"from": "甲", "to": "丙", "count": 1},
        {"from": "乙", "to": "乙", "count": 1},
        {"from": "丙", "to": "丙", "count": 1},
        {"from": {"undetermined": "missing_fact"}, "to": {"undetermined": "missing_fact"}, "count": 1},
    ]
    (mover,) = document["movers"]
    assert {key: mover[key] for key in ("key", "name", "output", "from", "to")} == {
        "key": "001", "name": "北京华信科技有限公司", "output": "tier", "from": "甲", "to": "丙",
    }  # fmt: skip
    assert mover["because"]["from"]["rules"] == ["big"]
    assert {key: document["measures"]["big"][key] for key in ("from", "to", "delta")} == {"from": 1, "to": 0, "delta": -1}
    assert document["gates"] == [{"gate": "demotions <= 1", "value": 1, "limit": 1, "holds": True, "text": "1, the limit is <= 1"}]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv", "html"])
def test_a_broken_gate_is_exit_code_1_with_number_and_limit_in_every_format(adjustable: Path, form: str) -> None:
    done = tierwise(*IMPACT, "--set", "border=100万", "--gate", "demotions <= 2%", "--gate", "delta(sales) <= 0", "--format", form)

    assert done.code == 1
    assert done.err == "gate `demotions <= 2%` is broken: 25% (1 of 4), the limit is <= 2%\n"
    assert done.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--gate", "demotion <= 2"), "did you mean `demotions`"),
        (("--gate", "delta(sale) <= 2"), "did you mean `sales`"),
        (("--runs", "1", "2"), "takes no database"),
        (("--set", "border=1", "--set", "border=2"), "given twice"),
        (("--against-set", "border=1", "--against-set", "border=2"), "--against-set border"),
    ],
)
def test_wrong_usage_is_exit_code_2(adjustable: Path, more: tuple[str, ...], said: str) -> None:
    done = tierwise(*IMPACT, *more)

    assert done.code == 2
    assert said in done.err


def test_nothing_to_compare_is_wrong_usage(adjustable: Path) -> None:
    assert tierwise("impact", "customers.csv").code == 2


def test_the_baseline_takes_its_own_overlay_and_settings(adjustable: Path) -> None:
    (adjustable / "company.yaml").write_text("overlay: 1\npolicy: small\nparameters: {border: 100万}\n", encoding="utf-8")

    by_overlay = tierwise(*IMPACT, "--against-overlay", "company.yaml", "--format", "json")
    by_setting = tierwise(*IMPACT, "--against-set", "border=100万", "--format", "json")

    assert json.loads(by_overlay.out)["outputs"]["tier"]["promoted"] == 1
    assert json.loads(by_overlay.out)["movers"] == json.loads(by_setting.out)["movers"]


@pytest.mark.parametrize(("language", "said"), [("en", "the new side is a try: Ann: fewer\n"), ("zh", "新方案为试算：Ann: 更少\n")])
def test_who_proposes_a_try_and_why_is_told(language: str, said: str, adjustable: Path) -> None:
    (adjustable / "try.yaml").write_text(
        "overlay: 1\npolicy: small\nby: Ann\nwhy: {zh: 更少, en: fewer}\nparameters: {border: 100万}\n", encoding="utf-8"
    )

    page, document = (tierwise("--language", language, *IMPACT, "--overlay", "try.yaml", "--format", form).out for form in ("text", "json"))

    assert said in page
    assert json.loads(document)["tries"] == {"from": [], "to": [{"by": "Ann", "why": {"zh": "更少", "en": "fewer"}}]}


def test_csv_names_every_mover_and_stays_inert_in_a_spreadsheet(adjustable: Path) -> None:
    customers = (adjustable / "customers.csv").read_text("utf-8").replace("北京华信科技有限公司", "=cmd()")
    (adjustable / "customers.csv").write_text(customers, encoding="utf-8")

    rows = list(csv.DictReader(io.StringIO(tierwise(*IMPACT, "--set", "border=100万", "--format", "csv").out.removeprefix("\ufeff"))))

    assert [(row["key"], row["name"], row["from"], row["to"], row["move"]) for row in rows] == [("001", "'=cmd()", "甲", "丙", "demoted")]


def test_html_is_one_page_in_which_names_are_inert(adjustable: Path) -> None:
    customers = (adjustable / "customers.csv").read_text("utf-8").replace("北京华信科技有限公司", "<script>alert(1)</script>")
    (adjustable / "customers.csv").write_text(customers, encoding="utf-8")

    page = tierwise(*IMPACT, "--set", "border=100万", "--format", "html").out

    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_named_movers_are_as_many_as_asked_for_and_the_others_are_told(adjustable: Path) -> None:
    done = tierwise(*IMPACT, "--set", "border=1", "--movers", "0", "--format", "json")

    document = json.loads(done.out)
    assert (document["movers"], document["movers_left_out"]) == ([], document["outputs"]["tier"]["moved"])


def test_the_page_speaks_chinese(adjustable: Path) -> None:
    out = tierwise("--language", "zh", *IMPACT, "--set", "border=100万").out

    assert "降级 1" in out
    assert "差 500,000 元" in out


def test_two_saved_runs_are_compared_by_the_scale_of_a_policy(adjustable: Path) -> None:
    for more in ((), ("--set", "border=100万")):
        assert tierwise("grade", "customers.csv", "--policy", "small.yaml", "--save", "--ledger", "l.db", *more).code == 0

    done = tierwise(
        "impact", "--runs", "1", "2", "--ledger", "l.db", "--policy", "small.yaml", "--gate", "demotions <= 0", "--format", "json"
    )
    alone = tierwise("impact", "--runs", "1", "2", "--ledger", "l.db", "--format", "json")

    assert done.code == 1
    document = json.loads(done.out)
    jsonschema.validate(document, impact_schema())
    assert (document["subjects"], document["outputs"]["tier"]["demoted"]) == (4, 1)
    assert document["movers"][0]["because"] == {"from": None, "to": None}
    assert json.loads(alone.out)["outputs"]["tier"]["sideways"] == 1


def test_a_run_that_is_not_there_is_told(adjustable: Path) -> None:
    assert tierwise("grade", "customers.csv", "--policy", "small.yaml", "--save", "--ledger", "l.db").code == 0

    done = tierwise("impact", "--runs", "1", "9", "--ledger", "l.db")

    assert done.code == 4
    assert "no run 9" in done.err
