"""What a Chinese reader sees on the terminal is Chinese: values, reasons and names by their labels; ids stand in backquotes or brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.policy import load
from tierwise.plugins.policy_page import policy_page
from tierwise.plugins.sentences.phrases import words_of_pages

IDS = re.compile(
    r"`[^`]*`"  # authors' words
    r"|\[[a-z-]+\]"  # codes of findings
    r"|规则 \S+"  # ids of rules
    r"|\S+/\S+"  # files
    r"|[a-z0-9-]+ \d+\.\d+\.\d+( \(\w+=\w+\))?"  # a policy with its version and what is set
    r"|\([a-z][a-z_0-9]*\)|duckdb|ABC|VIP|XXX"  # ids in brackets; names
    r"|  # .*"  # the note of a rule
)
ENGLISH = re.compile(r"[A-Za-z_]{2,}")
POLICIES = ("abc-5-20-80-care", "big-customer-tiers")
AS_OF = ("--as-of", "2026-06-30")


@pytest.fixture(scope="module")
def few_customers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("few") / "few.db"
    make_demo_database(path, customers=60)
    return path


def english_words(text: str) -> list[str]:
    """Return the English words of a text that stand for themselves, each with its line."""
    return [f"{word}: {line}" for line in text.splitlines() for word in ENGLISH.findall(IDS.sub("", line))]


COMMANDS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("grade", "--rows", "5"): POLICIES,
    ("explain", "00024"): POLICIES,
    ("path", "00024"): POLICIES[1:],
    ("path", "--all"): POLICIES[1:],
    ("readiness",): POLICIES[1:],
    ("borders", "--output", "grade"): POLICIES[:1],
    ("impact", "--by", "grade_now", "--set", "rounding=ceiling", "--movers", "1"): POLICIES[:1],
}
"""The commands that say something of customers, each with the policies by which; each costs a second or two."""


@pytest.mark.parametrize(("command", "policy"), [(command, policy) for command, policies in COMMANDS.items() for policy in policies])
def test_pages_of_customers_are_chinese(command: tuple[str, ...], policy: str, few_customers: Path) -> None:
    done = tierwise(command[0], few_customers, *command[1:], "--policy", policy, *AS_OF, "--language", "zh")

    assert done.code == 0, done.err
    # what stands first in a row of facts to collect is the fact's name in files
    told = re.sub(r"^[a-z_]+(?=  )", "", done.out, flags=re.MULTILINE) if command[0] == "readiness" else done.out
    assert english_words(told.replace(str(few_customers), "")) == []


@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_said_of_a_policy_is_chinese(policy: str) -> None:
    done = tierwise("check", policy, "--language", "zh")
    told = [
        line for line in (done.out + done.err).splitlines() if not re.match(r" +\d* \||  理由: ", line)
    ]  # lines of the policy, and its reasons

    assert any("例: " in line for line in told) or policy != "big-customer-tiers"
    assert english_words("\n".join(told).replace(f"{policy}: ", "")) == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_drafted_binding_is_explained_in_chinese(policy: str, few_customers: Path) -> None:
    done = tierwise("bind", few_customers, policy, "--language", "zh")
    remarks = [line.partition("   # ")[2] if "   # " in line else line for line in done.out.splitlines() if line.lstrip().startswith("#")]
    own = r"^#   [a-z_]+|^  # [a-z_]+: \{.*\}$"  # names of facts, and guesses, which are lines of a file

    assert english_words("\n".join(re.sub(own, "", line) for line in remarks)) == []


@pytest.mark.parametrize("policy", [*POLICIES, "eight-class-visits", "gov-customer-scoring"])
def test_a_page_about_a_policy_is_chinese(policy: str) -> None:
    loaded, words = load(policy), words_of_pages("zh")
    names = {words["rule"], words["note"], words["fact"]}  # columns of ids, of remarks, and of names in files
    told = []
    for block in policy_page(loaded.policy, loaded.plan, "zh", (), loaded.environment.functions):
        told.append("" if block.text.startswith(words["source"]) else block.text)
        shown = [at for at, head in enumerate(block.header) if head not in names]
        told += [" ".join((block.header, *block.rows)[row][at] for at in shown) for row in range(len(block.rows) + 1) if block.header]
        told += block.steps

    assert english_words("\n".join(told)) == []


def test_the_sweep_finds_english() -> None:
    assert english_words("等级 (`grade`)：? missing_fact\n规则 D-late 得出 主要客户 (`B`) [no-gap] a/b.db") == [
        "missing_fact: 等级 (`grade`)：? missing_fact"
    ]


def test_a_sentence_of_an_author_stays_as_it_is() -> None:
    done = tierwise("check", "big-customer-tiers", "--language", "zh")

    assert "理由: C and D have no amounts and overlap the other tiers; the source states no priority." in done.err + done.out
