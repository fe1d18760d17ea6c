"""A change of a draft changes the lines that it is about, and no other; what cannot be written is refused in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("jinja2")

from tests.plugins.console.console_policies import CASES, SMALL
from tierwise.plugins.console.draft import Draft
from tierwise.plugins.console.edits import Refused, applied, read_edit, tables_in
from tierwise.plugins.console.kept_documents import document_of
from tierwise.plugins.console.shelf import Entry, PolicyTexts
from tierwise.plugins.console.written_value import values_of
from tierwise.plugins.loading import policy_files, shipped_policies

TABLE = ["modules", "tier", "decisions", "tier", "table", "rules"]
CSV = 'id,amount,-> tier,# why\r\nA,>= 5,good,\r\nB,< 5,bad,"one, two"\r\n'
OVERLAY = "overlay: 1\npolicy: small\nparameters: {border: 120}  # by the board\n"
FILES = {"policy.yaml": SMALL, "cases.yaml": CASES, "tables/t.csv": CSV, "company.yaml": OVERLAY}


def after(edit: Mapping[str, Any], files: Mapping[str, str] = FILES) -> dict[str, str]:
    return applied(read_edit(json.dumps(edit)), files)


def lines(before: str, now: str) -> list[str]:
    """Return the lines that differ, as ``diff`` marks them."""
    import difflib

    found = difflib.unified_diff(before.splitlines(keepends=True), now.splitlines(keepends=True), n=0)
    return [line.rstrip("\n") for line in found if not line.startswith(("---", "+++", "@@"))]


def in_table(do: str, file: str = "policy.yaml", path: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"do": do, "file": file, "path": TABLE if path is None else path, **more}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            in_table("cells", cells=[{"row": 0, "column": 1, "text": ">= 250"}]),
            ["-            top  | >= 300      | true  -> A    | 第一条", "+            top  | >= 250      | true  -> A    | 第一条"],
        ),
        (
            in_table("cells", cells=[{"row": 2, "column": 4, "text": "the rest"}]),
            ["-            low  | < 100       | true  -> C    |", "+            low  | < 100       | true  -> C    | the rest"],
        ),
        (
            in_table("cells", cells=[{"row": 0, "column": 0, "text": "a longer id"}]),
            ["-            top  | >= 300      | true  -> A    | 第一条", "+            a longer id | >= 300      | true  -> A    | 第一条"],
        ),
        (in_table("add", at=1, rows=[["x", "[200..300)"]]), ["+            x    | [200..300)  | -     ->      |"]),
        (
            in_table("drop", first=2, count=2),
            ["-            low  | < 100       | true  -> C    |", "-            bad  | -           | false -> C    | whoever pays badly"],
        ),
        (
            in_table("move", first=0, count=1, by=1),
            ["-            mid  | [100..300)  | true  -> B    | 第二条", "+            mid  | [100..300)  | true  -> B    | 第二条"],
        ),
        (
            {"do": "value", "file": "policy.yaml", "path": ["parameters", "border", "value"], "text": "120"},
            [
                "-  border: {type: integer, value: 100, adjustable: {min: 50, max: 500}}",
                "+  border: {type: integer, value: 120, adjustable: {min: 50, max: 500}}",
            ],
        ),
        (
            {"do": "value", "file": "policy.yaml", "path": ["modules", "tier", "decisions", "bonus", "formula"], "text": "amount * 2"},
            ["-        formula: if amount >= border then 2 else 1    # doubled", "+        formula: amount * 2    # doubled"],
        ),
        (
            {"do": "value", "file": "company.yaml", "path": ["parameters", "border"], "text": "130"},
            ["-parameters: {border: 120}  # by the board", "+parameters: {border: 130}  # by the board"],
        ),
        (
            {"do": "value", "file": "company.yaml", "path": ["parameters", "other"], "text": "a: b"},
            ["-parameters: {border: 120}  # by the board", '+parameters: {border: 120, other: "a: b"}  # by the board'],
        ),
        (
            {"do": "value", "file": "company.yaml", "path": ["readings", "quarter"], "text": "rolling"},
            ["+readings:", "+  quarter: rolling"],
        ),
        (
            {
                "do": "entry",
                "file": "cases.yaml",
                "path": ["cases", 1],
                "value": '{"id": "c2", "facts": {"amount": 5}, "expected": {"tier": "C"}}',
            },
            ["+  - id: c2", "+    facts: {amount: 5}", "+    expected: {tier: C}"],
        ),
        (in_table("cells", "tables/t.csv", [], cells=[{"row": 0, "column": 1, "text": "=1"}]), ["-A,>= 5,good,\r", "+A,=1,good,\r"]),
        (
            in_table("cells", "tables/t.csv", [], cells=[{"row": 1, "column": 3, "text": "a,b"}]),
            ['-B,< 5,bad,"one, two"\r', '+B,< 5,bad,"a,b"\r'],
        ),
        (in_table("drop", "tables/t.csv", [], first=0, count=1), ["-A,>= 5,good,\r"]),
    ],
    ids=lambda part: part["do"] if isinstance(part, dict) else "",
)
def test_an_edit_changes_its_own_lines_alone(edit: dict[str, Any], expected: list[str]) -> None:
    changed = after(edit)
    found = [line for name, text in changed.items() for line in lines(FILES.get(name, ""), text)]

    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (in_table("cells", cells=[{"row": 0, "column": 1, "text": "a | b"}]), "divide cells"),
        (in_table("cells", cells=[{"row": 0, "column": 1, "text": "a -> b"}]), "divide cells"),
        (in_table("cells", cells=[{"row": 0, "column": 9, "text": "a"}]), "no such cell"),
        (in_table("cells", cells=[{"row": 9, "column": 9, "text": "a"}]), "5 columns"),
        (in_table("cells", cells=[{"row": 0, "column": 1, "text": "a\u202eb"}]), "hidden character"),
        (in_table("drop", first=3, count=2), "no such rows"),
        (in_table("move", first=0, count=1, by=-1), "no such rows"),
        (in_table("add", at=0, rows=[["a"] * 6]), "5 columns"),
        (in_table("cells", path=["modules"], cells=[]), "no such table"),
        (in_table("cells", file="../other.yaml", cells=[]), "no such table"),
        ({"do": "text", "file": "../../etc/passwd", "text": "x"}, "no such file"),
        ({"do": "text", "file": "new.yaml", "text": "x"}, "no such file"),
        ({"do": "overlay", "file": "../x.yaml", "policy": "small"}, "no change that can be made"),
        ({"do": "overlay", "file": "company.yaml", "policy": "small"}, "already"),
        (
            {"do": "value", "file": "policy.yaml", "path": ["modules", "tier", "decisions", "tier", "table", "rules"], "text": "x"},
            "several lines",
        ),
        ({"do": "entry", "file": "cases.yaml", "path": ["cases", 0], "value": "{}"}, "already"),
        ({"do": "entry", "file": "cases.yaml", "path": ["cases", 5], "value": "{}"}, "cannot be written here"),
        ({"do": "entry", "file": "cases.yaml", "path": ["cases", 1], "value": "{"}, "no value"),
        ({"do": "run", "file": "policy.yaml"}, "no change that can be made"),
        ({"do": "text", "file": "policy.yaml", "text": "x" * 2_000_001}, "no change that can be made"),
    ],
)
def test_what_cannot_be_written_is_refused(edit: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        after(edit)


def test_a_quoted_cell_may_hold_the_signs_of_a_table() -> None:
    changed = after(in_table("cells", cells=[{"row": 0, "column": 4, "text": '"a | b -> c"'}]))

    [table] = tables_in(changed["policy.yaml"], "policy.yaml")
    assert table.rows[0].cells[4] == '"a | b -> c"'


def test_every_cell_of_every_shipped_table_is_changed_in_one_line() -> None:
    seen = 0
    for name in shipped_policies():
        files = dict(policy_files(name))
        for table in tables_in(files["policy.yaml"], "policy.yaml"):
            path = list(table.path)
            for row, line in enumerate(table.rows):
                column = (row * 7 + len(name)) % len(table.header)
                text = "77" if column < len(line.cells) and line.cells[column] != "77" else "78"
                now = after(in_table("cells", path=path, cells=[{"row": row, "column": column, "text": text}]), files)["policy.yaml"]
                before = files["policy.yaml"].splitlines()
                different = [number for number, (one, other) in enumerate(zip(before, now.splitlines(), strict=True), 1) if one != other]
                assert different == [line.first], (name, path, row, column)
                seen += 1
    assert seen > 250


def test_a_draft_takes_back_and_makes_again_what_was_done() -> None:
    draft = Draft("id", Entry("small", "small", None), PolicyTexts(FILES, {}), "lin")
    states = [draft.files]
    for text in ("1", "2", "3"):
        draft.change(read_edit(json.dumps({"do": "value", "file": "policy.yaml", "path": ["parameters", "border", "value"], "text": text})))
        states.append(draft.files)
    for state in reversed(states[:-1]):
        draft.undo()
        assert draft.files == state
    assert not draft.can_undo and not draft.changed
    for state in states[1:]:
        draft.redo()
        assert draft.files == state
    assert not draft.can_redo and list(draft.changed) == ["policy.yaml"]


STYLES = """\
plain: a text   # why
single: 'it''s'
double: "a \\"b\\" \\u4e2d"
folded: >-
  one line
literal: |-   # as it is
  one line
below:
  one line
flow: {a: b, c: [d, "e", 'f']}
items:
- first
- >-
  second
"""
TEXTS = (
    "b", "a, b", 'a = "b"', "it's", "{a", "[a]x", "# a", "a # b", "- a", "a: b", "true", "007", "'", '"', "\\", "中文：a", "*a", "&a", "!a", "|", ">-", "%a", "@a", "null",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_value_may_become_any_text_whatever_style_it_is_written_in(text: str) -> None:
    document = document_of(STYLES, "policy.yaml")
    assert document is not None
    values = [value for value in values_of(document, ()) if value.is_on_a_line]
    assert len(values) == 12
    for value in values:
        edit = read_edit(json.dumps({"do": "value", "file": "policy.yaml", "path": value.path, "text": text}))
        changed = applied(edit, {"policy.yaml": STYLES})["policy.yaml"]

        assert len(lines(STYLES, changed)) in (0, 2), value
        found = next(one for one in values_of(document_of(changed, "policy.yaml"), ()) if one.path == value.path)  # type: ignore[arg-type]
        assert found.text == text
