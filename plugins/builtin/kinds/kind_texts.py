"""Writes words, names and tables as an author would, for kinds that make up decisions; the author's texts in them keep their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tierwise.core.source import Written, joined, written

__all__ = ["any_word", "is_open", "list_of", "name_of", "quoted", "table"]

_PLAIN_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def quoted(word: str) -> Written:
    """Return a word in quotes, so that it is never taken for a name.

    Example:
        >>> print(quoted('14" screens'))
        "14\\" screens"
    """
    if '"' not in word and "\\" not in word:
        return written('"{}"', word)
    placed = word if isinstance(word, Written) else Written(word)
    signs = (placed.part(at, at + 1) for at in range(len(placed)))
    return written('"{}"', joined("", (written("\\{}", sign) if sign in '\\"' else sign for sign in signs)))


def name_of(decision: str) -> str:
    """Return the name of a decision as it stands in an expression; in backquotes where it holds other signs than letters, digits and dots."""
    return decision if _PLAIN_NAME.fullmatch(decision) else written("`{}`", decision)


def list_of(words: Iterable[str]) -> Written:
    """Return a list literal."""
    return written("[{}]", any_word(words))


def any_word(words: Iterable[str]) -> Written:
    """Return a cell that is met by each of the words."""
    return joined(", ", map(quoted, words))


def is_open(text: str) -> bool:
    """Say whether an author left it open what stands here, where else a word or an expression would."""
    return text.startswith("undetermined(")


def table(columns: Sequence[str], output: str, rows: Iterable[tuple[str, Sequence[str], str]]) -> Written:
    """Return the rules of a table with one output: rows of an id, a cell for each column, and a value."""
    header = written("id | {} -> {}", joined(" | ", columns), output)
    return joined("\n", [header, *(written("{} | {} -> {}", row, joined(" | ", cells), value) for row, cells, value in rows)])
