"""What each kind stands for decides as an author would expect, and each of its checks finds what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tierwise.core.environment import Environment
from tierwise.core.finding import Severity
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.running import decide
from tierwise.core.values import Duration
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import assert_finding, assert_no_findings, findings_of, policy_from

HEAD = """\
tierwise: 1
policy: kinds
version: 1.0.0
title: Kinds
source: a test
subject: customer
readings:
  cadence: [rolling, calendar]
facts:
  grade: {type: enum, values: [A, B, C]}
  level_now: {type: enum, values: [A, B, C]}
  late: {type: integer, min: 0}
  price: {type: number, scale: 2, min: 0}
  offered: {type: number, scale: 4, min: 0}
  last_on: {type: date}
  classes: {type: set, values: [vip, plain]}
modules:
"""

PRICE = """\
  price_rights:
    kind: pricing-rights
    by: grade
    price: price
    offered: offered
    rights: {A: {discount: 5%}, B: {floor: 97%}, C: {surcharge: 5%}}
    give: {factor: factor, floor: floor, exact: exact, ok: ok}
"""

CREDIT = """\
  credit:
    kind: credit-level
    scale: [A, B, C]
    demote: {from: level_now, when: late >= 2, give: level}
"""

TERMS = """\
    rights: {days: higher}
    decisions:
      days: {type: integer, lookup: {by: level, values: {A: 60, B: 30, C: 0}}}
"""

VISITS = """\
  visits:
    kind: visit-cadence
    by: grade
    every: {A: 1 week, B: 1 month, C: undetermined(lost)}
    last: last_on
    reading: cadence
    give: {interval: interval, due_on: due_on, due: due, overdue: overdue}
"""

TIER = """\
  tier:
    kind: value-tier
    scale: [A, B]
    decisions:
      tier: {type: enum, values: [A, B], formula: if late >= 2 then B else A}
