"""Finds words beside each other in a policy that look the same and are not: names, keys of one mapping, items of one list, quoted texts of one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tierwise.core.finding import Finding
from tierwise.core.language.suggest import difference, outline
from tierwise.core.plan import Plan
from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Span

__all__ = ["find_look_alikes"]

_PROSE = frozenset(("about", "label", "note", "source", "title"))
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def find_look_alikes(plan: Plan, document: Document) -> Iterator[Finding]:
    """Yield a note for each name of a policy, and each word of it, that looks like an earlier one beside it."""
    yield from _look_alikes(_names(plan, document))
    yield from _found(document.root, (), document)


def _names(plan: Plan, document: Document) -> Iterator[tuple[str, Span]]:
    """Yield all names of the one name space, which are declared under several keys."""
    for section, names in (("facts", plan.facts), ("parameters", plan.parameters), ("readings", plan.readings)):
        yield from ((name, document.key_span((section, name))) for name in names)
    yield from ((decision.name, decision.span) for decision in plan.decisions.values() if decision.span is not None)


def _look_alikes(words: Iterable[tuple[str, Span]]) -> Iterator[Finding]:
    """Yield a note for each of some words that looks like an earlier one of them and is another."""
    first: dict[str, tuple[str, Span]] = {}
    for word, span in words:
        other, place = first.setdefault(outline(word), (word, span))
        if other != word:
            message = f"`{word}` looks like `{other}`, but is another word: {difference(word, other)}"
            related = ((f"the other `{other}`", place),)
            yield Finding.note(
                "look-alike", message, span, "if one is meant, write it alike; else give one of them another name", related=related
            )


def _found(value: object, path: Path, document: Document) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        yield from _look_alikes((str(key), document.key_span((*path, key))) for key in value)
        for key, inner in value.items():
            if key not in _PROSE:
                yield from _found(inner, (*path, key), document)
    elif isinstance(value, list):
        yield from _look_alikes((item, document.span((*path, place))) for place, item in enumerate(value) if isinstance(item, str))
        for place, inner in enumerate(value):
            yield from _found(inner, (*path, place), document)
    elif isinstance(value, str) and '"' in value:
        yield from _look_alikes((text, document.span(path)) for text in dict.fromkeys(_QUOTED.findall(value)))
