"""The plan of each shipped policy stands beside it and is reviewed like code; ``python docs/generate.py --plans`` writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load

POLICIES = Path(__file__).parents[2] / "policies"


@pytest.mark.parametrize("slug", shipped_policies())
def test_a_policy_compiles_to_the_plan_that_stands_beside_it(slug: str) -> None:
    plan = (POLICIES / slug / "plan.txt").read_text(encoding="utf-8")

    assert load(slug, plugins=Plugins(entry_points=False)).text == plan, "python docs/generate.py --plans"