"""

UNUSED = "unused-fact"


@pytest.fixture(scope="module")
def environment() -> Environment:
    return Plugins(entry_points=False).environment()


def outcomes(modules: str, facts: Mapping[str, Any], environment: Environment, as_of: date | None = None) -> Mapping[str, Outcome]:
    return decide(policy_from(HEAD + modules).require_plan(), environment, facts, as_of)


def found(modules: str) -> list[Any]:
    """What is found beside facts that a short policy leaves unused."""
    return [finding for finding in findings_of(HEAD + modules) if finding.code != UNUSED and "reading" not in finding.code]


@pytest.mark.parametrize("modules", [PRICE, CREDIT, CREDIT + TERMS, VISITS, TIER], ids=["price", "credit", "terms", "visits", "tier"])
def test_a_sound_module_has_no_findings(modules: str) -> None:
    assert_no_findings(found(modules))


@pytest.mark.parametrize("modules", [PRICE, CREDIT, VISITS], ids=["price", "credit", "visits"])
def test_every_decision_of_a_kind_has_a_chinese_label(modules: str) -> None:
    plan = policy_from(HEAD + modules).require_plan()

    assert [d.name for d in plan.decisions.values() if d.label["zh"].isascii()] == []


# ---- pricing-rights --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "offered", "expected"),
    [
        ("A", "950", {"factor": "0.95", "floor": "950", "exact": None, "ok": True}),
        ("A", "949.9999", {"floor": "950", "ok": False}),
        ("B", "970", {"factor": "0.97", "floor": "970", "ok": True}),
        ("C", "1050", {"factor": "1.05", "floor": None, "exact": "1050", "ok": True}),
        ("C", "1050.0001", {"ok": False}),
    ],
)
def test_a_quote_is_held_against_the_right_of_its_grade(
    grade: str, offered: str, expected: dict[str, Any], environment: Environment
) -> None:
    got = outcomes(PRICE, {"grade": grade, "price": Decimal(1000), "offered": Decimal(offered)}, environment)

    for name, value in expected.items():
        outcome = got[name]
        assert isinstance(outcome, Determined)
        assert outcome.value == (Decimal(value) if isinstance(value, str) else value), name


def test_a_right_may_be_left_open(environment: Environment) -> None:
    modules = PRICE.replace("C: {surcharge: 5%}", "C: undetermined(lost)")

    got = outcomes(modules, {"grade": "C", "price": Decimal(1000), "offered": Decimal(1)}, environment)

    assert got["ok"] == Undetermined(Reason.LOST, needs=got["ok"].needs, rules=got["ok"].rules)  # type: ignore[union-attr]  # is one


def test_a_share_may_be_a_parameter(environment: Environment) -> None:
    modules = PRICE.replace("5%}, B", "discount_a}, B")
    head = HEAD.replace("facts:", "parameters:\n  discount_a: {type: number, scale: 2, value: 10%}\nfacts:")

    plan = policy_from(head + modules).require_plan()

    assert decide(plan, environment, {"grade": "A", "price": Decimal(1000)}, None)["floor"] == Determined(Decimal(900), ("A",))


def test_a_lower_grade_that_pays_less_is_an_error_with_an_example() -> None:
    finding = assert_finding(found(PRICE.replace("97%", "90%")), "rights-inverted")

    assert finding.message == "`price factor` is `0.9` for `B` but `0.95` for the better grade `A`"
    assert finding.witness == (("grade", "B"),)
    assert finding.severity is Severity.ERROR


def test_an_acknowledged_inversion_of_prices_is_a_note() -> None:
    finding = assert_finding(found(PRICE.replace("97%", "90%") + "    acknowledge: {inversion: new customers}\n"), "rights-inverted")

    assert (finding.severity, finding.help) == (Severity.NOTE, "new customers")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{discount: 5%}", "{discount: 5%, floor: 95%}", "`A` demands exactly one of `discount`, `floor`, `surcharge` and `exact`"),
        ("    by: grade\n", "", "`price_rights` demands `by`, the grade that the rights hang on"),
        ("    price: price\n", "", "`price_rights` demands `rights` and `price` for `floor`, `exact` and `ok`"),
        ("    offered: offered\n", "", "`price_rights` demands `offered`, the price of the quote, for `ok`"),
    ],
)
def test_pricing_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(PRICE.replace(old, new))]


# ---- credit-level ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "late", "expected"),
    [
        ("A", 1, Determined("A", ("keep",))),
        ("A", 2, Determined("B", ("A",))),
        ("B", 5, Determined("C", ("B",))),
        ("C", 0, Determined("C", ("keep",))),
    ],
)
def test_the_level_keeps_or_steps_down(level: str, late: int, expected: Outcome, environment: Environment) -> None:
    assert outcomes(CREDIT, {"level_now": level, "late": Decimal(late)}, environment)["level"] == expected


def test_there_is_no_level_below_the_lowest(environment: Environment) -> None:
    got = outcomes(CREDIT, {"level_now": "C", "late": Decimal(2)}, environment)["level"]

    assert isinstance(got, Undetermined)
    assert got.reason is Reason.GAP


def test_the_lowest_level_may_stay(environment: Environment) -> None:
    modules = CREDIT.replace("give: level", "give: level, lowest: C")

    assert outcomes(modules, {"level_now": "C", "late": Decimal(2)}, environment)["level"] == Determined("C", ("C",))


def test_a_demotion_may_take_several_steps(environment: Environment) -> None:
    modules = CREDIT.replace("give: level", "steps: 2, give: level")

    assert outcomes(modules, {"level_now": "A", "late": Decimal(2)}, environment)["level"] == Determined("C", ("A",))


def test_an_unknown_condition_leaves_both_levels_possible(environment: Environment) -> None:
    got = outcomes(CREDIT, {"level_now": "A"}, environment)["level"]

    assert isinstance(got, Undetermined)
    assert (got.reason, got.candidates, got.needs) == (Reason.MISSING_FACT, ("A", "B"), ("late",))


def test_a_mistake_in_the_condition_is_shown_where_the_author_wrote_it() -> None:
    assert_finding(found(CREDIT.replace("late >= 2", "lates >= 2")), "unknown-name", underlined="lates")


def test_a_lower_level_with_more_credit_is_an_error() -> None:
    finding = assert_finding(found(CREDIT + TERMS.replace("C: 0", "C: 45")), "rights-inverted", underlined="higher")

    assert finding.message == "`days` is `45` for `C` but `30` for the better grade `B`"


def test_a_right_that_nothing_decides_is_an_error() -> None:
    assert_finding(found(CREDIT + TERMS.replace("{days:", "{dayz:")), "unknown-right", help="did you mean `days`?")


# ---- visit-cadence ---------------------------------------------------------------------------------------------------------


def test_interval_and_dates_are_counted_from_the_last_visit(environment: Environment) -> None:
    got = outcomes(VISITS, {"grade": "A", "last_on": date(2026, 11, 1)}, environment, date(2026, 11, 8))

    assert got["interval"] == Determined(Duration.of_days(7), ("A",))
    assert got["due_on"] == Determined(date(2026, 11, 8))
    assert (got["due"], got["overdue"]) == (Determined(True), Determined(False))


def test_between_one_and_two_intervals_the_reading_decides(environment: Environment) -> None:
    facts = {"grade": "A", "last_on": date(2026, 11, 1)}

    assert outcomes(VISITS, facts, environment, date(2026, 11, 10))["overdue"].reason is Reason.READING  # type: ignore[union-attr]  # is one
    assert outcomes(VISITS, facts, environment, date(2026, 11, 15))["overdue"] == Determined(True)


def test_a_lost_interval_is_lost(environment: Environment) -> None:
    got = outcomes(VISITS, {"grade": "C", "last_on": date(2026, 11, 1)}, environment, date(2026, 11, 10))

    assert {name: outcome.reason for name, outcome in got.items()} == dict.fromkeys(got, Reason.LOST)  # type: ignore[union-attr]  # all are


def test_classes_have_to_agree_on_the_interval(environment: Environment) -> None:
    modules = "  visits: {kind: visit-cadence, of: classes, every: {vip: 7 days, plain: 14 days}, give: {interval: interval}}\n"

    both = outcomes(modules, {"classes": ("vip", "plain")}, environment)["interval"]

    assert isinstance(both, Undetermined)
    assert both.reason is Reason.OVERLAP
    assert outcomes(modules, {"classes": ("vip",)}, environment)["interval"] == Determined(Duration.of_days(7))


def test_an_interval_without_a_name_is_hidden() -> None:
    plan = policy_from(HEAD + VISITS.replace("interval: interval, ", "")).require_plan()

    assert not plan.decisions["visits_interval"].output


def test_a_class_without_an_interval_is_a_gap() -> None:
    assert [finding.code for finding in found(VISITS.replace(", C: undetermined(lost)", ""))] == ["gap"]


def test_a_better_class_that_is_visited_less_often_is_a_warning() -> None:
    finding = assert_finding(found(VISITS.replace("A: 1 week", "A: 2 months")), "interval-inverted", underlined="1 month")

    assert finding.severity is Severity.WARNING
    assert finding.message == "`interval` is `1m` for `B` but `2m` for the better grade `A`"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    by: grade\n", "", "`visits` demands `every` together with one of `by` and `of`"),
        ("    last: last_on\n", "", "`visits` demands `every` and `last` for `due_on`, `due` and `overdue`"),
        ("    reading: cadence\n", "", "`visits` demands `reading` for `overdue`: `rolling`, `calendar` or a reading"),
    ],
)
def test_cadence_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(VISITS.replace(old, new))]


# ---- value-tier ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("      tier:", "      tear:", "grade-not-decided"),
        ("values: [A, B]", "values: [B, A]", "grade-off-scale"),
        ("scale: [A, B]", "scale: [A, B, C]", "grade-off-scale"),
        ("scale: [A, B]", "scale: [A, A]", "duplicate-value"),
        ("scale: [A, B]", "scale: [A]", "wrong-shape"),
    ],
)
def test_the_grade_is_there_and_on_its_scale(old: str, new: str, code: str) -> None:
    assert_finding(found(TIER.replace(old, new, 1)), code)


def test_a_grade_that_is_no_enum_is_off_the_scale() -> None:
    modules = TIER.replace("type: enum, values: [A, B], formula: if late >= 2 then B else A", "type: integer, formula: late")

    assert assert_finding(found(modules), "grade-off-scale").message.startswith("`tier` is `integer`; the grade of a scale is `enum`")


def test_another_decision_may_give_the_grade() -> None:
    modules = TIER.replace("      tier:", "      worth:").replace("    scale:", "    grade: worth\n    scale:")

    assert_no_findings(found(modules))


# ---- places ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modules", "old", "new", "underlined"),
    [
        (PRICE, "price: price", "price: prise", "prise"),
        (PRICE, "offered: offered", "offered: ofered", "ofered"),
        (PRICE, "by: grade", "by: grad", "grad"),
        (PRICE, "5%}, B", "discount_of_a}, B", "discount_of_a"),
        (CREDIT, "from: level_now", "from: levels_now", "levels_now"),
        (CREDIT, "give: level", "give: level, lowest: worst", "worst"),
        (CREDIT, "late >= 2", "late >= grade", "grade"),
        (VISITS, "last: last_on", "last: lost_on", "lost_on"),
        (VISITS, "reading: cadence", "reading: cadenza", "cadenza"),
        (VISITS, "A: 1 week", "A: sometimes", "sometimes"),
    ],
)
def test_a_mistake_in_a_key_of_a_kind_is_underlined_there(modules: str, old: str, new: str, underlined: str) -> None:
    wrong = [finding for finding in found(modules.replace(old, new)) if finding.severity is Severity.ERROR]

    assert {finding.span.text for finding in wrong} == {underlined}
