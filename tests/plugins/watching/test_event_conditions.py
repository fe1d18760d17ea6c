"""A rule that names a decision of its policy says of an event what deciding says of the facts that its fields are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest

from tierwise.core.checking import check
from tierwise.plugins.builtin.watch_reference import ReferenceMatcher
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watcher import Watcher
from tierwise.plugins.yaml_text.yaml_document import read_policy

ENVIRONMENT = Plugins(entry_points=False).environment()
POLICY = """\
tierwise: 1
policy: alerts
version: 1.0.0
title: alerts
facts:
  amount: {{type: integer}}
  sort: {{type: enum, values: {{bond: 债券, stock: 股票, other: 其他}}}}
  signed_on: {{type: date, nullable: true}}
  orders: {{type: integer}}
parameters: {{border: {{type: integer, local: true}}}}
readings: {{limit: [inclusive, exclusive]}}
modules:
  m:
    kind: module
    decisions:
      large: {{type: boolean, hidden: true, formula: amount > 100 or (amount = 100 and limit = inclusive)}}
      alert:
        type: boolean
        table:
          rules: |
            sort  | large -> alert
            bond  | true  -> true
            bond  | false -> false
            stock | -     -> undetermined(gap, true, false)
      old: {{type: boolean, formula: "signed_on != null and days between(signed_on, as_of) > 30"}}
      over: {{type: boolean, formula: amount > border}}
      frequent: {{type: boolean, formula: orders > 3}}
      total: {{type: integer, of: population, formula: count(population)}}
watch:
  events:
    trade: {{fields: {fields}}}
  rules:
    r: {{on: trade, {rule}, action: {{do: look}}}}
