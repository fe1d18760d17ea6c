"""Texts stay texts in Markdown: no markup, no link, no second line."""

from __future__ import annotations

import pytest

from tierwise.cli.markdown import markdown_row, markdown_text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("[a](http://x)", r"\[a\](http://x)"),
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("a_b_c", "a_b_c"),
        ("one\r\ntwo\nthree", "one two three"),
        ("a|b", r"a\|b"),
        ("&lt;b&gt; & Co", r"\&lt;b\&gt; & Co"),
        ("`x`", r"\`x\`"),
        ("客户 50万", "客户 50万"),
    ],
)
def test_signs_are_no_markup(text: str, written: str) -> None:
    assert markdown_text(text) == written


def test_code_stays_code_where_it_is_meant() -> None:
    assert markdown_text("`a < b|c` and <b>", code=True) == r"`a < b\|c` and \<b>"


def test_a_lone_backquote_is_no_code() -> None:
    assert markdown_text("it`s <b>", code=True) == r"it\`s \<b>"


def test_an_id_with_a_line_end_keeps_its_row() -> None:
    assert markdown_row(["a\nb", "A"]) == "| a b | A |"
