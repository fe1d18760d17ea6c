"""Who is one change away from a better grade, as the blocks of a page: how many by each change, and who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tierwise.core.plan import Named
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.paths.one_change import NearChange, OneChange
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.policy_page import Block
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.sentences.phrases import phrase, words_of
from tierwise.plugins.word_labels import labels_of_words

__all__ = ["near_changes_page"]


def near_changes_page(found: OneChange, loaded: LoadedPolicy, subjects: int, language: str, most: int | None = None) -> Iterator[Block]:
    """Yield the page.

    Args:
        found: Who is one change away.
        loaded: The policy.
        subjects: How many subjects there are.
        language: ``en`` or ``zh``.
        most: How many subjects of each output it lists; all by default.
    """
    words = words_of("one change", language)
    shown = _Words(loaded, language)
    yield Block(f"{shown.of(loaded.plan.title)}: {words['title']}", 1)
    yield Block(words["about"].format(near=f"{found.subjects():,}", count=f"{subjects:,}"))
    counts = tuple(
        (shown.name(output), shown.name(fact), words[direction], str(count)) for output, fact, direction, count in found.counts()
    )
    yield Block(words["counts"], 2)
    yield Block("", header=tuple(words[name] for name in ("output", "fact", "direction", "subjects")), rows=counts)
    yield Block(words["list"], 2)
    head = tuple(words[name] for name in ("key", "name", "output", "now", "fact", "from", "to", "reaches"))
    yield Block("", header=head, rows=tuple(shown.row(change) for change in found.changes(most)), keys=2)
    if found.not_searched:
        yield Block(words["left out"], 2)
        rows = tuple((shown.name(left.output), shown.name(left.fact), said(left.why, language)) for left in found.not_searched)
        yield Block("", header=(words["output"], words["fact"], words["why"]), rows=rows)


class _Words:
    """Says names and values as people call them."""

    def __init__(self, loaded: LoadedPolicy, language: str) -> None:
        self._plan = loaded.plan
        self._language = language
        self._labels = labels_of_words(loaded.policy, language)

    def of(self, label: Named) -> str:
        return label.get(self._language) or label.get("en") or ""

    def name(self, name: str) -> str:
        named = self._plan.decisions.get(name) or self._plan.facts.get(name)
        return (self.of(named.label) if named is not None else "") or name

    def row(self, change: NearChange) -> tuple[str, ...]:
        now, reached = (self._value(change.output, value) for value in (change.before, change.after))
        present, wanted = self._value(change.fact, change.present), self._value(change.fact, to_json(change.to))
        return change.key, change.name or "", self.name(change.output), now, self.name(change.fact), present, wanted, reached

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, Mapping):  # an outcome that is undetermined
            return "? " + phrase(str(next(iter(value.values()))), self._language)
        if value in (True, False, "true", "false"):
            return phrase("yes" if value in (True, "true") else "no", self._language)
        text = cell_text(value)
        return self._labels.get(name, {}).get(text, text)
