"""Sweeps over dates: a cadence whose reading is not settled is open exactly where its readings differ, in every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import duckdb
import pytest

import tierwise
from tests.differential.comparing import ENVIRONMENT, differences
from tests.plans import decision, declared, named, plan_of
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Constant, FactRef, Overdue, Plan, Reading, ReadingRef
from tierwise.core.plan.walk import behind
from tierwise.core.types import BooleanType, DateType, DurationType
from tierwise.core.values import Duration
from tierwise.plugins.cases.run_cases import cases_beside
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.engine import Engine
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable
from tierwise.plugins.loading import policy_files, shipped_policies

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


def cadences(plan: Plan) -> set[str]:
    """Return the readings of a plan that say how an interval counts."""
    return {reading.name for reading in plan.readings.values() if set(reading.values) == set(WORDS)}


def settled(plan: Plan, names: set[str], word: str) -> Plan:
    """Return the plan of a company that has settled its cadences."""
    return replace(plan, readings={**plan.readings, **{name: replace(plan.readings[name], settled=word) for name in names}})


def hanging_on(plan: Plan, names: set[str]) -> Plan:
    """Return a plan that shows only what hangs on a cadence."""
    read = {
        name: {node.name for node in behind(d.node, plan, decisions=True) if isinstance(node, ReadingRef)}
        for name, d in plan.decisions.items()
    }
    return plan.showing({name for name, decision in plan.decisions.items() if decision.output and read[name] & names})


def dated(facts: Mapping[str, Any], day: date) -> Mapping[str, Any]:
    """Return the facts of a case of which every date is this one."""
    return {name: day if type(value) is date else value for name, value in facts.items()}


AGO = [0, 1, 2, 3, 6, 7, 8, 13, 14, 15, 16, 28, 30, 31, 32, 45, 59, 61, 62, 75, 90, 92, 100, 124, 181, 183, 200, 300, 340, 366, 370, 733]
SWEPT = [name for name in shipped_policies() if "rolling" in policy_files(name)["policy.yaml"]]


def test_nine_shipped_policies_leave_open_how_an_interval_counts() -> None:
    assert len(SWEPT) >= 9


@pytest.mark.parametrize("name", SWEPT)
def test_no_shipped_policy_leaves_a_cadence_open_where_its_readings_agree(engine: Engine, name: str) -> None:
    policy = tierwise.load(name)
    asked = cadences(policy.plan)
    plan = hanging_on(policy.plan, asked)
    cases = [case for case in cases_beside(policy) if case.as_of is not None and not case.is_population]
    as_of = max(case.as_of for case in cases if case.as_of is not None)
    known = [facts for case in cases for facts in [read_facts(plan, case.facts)[0]] if any(type(value) is date for value in facts.values())]
    kinds = {str(dated(facts, as_of)): facts for facts in known}.values()  # cases that differ in more than their dates
    rows = [Subject(f"{n:05}", None, dated(facts, as_of - timedelta(days=ago))) for n, (facts, ago) in enumerate(product(kinds, AGO))]
    readings = [grade_by_reference(settled(plan, asked, word), policy.environment, rows, as_of).rows() for word in WORDS]
    unsettled = list(grade_by_reference(plan, policy.environment, rows, as_of).rows())

    differ = 0
    for rolling, calendar, left in zip(*readings, unsettled, strict=True):
        for output, outcome in left.outcomes.items():
            one, other = rolling.outcomes[output], calendar.outcomes[output]
            if one == other:
                assert outcome == one, (output, rows[int(left.key)].facts)
            else:
                assert isinstance(outcome, Undetermined), (output, rows[int(left.key)].facts)
                is_only_that = isinstance(one, Determined) and isinstance(other, Determined)
                assert not is_only_that or outcome.reason is Reason.READING, (output, rows[int(left.key)].facts)
            differ += one != other
    assert differ or plan.lost, "the readings differ somewhere, unless there is no interval at all"
    assert differences(engine, plan, [row.facts for row in rows], as_of, policy.environment) == []
