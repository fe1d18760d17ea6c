"""Builds plans by hand, so that engines and checks are tested without reading a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from tierwise.core.outcome import Reason
from tierwise.core.plan import (
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
from tierwise.core.types import BooleanType, NumberType, TextType, Type

__all__ = ["between", "compare", "constant", "decision", "fact", "is_in", "lost", "plan", "reading", "rules", "table"]


def constant(value: Any, type: Type | None = None) -> Constant:
    """Make a constant; a whole number may be an ``int``."""
    if type is None:
        type = BooleanType() if isinstance(value, bool) else TextType() if isinstance(value, str) else NumberType()
    return Constant(Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value, type)


def lost(type: Type, *candidates: Any) -> Undecided:
    """Make a value that the source has lost."""
    return Undecided(Reason.LOST, candidates, type)


def compare(node: Node, op: CompareOp, value: Any) -> Compare:
    """Compare a node with a constant."""
    return Compare(op, node, constant(value, getattr(node, "type", None)))


def between(node: Node, low: Any, high: Any, low_inclusive: bool = True, high_inclusive: bool = True) -> Within:
    """Test an interval of constants."""
    return Within(node, constant(low, NumberType()), constant(high, NumberType()), low_inclusive, high_inclusive)


def is_in(node: Node, *values: Any) -> InSet:
    """Test for one of several constants."""
    return InSet(node, values)


def fact(name: str, type: Type, **more: Any) -> tuple[Fact, FactRef]:
    """Make a fact and a reference to it."""
    return Fact(name, type, {"zh": name, "en": name}, **more), FactRef(name, type)


def reading(name: str, *values: str, settled: str | None = None) -> tuple[Reading, ReadingRef]:
    """Make a reading and a reference to it."""
    return Reading(name, values, settled, {"zh": name, "en": name}), ReadingRef(name, values)


def rules(*rows: Sequence[Any], type: Type) -> tuple[Rule, ...]:
    """Make rules of one output: each row is its tests and then its value (or a node)."""
    made = []
    for number, row in enumerate(rows, start=1):
        *tests, value = row
        output = value if hasattr(value, "__dataclass_fields__") and not isinstance(value, Decimal) else constant(value, type)
        made.append(Rule(str(number), tuple(tests), (output,), test_texts=tuple("-" if t is None else "…" for t in tests)))
    return tuple(made)


def table(
    name: str, hit: HitPolicy, columns: Sequence[Node], rows: Sequence[Sequence[Any]], type: Type, default: Node | None = None
) -> tuple[Table, Pick]:
    """Make a table of one output and what reads it."""
    texts = tuple(getattr(column, "name", "expression") for column in columns)
    made = Table(name, hit, tuple(columns), texts, (name,), rules(*rows, type=type), (default,) if default is not None else ())
    return made, Pick(name, 0, type)


def decision(name: str, type: Type, node: Node, **more: Any) -> Decision:
    """Make a decision."""
    return Decision(name, type, node, {"zh": name, "en": name}, "module", more.pop("form", "formula"), **more)


def plan(
    facts: Sequence[Fact] = (),
    decisions: Sequence[Decision] = (),
    tables: Sequence[Table] = (),
    readings: Sequence[Reading] = (),
    rankings: Sequence[Ranking] = (),
    parameters: Mapping[str, Any] | None = None,
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
    )
