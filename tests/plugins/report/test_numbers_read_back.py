"""Each number in a report, page or workbook, is that of the JSON, of every command that writes one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.command_line import POLICY, tierwise

Rows = list[list[Any]]
HIGHER = POLICY.replace("50万", "60万")
CUSTOMERS = "customer_id,name,region,amount,judged_good\n" + "".join(
    f"{at},客户 {at},{'东南西北'[at % 4]},{amount},{('', 'true', 'false')[at % 7 and 1 + at % 2]}\n"
    for at in range(1001, 1060)
    for amount in ["" if at % 9 == 0 else 480_000 + at * 7919 % 60_000 if at % 3 == 0 else at * 7919 % 1_000_000]
)
"""Ids that look like numbers, amounts on both sides of the border and near it, and holes in both facts."""


class _Tables(HTMLParser):
    """Reads the tables of a page as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Rows] = []
        self.cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.cell = True

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.tables[-1][-1][-1] += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as there:
        there.chdir(made)
        Path("small.yaml").write_text(POLICY, encoding="utf-8")
        Path("new.yaml").write_text(HIGHER, encoding="utf-8")
        Path("c.csv").write_text(CUSTOMERS, encoding="utf-8")
        yield made


def told(ending: str, command: str, *options: str) -> tuple[Any, list[Rows]]:
    """Return the JSON of a command, and the tables of the report that the same call wrote, with numbers as numbers."""
    done = tierwise(command, "c.csv", *options, "--format", "json", "--report", f"r.{ending}")
    assert done.code == 0, done.err
    if ending == "xlsx":
        return json.loads(done.out), [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook("r.xlsx")]
    parser = _Tables()
    parser.feed(Path("r.html").read_text(encoding="utf-8"))
    return json.loads(done.out), [[[_number(cell) for cell in row] for row in table] for table in parser.tables]


def _number(cell: str) -> Any:
    """Return a number of a page as Excel holds it; what has a sign for none is none."""
    plain = cell.replace(",", "")
    return None if cell in ("", "·", "–") else int(plain) if plain.isdigit() else cell


def under(tables: list[Rows], *head: str) -> Rows:
    """Return the rows of the table whose head begins so."""
    [found] = [table[at + 1 :] for table in tables for at, row in enumerate(table) if tuple(row[: len(head)]) == head]
    return [row for row in found if any(cell is not None for cell in row)]


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_of_graded_customers(folder: Path, ending: str) -> None:
    rows, tables = told(ending, "grade", "--policy", "small.yaml", "--columns", "key,tier,tier.reason,tier.needs", "--by", "region")
    words = {"missing_fact": "? a fact that it depends on is missing"}
    outcomes = Counter(words.get(row["tier.reason"], row["tier"]) for row in rows)
    region = dict(line.split(",")[0:3:2] for line in CUSTOMERS.splitlines())
    regions = Counter((region[row["key"]], words.get(row["tier.reason"], row["tier"])) for row in rows)
    needs = Counter(need for row in rows for need in row["tier.needs"])
    [[*_, count, settles]] = under(tables, "what", "why")
    split = under(tables, "region", "甲")
    distribution = under(tables, "result" if ending == "html" else "tier", "number", "share")

    assert {text: count for text, count, *_ in distribution} == outcomes
    assert [round(float(str(share).rstrip("%")) * (1 if ending == "html" else 100), 1) for _, _, share, *_ in distribution] == [
        round(100 * count / len(rows), 1) for _, count, *_ in distribution
    ]
    texts = [row[0] for row in distribution if row[1]]
    assert {(name, text): n for name, *counts, _ in split for text, n in zip(texts, counts, strict=True) if n} == regions
    assert [sum(row[1:-1]) for row in split] == [row[-1] for row in split]
    assert (count, settles) == (
        outcomes[words["missing_fact"]],
        ", ".join(
            f"{ {'amount': 'amount', 'judged_good': 'good reputation'}[need] } ({n})"
            for need, n in sorted(needs.items(), key=lambda one: (-one[1], one[0]))
        ),
    )
    [[_, _, *near]] = under(tables, "what it is", "border")
    [border] = json.loads(tierwise("borders", "c.csv", "--policy", "small.yaml", "--format", "json").out)["borders"]
    assert near == [border["below"], border["at"], border["above"]]


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_of_facts_to_collect(folder: Path, ending: str) -> None:
    document, tables = told(ending, "readiness", "--policy", "small.yaml")

    assert under(tables, "output", "determined") == [[o["output"], o["determined"], o["by_facts"], None] for o in document["outputs"]]
    assert [row[:6] for row in under(tables, "fact", "subjects")] == [
        [fact["label"]["en"], *(fact[key] for key in ("subjects", "blocks", "alone", "first", "likely"))] for fact in document["facts"]
    ]


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_of_borders(folder: Path, ending: str) -> None:
    document, tables = told(ending, "borders", "--policy", "small.yaml")
    [border] = document["borders"]
    [row] = under(tables, "border", "what it is")
    moves = [f"{border[way]['to']:,} 元: tier {border[way]['changed']['tier']:,}" for way in ("lower", "higher")]

    assert row[2:5] == [border["below"], border["at"], border["above"]]
    assert row[6:] == moves


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_of_a_change(folder: Path, ending: str) -> None:
    document, tables = told(ending, "impact", "--policy", "new.yaml", "--against", "small.yaml", "--by", "region")
    found = document["outputs"]["tier"]
    shown = [cell if isinstance(cell, str) else f"? {cell['undetermined']}" for one in found["matrix"] for cell in (one["from"], one["to"])]
    counts = {(shown[2 * at], shown[2 * at + 1]): one["count"] for at, one in enumerate(found["matrix"])}
    matrix = under(tables, "from ↓ to →")
    [head] = [row for table in tables for row in table if row[0] == "from ↓ to →"]

    assert {
        (row[0], column): n for row in matrix[:-1] for column, n in zip(head[1:-1], row[1:-1], strict=True) if isinstance(n, int)
    } == counts
    assert [row[-1] for row in matrix[:-1]] == [sum(n for (old, _), n in counts.items() if old == row[0]) for row in matrix[:-1]]
    assert matrix[-1][-1] == document["compared"]
    assert {row[0]: row[1] for row in under(tables, "region", "count")} == {g["by"]["region"]: g["subjects"] for g in document["groups"]}


@pytest.mark.parametrize("ending", ["html", "xlsx"])
def test_of_who_is_one_change_away(folder: Path, ending: str) -> None:
    document, tables = told(
        ending, "path", "--policy", "small.yaml", "--all", "--change", "amount:up", "--change", "judged_good:up", "--rows", "100"
    )
    labels = {"amount": "amount", "judged_good": "good reputation"}
    listed = [[str(row[0]), row[3], row[4], *map(exact, row[5:7]), row[7]] for row in under(tables, "id", "name")]
    counts = Counter(row["fact"] for row in document)

    assert listed == [
        [row["key"], row["now"], labels[row["fact"]], exact(row["from"]), exact(row["to"]), row["reaches"]] for row in document
    ]
    assert {row[1]: row[3] for row in under(tables, "grade", "what changes")} == {labels[fact]: n for fact, n in counts.items()}
    assert ending == "html" or all(isinstance(row[0], str) for row in under(tables, "id", "name")), "ids stay texts"


def exact(value: Any) -> Any:
    """Return a number as such, and a truth value in words, as reports have it."""
    text = {"true": "yes", "false": "no"}.get(str(value).lower(), str(value))
    return text if text in ("yes", "no") else Decimal(text)
