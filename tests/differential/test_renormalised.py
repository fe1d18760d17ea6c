"""A weighted sum of what is there: the weight of a term that is none goes to the others, in every engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.differential.comparing import differences
from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.plugins.engine import Engine

FACTS = "".join(f"  {name}: {{type: number, scale: 1, nullable: true}}\n" for name in "abc")
POLICY = f"""\
facts:
{FACTS}modules:
  m:
    kind: module
    decisions:
      x: {{type: number, scale: 2, nullable: true, weighted: {{terms: {{a: 50%, b: 30%, c: 20%}}, missing: renormalise}}}}
"""
D = Decimal


@pytest.mark.parametrize(
    ("a", "b", "c", "expected"),
    [
        (80, 60, 40, D(66)),
        (80, 60, None, D("72.5")),
        (None, 60, 40, D(52)),
        (None, 60, None, D(60)),
        (70, None, 75, D("71.43")),
        (0, None, None, D(0)),
        (None, None, None, None),
    ],
)
def test_the_weights_of_what_is_none_go_to_the_others(engine: Engine, a: Any, b: Any, c: Any, expected: Any) -> None:
    plan = checked(POLICY).require_plan()
    facts = {name: None if value is None else D(value) for name, value in zip("abc", (a, b, c), strict=True)}

    assert decide(plan, ENVIRONMENT, facts, None)["x"] == Determined(expected)
    assert differences(engine, plan, [facts], None, ENVIRONMENT) == []


def test_what_is_missing_is_not_taken_for_none(engine: Engine) -> None:
    plan = checked(POLICY).require_plan()
    facts = {"a": D(80), "b": D(60)}

    outcome = decide(plan, ENVIRONMENT, facts, None)["x"]
    assert isinstance(outcome, Undetermined) and (outcome.reason, outcome.needs) == (Reason.MISSING_FACT, ("c",))
    assert differences(engine, plan, [facts], None, ENVIRONMENT) == []
