"""The plan of each shipped policy, and what its cases touch, stand beside it and are reviewed like code; ``python docs/generate.py --plans`` writes them."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import pytest

from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
PLUGINS = Plugins(entry_points=False)
GENERATE = run_path(str(ROOT / "docs" / "generate.py"))


@pytest.mark.parametrize("slug", shipped_policies())
def test_a_policy_compiles_to_the_plan_that_stands_beside_it(slug: str) -> None:
    plan = (POLICIES / slug / "plan.txt").read_text(encoding="utf-8")

    assert load(slug, plugins=PLUGINS).text == plan, "python docs/generate.py --plans"


@pytest.mark.parametrize("slug", shipped_policies())
def test_the_readme_of_a_policy_says_what_its_cases_touch(slug: str) -> None:
    readme = (POLICIES / slug / "README.md").read_text(encoding="utf-8")

    assert GENERATE["with_coverage"](readme, load(slug, plugins=PLUGINS)) == readme, "python docs/generate.py --plans"


@pytest.mark.parametrize("slug", shipped_policies())
def test_cases_touch_every_rule_and_border_that_data_can_reach(slug: str) -> None:
    touched = (POLICIES / slug / "README.md").read_text(encoding="utf-8").partition(GENERATE["COVERAGE"])[2]

    assert touched, "the section that the test above holds to the cases"
    assert [line for line in touched.splitlines() if line.startswith(("Rules that decide no case", "Borders on which no case"))] == []
