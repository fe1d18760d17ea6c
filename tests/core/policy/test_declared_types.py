"""Types that a policy names, and the defaults of facts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.short_policies import checked, underlined
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.types import EnumType, ListType, MapType, NumberType, RecordType, SetType, Type
from tierwise.plugins.testing import assert_finding

TYPES = """\
types:
  class: {type: enum, values: {A: 重点, B: 一般}, aliases: {a: A}}
  money: {type: number, scale: 2, unit: 元, min: 0}
  order: {type: record, fields: {class: {type: class}, amount: {type: money}}}
"""
BODY = """\
facts:
  last: {{type: {type}}}
parameters: {{least: {{type: money, value: 5万}}}}
modules:
  m:
    kind: module
    decisions:
      x: {{type: boolean, formula: least > 0}}
      y: {{type: set of class, labels: {{A: least > 0, B: least < 0}}}}
      z: {{type: boolean, formula: 'every o in queue satisfies o.class = A'}}
"""
CLASS = EnumType(("A", "B"), (("a", "A"), ("重点", "A"), ("一般", "B")))
MONEY = NumberType(2, "元", Decimal(0))


def findings_in(body: str) -> tuple[Finding, ...]:
    try:
        return checked(body).findings
    except PolicyError as error:
        return error.findings


def with_type(type: str) -> str:
    return TYPES + BODY.replace("facts:\n", "facts:\n  queue: {{type: list of order}}\n").format(type=type)


@pytest.mark.parametrize(
    ("written", "type"),
    [
        ("class", CLASS),
        ("set of class", SetType(CLASS)),
        ("list of  money", ListType(MONEY)),
        ("map of money", MapType(MONEY)),
        ("order", RecordType((("class", CLASS), ("amount", MONEY)))),
    ],
)
def test_a_named_type_is_what_it_was_declared_to_be(written: str, type: Type) -> None:
    plan = checked(with_type(written)).require_plan()

    assert plan.facts["last"].type == type
    assert plan.parameters["least"] == Decimal(50_000)
    assert plan.decisions["y"].type == SetType(CLASS)


def test_the_plan_is_the_same_as_if_all_were_written_out() -> None:
    words = "values: {A: 重点, B: 一般}, aliases: {a: A}"
    money = "type: number, scale: 2, unit: 元, min: 0"
    out = with_type("class").removeprefix(TYPES)
    for named, written in (
        ("type: class", f"type: enum, {words}"),
        ("type: set of class", f"type: set, {words}"),
        ("type: list of order", f"type: list of record, fields: {{class: {{type: enum, {words}}}, amount: {{{money}}}}}"),
        ("type: money", money),
    ):
        assert named in out
        out = out.replace(named, written)

    assert checked(out).require_plan().fingerprint == checked(with_type("class")).require_plan().fingerprint


@pytest.mark.parametrize(
    ("old", "new", "code", "underline", "help"),
    [
        ("last: {type: class}", "last: {type: clas}", "unknown-type", "clas", "did you mean `class`?"),
        ("last: {type: class}", "last: {type: list of mony}", "unknown-type", "list of mony", "did you mean `list of money`?"),
        ("last: {type: class}", "last: {type: class, values: [A]}", "key-not-for-type", "values", ""),
        ("  class: {type: enum", "  text: {type: enum", "reserved-name", "text", "give the type another name"),
        ("  class: {type: enum", "  list of class: {type: enum", "reserved-name", "list of class", "give the type another name"),
        ("types:\n", "types:\n  early: {type: class}\n", "unknown-type", "class", ""),
        ("types:\n", "types:\n  spare: {type: date}\n", "unused-type", "spare", "remove it, or use it"),
        ("min: 0}\n", "min: 0, nullable: true}\n", "key-not-for-type", "nullable", ""),
    ],
)
def test_a_fault_of_a_named_type_is_found(old: str, new: str, code: str, underline: str, help: str) -> None:
    text = with_type("class")
    assert old in text
    finding = next(finding for finding in findings_in(text.replace(old, new, 1)) if finding.code == code)

    assert underlined(finding.span) == underline
    assert help in finding.help


def test_a_fault_in_a_type_is_said_once_however_often_it_is_named() -> None:
    findings = findings_in(with_type("class").replace("aliases: {a: A}", "aliases: {a: X}"))

    assert [finding.code for finding in findings] == ["unknown-value"]


DEFAULT = "facts: {{a: {declared}, b: {{type: boolean}}}}\nmodules: {{m: {{kind: module, decisions: {{d: {{type: boolean, formula: b and a = a}}}}}}}}\n"


@pytest.mark.parametrize(
    ("declared", "default"),
    [
        ('{type: boolean, default: "false"}', False),
        ("{type: integer, default: 5万}", Decimal(50_000)),
        ("{type: enum, values: {x: eks, y: why}, default: eks}", "x"),
        ("{type: set, values: [x, y], default: [y]}", ("y",)),
        ("{type: list of record, fields: {n: {type: text}}, default: []}", ()),
    ],
)
def test_a_fact_has_its_default(declared: str, default: object) -> None:
    fact = checked(DEFAULT.format(declared=declared)).require_plan().facts["a"]

    assert fact.default == default
    assert not fact.can_be_none


@pytest.mark.parametrize(
    ("declared", "code", "underline"),
    [
        ("{type: integer, default: many}", "bad-literal", "many"),
        ("{type: integer, min: 1, default: 0}", "out-of-range", "0"),
        ("{type: integer, default: ~}", "none-not-allowed", "default"),
        ("{type: integer, default: 1, nullable: true}", "default-and-none", "nullable"),
        ("{type: integer, default: 1, missing: none}", "default-and-none", "missing"),
        ("{type: map of integer, default: {x: 1}}", "wrong-value", "default"),
    ],
)
def test_a_default_that_cannot_be_is_found(declared: str, code: str, underline: str) -> None:
    finding = assert_finding(findings_in(DEFAULT.format(declared=declared)), code)

    assert underlined(finding.span) == underline
