"""``explain`` names the rule that won and what the others missed by, in words, Markdown and JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import tierwise

SMALL = ("--policy", "small.yaml")


def test_the_winning_rule_and_the_distance_to_the_others(small: Path) -> None:
    done = tierwise("explain", "customers.csv", "002", *SMALL)

    assert done.code == 0, done.err
    assert done.out.startswith("002 李雷\n")
    assert "丙" in done.out
    assert "rule small" in done.out
    assert "0.01" in done.out, "it is one fen below the border"


def test_it_speaks_chinese(small: Path) -> None:
    out = tierwise("--language", "zh", "explain", "customers.csv", "002", *SMALL).out

    for words in ("等级", "金额", "规则"):
        assert words in out


def test_markdown_is_a_list(small: Path) -> None:
    lines = tierwise("explain", "customers.csv", "002", *SMALL, "--format", "markdown").out.splitlines()

    assert lines[0] == "# 002 李雷"
    assert all(line.lstrip().startswith("- ") for line in lines[2:])


def test_json_carries_outcome_and_fingerprint(small: Path) -> None:
    document = json.loads(tierwise("explain", "customers.csv", "004", *SMALL, "--format", "json").out)

    assert document["name"] == '上海, "安泰"'
    assert document["outputs"]["tier"]["undetermined"] == "missing_fact"
    assert document["outputs"]["tier"]["candidates"] == ["甲", "丙"]
    assert len(document["fingerprint"]) == 64
    assert document["lines"][0].keys() == {"indent", "text"}


def test_only_the_outputs_asked_for(demo_db: Path) -> None:
    words = ("explain", demo_db, "00042", "--policy", "big-customer-tiers", "--as-of", "2026-06-30")

    assert "is_big_customer" in tierwise(*words).out
    assert "is_big_customer" not in tierwise(*words, "--output", "tier").out


def test_a_ranking_shows_rank_cut_and_distance(small: Path) -> None:
    people = "customer_id,name,score\n" + "".join(f"c{n},客户{n},{90 - 7 * n}\n" for n in range(10))
    (small / "scores.csv").write_text(people, encoding="utf-8")
    done = tierwise("explain", "scores.csv", "c3", "--policy", "scorecard-100-rights", "--as-of", "2026-06-30", "--output", "grade")

    assert done.code == 0, done.err
    for words in ("`grade`: B", "rank 4 of 10", "this class ends at rank 5"):
        assert words in done.out


def test_the_explanation_gives_the_outcome_that_the_run_gave(demo_db: Path) -> None:
    words = ("--policy", "big-customer-tiers", "--as-of", "2026-06-30")
    graded = [json.loads(line) for line in tierwise("grade", demo_db, *words, "--format", "jsonl").out.splitlines()]

    for row in graded[:5]:
        outputs = json.loads(tierwise("explain", demo_db, row["key"], *words, "--format", "json").out)["outputs"]
        explained = {name: {key: said for key, said in outcome.items() if key != "reasons"} for name, outcome in outputs.items()}
        assert {name: {**outcome, "rules": outcome.get("rules", [])} for name, outcome in row["outputs"].items()} == explained


def test_html_is_a_page_of_nested_lists_in_which_what_comes_from_data_is_text(small: Path) -> None:
    (small / "odd.csv").write_text("customer_id,name,amount,judged_good\n7,<b>x</b>,abc,true\n", encoding="utf-8")
    page = tierwise("explain", "odd.csv", "7", *SMALL, "--format", "html").out

    assert "<h1>7 &lt;b&gt;x&lt;/b&gt;</h1>" in page
    assert page.count("<ul>") == page.count("</ul>") > 2
    assert "does not read: `abc`" in page


def test_what_stands_in_the_data_is_told_beside_a_missing_fact(small: Path) -> None:
    (small / "odd.csv").write_text("customer_id,name,amount,judged_good\n7,x,约50万,true\n8,y,,true\n", encoding="utf-8")

    odd, empty = (tierwise("explain", "odd.csv", key, *SMALL) for key in ("7", "8"))

    assert "what stands in the data does not read: `约50万`" in odd.out
    assert "`amount` does not read: `约50万`" in odd.out
    assert "stands in the data" not in empty.out
    assert "`amount` is not known" in empty.out


def test_a_hidden_decision_is_explained_when_it_is_asked_for(demo_db: Path) -> None:
    words = ("--policy", "scorecard-100-rights", "--as-of", "2026-06-30", "--output", "total_points")
    done = tierwise("explain", demo_db, "00042", *words)

    assert (done.code, done.out.splitlines()[1].strip()[:22]) == (0, "sum of the eight items")
    assert "did you mean `total_points`?" in tierwise("explain", demo_db, "00042", *words[:-1], "total_pints").err
