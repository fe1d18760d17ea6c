"""A policy in service is replaced whole by one that is checked, and by nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command_line import POLICY
from tests.plugins.service.conftest import BUILT_IN
from tierwise.core.errors import PolicyError
from tierwise.plugins.service.in_service import InService, Wanted, take_into_service

RICHER = POLICY.replace("50万", "80万")


def tier_of(serving: InService, amount: int) -> object:
    return serving.loaded.decide({"amount": amount, "judged_good": True}).to_dict()["outputs"]["tier"]


def save(folder: Path, text: str, name: str = "policy.yaml") -> None:
    (folder / "new").write_text(text, encoding="utf-8")
    os.replace(folder / "new", folder / name)


@pytest.mark.parametrize("given", [".", "policy.yaml", "ours.yaml"])
def test_a_changed_file_is_in_service_once_it_has_rested(small: Path, given: str) -> None:
    changed = "ours.yaml" if given == "ours.yaml" else "policy.yaml"
    (small / "policy.yaml").rename(small / changed)
    serving = InService(Wanted(str(small / given)), BUILT_IN)
    assert tier_of(serving, 600_000) == {"value": "甲"}
    assert not serving.look()

    save(small, RICHER, changed)
    assert not serving.look(), "it was written just now, and another file of it may come"
    assert serving.look()

    assert tier_of(serving, 600_000) == {"value": "丙"}
    assert (serving.swaps, serving.refused) == (1, None)
    assert not serving.look()


def test_a_changed_table_file_is_a_change(small: Path) -> None:
    save(small, POLICY[: POLICY.index("rules: |")] + "rules: tables/tier.csv\n")
    (small / "tables").mkdir()
    table = "id,amount,judged_good,-> tier\nbig,>= 50万,true,甲\nlarge,>= 50万,false,乙\nsmall,< 50万,-,丙"

    def write(text: str) -> None:
        (small / "tables" / "tier.csv").write_text(text + "\n", encoding="utf-8")

    write(table)
    serving = InService(Wanted(str(small)), BUILT_IN)
    assert tier_of(serving, 600_000) == {"value": "甲"}
    write(table.replace("50万", "80万"))
    serving.look()
    assert serving.look()

    assert tier_of(serving, 600_000) == {"value": "丙"}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (POLICY.replace("amount  ", "amuont  "), "error"),
        (POLICY[:500], "error"),
        ("", "empty"),
        (POLICY.replace("policy: small", "policy: other"), "is now policy `other`"),
    ],
)
def test_a_broken_file_is_told_and_the_policy_before_goes_on(small: Path, broken: str, said: str) -> None:
    serving = InService(Wanted(str(small)), BUILT_IN)
    before = serving.loaded
    save(small, broken)
    serving.look()

    assert serving.look()
    assert serving.loaded is before
    assert serving.refused is not None
    assert any(said in told for told in (serving.refused.message, *(finding.message for finding in serving.refused.findings)))

    save(small, RICHER)
    serving.look()
    assert serving.look()
    assert serving.refused is None
    assert tier_of(serving, 600_000) == {"value": "丙"}


def test_a_file_that_goes_away_leaves_the_policy_in_service(small: Path) -> None:
    serving = InService(Wanted(str(small)), BUILT_IN)
    (small / "policy.yaml").unlink()
    serving.look()

    assert serving.look()
    assert serving.refused is not None
    assert tier_of(serving, 600_000) == {"value": "甲"}


def test_a_changed_overlay_is_a_change(small: Path, tmp_path: Path) -> None:
    adjustable = POLICY.replace(
        "modules:",
        "parameters:\n  border: {type: number, scale: 2, unit: 元, value: 500000, adjustable: {min: 1, max: 9000000}, label: border}\nmodules:",
    )
    save(small, adjustable.replace(">= 50万", ">= border").replace("< 50万", "< border"))
    overlay = tmp_path / "ours.yaml"
    overlay.write_text("overlay: 1\npolicy: small\nparameters: {border: 600000}\n", encoding="utf-8")
    serving = InService(Wanted(str(small), [str(overlay)]), BUILT_IN)
    assert tier_of(serving, 600_000) == {"value": "甲"}

    overlay.write_text("overlay: 1\npolicy: small\nparameters: {border: 700001}\n", encoding="utf-8")
    serving.look()
    assert serving.look()

    assert tier_of(serving, 600_000) == {"value": "丙"}


def test_two_policies_of_one_name_are_refused(small: Path) -> None:
    with pytest.raises(PolicyError, match="given twice"):
        take_into_service([Wanted(str(small)), Wanted(str(small / "policy.yaml"))], BUILT_IN)
