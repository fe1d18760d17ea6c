"""A text that differs from one that was read by lines of a text block is the document that reading it whole gives, places included."""

from __future__ import annotations

import pytest

from tests.plugins.console.console_policies import SMALL
from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document, plain
from tierwise.core.source import Source, Written
from tierwise.plugins.console.edits import tables_in
from tierwise.plugins.console.kept_documents import spliced, value_at
from tierwise.plugins.loading import policy_files, shipped_policies
from tierwise.plugins.yaml_text.yaml_document import read_document

NAMES = [name for name in shipped_policies() if "|" in policy_files(name)["policy.yaml"]]


def read(text: str) -> Document:
    document, findings = read_document(Source("policy.yaml", text), Limits())
    assert document is not None and not findings
    return document


def places(document: Document) -> dict[object, tuple[int, int, int, int]]:
    return {path: (span.line, span.column, span.end_line, span.end_column) for path, span in document.spans.items()}


def test_cells_of_the_shipped_tables_are_spliced_as_they_are_read() -> None:
    seen = 0
    for name in NAMES[::2]:
        text = policy_files(name)["policy.yaml"]
        before = read(text)
        for table in tables_in(text, "policy.yaml")[:2]:
            changed = {(row, row % len(table.header)): f"7 # {row}" for row in range(0, len(table.rows), 3)}
            now = table.with_cells(changed)
            quick, whole = spliced(before, now), read(now)

            assert quick is not None, (name, table.path)
            assert plain(quick.root) == plain(whole.root) and places(quick) == places(whole), (name, table.path)
            value, other = value_at(quick.root, table.path), value_at(whole.root, table.path)
            assert isinstance(value, Written) and isinstance(other, Written)
            assert [line.whole and line.whole.text for line in value.split_lines()] == [
                line.whole and line.whole.text for line in other.split_lines()
            ]
            seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1.0.0", "version: 1.0.1"),
        ("            low  |", "          low  |"),
        ("            low  |", "              low  |"),
        ("            low  | < 100       | true  -> C    |\n", "\n"),
        ("            low  | < 100       | true  -> C    |\n", "            #\u202e\n"),
        ("formula: if", "formula: |"),
        ("# the rows", "# some rows"),
        ("top  | >= 300", "top\n            x | >= 300"),
    ],
)  # fmt: skip
def test_what_may_be_read_otherwise_is_left_to_the_reader(old: str, new: str) -> None:
    assert old in SMALL

    assert spliced(read(SMALL), SMALL.replace(old, new, 1)) is None
