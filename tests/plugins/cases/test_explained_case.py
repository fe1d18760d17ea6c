"""Of what the shipped policies decide the explanation alone tells how it comes about: for every form and kind that they use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.explaining.reproducing import not_reproduced
from tierwise.plugins.cases.explained_case import explain_case
from tierwise.plugins.cases.run_cases import cases_beside
from tierwise.plugins.policy import load
from tierwise.plugins.sentences.lines import lines_of

ROOT = Path(__file__).resolve().parents[3]
SLUGS = sorted(path.parent.name for path in ROOT.glob("policies/*/policy.yaml"))


@pytest.mark.parametrize(
    ("slug", "most"), [*((slug, 2) for slug in SLUGS), *(pytest.param(slug, 1000, marks=pytest.mark.slow) for slug in SLUGS)]
)
def test_an_explanation_alone_reproduces_the_outcomes_of_cases(slug: str, most: int) -> None:
    loaded = load(slug)
    cases = [case for case in cases_beside(loaded) if not case.is_population][:most]

    for case in cases:
        explanation = explain_case(loaded, case)
        assert explanation is not None
        assert not_reproduced(explanation, loaded.plan, loaded.environment) == [], case.id
        for language in ("en", "zh"):
            told = "\n".join(text for _, text in lines_of(explanation, language))
            assert all(decision.label.get(language, name) in told for name, decision in explanation.decisions.items() if decision.is_output)
