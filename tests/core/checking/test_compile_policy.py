"""What checking a whole policy finds, and the plan it makes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from tests.short_policies import checked, underlined, with_facts
from tierwise.core.checking import CheckedPolicy
from tierwise.core.environment import Check, CheckContext, Kind, KindContext, KindDecision
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.outcome import Reason
from tierwise.core.plan import Constant, DecisionRef, FactRef, Named, Reading, ReadingRef, Undecided
from tierwise.core.source import Written
from tierwise.core.types import BooleanType, DateType, EnumType, ListType, NumberType, RecordType
from tierwise.plugins import hookimpl
from tierwise.plugins.testing import with_plugin


def test_decisions_may_stand_in_any_order_and_come_after_what_they_read() -> None:
    plan = with_facts(
        "c: {type: integer, formula: b + a}\nb: {type: integer, formula: a + 1}\na: {type: integer, formula: count}\n"
    ).require_plan()
    assert list(plan.decisions) == ["a", "b", "c"]


def test_decisions_that_need_nothing_keep_the_order_of_their_author() -> None:
    plan = with_facts("b: {type: integer, formula: count}\na: {type: integer, formula: count}\n").require_plan()
    assert list(plan.decisions) == ["b", "a"]


def test_a_cycle_is_named_with_its_path() -> None:
    policy = with_facts(
        "a: {type: integer, formula: c}\nb: {type: integer, formula: a}\nc: {type: integer, lookup: {by: grade, values: {A: b}}}\n"
    )
    assert policy.plan is None
    (finding,) = policy.findings
    assert finding.code == "cycle"
    assert finding.message.endswith("`a` → `c` → `b` → `a`")
    assert underlined(finding.span) == "a"
    assert [underlined(span) for _, span in finding.related] == ["c", "b"]


def test_a_decision_that_reads_itself_is_a_cycle() -> None:
    (finding,) = with_facts("a: {type: integer, formula: a + 1}").findings
    assert finding.message.endswith("`a` → `a`")


def test_the_outputs_of_one_table_depend_on_their_own_cells_only() -> None:
    table = "t:\n  outputs: {a: {type: integer}, b: {type: integer}}\n  table:\n    hit: first\n    rules: |\n      good -> a | b\n      - -> 1 | a\n"
    assert list(with_facts(table).require_plan().decisions) == ["a", "b"]


def test_all_faults_are_found_in_one_go() -> None:
    policy = with_facts("a: {type: integer, formula: nobody}\nb: {type: boolean, formula: count}\nc: {type: integer, formula: a}\n")
    assert [finding.code for finding in policy.findings] == ["unknown-name", "type-mismatch"]


def test_a_misspelt_name_comes_with_the_nearest_one() -> None:
    (finding,) = with_facts("a: {type: integer, formula: cuont + 1}").findings
    assert (underlined(finding.span), finding.help) == ("cuont", "did you mean `count`?")


def test_a_plan_is_demanded_only_of_a_policy_without_errors() -> None:
    policy = with_facts("a: {type: integer, formula: nobody}")
    with pytest.raises(PolicyError) as raised:
        policy.require_plan()
    assert raised.value.findings == policy.findings
    fine = with_facts("a: {type: integer, formula: count}")
    assert fine.require_plan() is fine.plan


PARAMETERS = "parameters:\n  known: {type: integer, value: 2}\n  open: {type: integer, local: true, missing: vague}\n"


def test_a_parameter_is_its_value_and_a_local_one_a_hidden_decision() -> None:
    entry = "a: {type: integer, formula: known}\nb: {type: integer, formula: open}\n"
    plan = with_facts(entry, more=PARAMETERS).require_plan()
    assert plan.decisions["a"].node == Constant(Decimal(2), NumberType(0))
    assert plan.decisions["b"].node == DecisionRef("open", NumberType(0))
    assert plan.decisions["open"].node == Undecided(Reason.VAGUE, (), NumberType(0))
    assert [decision.name for decision in plan.outputs] == ["a", "b"]
    assert (plan.lost, plan.parameters) == (("open",), {"known": Decimal(2)})
    filled = with_facts(entry, more=PARAMETERS, overlay="parameters: {open: 7}\n").require_plan()
    assert filled.decisions["b"].node == Constant(Decimal(7), NumberType(0))
    assert "open" not in filled.decisions


def test_a_settled_reading_is_still_a_reading() -> None:
    entry = "a: {type: boolean, formula: period = calendar}"
    readings = "readings:\n  period: {values: [calendar, rolling], label: {zh: 读法, en: reading}}\n"
    plan = with_facts(entry, more=readings, overlay="readings: {period: calendar}\n").require_plan()
    assert plan.readings == {"period": Reading("period", ("calendar", "rolling"), "calendar", {"zh": "读法", "en": "reading"})}
    node = plan.decisions["a"].node
    assert ReadingRef("period", ("calendar", "rolling")) in (
        getattr(node, "left", None),
        getattr(node, "value", None),
    )


def test_as_of_is_always_there_to_read() -> None:
    plan = with_facts("a: {type: date, formula: as_of}").require_plan()
    assert plan.decisions["a"].node == FactRef("as_of", DateType())


def test_facts_keep_how_their_absence_is_called() -> None:
    facts = "  v: {type: boolean, judged: true, missing: vague}\n  n: {type: boolean, nullable: true, missing: none}\n"
    plan = with_facts("a: {type: boolean, formula: v and n}", facts=facts).require_plan()
    assert (plan.facts["v"].missing, plan.facts["v"].judged) == (Reason.VAGUE, True)
    assert (plan.facts["n"].nullable, plan.facts["n"].absent_is_none) == (True, True)


def test_a_decision_of_the_population_reads_the_facts_of_all() -> None:
    plan = with_facts(
        "d: {type: list of text, of: population, order: {list: population, by: [amount desc], give: customer_id}}"
    ).require_plan()
    decision = plan.decisions["d"]
    assert decision.population
    facts = {node.name: node for node in [getattr(decision.node, "of", None)] if isinstance(node, FactRef)}
    type = facts["population"].type
    assert isinstance(type, ListType)
    assert isinstance(type.item, RecordType)
    assert type.item.field("grade") == EnumType(("A", "B", "C"))


@pytest.mark.parametrize("formula", ["count", "other"])
def test_a_decision_of_the_population_reads_no_single_subject(formula: str) -> None:
    policy = with_facts(f"other: {{type: integer, formula: count}}\nd: {{type: integer, of: population, formula: {formula}}}")
    assert [(f.code, underlined(f.span)) for f in policy.findings] == [("population-reads-subject", "d")]


def test_only_decisions_of_the_population_see_the_population() -> None:
    (finding,) = with_facts("d: {type: integer, formula: count(population)}").findings
    assert (finding.code, underlined(finding.span)) == ("unknown-name", "population")


class _DoublingKeys(BaseModel):
    model_config = {"extra": "forbid"}

    amount: Written
    give: Written


DOUBLING: Named = {"zh": "加倍", "en": "Doubling"}


class DoublingKind:
    """A kind that stands for one decision, twice its ``amount``, and warns about every module of its own."""

    name = "doubling"
    title: Named = DOUBLING
    about = "Twice an amount."
    keys: type[BaseModel] = _DoublingKeys

    def decisions(self, module: str, keys: Any) -> Iterable[KindDecision]:
        yield KindDecision(keys.give, "weighted", {"terms": {keys.amount: "2"}}, NumberType(0))

    def check(self, keys: Any, context: KindContext) -> Iterable[Finding]:
        yield Finding.warning("doubled", f"`{keys.give}` of `{context.module}`", context.span((*context.path, "give")))


class Doubling:
    """A plugin with that kind."""

    @hookimpl
    def tierwise_kinds(self) -> Iterable[Kind]:
        return [DoublingKind()]


KIND = "facts: {n: {type: integer}}\nmodules:\n  twice: {kind: doubling, amount: AMOUNT, give: GIVE}\n"


def with_kind(amount: str, give: str) -> CheckedPolicy:
    with with_plugin(Doubling()) as plugins:
        return checked(KIND.replace("AMOUNT", amount).replace("GIVE", give), plugins=plugins)


def test_a_kind_stands_for_decisions_and_checks_its_module() -> None:
    policy = with_kind("n", "m")
    plan = policy.require_plan()
    assert (plan.decisions["m"].module, plan.decisions["m"].form) == ("twice", "weighted")
    assert [(f.code, underlined(f.span)) for f in policy.findings] == [("doubled", "m")]


def test_a_fault_in_what_a_kind_wrote_is_shown_where_the_author_wrote_it() -> None:
    (finding,) = with_kind("nn", "m").findings
    assert (finding.code, underlined(finding.span)) == ("unknown-name", "nn")


def test_a_kind_may_not_give_a_name_that_is_there() -> None:
    (finding,) = with_kind("n", "n").findings
    assert finding.code == "duplicate-name"


def test_the_keys_of_a_kind_are_checked() -> None:
    (finding,) = with_kind("n", "m, take: 3").findings
    assert (finding.code, underlined(finding.span)) == ("unknown-key", "take")


class HouseRules:
    """A plugin with a check of its own."""

    name = "short-names"
    about = "Names that are too short."

    def find(self, context: CheckContext) -> Iterable[Finding]:
        yield from (Finding.warning("short-name", f"`{d.name}`", d.span) for d in context.plan.outputs if d.name in context.written)

    @hookimpl
    def tierwise_checks(self) -> Iterable[Check]:
        return [self]


def test_a_check_of_a_plugin_looks_at_what_compiled() -> None:
    with with_plugin(HouseRules()) as plugins:
        found = checked(
            "facts: {n: {type: integer}}\nmodules:\n  m:\n    kind: module\n    decisions: {d: {type: integer, formula: n}}\n",
            plugins=plugins,
        )
        broken = checked(
            "facts: {n: {type: integer}}\nmodules:\n  m:\n    kind: module\n    decisions: {d: {type: integer, formula: x}}\n",
            plugins=plugins,
        )

    assert [(f.code, underlined(f.span)) for f in found.findings] == [("short-name", "d")]
    assert "short-name" not in {f.code for f in broken.findings}


def test_a_schedule_may_not_give_a_name_that_is_there() -> None:
    policy = with_facts("d: {schedule: {last: last, every: 7 days, reading: rolling, outputs: {overdue: good}}}")
    assert [f.code for f in policy.findings] == ["duplicate-name"]


def test_checking_twice_gives_the_same_plan() -> None:
    entry = "a: {type: boolean, formula: good}\nb: {type: integer, lookup: {by: grade, values: {A: 1, B: 2, C: 3}}}\n"
    first, second = with_facts(entry).require_plan(), with_facts(entry).require_plan()
    assert first == second
    assert first.decisions["a"].type == BooleanType()


@pytest.mark.thorough
def test_a_long_chain_of_decisions_compiles() -> None:
    chain = "".join(f"d{i}: {{type: boolean, formula: {f'not(d{i + 1})' if i < 1999 else 'good'}}}\n" for i in range(2000))
    assert next(iter(with_facts(chain).require_plan().decisions)) == "d1999"


RECORDED = """\
level:
  type: enum
  values: [A, B, C]
  table:
    rules: |
      good -> level
      true -> A
      false -> undetermined(gap, B, C)
"""


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        ("prefer: [grade, level]", ["recorded-first"]),
        ("prefer: [level, grade]", []),
        ("prefer: [grade]", []),
        ("prefer: [grade, A]", []),
    ],
)
def test_a_recorded_word_before_the_decision_that_computes_it_is_warned_of(form: str, codes: list[str]) -> None:
    found = with_facts(RECORDED + f"in_force: {{type: enum, values: [A, B, C], {form}}}\n").findings
    assert [finding.code for finding in found if finding.code == "recorded-first"] == codes
