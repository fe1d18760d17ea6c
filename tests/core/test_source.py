"""A span covers exactly its text."""

from __future__ import annotations

import pytest

from tierwise.core.source import Source, Span

SOURCE = Source("a.yaml", "first line\nsecond line\nthird line\n")


@pytest.mark.parametrize(
    ("span", "text"),
    [(Span.at(SOURCE, 1, 7, 4), "line"), (Span(SOURCE, 1, 7, 3, 6), "line\nsecond line\nthird"), (Span(SOURCE, 9, 1, 9, 2), "")],
)
def test_a_span_knows_the_text_it_covers(span: Span, text: str) -> None:
    assert span.text == text
