"""What a shipped policy acknowledges is really there: without the acknowledgement the checker finds it, with a subject whom the engine leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from ruamel.yaml import YAML

from tierwise.core.finding import Finding
from tierwise.core.outcome import Undetermined
from tierwise.core.plan import Constant, Decision, Plan, table_of
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.deciding.value_reading import read_value
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import check_policy

POLICIES = Path(__file__).parents[2] / "policies"
PLUGINS = Plugins(entry_points=False)
HOLES = {"gap": "gap-acknowledged", "overlap": "overlap-acknowledged"}


def text_of(slug: str) -> str:
    return (POLICIES / slug / "policy.yaml").read_text(encoding="utf-8")


SLUGS = [slug for slug in shipped_policies() if "acknowledge:" in text_of(slug)]


def without_acknowledgements(slug: str, folder: Path) -> Path:
    """Copy a policy without what its author acknowledges."""
    yaml = YAML(typ="rt")
    yaml.width = 100_000
    document = yaml.load(text_of(slug))
    remove(document)
    copy = folder / slug
    copy.mkdir()
    with (copy / "policy.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
    if (POLICIES / slug / "tables").is_dir():
        copytree(POLICIES / slug / "tables", copy / "tables")
    return copy


def remove(part: Any) -> None:
    if isinstance(part, dict):
        part.pop("acknowledge", None)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        remove(inner)


def is_left_open(plan: Plan, witness: Mapping[str, Any]) -> bool:
    """Decide the subject of a witness by the tables; what it says of decisions and readings is taken as given.

    A rule that overlaps another may itself leave the outcome open for want of a fact, which is then the reason that is told.
    """
    decisions = {name: given(decision, witness) for name, decision in plan.decisions.items()}
    readings = {name: replace(reading, settled=witness.get(name, reading.settled)) for name, reading in plan.readings.items()}
    told = replace(plan, decisions=decisions, readings=readings).showing(plan.decisions)
    outcomes = Decider(told, PLUGINS.environment()).decide({name: value for name, value in witness.items() if name in plan.facts}).outcomes
    read_off = [
        outcomes[name] for name, decision in told.decisions.items() if name in outcomes and table_of(decision.node, told) is not None
    ]
    return any(isinstance(outcome, Undetermined) and (outcome.reason in HOLES or len(outcome.rules) > 1) for outcome in read_off)


def given(decision: Decision, witness: Mapping[str, Any]) -> Decision:
    if decision.name not in witness:
        return decision
    value = witness[decision.name]
    return replace(decision, node=Constant(None if value is None else read_value(value, decision.type), decision.type))


def codes(findings: tuple[Finding, ...], wanted: set[str]) -> list[str]:
    return sorted(finding.code for finding in findings if finding.code in wanted)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_hole_is_found_when_nobody_acknowledges_it_and_its_example_is_left_open(slug: str, tmp_path: Path) -> None:
    acknowledged = check_policy(slug, plugins=PLUGINS)
    checked = check_policy(without_acknowledgements(slug, tmp_path), plugins=PLUGINS)
    found = [finding for finding in checked.findings if finding.code in HOLES and finding.witness]

    assert {HOLES[finding.code] for finding in found} >= set(codes(acknowledged.findings, set(HOLES.values())))
    plan = checked.require_plan()
    assert [f"{finding.message}: {dict(finding.witness)}" for finding in found if not is_left_open(plan, dict(finding.witness))] == []
