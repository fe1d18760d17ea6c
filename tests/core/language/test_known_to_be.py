"""``known to be x`` is true where the facts that are given make x true, else false, by every engine."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.differential.comparing import ENGINES, differences
from tests.short_policies import checked, decided
from tierwise.plugins.manager import Plugins

POLICY = """\
facts:
  a: {type: boolean}
  b: {type: boolean}
  n: {type: integer}
  k: {type: integer, nullable: true}
modules:
  m:
    kind: module
    decisions:
      both: {type: boolean, formula: known to be (a and b)}
      either: {type: boolean, formula: known to be a or known to be b}
      not_surely_not: {type: boolean, formula: not(known to be not(a))}
      much: {type: enum, values: [yes, no], formula: 'if known to be n > 5 then yes else no'}
      one: {type: boolean, formula: known to be (n > 5 or k = 2)}
      less: {type: boolean, formula: known to be k < n}
      not_less: {type: boolean, formula: known to be not(k < n or a)}
"""


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, (False, False, True, "no", False, False, False)),
        ({"a": True}, (False, True, True, "no", False, False, False)),
        ({"a": True, "b": True, "n": 6}, (True, True, True, "yes", True, False, False)),
        ({"a": False, "n": 5}, (False, False, False, "no", False, False, False)),
        ({"n": 5, "k": 2}, (False, False, True, "no", True, True, False)),
        ({"a": False, "n": 5, "k": 7}, (False, False, False, "no", False, False, True)),
        ({"a": False, "n": 6, "k": None}, (False, False, False, "yes", True, False, True)),
    ],
)
def test_it_is_false_unless_it_is_sure(facts: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    assert tuple(decided(POLICY, facts).values()) == wanted


def test_the_engines_agree_whatever_is_missing() -> None:
    choices = product((None, True, False), (None, True, False), (None, 5, 6), (None, 2, 7))
    subjects = [{name: value for name, value in zip("abnk", values, strict=True) if value is not None} for values in choices]
    plugins, plan = Plugins(entry_points=False), checked(POLICY).require_plan()

    for engine in ENGINES.values():
        assert differences(engine, plan, subjects, None, plugins.environment()) == []
