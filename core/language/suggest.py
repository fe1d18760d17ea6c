"""Answers which known word an unknown one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice

from tierwise.core.language.look_alikes import difference, looks_like

__all__ = ["nearest", "suggest"]

LONGEST = 80
MOST = 2_000


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice nearest to ``word`` by spelling, or ``None`` when none is near."""
    best, best_ratio = None, 0.6
    for choice, _ in zip(dict.fromkeys(choices), range(MOST), strict=False):
        if choice == word or len(choice) > LONGEST or len(word) > LONGEST:
            continue
        ratio = _likeness(word, choice)
        if ratio > best_ratio:
            best, best_ratio = choice, ratio
    return best


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the nearest choice, and how it differs where that cannot be seen; or an empty text.

    Example:
        >>> suggest("grad", ["grade", "score"])
        'did you mean `grade`?'
        >>> suggest("zzz", ["grade", "score"])
        ''
    """
    known = list(islice(choices, MOST))
    alike = looks_like(word, known)
    if alike is not None:
        return f"did you mean `{alike}`? They look alike, but {difference(word, alike)}"
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found is not None else ""


def _likeness(word: str, choice: str) -> float:
    ratio = SequenceMatcher(None, word.casefold(), choice.casefold()).ratio()
    # Short Chinese words share few characters: one of two alike is a fair guess.
    short = max(len(word), len(choice)) <= 3 and not word.isascii()
    return ratio + 0.2 if short and ratio > 0 else ratio
