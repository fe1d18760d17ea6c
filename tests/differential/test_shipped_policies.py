"""Every engine gives every worked example of every shipped policy the outcomes of the reference engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

import tierwise
from tests.differential.comparing import differences
from tierwise.core.source import Source
from tierwise.plugins.cases.read_cases import Case, read_cases
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.engine import Engine
from tierwise.plugins.loading import policy_files, shipped_policies
from tierwise.plugins.policy import LoadedPolicy


@pytest.mark.parametrize("name", shipped_policies())
def test_an_engine_decides_the_cases_of_a_shipped_policy_as_the_reference_engine_does(engine: Engine, name: str) -> None:
    policy = tierwise.load(name)
    by_date: dict[date | None, list[Mapping[str, Any]]] = {}
    for case in cases_of(policy, name):
        by_date.setdefault(case.as_of, []).extend(subjects_of(policy, case))
    for as_of, subjects in by_date.items():
        assert differences(engine, policy.plan, subjects, as_of, policy.environment) == []


def cases_of(policy: LoadedPolicy, name: str) -> Sequence[Case]:
    """Return the worked examples that stand beside a policy."""
    return read_cases(policy.policy, Source("cases.yaml", policy_files(name)["cases.yaml"]))


def subjects_of(policy: LoadedPolicy, case: Case) -> list[Mapping[str, Any]]:
    """Return the facts of a case's subject, or of each of its population."""
    members = case.facts.get("population") if isinstance(case.facts.get("population"), list) else [case.facts]
    return [read_facts(policy.plan, {k: v for k, v in raw.items() if k in policy.plan.facts})[0] for raw in members or ()]
