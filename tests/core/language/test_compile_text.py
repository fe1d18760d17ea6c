"""What the cells of a table compile to, over columns of every type."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.showing import show
from tierwise.core.finding import Finding
from tierwise.core.language import Scope, compile_test
from tierwise.core.source import Span

MET = [
    ("amount", "-", "-"),
    ("amount", "", "-"),
    ("amount", "  －  ", "-"),
    ("amount", ">= 50万", "(>= amount 500000)"),
    ("amount", "5", "(= amount 5)"),
    ("amount", "-5", "(= amount -5)"),
    ("amount", "1, 2, 3", "(in amount 1 2 3)"),
    ("amount", "< 1, [5..7], 9", "(or (< amount 1) (within amount [5..7]) (= amount 9))"),
    ("amount", "1, > 5, 2", "(or (in amount 1 2) (> amount 5))"),
    ("amount", "[20万..30万)", "(within amount [200000..300000))"),
    ("amount", "(1..2]", "(within amount (1..2])"),
    ("amount", "]1..2[", "(within amount (1..2))"),
    ("amount", "[budget..budget * 1.1]", "(within amount [budget..(* budget 1.1)])"),
    ("amount", "(1 + 2) * 3", "(= amount 9)"),
    ("amount", "> budget", "(> amount budget)"),
    ("amount", ">= budget / 2", "(>= amount (/ budget 2))"),
    ("amount", "not(5)", "(not (= amount 5))"),
    ("amount", "not(> 5, 1)", "(not (or (> amount 5) (= amount 1)))"),
    ("amount", "not(1), null", "(or (not (= amount 1)) (= amount none))"),
    ("amount", "null", "(= amount none)"),
    ("amount", "1, null", "(in amount 1 none)"),
    ("amount", "? > 3 and orders < 2", "(and (> amount 3) (< orders 2))"),
    ("amount", "not(? > 3) or active", "(or (not (> amount 3)) active)"),
    ("amount", "500, 600", "(in amount 500 600)"),
    ("grade", "A", "(= grade A)"),
    ("grade", "A+, A", "(in grade A+ A)"),
    ("grade", "A+,A", "(in grade A+ A)"),
    ("grade", "not(A+, A)", "(not (in grade A+ A))"),
    ("grade", '"B"', "(= grade B)"),
    ("grade", "甲", "(= grade A)"),
    ("grade", "!= A", "(!= grade A)"),
    ("grade", "tier", "(= grade tier)"),
    ("grade", "at least(?, A)", "(in grade A+ A)"),
    ("grade", "null, C", "(in grade none C)"),
    ("客户类别", "商场/店铺，VIP客户", "(in 客户类别 商场/店铺 VIP客户)"),
    ("客户类别", "商场/店铺、VIP客户", "(in 客户类别 商场/店铺 VIP客户)"),
    ("level", "1, 2", "(in level 1 2)"),
    ("active", "true", "(= active true)"),
    ("active", "not(false)", "(not (= active false))"),
    ("note", '"a", "b"', "(in note a b)"),
    ("note", 'starts with(?, "x")', "(starts with: note x)"),
    ("birthday", "< 2024-01-01", "(< birthday 2024-01-01)"),
    ("birthday", "[2024-01-01..as_of]", "(within birthday [2024-01-01..as_of])"),
    ("birthday", "> as_of - 3 months", "(> birthday (- as_of P3M))"),
    ("cadence", "<= 7 days", "(<= cadence P7D)"),
    ("classes", "VIP客户", "(list contains: classes VIP客户)"),
    ("classes", "VIP客户, 普通客户", "(or (list contains: classes VIP客户) (list contains: classes 普通客户))"),
    ("classes", "[VIP客户, 普通客户]", "(or (list contains: classes VIP客户) (list contains: classes 普通客户))"),
    ("classes", "not(VIP客户)", "(not (list contains: classes VIP客户))"),
    ("classes", "[]", "(= classes [])"),
    ("classes", "= [VIP客户]", "(= classes [VIP客户])"),
    ("classes", "null", "(= classes none)"),
    ("classes", "count(?) > 1", "(> (count: classes) 1)"),
    ("tags", '"x"', "(list contains: tags x)"),
    ("tags", "? = tags", "(= tags tags)"),
    ("quarter", "calendar", "(= quarter calendar)"),
    ("late_dates", "2024-01-01", "(list contains: late_dates 2024-01-01)"),
]


@pytest.mark.parametrize(("column", "text", "expected"), MET, ids=[f"{column}: {text}" for column, text, _ in MET])
def test_a_cell_compiles_to_a_test_of_its_column(column: str, text: str, expected: str, scope: Scope, whole: Callable[[str], Span]) -> None:
    node, sound, findings = compile_test(text, whole(text), scope.names[column], scope)

    assert sound
    assert show(node) == expected
    assert all(finding.severity == "note" for finding in findings)


WRONG = [
    ("amount", '"5"', "type-mismatch", '"5"', "a number is written without quotes"),
    ("amount", '> "x"', "type-mismatch", '"x"', "a number is written without quotes"),
    ("amount", "active", "type-mismatch", "active", "a condition in a cell says `?` for the value of its column"),
    ("amount", "500,000", "number-with-comma", "500,000", "did you mean `500000`? a list has a space after each comma"),
    ("amount", "[5..1]", "empty-interval", "[5..1]", ""),
    ("amount", "(5..5]", "empty-interval", "(5..5]", ""),
    ("amount", "[1..2", "syntax", "2", ""),
    ("amount", ">", "syntax", ">", ""),
    ("amount", "1,", "syntax", ",", ""),
    ("amount", "? / 2", "quotient-without-scale", "? / 2", "write `round half up(a / b, 2)`"),
    ("amount", "? + 2", "type-mismatch", "? + 2", ""),
    ("月均余额(万元)", ">= 3万", "unit-twice", "3万", "leave `万` out, or declare the plain unit"),
    ("grade", "D", "unknown-value", "D", ""),
    ("grade", "A-, A", "unknown-value", "A-", "did you mean `A`?"),
    ("amount", "30万-100万", "dash-between-numbers", "30万-100万", "did you mean `[30万..100万)`?"),
    ("orders", "1-5, 9", "dash-between-numbers", "1-5", "did you mean `[1..5)`?"),
    ("grade", "B", "ambiguous-word", "B", 'write `"B"` for the value, or put the name in backquotes'),
    ("grade", "> A", "enum-order", "> A", "write `at least(x, y)`, `better than(x, y)`, `at most(x, y)` or `worse than(x, y)`"),
    ("客户类别", "VIP", "unknown-value", "VIP", "did you mean `VIP客户`?"),
    ("classes", "VIP", "unknown-value", "VIP", "did you mean `VIP客户`?"),
    ("classes", "3", "type-mismatch", "3", ""),
    ("note", "gold", "unknown-name", "gold", 'a text needs quotes: `"gold"`'),
    ("active", "yes", "unknown-name", "yes", ""),
    ("birthday", '"2024-01-01"', "type-mismatch", '"2024-01-01"', "write a date as `2024-01-31`, without quotes"),
    ("spend", "3", "type-mismatch", "3", ""),
]


@pytest.mark.parametrize(("column", "text", "code", "part", "help"), WRONG, ids=[f"{column}: {text}" for column, text, *_ in WRONG])
def test_a_wrong_cell_is_reported_at_the_part_that_is_wrong(
    column: str,
    text: str,
    code: str,
    part: str,
    help: str,
    scope: Scope,
    whole: Callable[[str], Span],
    underlined: Callable[[Finding, str], str],
) -> None:
    node, sound, findings = compile_test(text, whole(text), scope.names[column], scope)

    assert (node, sound) == (None, False)
    assert [(f.code, underlined(f, text), f.help) for f in findings] == [(code, part, help)]


def test_an_unknown_word_names_up_to_five_allowed_values(scope: Scope, whole: Callable[[str], Span]) -> None:
    _, _, findings = compile_test("金卡", whole("金卡"), scope.names["客户类别"], scope)

    assert findings[0].message == "`金卡` is not one of the allowed values `VIP客户`, `商场/店铺`, `普通客户`"
