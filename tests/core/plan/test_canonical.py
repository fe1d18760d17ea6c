"""The canonical text of a plan: what changes it, and with it the fingerprint, and what does not."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.differential.random_plans import random_plan
from tests.short_policies import ENVIRONMENT, HEAD
from tierwise.core.checking import check
from tierwise.core.environment import Environment, KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Constant, Decision, DecisionRef, Fact, FactRef, Named, Node, Plan, Ranking, Reading, ReadingRef, Rule, Table
from tierwise.core.plan.canonical import canonical_text, digest, node_text, type_text
from tierwise.core.plan.walk import walk
from tierwise.core.source import Source
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
from tierwise.plugins.yaml_text.yaml_document import read_policy

OVERLAY = """\
overlay: 1
policy: short
parameters: {days: 30}
readings: {quarter: rolling}
tables:
  bonus: |
    size -> bonus
    large -> 1
    small -> 0
"""

POLICY = """\
facts:
  usage: {type: number, scale: 2, unit: 元, min: 0, max: 50万, label: 用量}
  size: {type: enum, values: {large: 大, small: 小}, aliases: {big: large}, judged: true, missing: vague}
  last_on: {type: date, nullable: true, missing: none}
parameters:
  months: {type: integer, value: 2, note: a draft}
  days: {type: integer, local: true}
readings:
  quarter: [calendar, rolling]
modules:
  tier:
    kind: module
    label: {zh: 级, en: Tier}
    decisions:
      tier:
        type: enum
        values: [A, B]
        table:
          hit: unique
          rules: |
            usage    | size  -> tier | # note
            >= 20万  | large -> A    | seldom
            < 20万   | -     -> B    |
      bonus: {type: integer, table: {local: true}}
      points: {type: integer, hidden: true, formula: "months + days + 1"}
      late: {type: boolean, formula: 'last_on < 2026-01-01 and quarter = "rolling" and points > 3'}
