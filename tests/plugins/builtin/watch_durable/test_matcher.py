"""durable-rules in its worker gives what the reference gives, and survives its death."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.core.checking import check
from tierwise.core.errors import PluginError
from tierwise.plugins.builtin.watch_durable import DurableWatch
from tierwise.plugins.builtin.watch_durable.matcher import DurableMatcher
from tierwise.plugins.builtin.watch_reference import ReferenceMatcher
from tierwise.plugins.manager import Plugins
from tierwise.plugins.watch_engine import Matcher, Task
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watcher import Watcher
from tierwise.plugins.yaml_text.yaml_document import read_policy

START = 63_800_000_000
ENVIRONMENT = Plugins(entry_points=False).environment()

POLICY = """\
tierwise: 1
policy: watched
version: 1.0.0
title: watched
facts: {{x: {{type: boolean}}}}
readings: {{quarter: [calendar, rolling], border: [inclusive, exclusive]}}
modules: {{m: {{kind: module, decisions: {{y: {{type: boolean, formula: x}}}}}}}}
watch:
  events:
    a: {{fields: {{n: {{type: integer}}}}}}
    b: {{}}
    c: {{}}
    made: {{fields: {{n: {{type: integer}}}}}}
  rules:
    counted: {{on: a, when: "n > 1 or (n = 1 and border = inclusive)", count: {count}, {period}, again: {again}, action: {{do: x, post: made}}}}
    chained: {{on: made, count: 2, action: {{do: y}}}}
    duty: {{on: b, expect: {{p: {{on: a}}, q: {{on: c}}}}, by: {days} days, action: {{do: z}}, met: {{do: ok}}}}
    silent: {{on: [b, c], silence: {days} days, action: {{do: s}}}}
"""
PERIODS = ("within: 10 days", "calendar: week", "calendar: month", "within: 1 week, calendar: week, reading: quarter", "within: 1 year")


@pytest.fixture(scope="module")
def durable() -> Iterator[DurableMatcher]:
    with DurableMatcher() as matcher:
        yield matcher


marks = st.lists(st.integers(0, 200), min_size=1, max_size=12).map(sorted)
tasks = st.lists(
    st.one_of(
        st.builds(
            lambda ats, n, w: Task("count", n, tuple((START + a, START + a + w) for a in ats)),
            marks,
            st.integers(1, 5),
            st.integers(0, 150),
        ),
        st.builds(
            lambda a, b, w: Task("answer", 2, ((START + a, START + a + w), (START + b, START))),
            st.integers(0, 50),
            st.integers(0, 99),
            st.integers(0, 50),
        ),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(tasks)
def test_it_matches_what_the_reference_matches(durable: DurableMatcher, tasks: list[Task]) -> None:
    assert durable.match(tasks) == ReferenceMatcher().match(tasks)


def watched(matcher: Matcher, text: str, batches: Sequence[Sequence[Event]]) -> list[Action]:
    environment = ENVIRONMENT
    checked = check(read_policy({"policy.yaml": text}, environment.limits, sections=environment.section_keys), environment)
    plan = WatchPlan.of(checked.sections)
    assert plan is not None, checked.findings
    watcher = Watcher(plan, environment, matcher)
    return [action for batch in batches for action in watcher.process(batch)] + watcher.finish(date(2024, 12, 31))


policies = st.builds(
    lambda count, period, again, days: POLICY.format(count=count, period=period, again=again, days=days),
    st.integers(1, 4),
    st.sampled_from(PERIODS),
    st.sampled_from(("after_reset", "each", "never")),
    st.integers(1, 20),
)
streams = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("st"), st.integers(0, 90), st.integers(0, 2)), max_size=40)


@settings(max_examples=40, deadline=None)
@given(policies, streams, st.integers(1, 7))
def test_random_watches_give_the_same_actions_however_events_are_batched(
    durable: DurableMatcher, policy: str, stream: list[tuple[str, str, int, int]], size: int
) -> None:
    events = [
        Event(f"e{number:03d}", kind, subject, date(2024, 1, 1) + timedelta(days=day), {"n": n} if kind == "a" else {})
        for number, (kind, subject, day, n) in enumerate(stream)
    ]
    events.sort(key=lambda event: event.order)
    batches: list[list[Event]] = []
    for event in events:  # events of one day stay together: their order is that of their ids
        if batches and (len(batches[-1]) < size or batches[-1][-1].at == event.at):
            batches[-1].append(event)
        else:
            batches.append([event])
    expected = watched(ReferenceMatcher(), policy, [events])
    assert {action.id for action in watched(durable, policy, batches)} == {action.id for action in expected}
    assert watched(durable, policy, [events]) == expected


def test_a_worker_that_is_killed_is_started_again_and_nothing_is_lost() -> None:
    task = Task("count", 2, ((START, START + 9), (START + 5, START + 14)))
    with DurableMatcher() as matcher:
        assert matcher.match([task]) == [[(0, 1)]]
        for _ in range(3):
            assert matcher.process is not None
            os.kill(matcher.process, signal.SIGKILL)
            assert matcher.match([task, task]) == [[(0, 1)], [(0, 1)]]
        assert matcher.starts == 4


def test_a_worker_that_dies_while_it_works_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Task("count", 2, tuple((START + i, START + i) for i in range(40)))] * 400
    with DurableMatcher() as matcher:
        matcher.match(many[:1])
        killed = matcher.process
        assert killed is not None
        original = DurableMatcher._line

        def line(self: DurableMatcher, worker: object) -> bytes | None:
            if self.process == killed:  # the batch has been sent; the worker is busy with it
                os.kill(killed, signal.SIGKILL)
            return original(self, worker)  # type: ignore[arg-type]

        monkeypatch.setattr(DurableMatcher, "_line", line)
        assert matcher.match(many) == ReferenceMatcher().match(many)
        assert matcher.starts == 2


def test_what_the_worker_cannot_do_is_an_error_with_its_words() -> None:
    with DurableMatcher() as matcher, pytest.raises(PluginError, match="durable-rules cannot match: "):
        matcher.match([Task("answer", 2, ((START, START),))])


def test_a_worker_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.builtin.watch_durable.matcher.WORKER", "tierwise.no_such_worker")
    with DurableMatcher() as matcher, pytest.raises(PluginError) as raised:
        matcher.match([Task("count", 1, ((START, START),))])
    assert "died 3 times on one batch: " in str(raised.value)
    assert "No module named tierwise.no_such_worker" in str(raised.value)
    assert raised.value.help == "try `--engine reference`"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "durable-rules is not installed"),
        ("raise ImportError('undefined symbol: PyEval_CallObject')", "durable-rules does not load: undefined symbol: PyEval_CallObject"),
        ("", ""),
    ],
)
def test_an_extension_that_does_not_load_is_told_before_anything_runs(
    text: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (tmp_path / "extension_for_a_test.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "extension_for_a_test", raising=False)
    monkeypatch.setattr("tierwise.plugins.builtin.watch_durable.EXTENSION", "extension_for_a_test")

    assert DurableWatch().unusable() == said
