"""Of what the shipped policies decide the explanation alone tells how it comes about: for every form and kind that they use."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.explaining.reproducing import not_reproduced
from tests.short_policies import BUILT_IN, ENVIRONMENT, checked
from tierwise.core.explaining import Explanation, explain
from tierwise.core.meaning import Evaluator
from tierwise.core.outcome import Determined
from tierwise.plugins.cases.explained_case import traces_of_case
from tierwise.plugins.cases.run_cases import cases_beside
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.sentences.lines import lines_of

ROOT = Path(__file__).resolve().parents[3]
SLUGS = sorted(path.parent.name for path in ROOT.glob("policies/*/policy.yaml"))


EXAMPLES = (
    "abc-monthly-value",
    "big-customer-selection",
    "closing-time-a-e",
    "customer-composition-and-credit",
    "document-owner-approval",
    "fibre-complaint-classes",
    "gov-customer-scoring",
    "information-asset-roles",
    "key-account-rfm",
    "key-account-visits-reports",
    "scorecard-100-rights",
    "securities-suitability",
)
"""Policies that together hold every kind, and every form but one: the points of the shipped scorecard are the company's own."""
SCORECARD = """\
facts:
  sales: {type: integer, min: 0}
  late: {type: integer, min: 0}
modules:
  m:
    kind: module
    decisions:
      score:
        type: integer
        scorecard:
          base: 5
          characteristics:
            sold:
              of: sales
              points: |
                >= 10 | 40
                < 10  | 0
            paid:
              of: late
              points: |
                0   | 30
                > 0 | 10
"""


def explained(loaded: LoadedPolicy, most: int) -> Iterator[tuple[str, Explanation]]:
    """Yield the explanations of the first cases of single subjects, and of the first subject of the first population."""
    cases = cases_beside(loaded)
    single = [case for case in cases if not case.is_population][:most]
    populations = [case for case in cases if case.is_population][:1]
    evaluator = Evaluator(loaded.plan, loaded.environment)
    for case in single:
        for _, trace in traces_of_case(evaluator, case):
            yield case.id, explain(trace, case.as_of)
    for case in populations:
        _, trace = next(traces_of_case(evaluator, case))
        yield case.id, explain(trace, case.as_of)


@pytest.mark.parametrize(
    ("slug", "most"), [*((slug, 2) for slug in SLUGS), *(pytest.param(slug, 1000, marks=pytest.mark.slow) for slug in SLUGS)]
)
def test_an_explanation_alone_reproduces_the_outcomes_of_cases(slug: str, most: int) -> None:
    loaded = load(slug)

    for case, explanation in explained(loaded, most):
        assert not_reproduced(explanation, loaded.plan, loaded.environment) == [], case
        for language in ("en", "zh"):
            told = "\n".join(text for _, text in lines_of(explanation, language))
            assert all(decision.label.get(language, name) in told for name, decision in explanation.decisions.items() if decision.is_output)


def test_every_form_and_every_kind_has_a_determined_example_among_them() -> None:
    forms: set[str] = set()
    kinds: set[str] = set()
    for loaded in map(load, EXAMPLES):
        for _, explanation in explained(loaded, 2):
            decided = [trace for trace in explanation.decisions.values() if isinstance(trace.outcome, Determined)]
            forms |= {trace.form for trace in decided}
            kinds |= {loaded.policy.modules[loaded.plan.decisions[trace.name].module].kind for trace in decided}

    plan = checked(SCORECARD).require_plan()
    points = explain(Evaluator(plan, ENVIRONMENT).trace({"sales": Decimal(12), "late": Decimal(1)}), None)
    assert points.outcomes == {"score": Determined(Decimal(55))}
    assert not_reproduced(points, plan, ENVIRONMENT) == []
    forms |= {trace.form for trace in points.decisions.values()}

    assert set(EXAMPLES) <= set(SLUGS)  # each is explained above
    assert (BUILT_IN.forms().keys() - forms, BUILT_IN.kinds().keys() - kinds) == (set(), set())
