"""Answers which words look the same without being the same: other alphabets, full-width signs, composed and decomposed letters, marks that cannot be seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal

__all__ = ["difference", "looks_like", "outline"]

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
