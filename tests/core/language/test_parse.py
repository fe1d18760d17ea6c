"""No text whatever makes the language raise, hang, or point outside the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression, compile_test, compile_value, read_literal
from tierwise.core.source import Source, Span
from tierwise.core.types import BooleanType, DateType, DurationType, EnumType, ListType, NumberType, SetType, TextType, Type

WORDS = [
    *(
        "amount",
        "grade",
        "A+",
        "A",
        "D",
        "客户类别",
        "VIP客户",
        "queue",
        "score",
        "classes",
        "every",
        "spend",
        "best",
        "level",
        "1",
        "late_dates",
    ),
    *(
        "(",
        ")",
        "[",
        "]",
        "..",
        ",",
        "，",
        "+",
        "-",
        "*",
        "/",
        "<",
        ">=",
        "=",
        "!=",
        "≥",
        "?",
        ".",
        "`",
        '"',
        "“",
        "”",
        "@",
        "#",
        "\n",
        "\\",
    ),
    *(
        "if",
        "then",
        "else",
        "and",
        "or",
        "not",
        "between",
        "in",
        "some",
        "every",
        "satisfies",
        "true",
        "null",
        "item",
        "undetermined",
        "lost",
    ),
    *(
        "5",
        "0.5",
        "50万",
        "30%",
        "7 days",
        "3个月",
        "2024-01-01",
        "2024-13-01",
        "500,000",
        "1_0",
        '"x"',
        '"P3M"',
        "５",
        "²",
        "٣",
        "\u3000",
        "\x00",
    ),
    *(
        "count",
        "round half up",
        "mean",
        "at least",
        "date",
        "duration",
        "most per calendar",
        "sum",
        "list contains",
        "step down",
        "coalesce",
    ),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])) | st.text(
    max_size=40
)
TYPES: list[Type] = [
    NumberType(2, "元"),
    EnumType(("A+", "A", "-", "1", "")),
    TextType(),
    BooleanType(),
    DateType(),
    DurationType(),
    SetType(EnumType(("A", "B"))),
    ListType(NumberType(0)),
]


def assert_inside(findings: list[Finding], span: Span) -> None:
    """Each finding points into the text."""
    for finding in findings:
        assert finding.span is not None
        if finding.span == span:
            continue
        assert span.line <= finding.span.line <= span.line + span.source.text.count("\n")
        assert finding.span.column >= 1
        line = span.source.text.split("\n")[finding.span.line - 1]
        assert finding.span.end_column <= max(len(line), 1) + 2


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_any_expression_compiles_or_is_reported(scope: Scope, text: str) -> None:
    span = Span.at(Source("x", text), 1, 1, len(text))
    node, findings = compile_expression(text, span, scope)

    assert (node is None) == has_errors(findings)
    assert_inside(findings, span)


@settings(max_examples=100, deadline=None)
@given(
    TEXTS, st.sampled_from(["amount", "grade", "客户类别", "note", "active", "birthday", "cadence", "classes", "queue", "spend", "quarter"])
)
def test_any_cell_compiles_or_is_reported(scope: Scope, text: str, column: str) -> None:
    span = Span.at(Source("x", text), 1, 1, len(text))
    node, sound, findings = compile_test(text, span, scope.names[column], scope)

    assert sound == (not has_errors(findings))
    assert sound or node is None
    assert_inside(findings, span)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.sampled_from(TYPES), st.booleans())
def test_any_value_compiles_or_is_reported(scope: Scope, text: str, type_: Type, nullable: bool) -> None:
    span = Span.at(Source("x", text), 1, 1, len(text))
    node, findings = compile_value(text, span, type_, scope, nullable)

    assert (node is None) == has_errors(findings)
    assert_inside(findings, span)


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.sampled_from(TYPES))
def test_any_literal_is_read_or_reported(text: str, type_: Type) -> None:
    value, findings = read_literal(text, type_, Span.at(Source("x", text), 1, 1, len(text)))

    assert value is None or findings == []


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["(", "[", "not(", "x in (", "-", "if ", "count(", "some x in ", "]", "{", "queue[", "1 + (", "a.b", '"', "`", "(1.."]),
    st.integers(1, 3000),
)
def test_repeating_a_part_neither_hangs_nor_raises(scope: Scope, part: str, times: int) -> None:
    text = part * times
    span = Span.at(Source("x", text), 1, 1, len(text))

    assert compile_expression(text, span, scope)[0] is None
    compile_test(text, span, scope.names["amount"], scope)
