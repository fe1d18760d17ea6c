"""Plans built by hand for tests of what reads plans: no policy text, no compiler."""

from __future__ import annotations

from collections.abc import Sequence
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
    Reading,
    Rule,
    Table,
    Undecided,
    Within,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, Type

USAGE = FactRef("usage", NumberType(2, "元", Decimal(0)))
SIZE = FactRef("size", EnumType(("large", "medium", "small")))
SAFE = FactRef("safe", BooleanType())
GRADES = EnumType(("A", "B", "C"))
LOST = Undecided(Reason.LOST, (), GRADES)


def named(text: str) -> dict[str, str]:
    """Return a text for people in both languages."""
    return {"zh": text, "en": text}


def fact(ref: FactRef, nullable: bool = False) -> Fact:
    """Declare the fact that a node reads."""
    return Fact(ref.name, ref.type, named(ref.name), nullable=nullable)


def number(value: str | int) -> Constant:
    """Return a literal number."""
    return Constant(Decimal(value), NumberType(None))


def compare(op: CompareOp, column: Node, value: str | int) -> Compare:
    """Compare a column with a number."""
    return Compare(op, column, number(value))


def interval(column: Node, text: str) -> Within:
    """Return the test of a cell such as ``[2..5)``."""
    low, high = text[1:-1].split("..")
    return Within(column, number(low), number(high), text[0] == "[", text[-1] == "]")


def word(column: Node, *words: Any) -> InSet:
    """Return the test of a cell such as ``A, B``."""
    return InSet(column, words)


def grade(value: str) -> Constant:
    """Return an output cell."""
    return Constant(value, GRADES)


def table(
    columns: Sequence[Node],
    rows: Sequence[tuple[Sequence[Node | None], Node | str]],
    hit: HitPolicy = HitPolicy.UNIQUE,
    acknowledged: Sequence[Acknowledgement] = (),
    default: Node | None = None,
) -> Table:
    """Return the table ``grade`` whose rules are called 1, 2, 3 …"""
    rules = tuple(
        Rule(str(i), tuple(tests), (grade(output) if isinstance(output, str) else output,)) for i, (tests, output) in enumerate(rows, 1)
    )
    texts = tuple(getattr(column, "name", f"column {i}") for i, column in enumerate(columns))
    return Table("grade", hit, tuple(columns), texts, ("grade",), rules, (default,), tuple(acknowledged))


def decision(name: str, node: Node, type: Type = GRADES, form: str = "table", output: bool = True) -> Decision:
    """Return a decision of module ``m``."""
    return Decision(name, type, node, named(name), "m", form, output)


def plan_of(
    *tables: Table,
    facts: Sequence[Fact] = (),
    decisions: Sequence[Decision] | None = None,
    readings: Sequence[Reading] = (),
    lost: Sequence[str] = (),
) -> Plan:
    """Return a plan of some tables, each read by a decision of its name."""
    made = [decision(t.name, Pick(t.name, 0, GRADES)) for t in tables] if decisions is None else decisions
    declared = facts or [fact(ref) for ref in (USAGE, SIZE, SAFE)]
    return Plan(
        policy="hand-built",
        version="1.0.0",
        title=named("hand-built"),
        subject="customer",
        fingerprint="0" * 64,
        facts={f.name: f for f in declared},
        readings={r.name: r for r in readings},
        tables={t.name: t for t in tables},
        rankings={},
        decisions={d.name: d for d in made},
        parameters={},
        lost=tuple(lost),
    )
