"""Writes rows of data to stdout as an aligned table, JSON, JSON lines, CSV that Excel opens, or Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from tierwise.cli.markdown import markdown_row
from tierwise.cli.telling import session_language, spoken
from tierwise.cli.text_tables import text_table
from tierwise.cli.visible import escaped, put, say
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.types import Type
from tierwise.core.values import Value, to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.sentences.words import cell_value, reason_word

__all__ = ["csv_cells", "csv_start", "outcome_shown", "outcome_text", "value_shown", "write_json", "write_rows"]

UNDETERMINED = "?"
PARTS_AT_ONCE = 10_000
"""How many pieces of a document are put together before they are written."""


def write_json(value: Any) -> None:
    """Write one JSON document; an iterator in it is written as a list while it is read, so that it may be long."""
    parts = json.JSONEncoder(ensure_ascii=False, indent=2, default=_Streamed).iterencode(value)
    while some := "".join(islice(parts, PARTS_AT_ONCE)):
        put(escaped(some))
    put("\n")


class _Streamed(list[Any]):
    """What an iterator gives, as far as the encoder asks for it: whether there is anything, and then each item once."""

    def __init__(self, items: object) -> None:
        super().__init__()
        if not isinstance(items, Iterator):
            raise TypeError(f"INVARIANT: `{type(items).__name__}` is a JSON value")
        self._items = items
        self._first = list(islice(items, 1))

    def __bool__(self) -> bool:
        return bool(self._first)

    def __iter__(self) -> Iterator[Any]:
        return chain(self._first, self._items)


def write_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str, right: Iterable[int] = ()) -> None:
    """Write rows under their column names.

    Args:
        rows: JSON values by column; read once, streamed for ``jsonl`` and ``csv``.
        columns: The columns in order.
        form: ``text``, ``markdown``, ``json``, ``jsonl`` or ``csv``.
        right: Positions of columns to align to the right in text.
    """
    if form == "json":
        write_json(list(rows))
    elif form == "jsonl":
        for row in rows:
            put(escaped(json.dumps(row, ensure_ascii=False)) + "\n")
    elif form == "csv":
        _write_csv(rows, columns)
    elif form == "markdown":
        say(markdown_row([spoken(name) for name in columns]))
        put("|" + " --- |" * len(columns) + "\n")
        for row in rows:
            say(markdown_row([cell_text(row.get(name)) for name in columns]))
    else:
        for line in text_table([spoken(name) for name in columns], ([cell_text(row.get(name)) for name in columns] for row in rows), right):
            say(line)


def _write_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    put(csv_start(columns))
    for item in rows:
        put(_csv_line([_guarded(cell_text(item.get(name))) for name in columns]))


def csv_start(columns: Sequence[str]) -> str:
    """Return what stands before the first row: the headings, and the mark that tells Excel that the text is UTF-8, not noise."""
    return "\ufeff" + _csv_line([_guarded(name) for name in columns])


def csv_cells(values: Sequence[Any]) -> str:
    """Return JSON values as cells of a row that goes on."""
    end = "end"
    return _csv_line([*(_guarded(cell_text(value)) for value in values), end]).removesuffix(f",{end}\r\n")


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


# What a spreadsheet takes for the start of a formula, also in full width, and what it skips on its way to one.
_FORMULA_STARTS = ("=", "@", "＝", "＠", "+", "-", "＋", "－", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def _guarded(text: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run; numbers stay numbers."""
    return "'" + text if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text) else text


def outcome_text(outcome: Outcome) -> str:
    """Return an outcome for a cell that programs read, too: its value, or ``? reason (candidates)``."""
    if isinstance(outcome, Determined):
        if outcome.value is None or isinstance(outcome.value, bool):
            return "none" if outcome.value is None else str(outcome.value).lower()
        text = cell_text(to_json(outcome.value))
        return text or "–"
    candidates = " | ".join(cell_text(to_json(c)) or "–" for c in outcome.candidates)
    return f"{UNDETERMINED} {outcome.reason}" + (f" ({candidates})" if candidates else "")


def outcome_shown(outcome: Outcome, of: Type) -> str:
    """Return an outcome as people see it in a cell, in the language of the session."""
    if isinstance(outcome, Determined):
        return value_shown(outcome.value, of)
    candidates = " | ".join("–" if candidate is None else value_shown(candidate, of) for candidate in outcome.candidates)
    return f"{UNDETERMINED} {reason_word(outcome.reason, session_language())}" + (f" ({candidates})" if candidates else "")


def value_shown(value: Value, of: Type) -> str:
    """Return a value as people see it in a cell: words of the policy by their labels."""
    return cell_value(value, of, session_language())
