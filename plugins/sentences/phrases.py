"""The phrases of explanations, pages and tables in English and Chinese, read once from ``phrases.json`` beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["phrase", "words_of", "words_of_impact", "words_of_pages"]


@cache
def _phrases() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return section to key to language to phrase."""
    sections: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(
        files(__package__).joinpath("phrases.json").read_text(encoding="utf-8")
    )
    return sections


def phrase(key: str, language: str, **parts: object) -> str:
    """Return a sentence of explanations in ``en`` or ``zh``."""
    return _phrases()["explanation"][key][language].format(**parts)


def words_of_pages(language: str) -> Mapping[str, str]:
    """Return the words of pages in ``en`` or ``zh``."""
    return words_of("page", language)


def words_of_impact(language: str) -> Mapping[str, str]:
    """Return the words of what a change does in ``en`` or ``zh``."""
    return words_of("impact", language)


def words_of(section: str, language: str) -> Mapping[str, str]:
    """Return the words of a section of the catalogue in ``en`` or ``zh``."""
    return {key: both[language] for key, both in _phrases()[section].items()}
