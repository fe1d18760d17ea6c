"""The meaning of single nodes, above all where something is unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.plans import compare, constant, decision, fact, is_in, lost, plan, reading, table
from tierwise.core.environment import Environment, Function
from tierwise.core.errors import PluginError
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    Filter,
    HitPolicy,
    InSet,
    ItemRef,
    Labels,
    Logic,
    Node,
    Not,
    Overdue,
    Prefer,
    Project,
    Quantified,
    Quotient,
    Sorted,
    Undecided,
    Within,
)
from tierwise.core.types import (
    BooleanType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration
from tierwise.plugins.manager import Plugins

YES = BooleanType()
WHOLE = NumberType(0)
GRADES = EnumType(("A", "B", "C"))
CLASSES = SetType(EnumType(("x", "y", "z")))
ORDER = RecordType((("id", TextType()), ("grade", GRADES), ("score", WHOLE), ("paid", YES)), nullable=("paid",))

FACTS = {
    name: fact(name, type, **more)
    for name, type, more in (
        ("n", WHOLE, {"nullable": True}),
        ("m", WHOLE, {}),
        ("flag", YES, {}),
        ("other", YES, {"missing": Reason.VAGUE}),
        ("grade", GRADES, {}),
        ("recorded", GRADES, {}),
        ("classes", CLASSES, {}),
        ("orders", ListType(ORDER), {}),
        ("prices", MapType(WHOLE), {}),
        ("last", DateType(), {"nullable": True}),
    )
}


def ref(name: str) -> FactRef:
    return FACTS[name][1]


def outcome(node: Node, type: Type, environment: Environment | None = None, **facts: Any) -> Outcome:
    made_reading, _ = reading("cadence", "rolling", "calendar")
    made = plan([f for f, _ in FACTS.values()], [decision("d", type, node)], readings=[made_reading])
    typed = {name: Decimal(value) if type_is_int(value) else value for name, value in facts.items()}
    return decide(made, environment or Environment(), typed, date(2024, 5, 20))["d"]


def type_is_int(value: Any) -> bool:
    return type(value) is int


def missing(*needs: str, candidates: tuple[Any, ...] = (True, False)) -> Undetermined:
    return Undetermined(Reason.MISSING_FACT, candidates, needs)


FLAG, OTHER, N, M = (compare(ref("flag"), "=", True), compare(ref("other"), "=", True), ref("n"), ref("m"))


@pytest.mark.parametrize(
    ("node", "facts", "expected"),
    [
        (Logic("and", (FLAG, OTHER)), {"other": False}, Determined(False)),
        (Logic("or", (FLAG, OTHER)), {"other": True}, Determined(True)),
        (Logic("and", (FLAG, OTHER)), {"flag": True}, Undetermined(Reason.VAGUE, (True, False), ("other",))),
        (Logic("and", ()), {}, Determined(True)),
        (Logic("or", ()), {}, Determined(False)),
        (Logic("or", (FLAG, Not(FLAG))), {}, Determined(True)),
        (Not(FLAG), {}, missing("flag")),
        (compare(N, "<", 5), {"n": None}, Determined(False)),
        (Not(compare(N, "<", 5)), {"n": None}, Determined(True)),
        (compare(N, "=", None), {"n": None}, Determined(True)),
        (compare(N, "!=", 5), {"n": None}, Determined(True)),
        (Within(N, None, constant(5), True, True), {"n": None}, Determined(False)),
        (Within(constant(6), N, constant(5), True, True), {}, Determined(False)),
        (Within(constant(1), constant(2), N, True, True), {}, Determined(False)),
        (Within(constant(5), N, constant(5), True, True), {}, Undetermined(Reason.MISSING_FACT, (True, False), ("n",))),
        (Within(constant(3), constant(5), constant(1), True, True), {}, Determined(False)),
        (Within(N, constant(1), constant(5), False, True), {"n": 1}, Determined(False)),
        (InSet(N, (None, Decimal(3))), {"n": None}, Determined(True)),
        (Compare("=", Quotient(N, M, WHOLE), constant(2)), {"n": 4, "m": 2}, Determined(True)),
        (Compare("!=", Quotient(N, M, WHOLE), constant(2)), {"n": 4, "m": 0}, Determined(False)),
        (Compare("=", ref("classes"), constant(("y", "x"), CLASSES)), {"classes": ("x", "y")}, Determined(True)),
        (Compare("<", N, M), {"n": 1}, missing("m")),
    ],
)
def test_conditions(node: Node, facts: dict[str, Any], expected: Outcome) -> None:
    assert outcome(node, YES, **facts) == expected


def test_a_condition_that_does_not_matter_is_not_needed() -> None:
    same = Conditional(FLAG, constant("A", GRADES), constant("A", GRADES), GRADES)
    assert outcome(same, GRADES) == Determined("A")
    one = Conditional(FLAG, constant("A", GRADES), lost(GRADES), GRADES)
    assert outcome(one, GRADES) == missing("flag", candidates=("A",))
    assert outcome(Conditional(FLAG, lost(GRADES), lost(GRADES), GRADES), GRADES).reason is Reason.LOST  # type: ignore[union-attr]


VISITS = (
    ("x", constant(Duration.of_days(14), DurationType())),
    ("y", constant(Duration.of_days(7), DurationType())),
    ("z", lost(DurationType())),
)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("x",), Determined(Duration.of_days(14))),
        (("x", "y"), Undetermined(Reason.OVERLAP, (Duration.of_days(7), Duration.of_days(14)))),
        (("y", "z"), Undetermined(Reason.LOST, (Duration.of_days(7),))),
        ((), Undetermined(Reason.GAP)),
    ],
)
def test_several_classes_must_agree_on_a_right(classes: tuple[str, ...], expected: Outcome) -> None:
    assert outcome(Agree(ref("classes"), VISITS, None, DurationType()), DurationType(), classes=classes) == expected


def test_classes_gather_what_each_brings() -> None:
    words = SetType(TextType())
    node = Collected(ref("classes"), (("x", constant(("a", "b"), words)), ("y", constant(("b", "c"), words))), words)
    assert outcome(node, words, classes=("x", "y", "z")) == Determined(("a", "b", "c"))
    assert outcome(node, words) == missing("classes", candidates=())


def test_labels_keep_their_order_and_list_the_sets_still_possible() -> None:
    node = Labels((("y", FLAG), ("x", OTHER)), CLASSES)
    assert outcome(node, CLASSES, flag=True, other=True) == Determined(("y", "x"))
    assert outcome(node, CLASSES, other=True) == missing("flag", candidates=(("x",), ("y", "x")))


LEVEL = Conditional(FLAG, constant("A", GRADES), ref("grade"), GRADES)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"flag": True, "recorded": "C"}, Determined("A")),
        ({"recorded": "C"}, Determined("C")),
        ({"flag": False, "recorded": "C"}, missing("grade", candidates=("A", "B", "C"))),
        ({"grade": "B", "recorded": "C"}, missing("flag", candidates=("A", "B"))),
        ({"grade": "A", "recorded": "C"}, Determined("A")),
        ({}, missing("recorded", candidates=("A", "B", "C"))),
    ],
)
def test_a_recorded_value_stands_in_only_where_nothing_of_the_computation_is_given(facts: dict[str, Any], expected: Outcome) -> None:
    assert outcome(Prefer((LEVEL, ref("recorded")), GRADES), GRADES, **facts) == expected


ORDER_ITEM = ItemRef(ORDER)
IDS_OF_A = Project(
    Filter(ref("orders"), Compare("=", FieldRef(ORDER_ITEM, "grade", GRADES), constant("A", GRADES)), ListType(ORDER)),
    FieldRef(ORDER_ITEM, "id", TextType()),
    ListType(TextType()),
)


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([("o1", "A"), ("o2", "B")], Determined(("o1",))),
        ([("o1", "A"), ("o2", None)], missing("orders.grade", candidates=(("o1",), ("o1", "o2")))),
        ([("o1", "A"), ("o1", None), ("o3", "B")], missing("orders.grade", candidates=(("o1",), ("o1", "o1")))),
    ],
)
def test_an_item_of_which_a_field_is_missing_may_be_in_a_filtered_list_or_not(
    orders: list[tuple[str, str | None]], expected: Outcome
) -> None:
    given = tuple({"id": id, **({} if grade is None else {"grade": grade})} for id, grade in orders)
    assert outcome(IDS_OF_A, ListType(TextType()), orders=given) == expected


def test_a_list_of_which_each_possible_value_gives_the_same_set_is_determined() -> None:
    given = ({"id": "o1", "grade": "A"}, {"id": "o1"})
    assert outcome(
        Call("distinct values", (IDS_OF_A,), SetType(TextType())),
        SetType(TextType()),
        Plugins(entry_points=False).environment(),
        orders=given,
    ) == Determined(("o1",))


def test_a_nullable_field_without_a_value_is_none() -> None:
    unpaid = Filter(ref("orders"), Compare("=", FieldRef(ORDER_ITEM, "paid", YES), Constant(None, YES)), ListType(ORDER))
    ids = Project(unpaid, FieldRef(ORDER_ITEM, "id", TextType()), ListType(TextType()))
    assert outcome(ids, ListType(TextType()), orders=({"id": "o1"}, {"id": "o2", "paid": True})) == Determined(("o1",))


ORDERS = (
    {"id": "o1", "grade": "B", "score": Decimal(80)},
    {"id": "o2", "grade": "A", "score": Decimal(86)},
    {"id": "o3", "grade": "A", "score": Decimal(91)},
)
GRADE, SCORE, ID = (FieldRef(ItemRef(ORDER), name, type) for name, type in (("grade", GRADES), ("score", WHOLE), ("id", TextType())))
QUEUE = Sorted(ref("orders"), ((GRADE, False), (SCORE, True)), ID, None, Reason.TIE, ListType(TextType()))


def test_lists_are_filtered_projected_tested_and_sorted() -> None:
    good = Filter(ref("orders"), is_in(GRADE, "A"), ListType(ORDER))
    assert outcome(Project(good, ID, ListType(TextType())), ListType(TextType()), orders=ORDERS) == Determined(("o2", "o3"))
    assert outcome(Quantified("some", ref("orders"), compare(SCORE, ">", 90)), YES, orders=ORDERS) == Determined(True)
    assert outcome(Quantified("every", ref("orders"), compare(SCORE, ">", 90)), YES, orders=ORDERS) == Determined(False)
    assert outcome(QUEUE, ListType(TextType()), orders=ORDERS) == Determined(("o3", "o2", "o1"))


def test_a_field_that_a_record_lacks_is_unknown() -> None:
    lacking = ({"id": "o4", "grade": "A"}, *ORDERS)
    assert outcome(QUEUE, ListType(TextType()), orders=lacking) == missing("orders.score", candidates=())
    assert outcome(Quantified("some", ref("orders"), compare(SCORE, ">", 90)), YES, orders=lacking) == Determined(True)
    assert outcome(Quantified("every", ref("orders"), compare(SCORE, ">", 0)), YES, orders=lacking) == missing("orders.score")


@pytest.mark.parametrize(
    ("left_open", "said"), [(Reason.VAGUE, Reason.VAGUE), (Reason.LOST, Reason.LOST), (Reason.GAP, Reason.MISSING_FACT)]
)
def test_a_list_that_is_missing_would_not_settle_a_limit_that_the_policy_leaves_open(left_open: Reason, said: Reason) -> None:
    above = Compare(">", SCORE, Undecided(left_open, (), WHOLE))
    ids = Project(Filter(ref("orders"), above, ListType(ORDER)), ID, ListType(TextType()))
    result = outcome(ids, ListType(TextType()))
    assert isinstance(result, Undetermined)
    assert result.reason is said


def test_a_tie_matters_only_where_something_hangs_on_it() -> None:
    tied = (*ORDERS, {"id": "o5", "grade": "B", "score": Decimal(80)})
    first = Sorted(ref("orders"), QUEUE.keys, ID, 1, Reason.TIE, TextType())
    assert outcome(QUEUE, ListType(TextType()), orders=tied) == Undetermined(Reason.TIE)
    assert outcome(first, TextType(), orders=tied) == Determined("o3")
    assert outcome(first, TextType(), orders=tied[:1] + tied[3:]) == Undetermined(Reason.TIE, ("o1", "o5"))
    assert outcome(
        Sorted(ref("orders"), QUEUE.keys, GRADE, None, Reason.TIE, ListType(GRADES)), ListType(GRADES), orders=tied
    ) == Determined(("A", "A", "B", "B"))
    assert outcome(first, TextType(), orders=()) == Determined(None)


def test_a_map_that_lacks_a_key_gives_none() -> None:
    node = FieldRef(ref("prices"), "北京", WHOLE)
    assert outcome(node, WHOLE, prices={"北京": Decimal(3)}) == Determined(Decimal(3))
    assert outcome(node, WHOLE, prices={}) == Determined(None)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2024, 5, 10), Determined(True)),  # 10 days, and the week from the 13th to the 19th without one
        (date(2024, 5, 13), Determined(False)),
        (date(2024, 5, 6), Determined(True)),
        (None, Determined(True)),
    ],
)
def test_overdue_under_an_unsettled_reading(last: date | None, expected: Outcome) -> None:
    _, cadence = reading("cadence", "rolling", "calendar")
    week = Constant(Duration.of_days(7), DurationType())
    assert outcome(Overdue(ref("last"), week, FactRef("as_of", DateType()), cadence), YES, last=last) == expected


def test_nothing_is_overdue_where_no_interval_is_asked_for_even_if_the_last_time_is_not_known() -> None:
    _, cadence = reading("cadence", "rolling", "calendar")
    assert outcome(Overdue(ref("last"), Constant(None, DurationType()), FactRef("as_of", DateType()), cadence), YES) == Determined(False)


def test_an_undetermined_decision_hands_on_its_candidates_and_its_reason() -> None:
    level_rows = [(None, "B"), (None, "C")]
    levels, level = table("level", HitPolicy.UNIQUE, (N,), level_rows, GRADES)
    gaps, gap = table("gap", HitPolicy.UNIQUE, (N,), [(compare(N, "=", 99), "A")], GRADES)
    days = Conditional(compare(DecisionRef("level", GRADES), "=", "B"), constant(7), constant(15), WHOLE)
    same = Conditional(compare(DecisionRef("level", GRADES), "=", "A"), constant(7), constant(15), WHOLE)
    after = Conditional(compare(DecisionRef("gap", GRADES), "=", "A"), constant(7), constant(15), WHOLE)
    decisions = [decision("level", GRADES, level), decision("gap", GRADES, gap)]
    decisions += [decision("days", WHOLE, days), decision("same", WHOLE, same), decision("after", WHOLE, after)]
    found = decide(plan([FACTS["n"][0]], decisions, [levels, gaps]), Environment(), {"n": Decimal(1)}, None)
    assert found["days"] == Undetermined(Reason.OVERLAP, (Decimal(7), Decimal(15)), ("level",))
    assert found["same"] == Determined(Decimal(15))
    assert found["after"] == Undetermined(Reason.GAP, (Decimal(7), Decimal(15)), ("gap",))


def test_a_fact_and_a_decision_that_hang_together_are_completed_together() -> None:
    first = Conditional(FLAG, constant("A", GRADES), constant("B", GRADES), GRADES)
    both = Logic("or", (compare(DecisionRef("first", GRADES), "=", "A"), Not(FLAG)))
    made = plan([FACTS["flag"][0]], [decision("first", GRADES, first, output=False), decision("both", YES, both)])
    assert decide(made, Environment(), {}, None) == {"both": Determined(True)}


def test_arithmetic_over_a_chosen_grade_lists_its_values() -> None:
    factor = Conditional(FLAG, constant(Decimal("0.95")), constant(1), NumberType(2))
    price = Arithmetic("*", (M, factor), NumberType(2))
    assert outcome(price, NumberType(2), m=100) == missing("flag", candidates=(Decimal("95.00"), Decimal(100)))


def test_a_function_that_fails_is_its_authors_fault() -> None:
    def fails(value: Any) -> Any:
        raise ZeroDivisionError("no")

    function = Function("odd", "odd(n)", "Fails.", lambda types: WHOLE, fails)
    environment = Environment(functions={"odd": function})
    assert outcome(Call("odd", (M,), WHOLE), WHOLE, environment) == missing("m", candidates=())
    with pytest.raises(PluginError, match="function `odd` failed: ZeroDivisionError: no"):
        outcome(Call("odd", (M,), WHOLE), WHOLE, environment, m=1)
