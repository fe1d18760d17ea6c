"""Sweeps over dates: a cadence whose reading is not settled is open exactly where its readings differ, in every engine."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from tests.differential.comparing import ENVIRONMENT, differences
from tests.plans import decision, declared, named, plan_of
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Constant, FactRef, Overdue, Plan, Reading, ReadingRef
from tierwise.core.types import BooleanType, DateType, DurationType
from tierwise.core.values import Duration
from tierwise.plugins.engine import Engine
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable

WORDS = ("rolling", "calendar")
LENGTHS = [Duration.of_days(days) for days in (1, 7, 14, 15)] + [Duration(months=n) for n in (1, 2, 3, 5, 12)]
OPEN = Undetermined(Reason.READING, (True, False), ("cadence",))
AS_OF = [date(2024, 2, 29), date(2024, 5, 22)]


def duty(every: Duration, settled: str | None) -> Plan:
    """Return the plan that asks whether something due so often is overdue."""
    node = Overdue(FactRef("last", DateType()), Constant(every, DurationType()), FactRef("as_of", DateType()), ReadingRef("cadence", WORDS))
    return plan_of(
        facts=[declared(FactRef("last", DateType()), nullable=True)],
        decisions=[decision("late", BooleanType(), node)],
        readings=[Reading("cadence", WORDS, settled, named("cadence"))],
    )


AHEAD = 3  # days after the date of the run; the other last times are before it


def reference(plan: Plan, days: int, as_of: date) -> list[Outcome]:
    """Return the outcome for each of so many last times, by the reference engine."""
    subjects = [Subject(f"{day:05}", None, {"last": as_of + timedelta(days=AHEAD - day)}) for day in range(days)]
    return [row.outcomes["late"] for row in grade_by_reference(plan, ENVIRONMENT, subjects, as_of).rows()]


def graded(engine: Engine, plan: Plan, days: int, as_of: date) -> list[Outcome]:
    """Return the outcome for each of so many last times, by an engine."""
    connection = duckdb.connect()
    last = f"DATE '{as_of + timedelta(days=AHEAD)}' - day::INTEGER"
    connection.execute(
        f"CREATE TABLE subjects AS SELECT printf('%05d', day) AS key, NULL::VARCHAR AS name, {last} AS last, FALSE AS last__none FROM range({days}) t(day)"
    )
    facts = FactTable(connection, "subjects", plan.facts, {"last": "last"})
    return [row.outcomes["late"] for row in engine.grade(plan, ENVIRONMENT, facts, as_of).rows()]


@pytest.mark.parametrize("every", LENGTHS, ids=str)
def test_an_unsettled_cadence_is_open_exactly_where_its_readings_differ(engine: Engine, every: Duration) -> None:
    plan = duty(every, None)
    days = min(2 * (every.months * 31 + every.seconds // 86_400) + 10, 800)
    for as_of in AS_OF:
        rolling, calendar = (reference(duty(every, word), days, as_of) for word in WORDS)
        expected = [one if one == other else OPEN for one, other in zip(rolling, calendar, strict=True)]

        assert [graded(engine, duty(every, word), days, as_of) for word in WORDS] == [rolling, calendar]
        assert reference(plan, days, as_of) == expected
        assert graded(engine, plan, days, as_of) == expected
        assert (OPEN in expected) is (every != Duration.of_days(1)), "the readings of a day are the same"


def test_what_was_never_done_is_overdue_on_both_readings(engine: Engine) -> None:
    plan, subjects = duty(Duration(months=1), None), [{"last": None}, {}]
    done = grade_by_reference(plan, ENVIRONMENT, [Subject(str(n), None, facts) for n, facts in enumerate(subjects)], date(2024, 5, 20))

    assert next(row.outcomes["late"] for row in done.rows()) == Determined(True)
    assert differences(engine, plan, subjects, date(2024, 5, 20)) == []
