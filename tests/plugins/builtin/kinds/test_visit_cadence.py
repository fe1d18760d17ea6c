"""Intervals by class, dates counted from the last visit, and classes that are visited too seldom."""

from __future__ import annotations

from datetime import date

import pytest

from tests.plugins.builtin.kinds.modules import FACTS, VISITS, found
from tests.short_policies import checked, outcomes
from tierwise.core.finding import Severity
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.values import Duration
from tierwise.plugins.testing import assert_finding


def test_interval_and_dates_are_counted_from_the_last_visit() -> None:
    got = outcomes(FACTS + VISITS, {"grade": "A", "last_on": date(2026, 11, 1)}, date(2026, 11, 8))

    assert got["interval"] == Determined(Duration.of_days(7), ("A",))
    assert got["due_on"] == Determined(date(2026, 11, 8))
    assert (got["due"], got["overdue"]) == (Determined(True), Determined(False))


def test_between_one_and_two_intervals_the_reading_decides() -> None:
    facts = {"grade": "A", "last_on": date(2026, 11, 2)}

    assert outcomes(FACTS + VISITS, facts, date(2026, 11, 10))["overdue"].reason is Reason.READING  # type: ignore[union-attr]  # is one
    assert outcomes(FACTS + VISITS, facts, date(2026, 11, 16))["overdue"] == Determined(True)


def test_a_lost_interval_is_lost() -> None:
    got = outcomes(FACTS + VISITS, {"grade": "C", "last_on": date(2026, 11, 1)}, date(2026, 11, 10))

    assert {name: outcome.reason for name, outcome in got.items()} == dict.fromkeys(got, Reason.LOST)  # type: ignore[union-attr]  # all are


def test_classes_have_to_agree_on_the_interval() -> None:
    modules = "  visits: {kind: visit-cadence, of: classes, every: {vip: 7 days, plain: 14 days}, give: {interval: interval}}\n"

    both = outcomes(FACTS + modules, {"classes": ("vip", "plain")})["interval"]

    assert isinstance(both, Undetermined)
    assert both.reason is Reason.OVERLAP
    assert outcomes(FACTS + modules, {"classes": ("vip",)})["interval"] == Determined(Duration.of_days(7))


def test_an_interval_without_a_name_is_hidden() -> None:
    plan = checked(FACTS + VISITS.replace("interval: interval, ", "")).require_plan()

    assert not plan.decisions["visits_interval"].output


def test_a_class_without_an_interval_is_a_gap() -> None:
    assert [finding.code for finding in found(VISITS.replace(", C: undetermined(lost)", ""))] == ["gap"]


def test_a_better_class_that_is_visited_less_often_is_a_warning() -> None:
    finding = assert_finding(found(VISITS.replace("A: 1 week", "A: 2 months")), "interval-inverted", underlined="1 month")

    assert finding.severity is Severity.WARNING
    assert finding.message == "`interval` is `1m` for `B` but `2m` for the better grade `A`"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    by: grade\n", "", "`visits` demands `every` together with one of `by` and `of`"),
        ("    last: last_on\n", "", "`visits` demands `every` and `last` for `due_on`, `due` and `overdue`"),
        ("    reading: cadence\n", "", "`visits` demands `reading` for `overdue`: `rolling`, `calendar` or a reading"),
    ],
)
def test_cadence_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(VISITS.replace(old, new))]
