"""Reads the points of a scorecard: one band a line, ``cell | points``, without a header."""

from __future__ import annotations

from dataclasses import dataclass, field

from tierwise.core.finding import Finding
from tierwise.core.policy.text_table import Cell, is_separator, line_spans, split_cells
from tierwise.core.source import Span

__all__ = ["Band", "Bands", "read_bands"]


@dataclass(frozen=True, slots=True)
class Band:
    """One line: the test, the points it gives, and a remark."""

    test: Cell
    points: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bands:
    """All bands in order; ``findings`` are about their shape."""

    bands: tuple[Band, ...]
    findings: tuple[Finding, ...] = field(default=())


def read_bands(text: str, span: Span) -> Bands:
    """Read bands from a text block; a third cell is a note, ``->`` may stand for ``|``.

    Args:
        text: The text, as YAML gives it.
        span: Where it stands, as ``Policy.span`` gives it.
    """
    bands: list[Band] = []
    findings: list[Finding] = []
    for line, place in zip(text.split("\n"), line_spans(text, span), strict=True):
        if is_separator(line):
            continue
        cells, _, _ = split_cells(line, place)
        if len(cells) > 2 and not cells[0].text:
            cells = cells[1:]
        if len(cells) > 2 and not cells[-1].text:
            cells = cells[:-1]
        if not 2 <= len(cells) <= 3 or not cells[1].text:
            message = f"a band demands a cell and its points, not {len(cells)} cells"
            findings.append(Finding.error("wrong-number-of-cells", message, place, "write `>= 1000万 | 20`"))
            continue
        bands.append(Band(cells[0], cells[1], cells[2].text if len(cells) == 3 else ""))
    if not bands and not findings:
        findings.append(Finding.error("empty-table", "there are no bands", span, "write one band a line: `>= 1000万 | 20`"))
    return Bands(tuple(bands), tuple(findings))
