"""Every phrase exists in both languages and asks for the same words; every phrase that is used exists."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from tierwise.plugins.manager import Plugins
from tierwise.plugins.sentences.formula_words import formula_in_words
from tierwise.plugins.sentences.phrases import phrase, words_of, words_of_pages

HERE = Path(__file__).parents[3] / "plugins" / "sentences"
SECTIONS = json.loads((HERE / "phrases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("section", "key"), [(section, key) for section, phrases in SECTIONS.items() for key in phrases])
def test_a_phrase_asks_for_the_same_words_in_both_languages(section: str, key: str) -> None:
    both = SECTIONS[section][key]

    assert both.keys() == {"en", "zh"}
    assert all(both.values())
    english, chinese = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in (both["en"], both["zh"]))
    assert english == chinese


def test_every_phrase_that_the_code_names_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.py"))
    named = set(re.findall(r'\bphrase\("([^"]+)"', code))

    assert named
    assert named <= SECTIONS["explanation"].keys()


def test_words_are_filled_in_and_pages_have_words_in_both_languages() -> None:
    assert phrase("rank", "zh", first=1, count=9) == "第 1 名，共 9 名"
    assert words_of_pages("en").keys() == words_of_pages("zh").keys()


def test_every_function_that_ships_has_words_in_a_formula() -> None:
    shipped = Plugins(entry_points=False).environment().functions

    assert set(words_of("functions", "zh")) == set(shipped)
    assert [name for name, said in words_of("functions", "zh").items() if said.isascii()] == []


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("later(dates, P3M)", "较晚者(dates, 3 个月)"),
        ("most per calendar(dates, quarter)", "日历周期内最多次数(dates, quarter)"),
        ("sorted(orders by grade ascending; each order; ties tie)", "排序(orders 按 grade 升序，各取 order；并列则未定)"),
        ("(for item in orders return item * 2)", "(对每一项 orders 取 该项 × 2)"),
        ("if good = true then sum else null", "若 good = 是，则 sum，否则 空"),  # a name that is also the name of a function
        ("own function(`sum(x)`)", "own function(`sum(x)`)"),  # a stranger's function has no words, and what is quoted stays
    ],
)
def test_a_formula_is_said_in_words(formula: str, said: str) -> None:
    assert formula_in_words(formula, "zh") == said
