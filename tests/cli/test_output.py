"""What is written for programs: a long list in a document is written while it is read, and its text is that of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tierwise.cli import output
from tierwise.cli.output import write_json


@pytest.mark.parametrize("rows", [[], [{"a": 1}], [{"a": "\u202e", "b": [1, 2.5, None]}, {}, [], "x"]], ids=str)
def test_an_iterator_is_written_as_a_list_of_the_same_text(rows: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"before": 1, "rows": rows, "after": {"nothing": []}})
    whole = capsys.readouterr().out

    write_json({"before": 1, "rows": iter(rows), "after": {"nothing": []}})

    assert capsys.readouterr().out == whole
    assert json.loads(whole) == {"before": 1, "rows": rows, "after": {"nothing": []}}


def test_rows_are_written_while_later_ones_are_not_yet_made(monkeypatch: pytest.MonkeyPatch) -> None:
    written = made = most_waiting = 0

    def put(text: str) -> None:
        nonlocal written
        written += text.count("row")

    def rows() -> Iterator[str]:
        nonlocal made, most_waiting
        for made in range(1, 50_001):
            yield "row"
            most_waiting = max(most_waiting, made - written)

    monkeypatch.setattr(output, "put", put)
    write_json({"all": rows()})

    assert (made, written) == (50_000, 50_000)
    assert most_waiting <= output.PARTS_AT_ONCE
