"""What is wrong with a section ``watch`` is found, at its place."""

from __future__ import annotations

from typing import Any

import pytest

from tierwise.plugins.watching.rule import WatchPlan

EVENTS = "events: {late: {fields: {n: {type: integer}}}, other: {}}\n"
USED = "  o: {on: other, action: {do: x}}\n"

CASES = [
    (
        "unknown-event",
        "rules: {r: {on: lat, action: {do: x}}, q: {on: [late, other], action: {do: x}}}",
        "`watch` declares no events `lat`",
    ),
    ("unknown-field", "rules:\n  r: {on: late, where: {m: 1}, action: {do: x}}\n" + USED, "events `late` have no field `m`"),
    ("unknown-name", "rules:\n  r: {on: late, when: m > 1, action: {do: x}}\n" + USED, "`m`"),
    ("type-mismatch", "rules:\n  r: {on: late, when: n + 1, action: {do: x}}\n" + USED, "a condition is true or false"),
    ("watch-form", "rules:\n  r: {on: late, within: 1 year, calendar: year, action: {do: x}}\n" + USED, "stand together"),
    (
        "watch-form",
        "rules:\n  r: {on: late, silence: 1 year, count: 2, action: {do: x}}\n" + USED,
        "`count` has no meaning beside `silence`",
    ),
    ("missing-key", "rules:\n  r: {on: late, expect: {a: {on: other}}, action: {do: x}}\n", "`r` demands `by`"),
    (
        "watch-cycle",
        "rules:\n  r: {on: late, action: {do: x, post: other}}\n  q: {on: other, action: {do: x, post: other}}\n",
        "in a circle: `q`",
    ),
    ("unknown-field", "rules:\n  r: {on: other, action: {do: x, post: late}}\n  q: {on: late, action: {do: x}}\n", "a field `n`"),
    (
        "unknown-name",
        "rules:\n  r: {on: late, reading: border, within: 1 year, calendar: year, action: {do: x}}\n" + USED,
        "no reading with the values",
    ),
    ("unknown-name", 'rules:\n  r: {on: late, action: {do: x, say: "{m}"}}\n' + USED, "`{m}` is nothing that the text can say"),
    ("bad-literal", "rules:\n  r: {on: late, within: soon, action: {do: x}}\n" + USED, "soon"),
    ("unused-event", "rules: {r: {on: late, action: {do: x}}}\n", "no rule watches the events `other`"),
    ("watch-waits", "rules:\n  r: {on: late, silence: days, action: {do: x}}\n" + USED, "before `days` has a value"),
]


@pytest.mark.parametrize(("code", "rules", "said"), CASES)
def test_findings(code: str, rules: str, said: str, checked: Any) -> None:
    found = [finding for finding in checked(EVENTS + rules).findings if finding.code == code]
    assert found and said in found[0].message
    assert found[0].span is not None and found[0].span.source.name == "policy.yaml"


def test_the_fingerprint_of_a_watch_is_its_own_and_without_its_labels(checked: Any) -> None:
    def of(rule: str) -> tuple[str, str]:
        policy = checked(EVENTS + f"rules:\n  r: {rule}\n" + USED)
        watch = WatchPlan.of(policy.sections)
        assert watch is not None and "rule r\n" in policy.text
        return policy.require_plan().fingerprint, watch.fingerprint

    plan, watch = of("{on: late, count: 2, action: {do: x}}")
    assert of("{on: late, label: twice, note: n, count: 2, action: {do: x}}") == (plan, watch)
    changes = [
        "count: 3, action: {do: x}",
        "count: 2, action: {do: y}",
        "count: 2, when: n > 1, action: {do: x}",
        "count: 2, again: each, action: {do: x}",
    ]
    others = [of(f"{{on: late, {change}}}") for change in changes]
    assert {one for one, _ in others} == {plan}  # nothing that is decided about a subject changes
    assert len({watch, *(other for _, other in others)}) == len(others) + 1


def test_a_reading_that_only_a_watch_reads_is_not_unused(checked: Any) -> None:
    rules = "rules:\n  r: {on: late, count: 2, within: 3 months, calendar: quarter, reading: quarter, action: {do: x}}\n" + USED
    unused = [f.message for f in checked(EVENTS + rules).findings if f.code == "unused-reading"]
    assert unused == ["nothing hangs on the reading `border`"]
