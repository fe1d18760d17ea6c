"""A plan has every visit that the cadence asks for between two days, what is overdue first, and says where there is no time for all."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: rounds
version: 1.0.0
title: {zh: 拜访, en: Rounds}
subject: customer
facts:
  tier: {type: enum, values: [A, B, C], label: {zh: 等级, en: tier}}
  seen_on: {type: date, nullable: true, label: {zh: 上次拜访, en: last visit}}
modules:
  visits:
    kind: visit-cadence
    by: tier
    every: {A: 7 days, B: 1 month, C: undetermined(lost)}
    last: seen_on
    give: {due_on: due_on}
"""
CUSTOMERS = """\
customer_id,name,tier,seen_on,who
1,甲公司,A,2026-06-29,王
2,"B; B, Inc",B,2026-01-31,王
3,丙,C,2026-06-01,李
4,丁,B,,李
5,戊,A,soon,李
"""
PLAN = ("visits", "customers.csv", "--policy", "rounds.yaml", "--from", "2026-07-01", "--to", "2026-07-14", "--owner", "who")


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("rounds.yaml").write_text(POLICY, encoding="utf-8")
    Path("customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    return tmp_path


def visits(*more: str) -> list[list[str]]:
    done = tierwise(*PLAN, "--format", "csv", *more)
    assert done.code == 0, done.err
    return [line.split(",") for line in done.out.lstrip("\ufeff").split("\r\n")[1:] if line]


def test_visits_come_round_by_the_interval_and_what_is_overdue_comes_first(rounds: Path) -> None:
    days = [(row[0], row[1]) for row in visits()]

    # 1: seen on a Monday, every 7 days; 2: due on 28 February, so on the first day, and a month after that; 3: nobody knows how often; 4: never seen;
    # 5: what stands there is no date.
    assert days == [("2026-07-01", "2"), ("2026-07-01", "4"), ("2026-07-06", "1"), ("2026-07-13", "1")]


def test_the_load_is_counted_by_owner_and_week_and_what_is_not_known_by_reason(rounds: Path) -> None:
    done = tierwise(*PLAN, "--per-week", "1", "--format", "markdown")

    assert re.findall(r"^\| 王 \| (\S+) \| (\d+) \|$", done.out, re.MULTILINE) == [
        ("2026-06-29", "1"),
        ("2026-07-06", "1"),
        ("2026-07-13", "1"),
    ]
    assert "not known whether or when: lost 1, missing_fact 1" in done.out
    assert "more than there is time for" not in done.err


def test_more_visits_than_there_is_time_for_are_told(rounds: Path) -> None:
    Path("customers.csv").write_text(CUSTOMERS + "6,己,A,2026-06-30,王\n", encoding="utf-8")
    done = tierwise(*PLAN, "--per-week", "1", "--language", "zh")

    assert "超出可用时间：`王` 在 2026-07-06 那一周有 2 次拜访，可行的是 1 次" in done.err


def test_the_events_of_a_calendar_keep_their_ids_and_their_words(rounds: Path) -> None:
    tierwise(*PLAN, "--file", "plan.ics")
    first = Path("plan.ics").read_bytes()
    tierwise(*(word.replace("2026-07-14", "2026-07-20") for word in PLAN), "--file", "later.ics")
    ids, later = (set(re.findall(rb"UID:(\S+)", text)) for text in (first, Path("later.ics").read_bytes()))
    text = first.replace(b"\r\n ", b"").decode()

    assert len(ids) == 4 and ids < later
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))
    assert "SUMMARY:B\\; B\\, Inc · " in text and "DTSTART;VALUE=DATE:20260706" in text
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")


def test_the_workbook_holds_dates_and_the_load(rounds: Path) -> None:
    tierwise(*PLAN, "--per-week", "1", "--file", "plan.xlsx", "--language", "zh")
    book = load_workbook("plan.xlsx")
    days = [row[0].value.date() for row in list(book["拜访"].rows)[1:]]

    assert days == [date(2026, 7, 1), date(2026, 7, 1), date(2026, 7, 6), date(2026, 7, 13)]
    assert [row[2].value for row in list(book["工作量"].rows)[1:]] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "2026-06-30"), "`2026-06-30` comes before `2026-07-01`"),
        (("--file", "plan.pdf"), "must end with .xlsx or .ics"),
        (("--owner", "whose"), "is called `whose`"),
    ],
)
def test_what_cannot_be_planned_is_said(rounds: Path, words: tuple[str, ...], told: str) -> None:
    done = tierwise(*PLAN, *words)

    assert done.code in (2, 4) and told in done.err


def test_a_policy_without_a_cadence_asks_for_none(rounds: Path) -> None:
    done = tierwise("visits", "customers.csv", "--policy", "big-customer-tiers", "--from", "2026-07-01", "--to", "2026-07-14")

    assert done.code == 3 and "asks for no visits" in done.err
