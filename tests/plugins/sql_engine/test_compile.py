"""Every node is compiled, or listed as left to the reference engine; nothing is forgotten and nothing is claimed that is not so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from sqlglot import parse_one

from tests.plans import GRADES, SAFE, SIZE, USAGE, constant, decision, declared, grade, grade_table, is_in, plan_of
from tests.plugins.sql_engine.evaluating import UNKNOWN, told, worked_out
from tierwise.core.environment import Environment, Function
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    Conditional,
    Constant,
    Cut,
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
    Pick,
    Plan,
    Prefer,
    Project,
    Quantified,
    Quotient,
    RankCut,
    Ranking,
    Reading,
    ReadingRef,
    Round,
    Sorted,
    Undecided,
    Within,
)
from tierwise.core.types import DateType, DurationType, EnumType, ListType, MapType, NumberType, RecordType, SetType, TextType
from tierwise.core.values import Duration
from tierwise.plugins.sql_engine.compile import LEFT_TO_REFERENCE, Compiler, Picked
from tierwise.plugins.sql_engine.terms import Term
from tierwise.plugins.sql_engine.terms import constant as term

INTEGER, NUMBERS, WORDS = NumberType(0), ListType(NumberType(0)), SetType(EnumType(("x", "y")))
ONE, TWO = constant(1), constant(2)
FACTS = {"usage": term(Decimal(2), USAGE.type), "size": term("large", SIZE.type), "safe": term(True, SAFE.type)}
LIST, ITEM = Constant((Decimal(1), Decimal(2)), NUMBERS), ItemRef(INTEGER)
DAY = Constant(date(2024, 1, 1), DateType())
SHARES = FactRef("shares", MapType(NumberType(2)))
LENGTH = Function(
    "length", "length(text) -> integer", "", lambda types: INTEGER, lambda word: Decimal(len(word)), {"duckdb": "length({0})"}
)
ENVIRONMENT = Environment(functions={"length": LENGTH})
SOME = Constant(("x",), WORDS)

SAMPLES: list[tuple[Node, Any]] = [
    (ONE, 1),
    (USAGE, 2),
    (DecisionRef("before", GRADES), "B"),
    (ReadingRef("rounding", ("floor", "ceiling")), "floor"),
    (FieldRef(FactRef("line", RecordType((("amount", INTEGER),))), "amount", INTEGER), 7),
    (Compare("<", ONE, TWO), True),
    (Within(ONE, ONE, TWO, False, True), False),
    (InSet(SIZE, ("small", "large")), True),
    (Logic("or", (Compare("<", TWO, ONE), SAFE)), True),
    (Not(SAFE), False),
    (Conditional(SAFE, grade("A"), grade("B"), GRADES), "A"),
    (Arithmetic("+", (ONE, TWO), NumberType(None)), 3),
    (Round(Quotient(ONE, TWO, NumberType(None)), 0, "half up", INTEGER), 1),
    (Call("length", (Constant("four", TextType()),), INTEGER), 4),
    (Filter(LIST, Compare(">", ITEM, ONE), NUMBERS), (2,)),
    (Project(LIST, ITEM, NUMBERS), (1, 2)),
    (Quantified("some", LIST, Compare("=", ITEM, TWO)), True),
    (Pick("grade", 0, GRADES), "C"),
    (Labels((("x", SAFE), ("y", Not(SAFE))), WORDS), ("x",)),
    (Agree(SOME, (("x", grade("A")), ("y", grade("B"))), None, GRADES), "A"),
    (Collected(SOME, (("x", Constant(("y",), WORDS)),), WORDS), ("y",)),
    (Prefer((USAGE, ONE), NumberType(2)), 2),
    (Overdue(DAY, Constant(Duration(months=1), DurationType()), DAY, Constant("rolling", TextType())), False),
    (RankCut("r", ONE, constant(10), "top", (Cut("A", Decimal(1)), Cut("B", None)), Constant("floor", TextType()), None, GRADES), "A"),
]
"""A node of each type, and its value."""


def plan() -> Plan:
    """Return a plan that has what the samples lead to."""
    cells = grade_table([SIZE], [(is_in(SIZE, "small"), "A"), (is_in(SIZE, "large"), "C")])
    made = plan_of(
        cells,
        facts=[declared(ref) for ref in (USAGE, SIZE, SAFE, SHARES)],
        decisions=[decision("before", GRADES, grade("B"))],
        readings=[Reading("rounding", ("floor", "ceiling"), "floor", {})],
    )
    made.rankings["r"] = Ranking("r", USAGE, True, None, None)  # type: ignore[index]  # a plan of one's own
    return made


def compiler(facts: Mapping[str, Any] = FACTS, positions: Mapping[str, Any] | None = None) -> Compiler:
    """Return a compiler whose decisions are compiled."""
    line = FactRef("line", RecordType((("amount", INTEGER),)))
    record = Term(parse_one("{'amount': 7::DECIMAL(18, 0)}", read="duckdb"), line.type)
    made = Compiler(plan(), ENVIRONMENT, {**facts, "line": record}, positions or {})
    made.decisions()
    return made


@pytest.mark.parametrize(("node", "value"), SAMPLES, ids=lambda part: part.__class__.__name__)
def test_a_node_has_its_value_in_sql(node: Node, value: Any) -> None:
    compile = compiler()

    assert told(compile.term(node), compile.layers) == value


def test_what_is_listed_as_left_to_the_reference_engine_is_not_compiled() -> None:
    """That each node is compiled or listed says the type check; that its SQL is right, the comparison of engines on random plans, which hold every node."""
    compiled = {node.__class__ for node, _ in SAMPLES}

    assert set(LEFT_TO_REFERENCE) <= set(get_args(Node)) - compiled


@pytest.mark.parametrize("node", [Sorted(LIST, ((ITEM, False),), ITEM, None, Reason.TIE, NUMBERS), Undecided(Reason.GAP, ("A",), GRADES)])
def test_what_is_left_to_the_reference_engine_is_unknown(node: Node) -> None:
    assert isinstance(node, LEFT_TO_REFERENCE)
    assert told(compiler().term(node)) == UNKNOWN


@pytest.mark.parametrize(
    "node", [node for node, _ in SAMPLES if "usage" in repr(node) or "safe" in repr(node) or "size" in repr(node)], ids=repr
)
def test_a_node_over_facts_that_nobody_supplies_is_unknown(node: Node) -> None:
    compile = compiler(facts={})

    assert told(compile.term(node), compile.layers) in (UNKNOWN, 1), "a preference takes its other part only where the first is a fact"


@pytest.mark.parametrize(
    ("hit", "value", "rules"),
    [
        (HitPolicy.UNIQUE, UNKNOWN, None),
        (HitPolicy.FIRST, "B", ("1",)),
        (HitPolicy.PRIORITY, "A", ("2",)),
    ],
)
def test_a_table_gives_the_value_and_the_rules_of_its_hits(hit: HitPolicy, value: str, rules: tuple[str, ...] | None) -> None:
    cells = grade_table([SIZE], [(is_in(SIZE, "large"), "B"), (None, "A"), (is_in(SIZE, "small"), "C")], hit)
    compile = Compiler(plan_of(cells), ENVIRONMENT, FACTS, {})
    picked = compile.decisions()["grade"]

    assert told(picked.value, compile.layers) == value
    if rules is not None:
        assert compile.rulebook.ids(number_in(picked, compile)) == rules


def number_in(picked: Picked, compile: Compiler) -> int:
    """Return the number of the rules."""
    assert picked.rules is not None
    (found,) = worked_out([picked.rules], compile.layers)
    return int(found)


def test_where_the_policy_leaves_a_branch_open_a_number_says_which() -> None:
    node = Conditional(SAFE, Undecided(Reason.LOST, (), GRADES), grade("B"), GRADES)
    compile = Compiler(plan_of(decisions=[decision("d", GRADES, node)]), ENVIRONMENT, FACTS, {})
    picked = compile.decisions()["d"]

    assert told(picked.value, compile.layers) == UNKNOWN
    assert picked.open is not None
    assert worked_out([picked.open], compile.layers) == (0,)
