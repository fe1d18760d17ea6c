"""``known to be x`` is false unless x is surely true, by every engine."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.deciding import HEAD, decided
from tests.differential.comparing import differences
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import policy_from

POLICY = """\
facts:
  a: {type: boolean}
  b: {type: boolean}
  n: {type: integer}
modules:
  m:
    kind: module
    decisions:
      both: {type: boolean, formula: known to be (a and b)}
      either: {type: boolean, formula: known to be a or known to be b}
      not_surely_not: {type: boolean, formula: not(known to be not(a))}
      much: {type: enum, values: [yes, no], formula: 'if known to be n > 5 then yes else no'}
      sure: {type: boolean, formula: known to be (a or not(a))}
"""


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, (False, False, True, "no", True)),
        ({"a": True}, (False, True, True, "no", True)),
        ({"a": True, "b": True, "n": 6}, (True, True, True, "yes", True)),
        ({"a": False, "n": 5}, (False, False, False, "no", True)),
    ],
)
def test_it_is_false_unless_it_is_sure(facts: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    assert tuple(decided(POLICY, facts).values()) == wanted


def test_the_engines_agree_whatever_is_missing() -> None:
    choices = product((None, True, False), (None, True, False), (None, 5, 6))
    subjects = [{name: value for name, value in zip("abn", values, strict=True) if value is not None} for values in choices]
    plugins, plan = Plugins(entry_points=False), policy_from(HEAD + POLICY).require_plan()

    for engine in plugins.engines().values():
        assert differences(engine, plan, subjects, None, plugins.environment()) == []
