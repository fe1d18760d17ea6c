"""The reference engine decides for a subject by its facts, its positions and, where a decision asks for it, by all subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.differential.comparing import ENVIRONMENT
from tests.plans import GRADES, USAGE, compare, decision, declared, grade, plan_of
from tierwise.core.meaning import Subject
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.plan import Call, Compare, Conditional, Constant, FactRef, Plan
from tierwise.core.types import DateType, ListType, NumberType, RecordType
from tierwise.plugins.sql_engine.reference import Reference

EVERYBODY = FactRef("population", ListType(RecordType(())))
COUNT = Call("count of", (EVERYBODY,), NumberType(0))
TODAY = Compare("=", FactRef("as_of", DateType()), Constant(date(2024, 1, 1), DateType()))


def plan() -> Plan:
    """Return a plan of decisions about one subject, about all, and about one among all."""
    many = Conditional(Compare(">", COUNT, Constant(Decimal(2), NumberType(0))), grade("A"), grade("B"), GRADES)
    alone = decision("alone", GRADES, Conditional(compare(USAGE, ">", 10), grade("A"), grade("B"), GRADES))
    dated = decision("dated", TODAY.type, TODAY)
    of_all = replace(decision("of_all", NumberType(0), COUNT), population=True)
    return plan_of(facts=[declared(USAGE)], decisions=[alone, dated, decision("among", GRADES, many), of_all])


class Reads:
    """Gives three subjects, and counts how often they are read."""

    times = 0

    def __call__(self) -> Iterator[Subject]:
        self.times += 1
        return (Subject(str(n), None, {"usage": Decimal(n)}) for n in range(3))


def test_an_output_is_decided_for_one_subject() -> None:
    reference = Reference(plan(), ENVIRONMENT, date(2024, 1, 1), Reads())

    assert reference.output("alone")({"usage": Decimal(11)}, {}) == Determined("A")
    assert reference.output("dated")({}, {}) == Determined(True)
    missing = Reference(plan(), ENVIRONMENT, None, Reads()).output("dated")({}, {})
    assert isinstance(missing, Undetermined)
    assert missing.reason is Reason.MISSING_FACT


def test_all_subjects_are_read_once_and_only_where_a_decision_asks_for_them() -> None:
    reads = Reads()
    reference = Reference(plan(), ENVIRONMENT, None, reads)
    reference.output("alone")({}, {})

    assert reads.times == 0
    assert [reference.output("among")({}, {}) for _ in range(2)] == [Determined("A")] * 2
    assert reference.population() == {"of_all": Determined(Decimal(3))}
    assert reads.times == 1


def test_a_part_of_the_plan_is_worked_out_for_one_subject() -> None:
    part = Reference(plan(), ENVIRONMENT, None, Reads()).part(compare(USAGE, ">", 10))

    assert part({"usage": Decimal(11)}, {}) is True
