"""``show`` renders a policy as a page, in three formats and two languages."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.core.plan.canonical import digest
from tierwise.plugins.policy import load


def test_a_page_says_what_is_decided_from_what_and_by_which_rules(small: Path) -> None:
    done = tierwise("show", "small.yaml")

    assert done.code == 0
    for words in ("A small example", "amount", "a person", ">= 50万", "甲 > 乙 > 丙", "大客户"):
        assert words in done.out


def test_the_plan_is_what_the_fingerprint_is_taken_over(small: Path) -> None:
    done = tierwise("show", "small.yaml", "--plan")

    assert done.code == 0
    assert digest(done.out) == load("small.yaml").fingerprint
    for line in ("plan 2", "decision tier: enum(", '  "big": >= 500000 | = true | -> "甲"'):
        assert line in done.out


def test_a_page_in_chinese(small: Path) -> None:
    done = tierwise("--language", "zh", "show", "small.yaml")

    for words in ("小例子", "金额", "人工判断", "读取的数据", "由好到差"):
        assert words in done.out


def test_markdown_has_a_title_and_tables(small: Path) -> None:
    lines = tierwise("show", "small.yaml", "--format", "markdown").out.splitlines()

    assert lines[0] == "# A small example"
    assert "| big | >= 50万 | true | 甲 | 大客户 |" in lines


def test_html_is_whole_and_escaped(small: Path) -> None:
    (small / "small.yaml").write_text((small / "small.yaml").read_text().replace("A small example", "A <b> & more"), encoding="utf-8")
    page = tierwise("show", "small.yaml", "--format", "html").out
    opened: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Tags().feed(page)
    assert opened == []
    assert "A &lt;b&gt; &amp; more" in page
    assert "<td>&gt;= 50万</td>" in page


@pytest.mark.parametrize("policy", ["scorecard-100-rights", "abc-5-20-80-care", "eight-class-visits", "gov-customer-scoring"])
def test_policies_with_every_sort_of_form_have_a_page(policy: str) -> None:
    done = tierwise("show", policy)

    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) > 20
