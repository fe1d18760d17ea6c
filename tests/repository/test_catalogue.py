"""All that the source says to people stands in the catalogue, and is found there again once its holes are filled."""

from __future__ import annotations

import re

import pytest

from tests.command_line import tierwise
from tests.said import headings, may_be_left_out, printed, templates
from tierwise.cli.main import COMMANDS
from tierwise.core.finding import Finding
from tierwise.plugins.builtin.functions.by_subject import functions_reference
from tierwise.plugins.sentences.catalogue import HOLE, catalogue, finding_in, said

TEXTS = catalogue()["texts"]
TWO_WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
"""English, where it stands outside of what an author or a shell wrote."""

LEFT_OUT = {
    "column{0} {1} of `{2}` {3} conditions without fixed bounds: not analysed": "3",
    "leave {0} out by the binding: `subject: {table: {1}, where: {{2}}}`": "0",
    "{0} in `{1}.{2}` and {3} graded like any other": "3",
    "{0} names the row itself for {1}: {2} as the top of {3} group": "23",
    "{0} {1} of `{2}` {3} fewer cells than there are headings: what is left is empty": "3",
    "{0} {1} of `{2}` {3} no heading: not read": "3",
    "{0} {1} of `{2}` {3} to no row of `{4}`: {5} not counted": "35",
}
"""What is filled with a verb or a pronoun that follows the number, for which Chinese has no word."""


def without_commands(text: str) -> str:
    """Leave out the lines that are to be typed into a shell."""
    return re.sub(r"^ +(git|tierwise|--columns|\w+ .* \| tierwise|echo) .*$", "", text, flags=re.MULTILINE)


def test_every_text_of_the_source_is_in_the_catalogue_and_no_other() -> None:
    source = templates()
    missing = [f"{place}: {template!r}" for template, place in source.items() if template not in TEXTS]

    assert missing == [], "add the Chinese to `texts` of plugins/sentences/catalogue.zh.json, or name them in tests/not_said.json"
    assert [template for template in TEXTS if template not in source] == [], "these are said no more: remove them"


def test_what_commands_print_is_said_in_the_language() -> None:
    unsaid = [f"{place}: {text!r}" for place, text in printed() if re.search(r"[A-Za-z]{2}", HOLE.sub("", text))]

    assert unsaid == [], "`say` prints as it stands: use `tell`"


def test_every_heading_of_a_table_is_in_the_catalogue() -> None:
    missing = [f"{place}: {heading!r}" for place, heading in headings() if heading not in TEXTS and heading not in catalogue()["words"]]

    assert missing == [], "add the Chinese to `words` of plugins/sentences/catalogue.zh.json"


def test_what_is_said_of_the_functions_has_its_chinese_and_no_other_is_kept() -> None:
    asked: set[str] = set()

    def ask(text: str) -> str:
        asked.add(text)
        return text

    functions_reference(ask)

    assert asked == catalogue()["functions"].keys(), "add the Chinese to `functions` of plugins/sentences/catalogue.zh.json"
    assert all(re.search(r"[\u4e00-\u9fff]", chinese) for chinese in catalogue()["functions"].values())


def test_the_chinese_of_a_text_is_chinese_and_has_its_holes() -> None:
    for english, chinese in TEXTS.items():
        holes, kept = set(HOLE.findall(english)), set(HOLE.findall(chinese))

        assert kept <= holes, english
        assert holes - kept <= may_be_left_out(english) | set(LEFT_OUT.get(english, "")), english
        assert len(HOLE.findall(chinese)) == len(kept), english
        assert not TWO_WORDS.search(without_commands(re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"", "", chinese))) or chinese == english, chinese


def test_a_text_is_found_again_when_its_holes_are_filled() -> None:
    wrong = {}
    for english, chinese in TEXTS.items():
        filled = HOLE.sub(lambda hole: f"§{hole[1]}", english)
        if (told := said(filled, "zh")) != HOLE.sub(lambda hole: f"§{hole[1]}", chinese):
            wrong[filled] = told

    assert wrong == {}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("this is a number, but a date is needed", "这是数，需要的却是日期"),
        ("rules `a` and `b` of `t` both apply to `x`: `甲` with `乙`", "`t` 的规则 `a` 和 `b` 都适用于`x`：`甲` 与 `乙`"),
        ("there is no policy `is given twice`", "没有制度 `is given twice`"),  # an author's words stay as they are
        ("2 errors, 1 warning", "2 个错误、1 个警告"),
        ("x.csv: 1 error; nothing is written", "x.csv：1 个错误；没有写入任何内容"),
        ("of no known form", "of no known form"),  # not the source's: a plugin's
    ],
)
def test_what_fills_a_text_is_said_too_but_not_the_words_of_authors(english: str, chinese: str) -> None:
    assert said(english, "zh") == chinese
    assert said(english, "en") == english


def test_a_very_long_text_costs_no_time() -> None:
    words = "`a` of " * 500

    assert said(words, "zh")


def test_a_finding_has_message_help_and_labels_in_the_language() -> None:
    finding = Finding.error(
        "missing-scale", "a number demands `scale`, its digits after the point", None, "add `scale: 2`, or write `type: integer`"
    )

    assert finding_in(finding, "zh").message == "数需要写明 `scale`，即小数位数"
    assert finding_in(finding, "zh").help == "添加 `scale: 2`，或写 `type: integer`"
    assert finding_in(finding, "en") is finding


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_of_a_command_is_chinese_throughout(command: str) -> None:
    done = tierwise(*([command] if command else []), "--help", "--language", "zh")
    prose = re.sub(r"`[^`]*`|'[^']*'|\[[^\]]*\]|\{[^}]*\}|用法.*", "", without_commands(done.out))

    assert done.code == 0
    assert "用法：" in done.out and "选项：" in done.out
    assert TWO_WORDS.findall(prose) == []


@pytest.mark.parametrize(
    "words",
    [["grade"], ["grade", "x.db"], ["no-such"], ["grade", "--no-such"], ["show", "a", "--format", "pdf"], ["decide", "a", "b", "c"]],
)
def test_wrong_usage_is_told_in_chinese(words: list[str]) -> None:
    done = tierwise("--language", "zh", *words)

    assert done.code == 2
    assert "用法：" in done.err and "错误：" in done.err
    assert TWO_WORDS.findall(re.sub(r"'[^']*'|用法.*", "", done.err)) == []
