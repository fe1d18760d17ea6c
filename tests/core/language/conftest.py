"""A scope with facts of every type, and short ways to compile a text in it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tierwise.core.environment import Limits
from tierwise.core.finding import Finding
from tierwise.core.language import Scope
from tierwise.core.plan import Constant, DecisionRef, FactRef, Node, ReadingRef
from tierwise.core.source import Source, Span
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
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
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS

GRADE = EnumType(("A+", "A", "B", "C"), (("甲", "A"),))
CUSTOMER = EnumType(("VIP客户", "商场/店铺", "普通客户"))
LEVEL = EnumType(("1", "2", "3"))
ORDER = RecordType((("grade", GRADE), ("score", NumberType(2)), ("placed_on", DateType())))


@pytest.fixture(scope="session")
def scope() -> Scope:
    """Facts, a decision, a parameter and a reading of every type."""
    facts: dict[str, Type] = {
        "amount": NumberType(2, "元"),
        "budget": NumberType(2, "元"),
        "days_late": NumberType(0, "days"),
        "orders": NumberType(0),
        "rate": NumberType(4),
        "月均余额(万元)": NumberType(2, "万元"),
        "a-b": NumberType(0),
        "score.payment": NumberType(1),
        "growth_pct": NumberType(2, "%"),
        "active": BooleanType(),
        "birthday": DateType(),
        "as_of": DateType(),
        "answered_at": DateTimeType(),
        "every": DurationType(),
        "cadence": DurationType(),
        "note": TextType(),
        "grade": GRADE,
        "客户类别": CUSTOMER,
        "level": LEVEL,
        "classes": SetType(CUSTOMER),
        "tags": SetType(TextType()),
        "late_dates": ListType(DateType()),
        "queue": ListType(ORDER),
        "spend": MapType(NumberType(2, "元")),
        "best": ORDER,
        "B": NumberType(0),
    }
    names: dict[str, Node] = {name: FactRef(name, type_) for name, type_ in facts.items()}
    names["tier"] = DecisionRef("tier", GRADE)
    names["quarter"] = ReadingRef("quarter", ("calendar", "rolling"))
    names["limit"] = Constant(Decimal(200), NumberType(0))
    return Scope(names, BUILTIN_FUNCTIONS, Limits())


@pytest.fixture(scope="session")
def whole() -> Callable[[str], Span]:
    """The span of a text that is the second line of a file, from its fifth column."""
    return lambda text: Span.at(Source("policy.yaml", f"facts:\n    {text}"), 2, 5, len(text))


@pytest.fixture(scope="session")
def underlined() -> Callable[[Finding, str], str]:
    """The part of a one-line text that a finding underlines."""

    def part(finding: Finding, text: str) -> str:
        assert finding.span is not None
        return text[finding.span.column - 5 : finding.span.end_column - 5]

    return part
