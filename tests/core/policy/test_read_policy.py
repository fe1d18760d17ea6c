"""A policy's files to a policy, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.outcome import Reason
from tierwise.core.policy import Policy
from tierwise.core.source import Span
from tierwise.core.types import DateType, EnumType, ListType, MapType, NumberType, RecordType, SetType, TextType, Type
from tierwise.plugins.builtin.forms.text_table import read_text_table
from tierwise.plugins.yaml_text.yaml_document import read_policy

Read = Callable[..., Policy]


def findings_of(read: Read, text: str) -> tuple[Finding, ...]:
    with pytest.raises(PolicyError) as caught:
        read(text)
    return caught.value.findings


def underlined(span: Span | None) -> str:
    assert span is not None
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]


def test_a_policy_is_read_with_all_its_parts(read: Read, text: str) -> None:
    policy = read(text)

    assert (policy.policy, policy.title.zh, policy.title.en, policy.subject) == ("big-customers", "大客户", "Big customers", "customer")
    assert policy.facts["usage"].type() == NumberType(2, "元", Decimal(0), Decimal(500_000))
    assert policy.facts["size"].type() == EnumType(("large", "small"), (("big", "large"), ("大", "large"), ("小", "small")))
    assert policy.facts["size"].reason() is Reason.VAGUE
    assert policy.facts["usage"].label is not None
    assert policy.facts["usage"].label.in_language("en") == "用量"
    assert policy.parameter_values == {"months": Decimal(2)}
    assert policy.parameters["days"].reason() is Reason.LOST
    assert list(policy.readings["quarter"].values) == ["calendar", "rolling"]
    assert policy.modules["tier"].kind_keys == {"scale": ["A", "B"]}
    tier = policy.modules["tier"].decisions["tier"]
    assert (list(tier.ways), tier.output_types) == (["table"], {"tier": EnumType(("A", "B"))})
    assert policy.modules["tier"].decisions["points"].ways == {"formula": "months + 1"}
    assert policy.findings == ()


def test_a_table_of_a_policy_stands_where_it_was_written(read: Read, text: str) -> None:
    policy = read(text)

    table = read_text_table(policy.modules["tier"].decisions["tier"].ways["table"]["rules"])

    assert [underlined(cell.whole) for row in table.rows for cell in row.inputs] == [">= 20万", "large", "< 20万", "-"]


def test_a_policy_has_its_files_beside_it(read: Read, text: str) -> None:
    policy = read(text, tier="usage,-> tier\n>= 20万,A\n")

    assert policy.sources["tables/tier.csv"].line(2) == ">= 20万,A"


@pytest.mark.parametrize(
    ("declaration", "type"),
    [
        ("{type: integer}", NumberType(0)),
        ("{type: number, scale: 4, unit: 月}", NumberType(4, "月")),
        ("{type: list of date}", ListType(DateType())),
        ("{type: set, values: [a, b]}", SetType(EnumType(("a", "b")))),
        ("{type: set of text}", SetType(TextType())),
        ("{type: list of enum, values: [a]}", ListType(EnumType(("a",)))),
        ("{type: map of number, scale: 2}", MapType(NumberType(2))),
        ("{type: list of record, fields: {a: {type: text}}}", ListType(RecordType((("a", TextType()),)))),
        ("{type: list of record, fields: {a: {type: text, nullable: true}}}", ListType(RecordType((("a", TextType()),), nullable=("a",)))),
        ("{type: map of list of integer}", MapType(ListType(NumberType(0)))),
    ],
)
def test_a_declaration_gives_its_type(read: Read, text: str, declaration: str, type: Type) -> None:
    assert read(text.replace("{type: date, nullable: true, missing: none}", declaration)).facts["last_on"].type() == type


@pytest.mark.parametrize(
    ("declaration", "code", "underline", "help"),
    [
        ("{type: number}", "scale-missing", "number", "`scale: 2`"),
        ("{type: number, scale: two}", "wrong-value", "two", ""),
        ("{type: numbr, scale: 2}", "unknown-type", "numbr", "did you mean `number`?"),
        ("{type: list of dates}", "unknown-type", "list of dates", "did you mean `list of date`?"),
        ("{type: [a]}", "wrong-shape", "type", ""),
        ("{type: enum}", "values-missing", "enum", "`values: [A, B, C]`"),
        ("{type: set}", "values-missing", "set", "values"),
        ("{type: enum, values: [a, b, a]}", "duplicate-value", "values", ""),
        ("{type: enum, values: [a, b], aliases: {x: c}}", "unknown-value", "c", "`a`, `b`"),
        ("{type: enum, values: [a, b], aliases: {a: b}}", "duplicate-value", "a", ""),
        ("{type: enum, values: [a, b], others: c}", "unknown-value", "c", "`a`, `b`"),
        ("{type: text, others: c}", "key-not-for-type", "others", ""),
        ("{type: list of record}", "fields-missing", "list of record", "fields"),
        ("{type: list of record, fields: {x: {type: nmber}}}", "unknown-type", "nmber", "`number`"),
        ("{type: date, scale: 2}", "key-not-for-type", "scale", ""),
        ("{type: integer, scale: 2}", "key-not-for-type", "scale", ""),
        ("{type: integer, min: 3, max: 1}", "min-above-max", "3", ""),
        ("{type: date, missing: none}", "none-not-allowed", "none", "`nullable: true`"),
        ("{type: date, missing: lots}", "wrong-value", "lots", "did you mean `lost`?"),
        ("{type: date, jugded: true}", "unknown-key", "jugded", "did you mean `judged`?"),
        ("{type: date, judged: yes}", "wrong-value", "yes", ""),
        ("{type: date, label: [a]}", "wrong-shape", "label", ""),
        ("{type: date, label: {de: x}}", "unknown-key", "de", ""),
        ("{scale: 2}", "missing-key", "last_on", "add `type: …`"),
        ("date", "wrong-shape", "date", ""),
    ],
)
def test_a_fault_of_a_declaration_is_found_at_its_place(
    read: Read, text: str, declaration: str, code: str, underline: str, help: str
) -> None:
    findings = findings_of(read, text.replace("{type: date, nullable: true, missing: none}", declaration))

    assert code in [finding.code for finding in findings]
    finding = next(finding for finding in findings if finding.code == code)
    assert underlined(finding.span) == underline
    assert help in finding.help


@pytest.mark.parametrize(
    ("old", "new", "code", "underline", "help"),
    [
        ("tierwise: 1", "tierwise: 2", "wrong-value", "2", ""),
        ("policy: big-customers", "policy: Big Customers", "wrong-value", "Big Customers", ""),
        ("version: 1.0.0\n", "", "missing-key", "tierwise: 1", "add `version: …`"),
        ("readings:", "reedings:", "unknown-key", "reedings", "did you mean `readings`?"),
        ("kind: value-tier", "", "missing-key", "tier", "add `kind: …`"),
        ("{type: integer, hidden", "{type: integer, outputs: {x: {type: date}}, hidden", "type-and-outputs", "type", ""),
        ("months: {type: integer, value: 2", "months: {type: integer", "parameter-value", "months", ""),
        ("local: true", "local: true, value: 1", "parameter-value", "days", ""),
        ("value: 2", "value: two", "bad-literal", "two", ""),
        ("value: 2", "value: 2.5", "*", "2.5", ""),
        ("value: 2", "value: ~", "none-not-allowed", "value", ""),
        ("[calendar, rolling]", "[calendar]", "single-reading", "quarter", ""),
        ("    decisions:\n", "    decisions: x\n    other:\n", "wrong-shape", "x", ""),
    ],
)
def test_a_fault_of_the_policy_is_found_at_its_place(
    read: Read, text: str, old: str, new: str, code: str, underline: str, help: str
) -> None:
    assert text.count(old) >= 1
    findings = findings_of(read, text.replace(old, new, 1))

    finding = next(finding for finding in findings if code in ("*", finding.code))
    assert underlined(finding.span) == underline
    assert help in finding.help


def test_all_faults_are_found_at_once(read: Read, text: str) -> None:
    broken = text.replace("version: 1.0.0", "verison: 1.0.0").replace("scale: 2", "scale: x").replace("judged", "jugded")

    assert [finding.code for finding in findings_of(read, broken)] == [
        "missing-key",
        "unknown-key",
        "wrong-value",
        "unknown-key",
    ]


@pytest.mark.parametrize("name", ["客户等级", "月均余额(万元)", "points.sales_mode", "late dates", "no"])
def test_a_name_may_be_nearly_any_text(read: Read, text: str, name: str) -> None:
    policy = read(text.replace("  last_on:", f'  "{name}":'))

    assert name in policy.facts
    assert policy.findings == ()


def test_a_policy_is_immutable(read: Read, text: str) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(text).version = "2"


@pytest.mark.parametrize("root", ["just text", "- a\n- b\n"])
def test_a_policy_that_is_no_mapping_says_what_to_write(read: Read, root: str) -> None:
    assert [(f.code, f.help) for f in findings_of(read, root)] == [("wrong-shape", "start with `tierwise: 1`")]


def test_a_folder_without_a_policy_is_an_error() -> None:
    with pytest.raises(PolicyError, match=r"there is no `policy\.yaml`"):
        read_policy({"cases.yaml": ""}, Limits())
