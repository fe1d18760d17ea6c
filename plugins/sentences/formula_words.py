"""Says a formula in words that a director reads: operators, tests for none, functions and lengths of time."""

from __future__ import annotations

import re
from functools import cache

from tierwise.plugins.sentences.phrases import phrase, words_of

__all__ = ["formula_in_words"]

QUOTED = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
"""Texts and names in quotes, which stay as they are."""
LENGTH = re.compile(r"\bP(?:(\d+)M|(\d+)D)(?!\w)")
NO_WORD_BEFORE = r"(?<![\w.])"


def formula_in_words(text: str, language: str) -> str:
    """Return a formula of the policy language in words; names and values stay, and functions that nobody gave words for."""
    words, known = {**words_of("formula", language), **words_of("functions", language)}, _known()
    pieces = QUOTED.split(text)
    for at in range(0, len(pieces), 2):
        spoken = known.sub(lambda found: words[found[0]], pieces[at])
        pieces[at] = LENGTH.sub(lambda found: phrase("months" if found[1] else "days", language, count=found[1] or found[2]), spoken)
    return "".join(pieces)


@cache
def _known() -> re.Pattern[str]:
    """Return what finds the words, the longest first; one that begins or ends with a letter is a whole word, and a function stands before its bracket."""
    functions = words_of("functions", "en")
    ends = dict.fromkeys(functions, r"(?=\()") | {word: r"(?![\w.(])" if word[-1].isalnum() else "" for word in words_of("formula", "en")}
    found = (f"{NO_WORD_BEFORE if word[0].isalnum() else ''}{re.escape(word)}{ends[word]}" for word in sorted(ends, key=len, reverse=True))
    return re.compile("|".join(found))
