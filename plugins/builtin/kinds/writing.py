"""Writes words, names and tables as an author would, for kinds that make up decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["any_word", "labelled_words", "list_of", "name_of", "quoted", "table"]

_PLAIN_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def quoted(word: str) -> str:
    """Return a word in quotes, so that it is never taken for a name.

    Example:
        >>> quoted('14" screens')
        '"14\\\\" screens"'
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def name_of(decision: str) -> str:
    """Return the name of a decision as it stands in an expression; in backquotes where it holds other signs than letters, digits and dots."""
    return decision if _PLAIN_NAME.fullmatch(decision) else f"`{decision}`"


def list_of(words: Iterable[str]) -> str:
    """Return a list literal."""
    return f"[{', '.join(map(quoted, words))}]"


def any_word(words: Iterable[str]) -> str:
    """Return a cell that is met by each of the words."""
    return ", ".join(map(quoted, words))


def labelled_words(words: Iterable[str], labels: Mapping[str, Mapping[str, str]]) -> dict[str, str | dict[str, str]]:
    """Return the ``values`` of an enum or a set: each word with its label, or with itself."""
    return {word: dict(labels.get(word, {"zh": word, "en": word})) for word in words}


def table(columns: Sequence[str], output: str, rows: Iterable[tuple[str, Sequence[str], str]]) -> str:
    """Return the rules of a table with one output: rows of an id, a cell for each column, and a value."""
    lines = [f"id | {' | '.join(columns)} -> {output}"]
    lines += [f"{id} | {' | '.join(cells)} -> {value}" for id, cells, value in rows]
    return "\n".join(lines) + "\n"
