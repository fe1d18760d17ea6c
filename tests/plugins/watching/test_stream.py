"""Events from JSON lines; bad lines are findings."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.stream import LineReader

GOOD = '{"id": "1", "kind": "late", "subject": "a", "at": "2024-01-01", "amount": 10.50, "more": [1]}'

BAD = [
    ("no json", "line 1: is no JSON"),
    ("[1]", "line 1: is no JSON object"),
    ('{"id": "1"}', "line 1: an event demands `kind`"),
    (GOOD.replace('"id": "1"', '"id": null'), "line 1: an event demands `id`"),
    (GOOD.replace('"a"', "true"), "line 1: `subject` is no text"),
    (GOOD.replace('"a"', '"\\u001b[31m"'), "line 1: `subject` holds characters that cannot be printed"),
    (GOOD.replace('"a"', '"\\ud800"'), "line 1: `subject` holds characters that cannot be printed"),
    (GOOD.replace("2024-01-01", "2024-02-30"), "line 1: `at` is `2024-02-30`"),
    (GOOD.replace("2024-01-01", "2024-01-01T00:00:00Z"), "line 1: `at` is `2024-01-01T00:00:00Z`"),
    (GOOD.replace("10.50", "NaN"), "line 1: field `amount` is `NaN`, which is no number"),
    (GOOD.replace("10.50", '"x"'), "line 1: field `amount` is `x`"),
    ("[" * 100_000, "line 1: is no JSON"),
]


def read(plan: WatchPlan, data: bytes) -> tuple[list[str], list[str]]:
    reader = LineReader(plan, io.BytesIO(data))
    return [event.id for batch in reader.batches() for event in batch], [finding.message for finding in reader.findings()]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_is_a_finding_with_its_number(line: str, said: str, plan: WatchPlan) -> None:
    ids, found = read(plan, f"{line}\n{GOOD.replace('1', '2', 1)}\n".encode())
    assert ids[-1] == "2"
    assert found[0].startswith(said)


def test_blank_lines_and_a_last_line_without_an_end(plan: WatchPlan) -> None:
    assert read(plan, f"\n{GOOD}\n\n{GOOD}".encode()) == (["1", "1"], [])


def test_bytes_that_are_no_text(plan: WatchPlan) -> None:
    assert read(plan, b"\xff\xfe\n")[1][0].startswith("line 1: is no JSON")


def test_a_line_without_an_end_does_not_fill_the_memory(plan: WatchPlan) -> None:
    ids, found = read(plan, b"x" * 3_000_000 + b"\n" + GOOD.encode() + b"\n")
    assert ids == ["1"]
    assert found == ["line 1: is longer than 1000000 bytes"]


def test_kinds_that_nobody_watches_are_counted(plan: WatchPlan) -> None:
    assert read(plan, GOOD.replace('"late"', '"other"').encode()) == (
        [],
        ["1 events are of kind `other`, which the policy does not watch"],
    )


@pytest.fixture(scope="module")
def module_plan(tmp_path_factory: pytest.TempPathFactory) -> WatchPlan:
    from tierwise.plugins.policy import load

    folder = tmp_path_factory.mktemp("policies") / "watched"
    folder.mkdir()
    text = "tierwise: 1\npolicy: watched\nversion: 1.0.0\ntitle: w\nfacts: {x: {type: boolean}}\n"
    text += "modules: {m: {kind: module, decisions: {y: {type: boolean, formula: x}}}}\n"
    text += "watch: {events: {late: {fields: {n: {type: integer}}}}, rules: {r: {on: late, action: {do: x}}}}\n"
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    plan = WatchPlan.of(load(str(folder)).sections)
    assert plan is not None
    return plan


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_it(module_plan: WatchPlan, data: bytes) -> None:
    read(module_plan, data)
