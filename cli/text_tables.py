"""Text tables and bars whose columns align on a terminal, also with wide (Chinese) characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from tierwise.cli.visible import visible

__all__ = ["bar", "fit", "text_table"]

EIGHTHS = " ▏▎▍▌▋▊▉█"


def fit(text: str, width: int) -> str:
    """Cut a text to ``width`` terminal cells, with an ellipsis when something is lost."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def text_table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = (), most: int = 48) -> list[str]:
    """Return the lines of a table: a header, a rule and the rows; columns in ``right`` are aligned to the right.

    Args:
        header: The column titles.
        rows: The cells; line breaks in them become blanks.
        right: Positions of the columns that hold numbers.
        most: The widest a column may be, in terminal cells.
    """
    to_right = set(right)
    cells = [[fit(visible(" ".join(str(cell).split())), most) for cell in row] for row in rows]
    widths = [max(cell_len(row[i]) for row in [list(header), *cells]) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        parts = []
        for i, cell in enumerate(row):
            padding = " " * (widths[i] - cell_len(cell))
            parts.append(padding + cell if i in to_right else cell + padding)
        return "  ".join(parts).rstrip()

    return [line(header), "  ".join("─" * width for width in widths), *(line(row) for row in cells)]


def bar(share: float, width: int = 30) -> str:
    """Return a bar that fills ``share`` (0 to 1) of ``width`` cells, exact to an eighth of a cell; never empty for a share above zero."""
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    return "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
