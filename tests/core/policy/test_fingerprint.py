"""What changes the fingerprint of a policy, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierwise.core.policy import Policy, fingerprint

Read = Callable[..., Policy]
OVERLAY = "overlay: 1\npolicy: big-customers\nparameters: {days: 30}\nreadings: {quarter: rolling}\ntables: {tier: 'a -> b'}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tierwise: 1", "# a comment\ntierwise: 1   # another\n"),
        ("version: 1.0.0", "version: 2.0.0"),
        ("{zh: 大客户, en: Big customers}", "Another title"),
        ("label: 用量", "label: {zh: 用量, en: usage}"),
        ("note: a draft", "note: checked"),
        ("{large: 大, small: 小}", "{large: {zh: 大, en: 大}, small: 小}"),
        ("max: 50万", "max: '500000'"),
        ("size: {type: enum", "'size': {'type': \"enum\""),
        ("{type: number, scale: 2, unit: 元", "{unit: 元, scale: 2, type: number"),
        (">= 20万  | large -> A    | seldom", ">= 20万 | large -> A | often"),
        ("| # note\n", "| # remark\n            ------|-----\n"),
        ("usage    | size", "usage ｜ size"),
        ("months + 1", "months   + 1"),
        ("kind: value-tier\n    scale: [A, B]\n", "label: x\n    scale: [A, B]\n    kind: value-tier\n"),
        ("          hit: unique\n", ""),
    ],
)
def test_layout_and_texts_for_people_do_not_change_it(read: Read, text: str, old: str, new: str) -> None:
    assert text.count(old) == 1
    changed = text.replace(old, new)
    if "hit: unique" in old:  # the same key after `rules`
        changed += "          hit: unique\n"
        changed = changed.replace('      points: {type: integer, hidden: true, formula: "months + 1"}\n          hit', "          hit")
        changed += '      points: {type: integer, hidden: true, formula: "months + 1"}\n'

    assert fingerprint(read(changed)) == fingerprint(read(text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("policy: big-customers", "policy: other"),
        ("scale: 2", "scale: 3"),
        ("unit: 元", "unit: kg"),
        ("max: 50万", "max: 51"),
        ("{large: 大, small: 小}", "{large: 大, medium: 中, small: 小}"),
        ("{large: 大, small: 小}", "[large, small]"),
        ("aliases: {big: large}", "aliases: {huge: large}"),
        ("missing: vague", "missing: lost"),
        ("value: 2", "value: 3"),
        ("[calendar, rolling]", "[rolling, calendar]"),
        ("scale: [A, B]", "scale: [B, A]"),
        ("values: [A, B]\n", "values: [B, A]\n"),
        ("hit: unique", "hit: first"),
        (">= 20万  |", "> 20万  |"),
        ("large -> A", "large -> B"),
        (
            "            >= 20万  | large -> A    | seldom\n            < 20万   | -     -> B    |",
            "            < 20万 | - -> B |\n            >= 20万 | large -> A |",
        ),
        ("months + 1", "months + 2"),
        ("hidden: true", "hidden: false"),
        ("      points:", "      marks:"),
        ("nullable: true, missing: none", "nullable: true"),
    ],
)
def test_every_change_of_meaning_changes_it(read: Read, text: str, old: str, new: str) -> None:
    assert text.count(old) == 1

    assert fingerprint(read(text.replace(old, new))) != fingerprint(read(text))


def test_an_overlay_counts_with_each_of_its_values(read: Read, text: str) -> None:
    overlays = [OVERLAY, OVERLAY.replace("30", "31"), OVERLAY.replace("rolling", "calendar"), OVERLAY.replace("a -> b", "a -> c")]

    assert len({fingerprint(read(text, overlay)) for overlay in (None, *overlays)}) == 5
    assert fingerprint(read(text, OVERLAY + "company: x\n# y\n")) == fingerprint(read(text, OVERLAY))


def test_a_table_counts_the_same_in_a_csv_file(read: Read, text: str) -> None:
    start, end = text.index("|\n            usage"), text.index("      points:")
    in_csv = text[:start] + "tables/tier.csv\n" + text[end:]

    assert fingerprint(read(in_csv, tier="usage,size,-> tier\n>= 20万,large,A\n< 20万,-,B\n")) == fingerprint(read(text))
    assert fingerprint(read(in_csv, tier="usage,size,-> tier\n>= 20万,large,B\n< 20万,-,B\n")) != fingerprint(read(text))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seeds=st.lists(st.integers(0, 9), min_size=40, max_size=40))
def test_blanks_between_cells_and_comments_never_change_it(read: Read, text: str, seeds: list[int]) -> None:
    lines = text.splitlines()
    inside = {index for index, line in enumerate(lines) if "->" in line}
    changed = [
        line.replace(" |", " " * seed + " |").rstrip() + " " * seed if index in inside else line + "  # " + "x" * seed + "\n" * (seed % 2)
        for index, (line, seed) in enumerate(zip(lines, seeds, strict=False))
        if "rules: |" not in line
    ]
    at = next(index for index, line in enumerate(lines) if "rules: |" in line)
    changed.insert(at, lines[at])

    assert fingerprint(read("\n".join(changed) + "\n")) == fingerprint(read(text))
