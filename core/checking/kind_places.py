"""Answers where a text stands that a kind made up: nowhere, so what is wrong in it is shown at the author's words that went into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tierwise.core.checking.places import texts_in
from tierwise.core.environment import Path
from tierwise.core.finding import Finding
from tierwise.core.plan import Table
from tierwise.core.policy import Policy
from tierwise.core.source import Source, Span

__all__ = ["KindPlaces", "generated"]

MADE_UP = ""
"""The name of a source that no author wrote."""


def generated(text: str) -> Span:
    """Return the span of a whole text that a kind made up."""
    lines = text.splitlines() or [""]
    return Span(Source(MADE_UP, text), 1, 1, len(lines), len(lines[-1]) + 1)


class KindPlaces:
    """Replaces places in texts that a kind made up by places in the module it made them from."""

    def __init__(self, module: str, keys: Mapping[str, Any], policy: Policy) -> None:
        self._module: Path = ("modules", module)
        self._texts = list(texts_in(keys))
        self._policy = policy

    def of_finding(self, finding: Finding) -> Finding:
        """Return a finding at the author's words."""
        span = self.of_span(finding.span) if finding.span else None
        return replace(finding, span=span, related=tuple((label, self.of_span(place)) for label, place in finding.related))

    def of_table(self, table: Table) -> Table:
        """Return a table with its rules at the author's words."""
        rules = tuple(replace(rule, span=self.of_span(rule.span)) if rule.span else rule for rule in table.rules)
        return replace(table, rules=rules, span=self.of_span(table.span) if table.span else None)

    def of_span(self, span: Span) -> Span:
        """Return where the covered words stand among the module's keys; else where the longest text stands that they hold; else the module."""
        if span.source.name != MADE_UP:
            return span
        words = span.text
        for path, text in sorted(self._texts, key=lambda item: item[1] != words):
            place = self._policy.span((*self._module, *path))
            if words in text and place.line == place.end_line:
                return place.inside(text.find(words), len(words))
        held = [(len(text), path) for path, text in self._texts if text and text in words]
        return self._policy.span((*self._module, *(max(held, key=lambda item: item[0])[1] if held else ())))
