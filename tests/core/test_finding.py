"""A finding says what it says in one line."""

from __future__ import annotations

import pytest

from tierwise.core.finding import Finding


@pytest.mark.parametrize("word", ["a\nb", "a\n  b", "a\r\nb", "a\u2028b", "a\n\n b"])
def test_line_ends_in_the_author_s_words_do_not_break_a_message(word: str) -> None:
    assert Finding.error("unknown-key", f"there is no key `{word}` here").message == "there is no key `a b` here"


def test_a_message_of_one_line_stays_as_it_is() -> None:
    assert Finding.note("x", "two  blanks\u3000and a wide one").message == "two  blanks\u3000and a wide one"
