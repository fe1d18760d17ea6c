"""Hit policies of tables, with everything known and with something unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.plans import compare, constant, decision, fact, lost, plan, table
from tierwise.core.environment import Environment, Limits
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Arithmetic, DecisionRef, HitPolicy, Node
from tierwise.core.types import EnumType, NumberType, SetType, Type

GRADES = EnumType(("A", "B", "C"))
WHOLE = NumberType(0)
_, N = fact("n", WHOLE)


def outcome(hit: HitPolicy, rows: list[tuple[Any, ...]], type: Type, default: Node | None = None, **facts: int) -> Outcome:
    made, pick = table("t", hit, (N,), rows, type, default)
    whole = plan([fact("n", WHOLE)[0]], [decision("t", type, pick, form="table")], [made])
    return decide(whole, Environment(), {name: Decimal(value) for name, value in facts.items()}, None)["t"]


BANDS = [(compare(N, ">=", 1), "B"), (compare(N, ">=", 5), "A"), (compare(N, ">=", 9), "B")]
POINTS = [(compare(N, ">=", 1), 2), (compare(N, ">=", 5), 7), (compare(N, ">=", 9), 3)]


@pytest.mark.parametrize(
    ("hit", "n", "expected"),
    [
        (HitPolicy.UNIQUE, 0, Undetermined(Reason.GAP)),
        (HitPolicy.UNIQUE, 1, Determined("B", ("1",))),
        (HitPolicy.UNIQUE, 5, Undetermined(Reason.OVERLAP, ("A", "B"), (), ("1", "2"))),
        (HitPolicy.ANY, 5, Undetermined(Reason.OVERLAP, ("A", "B"), (), ("1", "2"))),
        (HitPolicy.FIRST, 9, Determined("B", ("1",))),
        (HitPolicy.PRIORITY, 9, Determined("A", ("2",))),
    ],
)
def test_hit_policies_that_give_one_value(hit: HitPolicy, n: int, expected: Outcome) -> None:
    assert outcome(hit, BANDS, GRADES, n=n) == expected


@pytest.mark.parametrize(
    ("hit", "type", "rows", "n", "expected"),
    [
        (HitPolicy.COLLECT, SetType(GRADES), BANDS, 9, Determined(("B", "A"), ("1", "2", "3"))),
        (HitPolicy.COLLECT, SetType(GRADES), BANDS, 0, Determined(())),
        (HitPolicy.SUM, WHOLE, POINTS, 9, Determined(Decimal(12), ("1", "2", "3"))),
        (HitPolicy.MIN, WHOLE, POINTS, 9, Determined(Decimal(2), ("1", "2", "3"))),
        (HitPolicy.MAX, WHOLE, POINTS, 9, Determined(Decimal(7), ("1", "2", "3"))),
        (HitPolicy.COUNT, WHOLE, POINTS, 9, Determined(Decimal(3), ("1", "2", "3"))),
        (HitPolicy.COUNT, WHOLE, POINTS, 0, Determined(Decimal(0))),
        (HitPolicy.SUM, WHOLE, POINTS, 0, Undetermined(Reason.GAP)),
    ],
)
def test_hit_policies_that_collect(hit: HitPolicy, type: Type, rows: list[tuple[Any, ...]], n: int, expected: Outcome) -> None:
    assert outcome(hit, rows, type, n=n) == expected


def test_sets_are_united() -> None:
    words = SetType(GRADES)
    rows = [(compare(N, ">=", 1), constant(("A", "B"), words)), (compare(N, ">=", 2), constant(("B", "C"), words))]
    assert outcome(HitPolicy.COLLECT, rows, words, n=2) == Determined(("A", "B", "C"), ("1", "2"))


def test_a_default_replaces_the_gap() -> None:
    assert outcome(HitPolicy.UNIQUE, BANDS, GRADES, constant("C", GRADES), n=0) == Determined("C")


def test_a_missing_fact_leaves_what_its_values_could_give() -> None:
    expected = Undetermined(Reason.MISSING_FACT, ("A", "B"), ("n",), ("1", "2", "3"))
    assert outcome(HitPolicy.UNIQUE, BANDS, GRADES) == expected
    assert outcome(HitPolicy.FIRST, BANDS, GRADES, constant("B", GRADES)) == Determined("B", ("1",))


def test_an_overlap_stays_one_whatever_else_is_hit() -> None:
    other, m = fact("m", WHOLE)
    rows = [(None, None, "A"), (None, None, "B"), (compare(m, "=", 1), None, "C")]
    made, pick = table("t", HitPolicy.UNIQUE, (m, N), rows, GRADES)
    whole = plan([other], [decision("t", GRADES, pick, form="table")], [made])
    assert decide(whole, Environment(), {}, None)["t"] == Undetermined(Reason.OVERLAP, ("A", "B", "C"), (), ("1", "2", "3"))


def test_a_lost_value_beside_a_known_one_is_lost() -> None:
    rows = [(None, "A"), (None, lost(GRADES, "B"))]
    assert outcome(HitPolicy.UNIQUE, rows, GRADES, n=1) == Undetermined(Reason.LOST, ("A", "B"), (), ("1", "2"))


def test_a_gap_passes_its_reason_on_to_what_is_looked_up_by_it() -> None:
    level = DecisionRef("t", GRADES)
    looked_up, days = table(
        "days", HitPolicy.UNIQUE, (level,), [(compare(level, "=", "A"), 7), (compare(level, "=", "B"), lost(WHOLE))], WHOLE
    )
    graded, grade = table("t", HitPolicy.UNIQUE, (N,), BANDS, GRADES)
    whole = plan(
        [fact("n", WHOLE)[0]],
        [decision("t", GRADES, grade, form="table"), decision("days", WHOLE, days, form="lookup")],
        [graded, looked_up],
    )
    reasons = {n: decide(whole, Environment(), {"n": Decimal(n)}, None)["days"] for n in (0, 1, 5)}
    assert {n: found.reason for n, found in reasons.items() if isinstance(found, Undetermined)} == {
        0: Reason.GAP,
        1: Reason.LOST,
        5: Reason.OVERLAP,
    }


def test_beyond_the_bound_on_completions_kleene_has_the_last_word() -> None:
    facts = [fact(f"f{i}", GRADES) for i in range(8)]
    rows = [(*(compare(ref, "=", "A") if place == i else None for place in range(8)), "A") for i, (_, ref) in enumerate(facts)]
    made, pick = table("t", HitPolicy.UNIQUE, [ref for _, ref in facts], rows, GRADES)
    whole = plan([f for f, _ in facts], [decision("t", GRADES, pick, form="table")], [made])
    assert decide(whole, Environment(limits=Limits(completions=3)), {}, None)["t"] == Undetermined(
        Reason.MISSING_FACT, ("A",), tuple(f"f{i}" for i in range(8)), tuple(str(i) for i in range(1, 9))
    )


def test_a_fact_in_arithmetic_is_not_split() -> None:
    total = Arithmetic("+", (N, constant(1)), WHOLE)
    rows = [(compare(total, ">=", 1), "A"), (compare(total, "<", 1), "A")]
    made, pick = table("t", HitPolicy.UNIQUE, (total,), rows, GRADES)
    whole = plan([fact("n", WHOLE)[0]], [decision("t", GRADES, pick, form="table")], [made])
    assert decide(whole, Environment(), {}, None)["t"] == Undetermined(Reason.MISSING_FACT, ("A",), ("n",), ("1", "2"))
