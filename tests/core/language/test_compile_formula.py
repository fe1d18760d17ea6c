"""What expressions compile to, and what is said about those that have an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.showing import show
from tierwise.core.environment import Limits
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression
from tierwise.core.plan import FactRef
from tierwise.core.source import Source, Span
from tierwise.core.types import EnumType, NumberType, RecordType

COMPILED = [
    # numbers and their units
    ("amount >= 50万", "(>= amount 500000)"),
    ("amount > 1.5亿", "(> amount 150000000)"),
    ("rate < 30%", "(< rate 0.3)"),
    ("amount = 2千万", "(= amount 20000000)"),
    ("amount > 0.10", "(> amount 0.1)"),
    ("orders = -3", "(= orders -3)"),
    ("-orders", "(- 0 orders)"),
    ("limit * 2", "400"),
    ("0.1 + 0.2 = 0.3", "(= 0.3 0.3)"),
    # precedence
    ("amount + orders * 2 - 3", "(- (+ amount (* orders 2)) 3)"),
    ("(amount + orders) * 2", "(* (+ amount orders) 2)"),
    ("amount - orders - 1", "(- (- amount orders) 1)"),
    ("amount + orders + rate", "(+ amount orders rate)"),
    ("active or orders > 1 and amount > 2", "(or active (and (> orders 1) (> amount 2)))"),
    ("not(active) and orders = 1", "(and (not active) (= orders 1))"),
    ("not active and orders = 1", "(and (not active) (= orders 1))"),
    ("not orders = 1", "(not (= orders 1))"),
    ("orders ≥ 1 and orders ≤ 5 and orders ≠ 3", "(and (>= orders 1) (<= orders 5) (!= orders 3))"),
    # names
    ("a-b + 1", "(+ a-b 1)"),
    ("`a-b` = 1", "(= a-b 1)"),
    ("score.payment > 1", "(> score.payment 1)"),
    ("月均余额(万元) >= 3", "(>= 月均余额(万元) 3)"),
    ('客户类别 = VIP客户 or 客户类别 = "普通客户"', "(or (= 客户类别 VIP客户) (= 客户类别 普通客户))"),
    ("客户类别 = 商场/店铺", "(= 客户类别 商场/店铺)"),
    # words
    ("grade = A+", "(= grade A+)"),
    ("grade = A", "(= grade A)"),
    ("A = grade", "(= A grade)"),
    ("grade = 甲", "(= grade A)"),
    ('grade = "B"', "(= grade B)"),
    ("level = 1", "(= level 1)"),
    ("quarter = calendar", "(= quarter calendar)"),
    ("grade in (A+, A)", "(in grade A+ A)"),
    ("grade in [A+, A]", "(in grade A+ A)"),
    ("grade = tier", "(= grade tier)"),
    # none
    ("birthday = null", "(= birthday none)"),
    ("null != birthday", "(!= none birthday)"),
    # tests in expressions
    ("orders in [1..5)", "(within orders [1..5))"),
    ("orders in (1..5]", "(within orders (1..5])"),
    ("orders in ]1..5[", "(within orders (1..5))"),
    ("orders in (1, 2, > 5)", "(or (in orders 1 2) (> orders 5))"),
    ("orders in > 5 and active", "(and (> orders 5) active)"),
    ("orders between 1 and 5 and active", "(and (within orders [1..5]) active)"),
    ("birthday in late_dates", "(list contains: late_dates birthday)"),
    ("known to be active", "(prefer (and active) false)"),
    (
        "known to be (active or orders > 1) and orders < 9",
        "(and (or (prefer (and active) false) (prefer (> orders 1) false)) (< orders 9))",
    ),
    ("known to be not(active and orders > 1)", "(or (prefer (not active) false) (prefer (not (> orders 1)) false))"),
    ("known to be amount > budget", "(and (prefer (= amount amount) false) (prefer (= budget budget) false) (> amount budget))"),
    ("known to be not(amount > budget)", "(and (prefer (= amount amount) false) (prefer (= budget budget) false) (not (> amount budget)))"),
    ("not(known to be not(active))", "(not (prefer (not active) false))"),
    ("known to be orders in (1, 2)", "(prefer (in orders 1 2) false)"),
    # quotients
    ("amount / budget >= 30%", "(>= (/ amount budget) 0.3)"),
    ("0.5 < (amount - budget) / budget", "(< 0.5 (/ (- amount budget) budget))"),
    ("round half up(amount / budget * 100, 2)", "(round half up 2 (/ (* amount 100) budget))"),
    ("round down(amount / orders / 12, 0)", "(round down 0 (/ amount (* orders 12)))"),
    ("round up(1 + amount / orders, 1)", "(round up 1 (/ (+ (* 1 orders) amount) orders))"),
    ("amount + budget + amount / orders > 1", "(> (/ (+ (* (+ amount budget) orders) amount) orders) 1)"),
    ("orders * 3 * (amount / rate) > 1", "(> (/ (* (* orders 3) amount) rate) 1)"),
    ("amount - budget / orders > 1", "(> (/ (- (* amount orders) budget) orders) 1)"),
    ("-(amount / orders) < 0", "(< (/ (- 0 amount) orders) 0)"),
    ("floor(amount)", "(round floor 0 amount)"),
    ("ceiling(amount / 3)", "(round ceiling 0 (/ amount 3))"),
    ("mean(queue.score) >= 60", "(>= (/ (sum: (each queue item.score)) (count: (each queue item.score))) 60)"),
    ("round half even(mean(amount, budget), 1)", "(round half even 1 (/ (+ amount budget) 2))"),
    # choices
    ("if active then 1 else 2.5", "(if active 1 2.5)"),
    ("if active then A else if orders > 1 then grade else C", "(if active A (if (> orders 1) grade C))"),
    # dates and durations
    ("birthday < 2024-01-01", "(< birthday 2024-01-01)"),
    ('birthday < date("2024-01-01")', "(< birthday 2024-01-01)"),
    ('birthday < @"2024-01-01"', "(< birthday 2024-01-01)"),
    ('every = duration("P3M")', "(= every P3M)"),
    ('every = @"P7D"', "(= every P7D)"),
    ("every >= 1 half-year", "(>= every P6M)"),
    ("every = 2周", "(= every P14D)"),
    ("every = 3个月", "(= every P3M)"),
    ("every = 24 hours", "(= every P1D)"),
    ("every = 1.5 hours", "(= every PT5400S)"),
    ("birthday + 3 months <= as_of", "(<= (+ birthday P3M) as_of)"),
    ("as_of - birthday > 7天", "(> (- as_of birthday) P7D)"),
    ("every * 2", "(* every 2)"),
    ("birthday.year", "(year: birthday)"),
    ("answered_at >= 2024-01-01T08:30", "(>= answered_at 2024-01-01 08:30:00)"),
    # lists, records, maps
    ("queue[grade = A+ and score > 80]", "(filter queue (and (= item.grade A+) (> item.score 80)))"),
    ("count(queue[item.score > limit]) >= 2", "(>= (count: (filter queue (> item.score 200))) 2)"),
    ("queue.grade", "(each queue item.grade)"),
    ("queue[grade = A].score", "(each (filter queue (= item.grade A)) item.score)"),
    ("late_dates.year", "(each late_dates (year: item))"),
    ("late_dates[item > birthday]", "(filter late_dates (> item birthday))"),
    ("some order in queue satisfies order.score > 5", "(some queue (> item.score 5))"),
    ("every order in queue satisfies order.grade = A or active", "(every queue (or (= item.grade A) active))"),
    ("some x in queue satisfies some y in queue satisfies x.score > y.score", "(some queue (some queue (> item^.score item.score)))"),
    ("queue[count(late_dates[item > placed_on]) > 1]", "(filter queue (> (count: (filter late_dates (> item item^.placed_on))) 1))"),
    ("best.grade = A", "(= best.grade A)"),
    ('spend.A + spend["A+"]', "(+ spend.A spend.A+)"),
    ("spend[grade] > 5", "(> (get value: spend grade) 5)"),
    ("[1, 2]", "[1,2]"),
    ("[amount, 2]", "(list: amount 2)"),
    # functions
    ("sum(amount, budget)", "(+ amount budget)"),
    ("sum(queue.score)", "(sum: (each queue item.score))"),
    ("max(amount, budget, 3)", "(max: amount budget 3)"),
    ("list contains(classes, VIP客户)", "(list contains: classes VIP客户)"),
    ("without(classes, [VIP客户, 商场/店铺])", "(without: classes [VIP客户,商场/店铺])"),
    ("union(classes, [普通客户])", "(in order: (union: classes [普通客户]) [VIP客户,商场/店铺,普通客户])"),
    ("union(tags, tags)", "(union: tags tags)"),
    ("contains any(classes, [VIP客户])", "(contains any: classes [VIP客户])"),
    ("at least(grade, A)", "(in grade A+ A)"),
    ("better than(grade, A)", "(in grade A+)"),
    ("at most(grade, C)", "(in grade C)"),
    ("worse than(grade, A+)", "(in grade A B C)"),
    ("at least(grade, tier)", "(at least: grade tier [A+,A,B,C])"),
    ("next in scale(grade)", "(next in scale: grade [A+,A,B,C])"),
    ("step down(grade, 2) = C", "(= (step down: grade 2 [A+,A,B,C]) C)"),
    ('most per calendar(late_dates, "quarter") >= 2', "(>= (most per calendar: late_dates quarter) 2)"),
    ("most per calendar(late_dates, half-year)", "(most per calendar: late_dates half-year)"),
    ("most within(late_dates, 90 days)", "(most within: late_dates P90D)"),
    ("coalesce(birthday, null, as_of)", "(coalesce: birthday none as_of)"),
    ('contains(note, "A+")', "(contains: note A+)"),
    ("date(answered_at) = as_of", "(= (date: answered_at) as_of)"),
    ("date(2024, orders, 1)", "(date: 2024 orders 1)"),
    ("shares pct(spend).A >= 30", "(>= (shares pct: spend).A 30)"),
    ("days between(birthday, as_of) > 30", "(> (days between: birthday as_of) 30)"),
]


@pytest.mark.parametrize(("text", "expected"), COMPILED, ids=[text for text, _ in COMPILED])
def test_an_expression_compiles_to_its_nodes_without_a_finding(
    text: str, expected: str, scope: Scope, whole: Callable[[str], Span]
) -> None:
    node, findings = compile_expression(text, whole(text), scope)

    assert (show(node), findings) == (expected, [])


WRONG = [
    # names and words
    ("amuont > 1", "unknown-name", "amuont", "did you mean `amount`?"),
    ("grade = D", "unknown-value", "D", ""),
    ("grade = A-", "unknown-value", "A-", "did you mean `A`?"),
    ("客户类别 = VIP客", "unknown-value", "VIP客", "did you mean `VIP客户`?"),
    ('grade = "D"', "unknown-value", '"D"', ""),
    ("grade = B", "ambiguous-word", "B", 'write `"B"` for the value, or put the name in backquotes'),
    ("quarter = calender", "unknown-value", "calender", "did you mean `calendar`?"),
    ("`A` = grade", "unknown-name", "`A`", ""),
    ("queue[scores > 1]", "unknown-name", "scores", "did you mean `score`?"),
    ("queue.scores", "unknown-field", "scores", "did you mean `score`?"),
    ("round halfup(amount, 2)", "unknown-function", "round halfup", "did you mean `round half up`?"),
    ("frobnicate(1)", "unknown-function", "frobnicate", ""),
    # types
    ('amount > "5"', "type-mismatch", '"5"', "a number is written without quotes"),
    ('birthday > "2024-01-01"', "type-mismatch", '"2024-01-01"', "write a date as `2024-01-31`, without quotes"),
    ("answered_at > as_of", "type-mismatch", "as_of", "take the day of a date and time by `date(x)`"),
    ("amount + active", "type-mismatch", "amount + active", ""),
    ("amount * active", "type-mismatch", "active", ""),
    ("amount and active", "type-mismatch", "amount", ""),
    ("if amount then 1 else 2", "type-mismatch", "amount", ""),
    ("if active then 1 else birthday", "type-mismatch", "if active then 1 else birthday", ""),
    ("grade > A", "enum-order", "grade > A", "write `at least(x, y)`, `better than(x, y)`, `at most(x, y)` or `worse than(x, y)`"),
    ("birthday < null", "syntax", "birthday < null", ""),
    ("1 < orders < 5", "type-mismatch", "5", ""),
    ("amount.year", "type-mismatch", "year", "only records, maps and dates have parts"),
    ("amount[1 = 1]", "type-mismatch", "amount", ""),
    ("queue[1]", "syntax", "1", "write `first(…)` or `last(…)`, or a condition in the brackets"),
    ("count(amount)", "wrong-arguments", "count(amount)", "its form is `count(list) -> integer`"),
    ("count()", "wrong-arguments", "count()", "its form is `count(list) -> integer`"),
    ("list contains(late_dates, 3)", "wrong-arguments", "list contains(late_dates, 3)", None),
    ("at least(grade, 客户类别)", "wrong-arguments", "at least(grade, 客户类别)", None),
    ("round half up(amount, orders)", "wrong-arguments", "orders", None),
    ("null", "untyped-value", "null", ""),
    ("?", "syntax", "?", ""),
    # units
    ("月均余额(万元) >= 3万", "unit-twice", "3万", "leave `万` out, or declare the plain unit"),
    ("月均余额(万元) / rate + 月均余额(万元) + 5万 > 1", "unit-twice", "5万", "leave `万` out, or declare the plain unit"),
    ("growth_pct > 5%", "unit-twice", "5%", "leave `%` out, or declare the plain unit"),
    ("amount > 月均余额(万元)", "unit-mismatch", "amount > 月均余额(万元)", ""),
    ("amount + days_late", "unit-mismatch", "amount + days_late", ""),
    ("amount > 50万元", "unknown-unit", "万元", "did you mean `万`?"),
    ("amount > 50k", "unknown-unit", "k", "write `50`; the unit belongs to the declaration of the fact"),
    # numbers
    ("amount > 500,000", "number-with-comma", "500,000", "did you mean `500000`? a list has a space after each comma"),
    ("amount > 500_000", "number-with-underscore", "500_000", "did you mean `500000`?"),
    ("amount > " + "9" * 39, "number-too-long", "9" * 39, ""),
    ("amount / budget", "quotient-without-scale", "amount / budget", "write `round half up(a / b, 2)`"),
    ("max(amount / 2, 1)", "quotient-without-scale", "amount / 2", "write `round half up(a / b, 2)`"),
    ("mean(queue.score)", "quotient-without-scale", "mean(queue.score)", "write `round half up(a / b, 2)`"),
    ("amount between budget / 2 and 5", "quotient-without-scale", "budget / 2", "write `round half up(a / b, 2)`"),
    ("1.5 months = every", "bad-literal", "1.5 months", ""),
    ("birthday = 2024-02-30", "bad-literal", "2024-02-30", None),
    (r'note = "C:\x"', "bad-escape", r"\x", None),
    (r'note = "a\/b"', "bad-escape", r"\/", None),
    (r'note = "\u00g1"', "bad-escape", r"\u", None),
    (r'note = "\uD83D"', "bad-escape", r"\u", None),
    (r'note = "\u0000"', "bad-escape", r"\u", None),
    (r'note = "\U110000"', "bad-escape", r"\U", None),
    ('every = duration("3 months")', "bad-literal", '"3 months"', "write it as `P7D`"),
    # what FEEL and spreadsheets say otherwise
    ("birthday < today()", "unknown-function", "today", "write `as_of`, the date of the run; nothing reads the clock"),
    ("decimal(amount, 2)", "unknown-function", "decimal", None),
    ("(as_of - birthday).days > 3", "type-mismatch", "days", None),
    ("birthday.hour", "unknown-field", "hour", None),
    ("abs(x: -1)", "syntax", "x", "write the arguments alone, in their order"),
    ("substring(text: note, start: 1)", "syntax", "text", "write the arguments alone, in their order"),
    ("every * cadence", "syntax", "every * cadence", ""),
    ("round half up(amount, -31)", "wrong-arguments", "-31", None),
    # syntax
    ("", "syntax", "", ""),
    ("amount >", "syntax", ">", ""),
    ("(amount > 1", "syntax", "1", ""),
    ("amount > 1)", "syntax", ")", ""),
    ("amount > 1 2", "syntax", "2", ""),
    ('note = "abc', "syntax", '"', ""),
    ("`amount", "syntax", "`", ""),
    ("if active then 1", "syntax", "1", ""),
    ("some order in queue", "syntax", "e", ""),
    ("and active", "syntax", "a", ""),
    ("amount § 3", "syntax", "§", ""),
    ("some order in queue satisfies known to be order.score > 1", "syntax", "order.score > 1", None),
    ("known to be tier = A", "syntax", "tier = A", None),
    ("known to be (active and quarter = calendar)", "syntax", "active and quarter = calendar", None),
    ("known to be", "syntax", "e", ""),
    ("undetermined(lost)", "undetermined-inside", "undetermined(lost)", ""),
    ("amount in (5..3]", "empty-interval", "(5..3]", ""),
]


@pytest.mark.parametrize(("text", "code", "part", "help"), WRONG, ids=[text or "empty" for text, *_ in WRONG])
def test_an_error_is_reported_at_the_part_that_has_it(
    text: str, code: str, part: str, help: str | None, scope: Scope, whole: Callable[[str], Span], underlined: Callable[[Finding, str], str]
) -> None:
    node, findings = compile_expression(text, whole(text), scope)

    assert node is None
    assert [(f.code, underlined(f, text)) for f in findings] == [(code, part)]
    assert help is None or findings[0].help == help


def test_every_error_of_an_expression_is_reported(scope: Scope, whole: Callable[[str], Span]) -> None:
    text = "grade = D and amuont > 1 and count(amount) > 2"

    _, findings = compile_expression(text, whole(text), scope)

    assert [f.code for f in findings] == ["unknown-value", "unknown-name", "wrong-arguments"]


NOTED = [
    ("amount　＞　5 ＋ 1", "full-width-sign", "＞", "(> amount 6)"),
    ("amount > 1.234", "literal-finer-than-scale", "1.234", "(> amount 1.234)"),
    ("orders = 50%", "literal-finer-than-scale", "50%", "(= orders 0.5)"),
    ("note = “金牌，甲”", "full-width-sign", "“", "(= note 金牌，甲)"),
    ("客户类别 in （VIP客户，普通客户）", "full-width-sign", "（", "(in 客户类别 VIP客户 普通客户)"),
]


@pytest.mark.parametrize(("text", "code", "part", "expected"), NOTED, ids=[text for text, *_ in NOTED])
def test_a_remark_does_not_stop_an_expression(
    text: str, code: str, part: str, expected: str, scope: Scope, whole: Callable[[str], Span], underlined: Callable[[Finding, str], str]
) -> None:
    node, findings = compile_expression(text, whole(text), scope)

    assert show(node) == expected
    assert [(f.code, underlined(f, text)) for f in findings] == [(code, part)]
    assert not has_errors(findings)


TYPED = [
    ("amount * 1.05", NumberType(4, "元")),
    ("amount + budget", NumberType(2, "元")),
    ("orders + rate", NumberType(4)),
    ("amount * budget", NumberType(4)),
    ("round half up(amount / budget * 100, 2)", NumberType(2)),
    ("round half up(amount / orders, 2)", NumberType(2, "元")),
    ("tier", EnumType(("A+", "A", "B", "C"), (("甲", "A"),))),
]


@pytest.mark.parametrize(("text", "expected"), TYPED, ids=[text for text, _ in TYPED])
def test_scale_and_unit_of_a_result_follow_from_its_parts(text: str, expected: Any, scope: Scope, whole: Callable[[str], Span]) -> None:
    node, _ = compile_expression(text, whole(text), scope)

    assert node is not None
    assert node.type == expected


def test_the_fields_of_an_item_in_scope_are_names(whole: Callable[[str], Span]) -> None:
    record = RecordType((("score", NumberType(2)), ("grade", EnumType(("A", "B")))))
    scope = Scope({"limit": FactRef("limit", NumberType(0))}, {}, item=record)

    node, _ = compile_expression("score > limit and grade = A", whole("score > limit and grade = A"), scope)

    assert show(node) == "(and (> item.score limit) (= item.grade A))"


def test_a_finding_in_a_text_of_several_lines_stands_on_its_line(scope: Scope) -> None:
    source = Source("policy.yaml", "formula: |\n    amount > 1\n      and foo > 2\n")

    _, findings = compile_expression("amount > 1\n  and foo > 2\n", Span.at(source, 2, 5, 10), scope)

    assert findings[0].span == Span.at(source, 3, 11, 3)


@pytest.mark.parametrize(
    "text", ["(" * 500 + "1" + ")" * 500, "-" * 500 + "1", "not " * 500 + "active", "1" + " + 1 - 1" * 500, "amount" + ".x" * 500]
)
def test_an_expression_that_nests_too_deep_is_refused(text: str, scope: Scope, whole: Callable[[str], Span]) -> None:
    node, findings = compile_expression(text, whole(text), scope)

    assert (node, [f.code for f in findings]) == (None, ["expression-too-deep"])


def test_a_long_chain_of_one_operator_is_not_deep(scope: Scope, whole: Callable[[str], Span]) -> None:
    text = " + ".join(["amount"] * 900)

    node, findings = compile_expression(text, whole(text), scope)

    assert node is not None and findings == []


def test_an_overlong_expression_is_refused(scope: Scope, whole: Callable[[str], Span]) -> None:
    text = "1" + " + 1" * 10_000

    _, findings = compile_expression(text, whole(text), scope)

    assert [f.code for f in findings] == ["expression-too-long"]


def test_the_depth_limit_is_the_environments(scope: Scope, whole: Callable[[str], Span]) -> None:
    shallow = Scope(scope.names, scope.functions, Limits(expression_depth=3))

    _, findings = compile_expression("((((1))))", whole("((((1))))"), shallow)

    assert [f.code for f in findings] == ["expression-too-deep"]
