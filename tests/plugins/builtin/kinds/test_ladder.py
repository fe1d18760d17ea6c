"""What gets better for a lower grade is found, whatever shape the table has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import plans
from tests.plans import constant, decision, plan_of
from tierwise.core.finding import Severity
from tierwise.core.plan import Agree, Compare, Constant, FactRef, HitPolicy, InSet, Logic, Node, Not, Pick, Plan, Table
from tierwise.core.policy.texts import Text
from tierwise.core.types import EnumType, NumberType
from tierwise.core.values import Duration
from tierwise.plugins.builtin.kinds.ladder import Better, Inversion, amounts_by_grade, grades_of, inversion_finding, inversions

GRADES = ("A", "B", "C")
GRADE = EnumType(GRADES)
BY = FactRef("grade", GRADE)
NUMBER = NumberType(0)


def number(value: int | str) -> Constant:
    return constant(value, NUMBER)


def limits(node: Node, *tables: Table) -> Plan:
    """A plan with the one decision ``limit``."""
    return plan_of(*tables, decisions=[decision("limit", NUMBER, node, form="lookup")])


def table(columns: tuple[Node, ...], *rows: tuple[Node | None, ...]) -> Table:
    return plans.table("limit", HitPolicy.UNIQUE, columns, rows, NUMBER)[0]


def is_(word: str) -> Node:
    return Compare("=", BY, Constant(word, GRADE))


@pytest.mark.parametrize(
    ("better", "amounts", "expected"),
    [
        ("higher", {"A": 30, "B": 20, "C": 10}, []),
        ("higher", {"A": 30, "B": 30, "C": 30}, []),
        ("higher", {"A": 30, "B": 20, "C": 25}, [("B", "C")]),
        ("higher", {"A": 10, "B": 20, "C": 30}, [("A", "B"), ("B", "C")]),
        ("higher", {"A": 10, "C": 30}, [("A", "C")]),
        ("higher", {"A": 30, "B": 40, "C": 35}, [("A", "B"), ("A", "C")]),
        ("lower", {"A": 10, "B": 20, "C": 30}, []),
        ("lower", {"A": 10, "B": 5, "C": 30}, [("A", "B")]),
        ("lower", {}, []),
    ],
)
def test_each_lower_grade_is_held_against_the_nearest_better_one_that_gets_less(
    better: Better, amounts: dict[str, int], expected: list[tuple[str, str]]
) -> None:
    found = inversions({grade: Decimal(amount) for grade, amount in amounts.items()}, GRADES, better)

    assert [(i.higher, i.lower) for i in found] == expected


@pytest.mark.parametrize(
    ("of_a", "of_b", "inverted"),
    [
        (Duration(months=1), Duration(months=2), False),
        (Duration(months=2), Duration(months=1), True),
        (Duration.of_days(14), Duration.of_days(7), True),
        (Duration.of_days(30), Duration(months=1), False),
        (Duration(months=1), Duration.of_days(30), False),
        (Duration(months=1), Duration.of_days(27), True),
        (Duration.of_days(32), Duration(months=1), True),
    ],
    ids=str,
)
def test_a_month_is_longer_than_days_only_when_every_month_is(of_a: Duration, of_b: Duration, inverted: bool) -> None:
    assert bool(list(inversions({"A": of_a, "B": of_b}, GRADES, "lower"))) is inverted


@given(st.dictionaries(st.sampled_from(GRADES), st.decimals(-99, 99, places=2)))
@settings(max_examples=100)
def test_there_is_no_inversion_exactly_when_the_amounts_never_rise(amounts: dict[str, Decimal]) -> None:
    known = [amounts[grade] for grade in GRADES if grade in amounts]

    assert (not list(inversions(amounts, GRADES, "higher"))) == (known == sorted(known, reverse=True))


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([is_("A"), is_("B"), is_("C")], {"A": 1, "B": 2, "C": 3}),
        ([is_("A"), InSet(BY, ("B", "C"))], {"A": 1, "B": 2, "C": 2}),
        ([is_("A"), Not(is_("A"))], {"A": 1, "B": 2, "C": 2}),
        ([Logic("or", (is_("A"), is_("B"))), None], {"A": 1, "B": 1, "C": 2}),
        ([Compare("!=", BY, Constant("C", GRADE))], {"A": 1, "B": 1}),
    ],
    ids=["one each", "a list", "not", "or, then any", "unequal"],
)
def test_amounts_are_read_off_any_cell_over_the_grade(tests: list[Node | None], expected: dict[str, int]) -> None:
    rules = table((BY,), *((test, number(i)) for i, test in enumerate(tests, 1)))

    [found] = amounts_by_grade(limits(Pick("limit", 0, NUMBER), rules), "limit", "grade", GRADES)

    assert found == {grade: Decimal(amount) for grade, amount in expected.items()}


def test_rules_are_compared_only_where_their_other_cells_agree() -> None:
    new = FactRef("is_new", NUMBER)
    yes, no = Compare("=", new, number(1)), Compare("=", new, number(0))
    rules = table((new, BY), (yes, is_("A"), number(1)), (yes, is_("B"), number(0)), (no, is_("A"), number(9)), (no, is_("B"), number(8)))

    found = list(amounts_by_grade(limits(Pick("limit", 0, NUMBER), rules), "limit", "grade", GRADES))

    assert found == [{"A": Decimal(1), "B": Decimal(0)}, {"A": Decimal(9), "B": Decimal(8)}]


def test_amounts_are_read_off_classes_that_have_to_agree() -> None:
    node = Agree(BY, (("A", number(1)), ("B", Constant(None, NUMBER)), ("C", FactRef("x", NUMBER))), None, NUMBER)

    assert list(amounts_by_grade(limits(node), "limit", "grade", GRADES)) == [{"A": Decimal(1)}]


@pytest.mark.parametrize("node", [number(1), FactRef("x", NUMBER)], ids=["a constant", "a fact"])
def test_a_decision_without_amounts_by_grade_is_left_alone(node: Node) -> None:
    assert list(amounts_by_grade(limits(node), "limit", "grade", GRADES)) == []


def test_a_table_over_something_else_is_left_alone() -> None:
    rules = table((FactRef("other", GRADE),), (None, number(1)))

    assert list(amounts_by_grade(limits(Pick("limit", 0, NUMBER), rules), "limit", "grade", GRADES)) == []


def test_only_an_enum_has_grades() -> None:
    assert grades_of(limits(number(1)), "limit") == ()
    assert grades_of(limits(number(1)), "not there") == ()


def finding(**more: Any) -> Any:
    return inversion_finding(Inversion("A", Decimal(30), "B", Decimal("45.50")), "credit_days", "grade", None, **more)


def test_an_inversion_is_an_error_with_an_example() -> None:
    found = finding()

    assert (found.code, found.severity) == ("rights-inverted", Severity.ERROR)
    assert found.message == "`credit_days` is `45.5` for `B` but `30` for the better grade `A`"
    assert found.witness == (("grade", "B"),)


def test_an_acknowledged_inversion_is_a_note_with_the_reason() -> None:
    found = finding(acknowledged=Text(zh="原文如此", en="the source says so"))

    assert found.severity is Severity.NOTE
    assert found.message.endswith("for the better grade `A`, as acknowledged")
    assert found.help == "the source says so"
