"""What a shipped policy acknowledges is really there: without the acknowledgement the checker finds it, with a subject whom the engine leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from ruamel.yaml import YAML

from tierwise.core.finding import Finding, Severity
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.plan import Constant, Decision, Plan, agreed_in, table_of
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
    read_off = [outcomes[name] for name, decision in told.decisions.items() if name in outcomes and is_read_off(decision, told)]
    return any(isinstance(outcome, Undetermined) and (outcome.reason in HOLES or len(outcome.rules) > 1) for outcome in read_off)


def is_read_off(decision: Decision, plan: Plan) -> bool:
    return table_of(decision.node, plan) is not None or agreed_in(decision.node) is not None


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


def changed(slug: str, folder: Path, *replaced: tuple[str, str]) -> Path:
    """Copy a policy with some of its text replaced."""
    text = text_of(slug)
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    copy = folder / slug
    copy.mkdir()
    (copy / "policy.yaml").write_text(text, encoding="utf-8")
    return copy


def test_a_lost_visit_plan_is_found_where_it_is_not_written_and_its_example_is_left_open(tmp_path: Path) -> None:
    copy = changed(
        "eight-class-visits",
        tmp_path,
        ("            休眠客户: undetermined(lost)\n", ""),
        ("自由客户: 7 days, 休眠客户: undetermined(lost)}\n          empty: null", "自由客户: 7 days}"),
    )

    checked = check_policy(copy, plugins=PLUGINS)

    found = [f for f in checked.findings if f.code == "class-without-value" and "休眠客户" in f.message]
    assert len(found) == 2
    for finding in found:
        outcomes = Decider(checked.require_plan(), PLUGINS.environment()).decide(dict(finding.witness)).outcomes
        assert outcomes["classes"] == Determined(("休眠客户",))
        assert all(isinstance(outcomes[name], Undetermined) for name in ("visit_interval_days", "call_interval_days"))


@pytest.mark.parametrize(
    ("written", "output", "reason"),
    [
        ("        table: {hit: unique, local: true, inputs: [credit_grade]}\n", "credit_limit_yuan", Reason.LOST),
        ("        formula: undetermined(gap)\n", "route_order", Reason.GAP),
    ],
)
def test_what_the_source_of_the_composition_leaves_out_is_open_and_cannot_be_left_out_silently(
    written: str, output: str, reason: Reason, tmp_path: Path
) -> None:
    plan = check_policy("customer-composition-and-credit", plugins=PLUGINS).require_plan()
    outcome = Decider(plan, PLUGINS.environment()).decide({"credit_grade": "A"}).outcomes[output]
    assert isinstance(outcome, Undetermined) and outcome.reason is reason

    checked = check_policy(changed("customer-composition-and-credit", tmp_path, (written, "")), plugins=PLUGINS)

    assert [finding.severity for finding in checked.findings if output in finding.message or "credit_terms" in finding.message] == [
        Severity.ERROR
    ]
