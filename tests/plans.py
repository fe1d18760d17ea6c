"""Builds plans by hand, so that engines and checks are tested without reading a policy; and a small vocabulary to build them of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Acknowledgement,
    Compare,
    CompareOp,
    Constant,
    Decision,
    Fact,
    FactRef,
    HitPolicy,
    InSet,
    Node,
    Pick,
    Plan,
    Ranking,
    Reading,
    ReadingRef,
    Rule,
    Table,
    Undecided,
    Within,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, TextType, Type

USAGE = FactRef("usage", NumberType(2, "元", Decimal(0)))
SIZE = FactRef("size", EnumType(("large", "medium", "small")))
SAFE = FactRef("safe", BooleanType())
GRADES = EnumType(("A", "B", "C"))
LOST = Undecided(Reason.LOST, (), GRADES)


def named(text: str) -> dict[str, str]:
    """Return a text for people in both languages."""
    return {"zh": text, "en": text}


def constant(value: Any, type: Type | None = None) -> Constant:
    """Make a constant; a number may be an ``int`` or, where the type says so, a text."""
    if type is None:
        type = BooleanType() if isinstance(value, bool) else TextType() if isinstance(value, str) else NumberType()
    is_written = isinstance(value, int | str) if isinstance(type, NumberType) else isinstance(value, int)
    return Constant(Decimal(value) if is_written and not isinstance(value, bool) else value, type)


def grade(value: str) -> Constant:
    """Make one of the ``GRADES``."""
    return constant(value, GRADES)


def lost(type: Type, *candidates: Any) -> Undecided:
    """Make a value that the source has lost."""
    return Undecided(Reason.LOST, candidates, type)


def compare(node: Node, op: CompareOp, value: Any) -> Compare:
    """Compare a node with a constant."""
    return Compare(op, node, constant(value, getattr(node, "type", None)))


def interval(node: Node, text: str) -> Within:
    """Test an interval of numbers, written as in a cell: ``[2..5)``."""
    low, high = text[1:-1].split("..")
    return Within(node, constant(low, NumberType()), constant(high, NumberType()), text[0] == "[", text[-1] == "]")


def is_in(node: Node, *values: Any) -> InSet:
    """Test for one of several constants."""
    return InSet(node, values)


def declared(ref: FactRef, **more: Any) -> Fact:
    """Declare the fact that a reference reads."""
    return Fact(ref.name, ref.type, named(ref.name), **more)


def fact(name: str, type: Type, **more: Any) -> tuple[Fact, FactRef]:
    """Make a fact and a reference to it."""
    ref = FactRef(name, type)
    return declared(ref, **more), ref


def reading(name: str, *values: str, settled: str | None = None) -> tuple[Reading, ReadingRef]:
    """Make a reading and a reference to it."""
    return Reading(name, values, settled, named(name)), ReadingRef(name, values)


def rules(*rows: Sequence[Any], type: Type) -> tuple[Rule, ...]:
    """Make rules of one output, called 1, 2, 3 …: each row is its tests and then its value (or a node)."""
    made = []
    for number, row in enumerate(rows, start=1):
        *tests, value = row
        output = value if hasattr(value, "__dataclass_fields__") and not isinstance(value, Decimal) else constant(value, type)
        made.append(Rule(str(number), tuple(tests), (output,), test_texts=tuple("-" if t is None else "…" for t in tests)))
    return tuple(made)


def table(
    name: str,
    hit: HitPolicy,
    columns: Sequence[Node],
    rows: Sequence[Sequence[Any]],
    type: Type,
    default: Node | None = None,
    acknowledged: Sequence[Acknowledgement] = (),
) -> tuple[Table, Pick]:
    """Make a table of one output and what reads it."""
    texts = tuple(getattr(column, "name", f"column {i}") for i, column in enumerate(columns))
    made = Table(name, hit, tuple(columns), texts, (name,), rules(*rows, type=type), (default,), tuple(acknowledged))
    return made, Pick(name, 0, type)


def grade_table(
    columns: Sequence[Node],
    rows: Sequence[Sequence[Any]],
    hit: HitPolicy = HitPolicy.UNIQUE,
    default: Node | None = None,
    acknowledged: Sequence[Acknowledgement] = (),
) -> Table:
    """Make the table ``grade``, which gives one of the ``GRADES``."""
    return table("grade", hit, columns, rows, GRADES, default, acknowledged)[0]


def decision(name: str, type: Type, node: Node, **more: Any) -> Decision:
    """Make a decision."""
    return Decision(name, type, node, named(name), "module", more.pop("form", "formula"), **more)


def plan(
    facts: Sequence[Fact] = (),
    decisions: Sequence[Decision] = (),
    tables: Sequence[Table] = (),
    readings: Sequence[Reading] = (),
    rankings: Sequence[Ranking] = (),
    parameters: Mapping[str, Any] | None = None,
    lost: Sequence[str] = (),
) -> Plan:
    """Make a plan; decisions stand in the order in which they are to be decided."""
    return Plan(
        policy="by-hand",
        version="1.0.0",
        title={"zh": "手工", "en": "By hand"},
        subject="customer",
        fingerprint="0" * 64,
        facts={f.name: f for f in facts},
        readings={r.name: r for r in readings},
        tables={t.name: t for t in tables},
        rankings={r.name: r for r in rankings},
        decisions={d.name: d for d in decisions},
        parameters=parameters or {},
        lost=tuple(lost),
    )


def plan_of(*tables: Table, facts: Sequence[Fact] = (), decisions: Sequence[Decision] | None = None, **more: Any) -> Plan:
    """Make a plan of tables that give grades; by default over usage, size and safe, with a decision that reads each table."""
    made = [decision(t.name, GRADES, Pick(t.name, 0, GRADES), form="table") for t in tables] if decisions is None else decisions
    return plan(facts or [declared(ref) for ref in (USAGE, SIZE, SAFE)], made, tables, **more)