"""
FIELDS = "{amount: {}, sort: {}, signed_on: {}, place: {type: text}}"


def findings(rule: str, fields: str = FIELDS) -> list[tuple[str, str]]:
    text = POLICY.format(rule=rule, fields=fields)
    checked = check(read_policy({"policy.yaml": text}, ENVIRONMENT.limits, sections=ENVIRONMENT.section_keys), ENVIRONMENT)
    return [(finding.code, finding.help) for finding in checked.findings if finding.severity == "error"]


def watching(rule: str) -> Watcher:
    text = POLICY.format(rule=rule, fields=FIELDS)
    checked = check(read_policy({"policy.yaml": text}, ENVIRONMENT.limits, sections=ENVIRONMENT.section_keys), ENVIRONMENT)
    plan = WatchPlan.of(checked.sections)
    assert plan is not None, checked.findings
    return Watcher(plan, ENVIRONMENT, ReferenceMatcher())


def fired(watcher: Watcher, **fields: Any) -> list[dict[str, tuple[str, ...]]]:
    """Return the readings under which each action for one event is to be done."""
    return [dict(action.readings) for action in watcher.process([Event("t1", "trade", "a", date(2026, 3, 1), fields)])]


@pytest.mark.parametrize(
    ("fields", "readings", "said"),
    [
        ({"sort": "bond", "amount": 101}, [{}], []),
        ({"sort": "bond", "amount": 99}, [], []),
        ({"sort": "bond", "amount": 100}, [{"limit": ("inclusive",)}], []),
        ({"sort": "stock", "amount": 101}, [], ["its decision `alert` is undetermined (gap)"]),
        ({"sort": "other", "amount": 101}, [], ["its decision `alert` is undetermined (gap)"]),
        ({"sort": "stock"}, [], ["its decision `alert` is undetermined (gap)"]),
        ({"amount": 101}, [], ["`sort` is missing"]),
        ({"sort": "bond"}, [], ["`amount` is missing"]),
    ],
)
def test_an_event_is_decided_by_the_policy(fields: dict[str, Any], readings: list[Any], said: list[str]) -> None:
    watcher = watching("when: alert")

    assert fired(watcher, **fields) == readings
    told = " ".join(finding.message for finding in watcher.findings())
    assert all(f"1 events may matter to `r`, but {words}" in told for words in said)
    assert ("; such as `t1`" in told) == bool(said)


def test_an_undetermined_decision_fires_only_what_does_not_hang_on_it() -> None:
    watcher = watching('when: alert or place = "here"')

    assert fired(watcher, sort="stock", amount=1, place="here") == [{}]
    assert fired(watching("when: not(alert)"), sort="stock", amount=1) == []


def test_the_day_of_the_event_is_the_date_of_the_run() -> None:
    watcher = watching("when: old")

    assert fired(watcher, signed_on=date(2026, 1, 1)) == [{}]
    assert fired(watcher, signed_on=date(2026, 2, 15)) == []
    assert fired(watcher, signed_on=None) == []


def test_a_decision_that_waits_for_a_parameter_is_undetermined() -> None:
    watcher = watching("when: over")

    assert fired(watcher, amount=5) == []
    assert [finding.code for finding in watcher.findings()] == ["watch-unknown"]


def test_a_decision_may_say_what_keeps_counts_apart() -> None:
    watcher = watching('per: ["large"], count: 2')
    events = [Event(str(n), "trade", "a", date(2026, 3, n), {"amount": amount}) for n, amount in enumerate((101, 99, 200), 1)]

    assert [action.events for action in watcher.process(events)] == [("1", "3")]


@pytest.mark.parametrize(
    ("rule", "fields", "expected"),
    [
        ("when: frequent", FIELDS, ("watch-decision", "add a field `orders: {}`")),
        (
            "when: alert",
            FIELDS.replace("amount: {}", "amount: {type: text}"),
            ("watch-decision", "leave its type out: then it is the fact"),
        ),
        ("when: total > 3", FIELDS, ("watch-decision", "")),
        ("when: alrt", FIELDS, ("unknown-name", "did you mean `alert`?")),
        ("when: alert", FIELDS.replace("amount", "amuont"), ("unknown-fact", "did you mean `amount`?")),
        ("when: alert", FIELDS.replace("place", "alert"), ("duplicate-name", "")),
    ],
)
def test_what_an_event_cannot_tell_is_an_error(rule: str, fields: str, expected: tuple[str, str]) -> None:
    assert findings(rule, fields) == [expected]


def test_a_field_may_repeat_the_type_of_its_fact() -> None:
    assert findings("when: alert", FIELDS.replace("sort: {}", "sort: {type: enum, values: [bond, stock, other]}")) == []


TRADES = "securities-trading-alerts"


def trades() -> Iterator[dict[str, Any]]:
    kinds = ("delisting_period_stock", "chinext_stock", "newly_listed_overhyped", "bond", "main_board_stock", "other", None)
    for kind, rating, overhyped in product(kinds, ("AA+", "AA", "AA-", "D", None), (True, False, None)):
        given = {"instrument_kind": kind, "issuer_rating": rating, "overhyped": overhyped}
        yield {name: value for name, value in given.items() if value is not None}


def test_the_alerts_on_trades_never_contradict_what_the_policy_decides() -> None:
    loaded = load(TRADES)
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    seen = set()
    for fields in trades():
        decided = loaded.decide(fields).to_dict()["outputs"]["watch"]
        watcher = Watcher(plan, loaded.environment, ReferenceMatcher())
        actions = [action for action in watcher.process([Event("t", "trade", "a", date(2026, 3, 1), fields)]) if action.do == "watch_trade"]
        if "value" in decided:
            assert [dict(action.readings) for action in actions] == ([{}] if decided["value"] else []), fields
        elif decided["undetermined"] == "reading":
            assert [dict(action.readings) for action in actions] == [{"aa_border": ("inclusive",)}], fields
        else:
            assert actions == [], fields
            assert {finding.code for finding in watcher.findings()} == {"watch-unknown"}
        seen.add(decided.get("undetermined", str(decided.get("value"))))
    assert {"True", "False", "gap", "reading"} <= seen
