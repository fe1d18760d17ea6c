"""Places, findings and choices are said by the words that people use, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("jinja2")

from tests.plugins.console.console_policies import SMALL
from tierwise.core.finding import Finding
from tierwise.plugins.console.draft import Draft
from tierwise.plugins.console.draft_check import Checker
from tierwise.plugins.console.editor_parts import Group, groups_of, parts_of
from tierwise.plugins.console.shelf import PolicyTexts, Shelf
from tierwise.plugins.manager import Plugins
from tierwise.plugins.people_names import OF_AUTHORS, Naming

PLUGINS = Plugins(entry_points=False)
FLAGGED = SMALL.replace("  good: {type: boolean,", "  good: {type: boolean, judged: true,")


@pytest.fixture(scope="module")
def names() -> Mapping[str, Naming]:
    policy = Checker(PLUGINS).check({"policy.yaml": FLAGGED}, ["policy.yaml"]).policy
    return {language: Naming.of(policy, language) for language in ("en", "zh")}


def test_every_key_of_the_format_that_a_shipped_policy_uses_has_words() -> None:
    shelf, keys = Shelf(None, PLUGINS), Naming.of(None, "en").keys
    lacking = set()
    for entry in shelf.shipped():
        draft = Draft("id", entry, shelf.texts(entry), "lin")
        for group in (group for part in parts_of(draft, None, "en") for group in _groups(draft, part)):
            for field in (*group.fields, *group.texts):
                place = field.value.path[-len(field.label.split(" › ")) :]
                first = ("values",) if field.value.path[0] in ("watch", "invariants") else ("",)
                known = (key in keys or f"{key} ›" in keys or isinstance(key, int) for key in place)
                after = (before in {*OF_AUTHORS, "outputs"} for before in (*first, *place[:-1]))
                lacking |= {key for key, *ok in zip(place, known, after, strict=True) if not any(ok)}
    assert sorted(map(str, lacking)) == []


def _groups(draft: Draft, part: Any) -> tuple[Group, ...]:
    return groups_of(draft, part.name, Naming.of(None, "en")) if part.sort in ("module", "section") else ()


@pytest.mark.parametrize(
    ("place", "english", "chinese"),
    [
        (("scale", 0), "class › 1", "等级 › 1"),
        (("scale",), "digits after the point", "小数位数"),
        (("table", "acknowledge", 0, "overlap", 1), "table › accepted › 1 › overlap › 2", "规则表 › 已确认 › 1 › 重叠 › 2"),
        (("table", "acknowledge", 0, "gap", "amount"), "table › accepted › 1 › gap › usage", "规则表 › 已确认 › 1 › 空缺 › 年用量"),
        (("values", "label"), "words › label", "取值 › label"),
        (("facts", "good"), "facts › pays well", "事实 › 回款好"),
        (("modules", "tier", "table", "rules", "top", "amount"), "modules › tier › table › rules › top › usage", "模块 › tier › 规则表 › 规则 › top › 年用量"),
    ],
    ids=str,
)  # fmt: skip
def test_a_place_is_said_in_words(names: Mapping[str, Naming], place: tuple[Any, ...], english: str, chinese: str) -> None:
    assert (names["en"].place(place), names["zh"].place(place)) == (english, chinese)


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        ("zh", "没有行覆盖 amount 从 100 到 300", "没有行覆盖 年用量 从 100 到 300"),
        ("zh", "`amount` 不是 good", "`年用量` 不是 回款好"),
        ("zh", "公式 `amount >= lots` 中没有 `lots`", "公式 `amount >= lots` 中没有 `lots`"),
        ("en", "no good amount of `good`", "no good amount of `pays well`"),
    ],
)
def test_a_finding_calls_facts_as_people_do_and_leaves_what_authors_wrote(
    names: Mapping[str, Naming], language: str, message: str, said: str
) -> None:
    assert names[language].finding(Finding.error("gap", message)).message == said


def test_a_flag_is_chosen_and_a_number_is_typed(names: Mapping[str, Naming]) -> None:
    texts = PolicyTexts({"policy.yaml": FLAGGED}, {})
    draft = Draft("id", Shelf(None, PLUGINS).shipped()[0], texts, "lin")
    fields = [field for group in groups_of(draft, "facts", names["zh"]) for field in group.fields]

    assert {field.label: field.choices for field in fields if field.choices} == {"由人判断": (("true", "是"), ("false", "否"))}
    assert [(group.title, group.keys) for group in groups_of(draft, "facts", names["zh"])] == [("年用量", "amount"), ("回款好", "good")]