"""


def plan_in(text: str, overlay: str | None = None, environment: Environment = ENVIRONMENT, **tables: str) -> Plan:
    files = {"policy.yaml": HEAD + text, **{f"tables/{name}.csv": table for name, table in tables.items()}}
    return check(read_policy(files, environment.limits, Source("company.yaml", overlay) if overlay else None), environment).require_plan()


def fingerprint(text: str, overlay: str | None = None, environment: Environment = ENVIRONMENT, **tables: str) -> str:
    return plan_in(text, overlay, environment, **tables).fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("facts:", "# a comment\nfacts:   # another"),
        ("label: 用量", "label: {zh: 用量, en: usage}"),
        ("note: a draft", "note: checked"),
        ("{large: 大, small: 小}", "{large: {zh: 大, en: 大}, small: 小}"),
        ("max: 50万", "max: '500000'"),
        ("size: {type: enum", "'size': {'type': \"enum\""),
        ("{type: number, scale: 2, unit: 元", "{unit: 元, scale: 2, type: number"),
        (">= 20万  | large -> A    | seldom", ">= 20万 | large -> A | often"),
        (">= 20万  |", ">= 200000  |"),
        ("| # note\n", "| # remark\n            ------|-----\n"),
        ("usage    | size", "usage ｜ size"),
        ("months + days + 1", "months   + days + 1"),
        ("label: {zh: 级, en: Tier}\n", "label: {zh: 档, en: Class}\n"),
        ("          hit: unique\n", ""),
        ("  tier:\n    kind", "  another:\n    kind"),
        ("[calendar, rolling]", "{values: [calendar, rolling], label: 季度}"),
    ],
)
def test_layout_and_texts_for_people_do_not_change_it(old: str, new: str) -> None:
    assert POLICY.count(old) == 1

    assert fingerprint(POLICY.replace(old, new)) == fingerprint(POLICY)


def test_neither_version_nor_title_nor_the_order_of_facts_changes_it() -> None:
    facts = POLICY[POLICY.index("  usage:") : POLICY.index("parameters:")]
    turned = "".join(f"{line}\n" for line in reversed(facts.splitlines()))
    plan = plan_in(POLICY)

    assert fingerprint(POLICY.replace(facts, turned)) == plan.fingerprint
    assert canonical_text(replace(plan, version="2.0.0", title={"zh": "另", "en": "Another"})) == canonical_text(plan)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scale: 2", "scale: 3"),
        ("unit: 元", "unit: kg"),
        ("max: 50万", "max: 51万"),
        ("{large: 大, small: 小}", "{large: 大, medium: 中, small: 小}"),
        ("{large: 大, small: 小}", "[large, small]"),
        ("aliases: {big: large}", "aliases: {huge: large}"),
        ("missing: vague", "missing: lost"),
        ("value: 2", "value: 3"),
        ("[calendar, rolling]", "[rolling, calendar]"),
        ("values: [A, B]\n", "values: [B, A]\n"),
        ("hit: unique", "hit: first"),
        (">= 20万  |", "> 20万  |"),
        ("large -> A", "large -> B"),
        ("months + days + 1", "months + days + 2"),
        ("hidden: true, ", ""),
        ("nullable: true, missing: none", "nullable: true"),
        ("2026-01-01", "2026-01-02"),
        ('"rolling" and', '"rolling" or'),
        ("points > 3", "points >= 3"),
    ],
)
def test_every_change_of_meaning_changes_it(old: str, new: str) -> None:
    assert POLICY.count(old) == 1

    assert fingerprint(POLICY.replace(old, new)) != fingerprint(POLICY)


def test_an_overlay_counts_with_each_of_its_values() -> None:
    overlays = [OVERLAY, OVERLAY.replace("30", "31"), OVERLAY.replace("rolling", "calendar"), OVERLAY.replace("-> 1", "-> 2")]

    assert len({fingerprint(POLICY, overlay) for overlay in (None, *overlays)}) == 5
    assert fingerprint(POLICY, OVERLAY + "company: x\n# y\n") == fingerprint(POLICY, OVERLAY)


def test_a_table_counts_the_same_in_a_csv_file() -> None:
    start, end = POLICY.index("|\n            usage"), POLICY.index("      bonus:")
    in_csv = POLICY[:start] + "tables/tier.csv\n" + POLICY[end:]

    assert fingerprint(in_csv, tier="usage,size,-> tier\n>= 20万,large,A\n< 20万,-,B\n") == fingerprint(POLICY)
    assert fingerprint(in_csv, tier="usage,size,-> tier\n>= 20万,large,B\n< 20万,-,B\n") != fingerprint(POLICY)


class _Limit(BaseModel):
    give: str


THRESHOLD: Named = {"zh": "门槛", "en": "Threshold"}


class ThresholdKind:
    """A kind whose meaning is its own: true above a threshold that no policy names."""

    name = "threshold"
    title: Named = THRESHOLD
    about = "True above a threshold."
    keys: type[BaseModel] = _Limit

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold

    def decisions(self, module: str, keys: Any) -> Iterable[KindDecision]:
        yield KindDecision(keys.give, "formula", f"usage > {self.threshold}", BooleanType())

    def check(self, keys: Any, context: KindContext) -> Iterable[Finding]:
        return ()


def test_what_a_kind_means_is_part_of_it() -> None:
    text = "facts: {usage: {type: integer}}\nmodules: {m: {kind: threshold, give: big}}\n"
    ten, again, hundred = (replace(ENVIRONMENT, kinds={"threshold": ThresholdKind(number)}) for number in (10, 10, 100))

    assert fingerprint(text, environment=ten) == fingerprint(text, environment=again)
    assert fingerprint(text, environment=ten) != fingerprint(text, environment=hundred)


def test_the_plugin_of_a_function_that_is_called_counts_with_its_version() -> None:
    def given(version: str, function: str = "abs") -> Environment:
        return replace(ENVIRONMENT, givers={function: f"acme {version}"})

    text = "facts: {n: {type: integer}}\nmodules: {m: {kind: module, decisions: {d: {type: integer, formula: abs(n)}}}}\n"

    assert fingerprint(text, environment=given("1")) != fingerprint(text, environment=given("2"))
    assert fingerprint(text, environment=given("1", "floor")) == fingerprint(text, environment=given("2", "floor"))
    assert "\nfunctions\n  abs: acme 1\n" in canonical_text(plan_in(text, environment=given("1")))


def test_it_reads_as_the_policy_does() -> None:
    assert canonical_text(plan_in(POLICY)) == TEXT


TEXT = """\
plan 2
policy short
subject "customer"

facts
  last_on: date, missing missing_fact, nullable, absent is none
  size: enum("large", "small", "big" for "large", "大" for "large", "小" for "small"), missing vague, judged
  usage: number(2) "元" >= 0 <= 500000, missing missing_fact

readings
  quarter: ("calendar", "rolling")

parameters
  months = 2

lost
  bonus
  days

hidden decision days: number(0)
  undetermined(lost)

decision tier: enum("A", "B")
  table tier[1]

