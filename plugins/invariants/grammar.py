"""The grammar of invariants: a few sentences, in English and in Chinese.

    more X never lowers Y                      X越高，Y不降低
    Y never falls as X rises                   X升高时，Y不降低
    a lower X never gets a better Y            较低的X不享有更好的Y
    every determined X has a Y                 每个已定的X都有Y

``X`` and ``Y`` are names or labels. A grade rises to the better; ``better`` is said of grades, and of prices in a module of kind ``pricing-rights``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["FORMS", "Sentence", "read_sentence"]

Way = Literal["rises", "falls", "better", "worse"]
"""Which way something never goes; ``better`` and ``worse`` hang on what it is."""

FORMS = "`more X never lowers Y`, `Y never falls as X rises`, `a lower X never gets a better Y`, `every determined X has a Y`"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence taken apart.

    Attributes:
        x: The name or label of what changes; of ``has`` what is determined.
        y: The name or label of what is spoken of.
        falls: Whether ``x`` falls instead of rising.
        never: Which way ``y`` does not go; ``None``: whoever has ``x`` has ``y``.
    """

    x: str
    y: str
    falls: bool = False
    never: Way | None = None


_UP = "rises|raises|grows|increases|更高|更长|更大|更多|升高|上升|增加|变长|提高|higher|longer|greater|more"
_DOWN = "falls|lowers|shrinks|decreases|更低|更短|更小|更少|降低|下降|减少|变短|lower|shorter|smaller|less"
_BETTER, _WORSE = "better|更好|更优", "worse|更差"
_ARTICLE = r"(?:(?:a|an|the)\s+)?"

_SENTENCES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<more>more|higher|a higher|greater|less|lower|a lower)\s+(?P<x>.+?)\s+never\s+(?P<way>{_UP}|{_DOWN})\s+{_ARTICLE}(?P<y>.+)",
        rf"{_ARTICLE}(?P<y>.+?)\s+never\s+(?P<way>{_UP}|{_DOWN})\s+(?:as|when)\s+{_ARTICLE}(?P<x>.+?)\s+(?P<more>{_UP}|{_DOWN})",
        rf"(?:a\s+)?(?P<more>lower|higher)\s+(?P<x>.+?)\s+never\s+(?:gets|has)\s+{_ARTICLE}(?P<way>{_BETTER}|{_WORSE}|{_UP}|{_DOWN})\s+(?P<y>.+)",
        rf"every\s+(?:determined\s+)?(?P<x>.+?)\s+has\s+{_ARTICLE}(?P<y>.+)",
        rf"(?P<x>.+?)越(?P<more>[多高大长晚少低小短早])，?(?P<y>.+?)(?:决不|不会|不得|不)(?P<way>{_UP}|{_DOWN})",
        rf"(?P<x>.+?)(?P<more>{_UP}|{_DOWN})时，?(?P<y>.+?)(?:决不|不会|不得|不)(?P<way>{_UP}|{_DOWN})",
        rf"较?(?P<more>低|高)的?(?P<x>.+?)(?:决不|不会|不得|不)(?:享有|得到|有)?(?P<way>{_BETTER}|{_WORSE}|{_UP}|{_DOWN})的?(?P<y>.+)",
        r"每个(?:已定的?)?(?P<x>.+?)都有(?P<y>.+)",
    )
)
_LESS = ("less", "lower", "a lower", "低", "少", "小", "短", "早")


def read_sentence(text: str) -> Sentence | None:
    """Take a sentence apart; ``None`` when it is of no known form."""
    plain = " ".join(text.strip().rstrip(".。").split())
    for form in _SENTENCES:
        found = form.fullmatch(plain)
        if found is not None:
            parts = found.groupdict()
            more = (parts.get("more") or "").lower()
            falls = more in _LESS or more in _DOWN.split("|")
            return Sentence(_name(parts["x"]), _name(parts["y"]), falls, _way(parts.get("way")))
    return None


def _name(text: str) -> str:
    return text.strip().strip("`").strip()


def _way(word: str | None) -> Way | None:
    if word is None:
        return None
    lower = word.lower()
    ways: tuple[tuple[str, Way], ...] = ((_UP, "rises"), (_DOWN, "falls"), (_BETTER, "better"), (_WORSE, "worse"))
    return next(way for words, way in ways if lower in words.split("|"))
