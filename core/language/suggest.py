"""Answers which known word an unknown one was probably meant to be, and which look the same: other alphabets, full-width signs, marks that cannot be seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal

__all__ = ["difference", "looks_like", "nearest", "outline", "suggest"]

# After the confusables of Unicode (UTS 39): those between alphabets that people type beside each other.
_LOOKS = str.maketrans(
    "аеорсухіјѕԁһԛԝӏкАВЕКМНОРСТУХІЈЅԚԜӀαοριχυνκΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսհոՏı0ǀ1Iカロニエタトハチヘベペー‐‑‒–—−‘’ʼ・•‧∙⋅○◯",
    "aeopcyxijsdhqwlkABEKMHOPCTYXlJSQWlaopixuvkABEZHlKMNOPTYXouhnSiOlll力口二工夕卜八千へべぺ一------'''·····〇〇",
)
_SAME_SIGN = ("<wide>", "<narrow>", "<compat>", "<noBreak>")
"""Why Unicode has a second sign for one that looks like it; what is raised, ringed or a fraction looks different."""


def outline(text: str) -> str:
    """Return a text as it looks: texts with one outline can hardly be told apart.

    Example:
        >>> outline("Ａ") == outline("А") == outline("A")
        True
        >>> outline("A") == outline("a")
        False
    """
    if text.isascii():
        return text.translate(_LOOKS)
    seen = "".join(letter for sign in text for letter in _letters(sign) if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", " ".join(seen.translate(_LOOKS).split()))


def looks_like(word: str, choices: Iterable[str]) -> str | None:
    """Return the first of some words that looks like ``word`` and is another one, or ``None``."""
    own = outline(word)
    return next((choice for choice in choices if choice != word and outline(choice) == own), None)


def difference(word: str, other: str) -> str:
    """Say in which letter two words that look alike differ, to go on from "they look alike, but"."""
    if unicodedata.normalize("NFC", word) == unicodedata.normalize("NFC", other):
        return "a letter with a mark is one sign in one of them, and two signs in the other"
    place = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return f"{_named(word[place : place + 1])} is not {_named(other[place : place + 1])}"


def _letters(sign: str) -> str:
    form: Literal["NFKD", "NFD"] = "NFKD" if unicodedata.decomposition(sign).startswith(_SAME_SIGN) else "NFD"
    return unicodedata.normalize(form, sign)


def _named(letter: str) -> str:
    return f"{unicodedata.name(letter, 'a sign')} (U+{ord(letter):04X})" if letter else "the end"


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
