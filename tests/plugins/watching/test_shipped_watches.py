"""The shipped policies that watch: what their texts say of events, on both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

ENGINES = [name for name, engine in Plugins(entry_points=False).watch_engines().items() if not engine.unusable()]


def e(kind: str, at: str, id: str = "", **fields: Any) -> Event:
    return Event(id or f"{kind} {at}", kind, "c", date.fromisoformat(at), fields)


def check_of(form: str, on_time: bool, correct: bool, **more: bool) -> Event:
    return e("form_check", "2013-03-04", form, form=form, occasion="2013-03-04", updated_on_time=on_time, entry_correct=correct, **more)


CASES: list[tuple[str, str, list[Event], list[str]]] = [
    ("scorecard-100-rights", "", [e("late_payment", "2024-01-15"), e("late_payment", "2024-03-20")], ["demote_payment_level"]),
    (
        "scorecard-100-rights",
        "",
        [e("late_payment", "2024-03-20"), e("late_payment", "2024-04-10")],
        ["demote_payment_level quarter=rolling"],
    ),
    (
        "scorecard-100-rights",
        "",
        [e("late_payment", "2024-01-15"), e("late_payment", "2024-01-20"), e("late_payment", "2024-03-20")],
        ["demote_payment_level", "decide_demotion"],
    ),
    ("scorecard-100-rights", "readings: {quarter: calendar}", [e("late_payment", "2024-03-20"), e("late_payment", "2024-04-10")], []),
    (
        "project-center-forms-fines",
        "",
        [check_of("客户信息表", False, True), check_of("内部跟单流程看板", True, False)],
        ["collect_donation 10", "collect_donation 20"],
    ),
    (
        "project-center-forms-fines",
        "",
        [check_of("客户信息表", False, True), check_of("内部跟单流程看板", False, True)],
        ["collect_donation 20", "collect_donation 20 occurrence=per_form"],
    ),
    ("project-center-forms-fines", "", [check_of("客户信息表", False, False)], ["decide_donation"]),
    ("project-center-forms-fines", "", [check_of("其他表格", False, False)], []),
    ("project-center-forms-fines", "", [check_of("客户信息表", True, True, filled_carelessly=True)], ["collect_donation 10"]),
    ("project-center-forms-fines", "", [check_of("客户信息表", False, True, filled_carelessly=True)], ["decide_donation"]),
    ("securities-mot-events", "", [e("customer_event", "2024-01-01", event_kind="retirement")], ["report_life_event"]),
    ("securities-mot-events", "", [e("customer_event", "2024-01-01", event_kind="account_opening")], []),
    ("securities-trading-alerts", "", [e("trade", "2024-01-01", instrument_kind="bond", issuer_rating="AA-")], ["watch_trade"]),
    (
        "securities-trading-alerts",
        "",
        [e("trade", "2024-01-01", instrument_kind="bond", issuer_rating="AA")],
        ["watch_trade aa_border=inclusive"],
    ),
    ("securities-trading-alerts", "", [e("trade", "2024-01-01", instrument_kind="bond", issuer_rating="AA+")], []),
    ("securities-trading-alerts", "", [e("trade", "2024-01-01", instrument_kind="chinext_stock")], ["watch_trade"]),
    ("securities-trading-alerts", "", [e("exchange_oral_warning", "2024-01-01")], ["contact_customer", "report_violation contact_days"]),
    (
        "securities-trading-alerts",
        "parameters: {contact_days: 3}",
        [e("exchange_oral_warning", "2024-01-01"), e("customer_contacted", "2024-01-04")],
        ["contact_customer"],
    ),
    (
        "big-customer-development",
        "parameters: {handover_days: 7}",
        [e("contact_staff_left", "2024-01-01"), e("customer_notified", "2024-01-02")],
        ["complete_handover assign_successor"],
    ),
    (
        "big-customer-development",
        "",
        [e("contact_staff_left", "2024-01-01"), e("customer_notified", "2024-01-02"), e("successor_assigned", "2024-01-03")],
        ["handover_done"],
    ),
    ("key-account-rfm", "", [e("purchase", "2021-05-01")], []),
    ("key-account-rfm", "parameters: {lost_after_days: 30}", [e("purchase", "2021-05-01")], ["win_back"]),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("slug", "overlay", "events", "expected"), CASES)
def test_a_shipped_policy_watches(slug: str, overlay: str, events: list[Event], expected: list[str], engine: str, tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_text(f"overlay: 1\npolicy: {slug}\n{overlay}\n", encoding="utf-8")
    loaded = load(slug, overlay=tmp_path / "company.yaml")
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    with WatchRun(plan, loaded.environment, loaded.plugins.watch_engines()[engine]) as run:
        actions = [*run.process([events]), *run.finish(date(2026, 6, 30))]
    said = [
        " ".join(
            str(part)
            for part in (
                a.do,
                a.amount,
                *(f"{name}={'/'.join(words)}" for name, words in a.readings.items()),
                *((a.lost,) if a.lost else a.missing),
            )
            if part
        )
        for a in actions
    ]
    assert sorted(said) == sorted(expected)
