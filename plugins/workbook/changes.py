"""What differs between two documents, value by value: a cell of a table is a value, too, known by its rule and its column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tierwise.core.source import Path, Span, Written
from tierwise.plugins.builtin.forms.points_bands import read_bands
from tierwise.plugins.builtin.forms.text_table import read_text_table
from tierwise.plugins.workbook.cell_values import in_cell, path_text

__all__ = ["Change", "changes_between"]

IN_ORDER = ("modules", "types", "watch")
"""Sections in which the order of keys may mean something: rules, grades, gates, steps. In an entry of facts or cases it means nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is not what it was.

    Attributes:
        path: Where it stands in its document, as a block of a workbook names it.
        before: What it was; ``None`` where there was nothing.
        after: What it is; ``None`` where there is nothing any more.
        span: Where it stands now; ``None`` for what is gone.
    """

    path: str
    before: str | None
    after: str | None
    span: Span | None


def changes_between(before: Any, after: Any) -> tuple[Change, ...]:
    """Return what changed from one root to another, in the order of the second; what is gone comes last."""
    old, new = dict(_leaves(before, ())), dict(_leaves(after, ()))
    found = [
        Change(
            path_text(path),
            None if path not in old else in_cell(old[path]),
            in_cell(value),
            value.whole if isinstance(value, Written) else None,
        )
        for path, value in new.items()
        if path not in old or old[path] != value
    ]
    gone = [Change(path_text(path), in_cell(value), None, None) for path, value in old.items() if path not in new]
    ordered_before, ordered_after = ([path for path in leaves if path and path[0] in IN_ORDER] for leaves in (old, new))
    if not found and not gone and ordered_before != ordered_after:
        path = next(one for one, other in zip(ordered_before, ordered_after, strict=True) if one != other)
        return (Change(path_text(path[:-1]), "the order was another", "the order is another", None),)
    return (*found, *gone)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every value with its path; cells of tables by rule and column, items of a list that have ids by these."""
    inner = _table(value, str(path[-1]) if path else "") if isinstance(value, str) else None
    if inner is not None:
        value = inner
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, "points" if key == "points" and isinstance(item, dict) else str(key)))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, str(item["id"]) if isinstance(item, dict) and isinstance(item.get("id"), str) else index))
    else:
        yield path, value


def _table(text: str, key: str) -> Mapping[str, Any] | None:
    """Return the cells of a text that is a table; ``None`` for any other."""
    if "\n" not in text and "|" not in text:
        return None
    placed = text if isinstance(text, Written) else Written(text)
    if key == "points":
        bands = read_bands(placed)
        return None if bands.findings else {str(band.test): band.points for band in bands.bands}
    table = read_text_table(placed)
    if not table.outputs or any(finding.severity == "error" for finding in table.findings):
        return None
    heads = (*table.inputs, *table.outputs)
    return {row.id: {**dict(zip(map(str, heads), _cells(row), strict=True)), **({"#": row.note} if row.note else {})} for row in table.rows}


def _cells(row: Any) -> Iterator[Any]:
    for cell in row.inputs:
        yield cell or Written("-")
    yield from row.outputs
