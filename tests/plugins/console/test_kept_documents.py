"""A text that differs in lines from one that was read is the document that reading it whole gives, places included."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.plugins.console.console_policies import SMALL
from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document, plain
from tierwise.core.source import Source, Written
from tierwise.plugins.console.edits import tables_in
from tierwise.plugins.console.kept_documents import spliced
from tierwise.plugins.loading import policy_files, shipped_policies
from tierwise.plugins.yaml_text.yaml_document import read_document

NAMES = [name for name in shipped_policies() if "|" in policy_files(name)["policy.yaml"]]
ODD = """\
first: 1
quoted: {a: "x, y", b: [1, 2,
    3], c: {d: e}}   # in the flow style
list:
- one
-
- {id: c, facts: {x: 1},
   why: "two
   lines"}
- name: n
  text: >
    folded
    # no comment

    more
  plain: over
    two lines
# a comment between
  # and a deep one
kept: |+
    lines

  # behind
empty:
nothing: null
last: |
  no end"""


def read(text: str) -> Document | None:
    document, findings = read_document(Source("policy.yaml", text), Limits())
    return None if findings else document


def shown(document: Document) -> list[Any]:
    """Everything that can be asked of a document: values, their order, and each place with the words that stand there."""
    places = [
        [(path, span.line, span.column, span.end_line, span.end_column, span.text) for path, span in some.items()]
        for some in (document.spans, document.keys)
    ]
    return [plain(document.root), *places, list(_texts(document.root)), document.source.text]


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (*_texts(key), *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        assert isinstance(value, Written)
        yield [(line, line.whole and line.whole.place, line.whole and line.whole.text) for line in value.split_lines()]


def changed(lines: list[str], draw: random.Random) -> list[str]:
    """Return lines after a change such as people make while they type, move and delete."""
    at = draw.randrange(len(lines))
    line = lines[at]
    place = draw.randrange(len(line) + 1)
    sign = draw.choice([*"a7 |\"'#:-{}[],>\\", ": ", "  ", "- ", " #", "|+", "> ", "---", "...", "&a", "!b", "\t", "b: c"])
    return [
        *lines[:at],
        *draw.choice(
            [
                [line[:place] + sign + line[place:]],
                [line[:place] + line[place + 1 :]],
                [line[:place], line[place:]],
                [line, " " * draw.randrange(8) + draw.choice(["x: 1", "- x", "# x", "x", "", "'"])],
                [" " + line],
                [line[1:]],
                [line, line],
                [],
            ]
        ),
        *lines[at + draw.choice([1, 1, 1, 2]) :],
    ]


@pytest.mark.parametrize("text", [SMALL, ODD, ODD + "\n", SMALL.replace("\n", "\r\n")], ids=["small", "odd", "odd-ended", "crlf"])
def test_whatever_is_typed_comes_to_what_reading_the_whole_gives(text: str, times: int = 60) -> None:
    draw = random.Random(f"{text}{times}")
    before = read(text)
    assert before is not None
    quick = sound = 0
    for _ in range(times):
        now = "\n".join(changed(text.split("\n"), draw))
        found, whole = spliced(before, now), read(now)
        sound += whole is not None
        if found is not None:
            assert whole is not None, now
            assert shown(found) == shown(whole), now
            quick += 1

    assert quick > sound / 2


def test_cells_of_the_shipped_tables_are_spliced_as_they_are_read() -> None:
    seen = 0
    for name in NAMES[::4]:
        text = policy_files(name)["policy.yaml"]
        before = read(text)
        assert before is not None
        [table, *_] = tables_in(text, "policy.yaml")
        changed = {(row, row % len(table.header)): f"7 # {row}" for row in range(0, len(table.rows), 3)}
        now = table.with_rows(len(table.rows), [["-"] * len(table.header)]) if len(name) % 2 else table.with_cells(changed)
        quick, whole = spliced(before, now), read(now)

        assert quick is not None and whole is not None, (name, table.path)
        assert shown(quick) == shown(whole), (name, table.path)
        seen += 1
    assert seen > 5
