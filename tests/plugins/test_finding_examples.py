"""Each finding has an example, and who types it in gets that finding; its page and ``check --explain`` show it."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.command_line import tierwise
from tierwise.plugins.codes import CODES
from tierwise.plugins.finding_examples import example_of, examples, written_out
from tierwise.plugins.sentences.catalogue import catalogue


def write(path: Path, content: str | Mapping[str, Any], name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case str() if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(content)
        case str():
            path.write_text(written_out(name, content), encoding="utf-8")
        case {"rows": rows}:
            book = Workbook()
            for row in rows:
                book.active.append(row)
            if "merged" in content:
                book.active.merge_cells(content["merged"])
            book.save(path)
        case _:
            path.write_bytes(content["text"].encode(content["encoding"]))


def edit(step: Mapping[str, Any]) -> None:
    book = load_workbook("book.xlsx")
    match step:
        case {"cell": place, "value": value}:
            sheet, cell = place.split("!")
            book[sheet][cell] = value
            if step.get("error"):
                book[sheet][cell].data_type = "e"
        case {"sheet": sheet, "hide": row}:
            book[sheet].row_dimensions[row].hidden = True
        case {"sheet": sheet, "copy": name}:
            book.copy_worksheet(book[sheet]).title = name
        case {"sheet": sheet, "name": name}:
            book[sheet].title = name
    book.save("book.xlsx")


def typed(step: str) -> str:
    command, _, file = step.partition(" < ")
    return tierwise(*shlex.split(command), stdin=Path(file).read_text(encoding="utf-8") if file else "").said


def test_every_finding_has_an_example_and_nothing_else_has() -> None:
    assert sorted(examples()) == sorted(CODES)


def test_every_finding_is_said_in_chinese_too() -> None:
    assert sorted(catalogue()["findings"]) == sorted(CODES.values())
    assert [text for text in catalogue()["findings"].values() if not text.endswith("。")] == []


def test_the_command_line_says_what_a_finding_means_with_its_example_in_both_languages() -> None:
    english, chinese = tierwise("check", "--explain", "gap"), tierwise("--language", "zh", "check", "--explain", "gap")

    assert english.out.startswith(CODES["gap"])
    assert chinese.out.startswith(catalogue()["findings"][CODES["gap"]])
    for said in (english.out, chinese.out):
        assert "> 10  -> A" in said
        assert "$ tierwise check ." in said


LARGE = {"analysis-capped", "too-many-rules", "too-many-values"}
"""What is said of files of many thousands of lines only."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=[pytest.mark.slow] if code in LARGE else []) for code in sorted(CODES)])
def test_who_types_the_example_in_gets_the_finding(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = example_of(code)
    for name, content in example.files.items():
        write(tmp_path / name, content, name)

    said = ""
    for step in example.steps:
        if isinstance(step, str):
            said = typed(step)
        else:
            edit(step)

    assert f"[{code}]" in said or f"title={code}:" in said