decision bonus: number(0)
  undetermined(lost)

hidden decision points: number(0)
  2 + days + 1

decision late: boolean
  last_on < 2026-01-01 and quarter = "rolling" and points > 3

table tier, unique
  usage | size | -> tier
  "1": >= 200000 | = "large" | -> "A"
  "2": < 200000 | - | -> "B"
"""


def test_different_nodes_have_different_texts() -> None:
    found: dict[str, Any] = {}
    for seed in range(150):
        plan = random_plan(random.Random(seed), rankings=seed % 2 == 0)
        cells = (test for table in plan.tables.values() for rule in table.rules for test in (*rule.tests, *rule.outputs))
        for node in walk(*(decision.node for decision in plan.decisions.values()), *cells):
            assert found.setdefault(node_text(node), _untyped(node)) == _untyped(node)
    assert len(found) > 900


def _untyped(value: Any) -> Any:
    """A node without the types of its parts, which follow from what a plan declares."""
    if isinstance(value, FactRef | DecisionRef | ReadingRef):
        return value.name
    if is_dataclass(value):
        return (type(value).__name__, *(_untyped(getattr(value, field.name)) for field in fields(value) if field.name != "type"))
    return tuple(_untyped(item) for item in value) if isinstance(value, tuple) else value


COUNTED: dict[type, tuple[set[str], set[str]]] = {
    Plan: (
        {"policy", "subject", "facts", "readings", "tables", "rankings", "decisions", "parameters", "lost", "functions"},
        {"version", "title", "fingerprint"},
    ),
    Fact: (
        {"name", "type", "missing", "nullable", "absent_is_none", "judged", "default"},
        {"label", "note", "span", "changeable", "because"},
    ),
    Reading: ({"name", "values", "settled"}, {"label", "span"}),
    Decision: ({"name", "type", "node", "output", "population"}, {"label", "module", "form", "nullable", "span", "because"}),
    Table: ({"name", "hit", "columns", "outputs", "rules", "defaults"}, {"column_texts", "acknowledged", "span"}),
    Rule: ({"id", "tests", "outputs"}, {"note", "test_texts", "span"}),
    Ranking: ({"name", "by", "descending", "partition", "among", "then"}, set()),
}
"""What counts of each part of a plan, and what was left out on purpose."""


@pytest.mark.parametrize("part", COUNTED)
def test_every_field_of_a_plan_counts_or_is_left_out_on_purpose(part: Any) -> None:
    counted, left_out = COUNTED[part]

    assert {field.name for field in fields(part)} == counted | left_out


NUMBER = NumberType(2, "元", Decimal(0), Decimal(9))
TYPES: list[list[Type]] = [
    [NUMBER, replace(NUMBER, scale=3), replace(NUMBER, unit=""), replace(NUMBER, low=None), replace(NUMBER, high=None)],
    [
        EnumType(("a", "b"), (("c", "b"),), "b"),
        EnumType(("b", "a"), (("c", "b"),), "b"),
        EnumType(("a", "b"), (), "b"),
        EnumType(("a", "b"), (("c", "b"),)),
    ],
    [RecordType((("a", NUMBER),)), RecordType((("a", TextType()),)), RecordType((("a", NUMBER),), ("a",))],
    [ListType(NUMBER), ListType(TextType())],
    [SetType(NUMBER), SetType(TextType())],
    [MapType(NUMBER), MapType(TextType())],
    [BooleanType()],
    [DateType()],
    [DateTimeType()],
    [DurationType()],
    [TextType()],
]


def test_every_field_of_every_type_counts() -> None:
    every = [type_ for types in TYPES for type_ in types]

    assert {type(types[0]) for types in TYPES} == set(get_args(Type))
    assert [len(types) for types in TYPES] == [len(fields(types[0])) + 1 for types in TYPES]  # one more for every field that differs
    assert len({type_text(type_) for type_ in every}) == len(every)


@pytest.mark.parametrize("value", ["1", True, None, "true", "null", ("a",), "[a]", "2026-01-01"])
def test_a_text_is_never_taken_for_another_value(value: Any) -> None:
    others: list[Any] = [v for v in ("1", True, None, "true", "null", ("a",), "[a]", "2026-01-01") if v is not value]
    type_ = plan_in(POLICY).facts["size"].type

    def text(of: Any) -> str:
        node: Node = Constant(of, type_)
        return node_text(node)

    assert text(value) not in [text(other) for other in others]


def test_the_digest_is_sha256_in_hex() -> None:
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
