"""What the page about a policy says in the reader's words."""

from __future__ import annotations

import pytest

from tierwise.plugins.policy_page import policy_page
from tierwise.plugins.testing import policy_from

POLICY = """\
tierwise: 1
policy: duties
version: 1.0.0
title: Duties
facts:
  duty: {type: enum, values: {promotion: {zh: 推广, en: carry out promotion}, other: {zh: 其他, en: anything else}}}
modules:
  m:
    kind: module
    decisions:
      owner:
        type: enum
        values: [manager, clerk]
        table: {hit: unique, rules: "duty -> owner\\npromotion -> manager\\nother -> clerk\\n"}
"""


def test_a_word_inside_the_label_of_another_word_is_left_alone() -> None:
    # `promotion` is a word whose label, "carry out promotion", holds the word itself.
    checked = policy_from(POLICY)
    cells = [cell for block in policy_page(checked.policy, checked.require_plan(), "en") for row in block.rows for cell in row]

    assert "carry out promotion" in cells
    assert not any("carry out carry out" in cell for cell in cells)


RANKED = """\
tierwise: 1
policy: ranked
version: 1.0.0
title: Ranked
facts:
  months: {type: integer, label: {zh: 距成交月数, en: months to closing}}
  last_on: {type: date, label: last order}
  region: {type: text, label: region}
parameters:
  days: {type: integer, value: 30, unit: days, label: days of grace}
  own: {type: integer, local: true, label: own limit}
readings:
  way: [floor, ceiling]
modules:
  m:
    kind: module
    decisions:
      age: {type: integer, label: age, formula: "months between(last_on, as_of) + months + days + own"}
      grade:
        label: grade
        type: enum
        values: [A, B]
        ranking: {by: months, order: lowest first, partition: region, quotas: {A: 20%, B: rest}, rounding: way}
      fine: {label: fine, type: integer, table: {hit: first, rules: "grade -> fine\\nA -> 1\\n", default: 0}}
"""


def texts(language: str) -> list[str]:
    checked = policy_from(RANKED)
    plan = checked.require_plan()
    return [block.text for block in policy_page(checked.policy, plan, language, functions=["months between"])]


def test_the_name_of_a_function_is_not_taken_for_a_fact_of_the_same_word() -> None:
    assert any(text.startswith("相隔月数(last order, 运行日期) + 距成交月数") for text in texts("zh")), texts("zh")


def test_the_page_says_how_subjects_are_ranked_which_rules_count_and_what_is_given_otherwise() -> None:
    page = texts("en")

    assert "ranked by: months to closing (lowest first); within: region" in page
    assert "which of the matching rules count: the first that applies" in page
    assert "where no rule applies, fine: 0" in page
    assert not any("`" in text for text in page)


def test_parameters_stand_with_their_values_and_those_that_a_company_sets() -> None:
    checked = policy_from(RANKED)
    rows = [row for block in policy_page(checked.policy, checked.require_plan(), "en") for row in block.rows]

    assert ("days of grace", "30 days", "days") in rows
    assert ("own limit", "every company sets its own", "own") in rows


@pytest.mark.parametrize(
    ("keys", "language", "said"),
    [
        ("", "en", ["who tie across a border stay undetermined"]),
        (", ties: together_better", "en", ["who tie across a border all get the better class"]),
        (", ties: together_worse", "zh", ["跨界并列者一起归较低一等"]),
        (", pareto", "en", ["who tie across a border stay undetermined; who crosses a share is still in the class"]),
        (", ties: together_better, crossing: out, pareto", "zh", ["跨界并列者一起归较高一等; 跨过比例线者不在该等"]),
        (", among: months > 3, outside: B", "en", ["who tie across a border stay undetermined", "all who are not ranked get: B"]),
    ],
)
def test_the_page_says_who_ties_who_crosses_and_what_those_get_who_are_not_ranked(keys: str, language: str, said: list[str]) -> None:
    written = "ranking: {by: months, order: lowest first, partition: region, quotas: {A: 20%, B: rest}, rounding: way}"
    cut = "pareto: {A: 80%, B: rest}" if "pareto" in keys else "top: {A: 2, B: rest}"
    checked = policy_from(RANKED.replace(written, f"ranking: {{by: months, {cut}{keys.replace(', pareto', '')}}}"))
    page = [block.text for block in policy_page(checked.policy, checked.require_plan(), language)]
    assert [text for text in page if text in said] == said, page
