"""Reads the points of a scorecard: one band a line, ``cell | points``, without a header."""

from __future__ import annotations

from dataclasses import dataclass, field

from tierwise.core.finding import Finding
from tierwise.core.source import Written
from tierwise.plugins.builtin.forms.text_table import is_separator, split_cells

__all__ = ["Band", "Bands", "read_bands"]


@dataclass(frozen=True, slots=True)
class Band:
    """One line: the test, the points it gives, and a remark."""

    test: Written
    points: Written
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """All bands in order; ``findings`` are about their shape."""

    bands: tuple[Band, ...]
    findings: tuple[Finding, ...] = field(default=())


def read_bands(text: Written) -> Bands:
    """Read bands from a text block; a third cell is a note, ``->`` may stand for ``|``."""
    bands: list[Band] = []
    findings: list[Finding] = []
    for line in text.split_lines():
        if is_separator(line):
            continue
        cells, _, _ = split_cells(line)
        if len(cells) > 2 and not cells[0]:
            cells = cells[1:]
        if len(cells) > 2 and not cells[-1]:
            cells = cells[:-1]
        if not 2 <= len(cells) <= 3 or not cells[1]:
            message = f"a band demands a cell and its points, not {len(cells)} cells"
            findings.append(Finding.error("wrong-number-of-cells", message, line.whole, "write `>= 1000万 | 20`"))
            continue
        bands.append(Band(cells[0], cells[1], str(cells[2]) if len(cells) == 3 else ""))
    if not bands and not findings:
        findings.append(Finding.error("empty-table", "there are no bands", text.whole, "write one band a line: `>= 1000万 | 20`"))
    return Bands(tuple(bands), tuple(findings))
