"""What looks alike has one outline, what looks different has two, and the difference is named."""

from __future__ import annotations

import pytest

from tierwise.core.language.suggest import difference, looks_like, outline, suggest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("х", "x"),  # Cyrillic
        ("Ο", "O"),  # Greek
        ("о", "ο"),  # Cyrillic and Greek
        ("cafe\u0301", "caf\xe9"),  # decomposed and composed
        ("Ａ级", "A级"),  # full-width
        ("ｱ", "ア"),  # half-width
        ("Ⅳ级", "IV级"),
        ("a\u3000b", "a b"),
        ("a\xa0b", "a b"),
        ("a\u200cb", "ab"),
        ("⼀级", "一级"),  # a radical
        ("力", "カ"),
        ("大客户—甲", "大客户-甲"),
        ("O1", "01"),
        ("Al", "A1"),
        ("ﬁt", "fit"),
    ],
)
def test_words_that_can_hardly_be_told_apart_have_one_outline(one: str, other: str) -> None:
    assert outline(one) == outline(other)
    assert looks_like(one, ["z", other]) == other
    assert "\n" not in difference(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("A", "a"), ("x²", "x2"), ("①", "1"), ("e", "\xe9"), ("大", "太"), ("ab", "abc"), ("客户", "客戶"), ("б", "b")]
)
def test_words_that_look_different_do_not(one: str, other: str) -> None:
    assert outline(one) != outline(other)


def test_a_suggestion_says_what_cannot_be_seen() -> None:
    assert suggest("х", ["y", "x"]) == (
        "did you mean `x`? They look alike, but CYRILLIC SMALL LETTER HA (U+0445) is not LATIN SMALL LETTER X (U+0078)"
    )
    assert suggest("ab", ["a"]) == "did you mean `a`?"
