"""Says a formula in words that a director reads: operators, tests for none, the commonest functions and lengths of time."""

from __future__ import annotations

import re
from functools import cache

from tierwise.plugins.sentences.phrases import phrase, words_of

__all__ = ["formula_in_words"]

QUOTED = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
"""Texts and names in quotes, which stay as they are."""
LENGTH = re.compile(r"\bP(?:(\d+)M|(\d+)D)(?!\w)")


def formula_in_words(text: str, language: str) -> str:
    """Return a formula of the policy language in words; names and values stay."""
    words, known = words_of("formula", language), _known()
    pieces = QUOTED.split(text)
    for at in range(0, len(pieces), 2):
        spoken = known.sub(lambda found: words[found[0]], pieces[at])
        pieces[at] = LENGTH.sub(lambda found: phrase("months" if found[1] else "days", language, count=found[1] or found[2]), spoken)
    return "".join(pieces)


@cache
def _known() -> re.Pattern[str]:
    """Return what finds the words, the longest first; one that begins or ends with a letter is a whole word."""
    starts = (
        (word, r"(?<![\w.])" if word[0].isalnum() else "", r"(?![\w.])" if word[-1].isalnum() else "") for word in words_of("formula", "en")
    )
    return re.compile("|".join(f"{before}{re.escape(word)}{after}" for word, before, after in sorted(starts, key=lambda one: -len(one[0]))))
