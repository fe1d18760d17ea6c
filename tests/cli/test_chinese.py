"""What a Chinese reader sees on the terminal is Chinese: values, reasons and names by their labels; ids stand in backquotes or brackets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command_line import tierwise

IDS = re.compile(
    r"`[^`]*`"  # authors' words
    r"|\[[a-z-]+\]"  # codes of findings
    r"|规则 \S+"  # ids of rules
    r"|\S+/\S+"  # files
    r"|\([a-z0-9-]+ [\d.]+\)|duckdb|ABC"  # the id of the policy beside its title; names
    r"|  # .*"  # the note of a rule
)
ENGLISH = re.compile(r"[A-Za-z_]{2,}")
POLICIES = ("abc-5-20-80-care", "big-customer-tiers")
AS_OF = ("--as-of", "2026-06-30")


def english_words(text: str) -> list[str]:
    """Return the English words of a text that stand for themselves, each with its line."""
    return [f"{word}: {line}" for line in text.splitlines() for word in ENGLISH.findall(IDS.sub("", line))]


@pytest.mark.parametrize("policy", POLICIES)
def test_pages_of_customers_are_chinese(policy: str, demo_db: Path) -> None:
    for command in (["grade", demo_db, "--rows", "5"], ["explain", demo_db, "00024"]):
        done = tierwise(*command, "--policy", policy, *AS_OF, "--language", "zh")

        assert done.code == 0, done.err
        assert english_words(done.out.replace(str(demo_db), "")) == [], command[0]


def test_the_sweep_finds_english() -> None:
    assert english_words("等级 (`grade`)：? missing_fact\n规则 D-late 得出 主要客户 (`B`) [no-gap] a/b.db") == [
        "missing_fact: 等级 (`grade`)：? missing_fact"
    ]


def test_a_sentence_of_an_author_stays_as_it_is() -> None:
    done = tierwise("check", "big-customer-tiers", "--language", "zh")

    assert "理由: C and D have no amounts and overlap the other tiers; the source states no priority." in done.err + done.out
