"""Two plans in one decide what each of them decides by itself; what means the same in both is in it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.plugins.impact.conftest import POLICY, SETTINGS
from tierwise.core.meaning.decide import decide_population
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Undetermined
from tierwise.core.plan import Plan
from tierwise.core.values import Value
from tierwise.plugins.beside import beside
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.policy import LoadedPolicy, load

MARK = "other | "
PEOPLE = [
    Subject(f"{number:02}", None, {name: value for name, value in facts.items() if value is not None})
    for number, facts in enumerate(
        {"amount": amount, "region": "north", "paid": paid}
        for amount in (None, Decimal(-1), Decimal(10), Decimal("399.99"), Decimal(400), Decimal(900), Decimal(1000), Decimal(5000))
        for paid in (None, True, False)
    )
]


def loaded(folder: Path, text: str = POLICY, **settings: str) -> LoadedPolicy:
    path = folder / "policy.yaml"
    path.write_text(text.format(**(SETTINGS | settings)), encoding="utf-8")
    return load(path)


def decided(plan: Plan, policy: LoadedPolicy) -> dict[str, dict[str, object]]:
    found = decide_population(plan, policy.environment, PEOPLE, date(2026, 6, 30))
    return {result.key: dict(result.outcomes) for result in found.subjects}


@pytest.mark.parametrize("change", [{"big": "900"}, {"limit": "7.5"}, {"top": "50"}, {"mid": "20", "top": "60"}], ids=str)
def test_both_are_decided_as_each_is_by_itself(change: dict[str, str], tmp_path: Path) -> None:
    one, other = loaded(tmp_path), loaded(tmp_path, **change)
    both, apart = beside(one.plan, other.plan, MARK)

    together = decided(both, one)

    mine, theirs = decided(one.plan, one), decided(other.plan, other)
    for person in PEOPLE:
        for output in one.plan.outputs:
            assert together[person.key][output.name] == mine[person.key][output.name]
            own = together[person.key][apart.called(output.name)]
            assert isinstance(own, Determined | Undetermined)
            if isinstance(own, Undetermined):
                own = replace(own, needs=tuple(name.removeprefix(MARK) for name in own.needs))
            assert own == theirs[person.key][output.name], (person, output.name)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"limit": "7.5"}, ["credit_limit"]),
        ({"big": "900"}, ["credit_limit", "tier"]),
        ({"top": "50"}, ["position"]),
    ],
    ids=str,
)
def test_only_what_means_something_else_and_what_hangs_on_it_stands_apart(
    change: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    one, other = loaded(tmp_path), loaded(tmp_path, **change)

    both, apart = beside(one.plan, other.plan, MARK)

    assert {output.name for output in other.plan.outputs if apart.called(output.name) != output.name} == set(expected)
    assert {name.removeprefix(MARK) for name in both.decisions if name.startswith(MARK)} >= set(expected)
    assert len(both.rankings) == len(one.plan.rankings), "a cut that moves ranks nobody anew"


def test_a_ranking_by_something_else_stands_apart_with_what_cuts_it(tmp_path: Path) -> None:
    one = loaded(tmp_path)
    other = loaded(tmp_path, POLICY.replace("ranking: {{by: amount,", 'ranking: {{by: "if paid then amount else 0",'))

    both, apart = beside(one.plan, other.plan, MARK)

    assert apart.called("position") == MARK + "position"
    assert len(both.rankings) == len(one.plan.rankings) + 1


def test_a_reading_that_one_side_settles_is_unsettled_for_the_other() -> None:
    one, other = load("big-customer-tiers"), load("big-customer-tiers", settings={"stronger_word": "suffices"})
    both, apart = beside(one.plan, other.plan, MARK)
    facts: dict[str, Value] = {
        "annual_usage_yuan": Decimal(250_000),
        "usage_size": "fairly_large",
        "payment_reputation": "good",
        "profit_contribution": "high",
    }
    subject = Subject("1", None, {**facts, "profit_rate_high": False, "growth_potential": "large"})

    outcomes = decide_population(both, one.environment, [subject], None).subjects[0].outcomes

    assert isinstance(outcomes["tier"], Undetermined)
    assert outcomes[apart.called("tier")] == Determined("A2", ("A2-better",))


@pytest.mark.parametrize("name", shipped_policies()[::6])
def test_a_policy_beside_itself_is_itself(name: str) -> None:
    policy, again = load(name), load(name)

    both, apart = beside(policy.plan, again.plan, MARK)

    assert apart.links == frozenset()
    assert both.decisions == policy.plan.decisions
