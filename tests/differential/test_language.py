"""What an expression of the language gives, with facts and with the same values written out, and that every engine gives it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.differential.comparing import differences
from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined
from tierwise.core.plan import Plan
from tierwise.core.values import Duration
from tierwise.plugins.engine import Engine

D = Decimal
FACTS = """\
facts:
  a: {type: number, scale: 2, nullable: true, missing: none}
  b: {type: number, scale: 2, nullable: true, missing: none}
  n: {type: integer, nullable: true, missing: none}
  p: {type: boolean, nullable: true, missing: none}
  w: {type: boolean, nullable: true}
  q: {type: boolean, nullable: true, missing: none}
  d: {type: date, nullable: true, missing: none}
  as_of_day: {type: date, nullable: true, missing: none}
  t: {type: date and time, nullable: true, missing: none}
  h: {type: duration, nullable: true, missing: none}
  s: {type: text, nullable: true, missing: none}
  r: {type: text, nullable: true, missing: none}
  l: {type: list of integer, nullable: true, missing: none}
  m: {type: set of text, nullable: true, missing: none}
"""
HOUR, DAY = Duration(seconds=3_600), Duration.of_days(1)
JAN2 = date(2021, 1, 2)
NONE: dict[str, Any] = {}

MEANINGS: list[tuple[str, str, dict[str, Any], Any]] = [
    # a date is the midnight with which it begins
    ("d - h", "date", {"d": JAN2, "h": HOUR.times(36)}, date(2020, 12, 31)),
    ("d + h * -1", "date", {"d": JAN2, "h": HOUR.times(36)}, date(2020, 12, 31)),
    ("d - 36 hours", "date", {"d": JAN2}, date(2020, 12, 31)),
    ("d - h", "date", {"d": JAN2, "h": HOUR.times(-1)}, JAN2),
    ("d + h", "date", {"d": JAN2, "h": HOUR.times(-1)}, date(2021, 1, 1)),
    ("d + h", "date", {"d": JAN2, "h": HOUR}, JAN2),
    ("d - h", "date", {"d": JAN2, "h": DAY}, date(2021, 1, 1)),
    ("d - h", "date", {"d": date(1, 1, 1), "h": HOUR}, None),
    ("add(d, -h)", "date", {"d": JAN2, "h": HOUR.times(36)}, date(2020, 12, 31)),
    # the opposite of a duration
    ("-h", "duration", {"h": HOUR}, HOUR.times(-1)),
    ("-h", "duration", {"h": Duration(months=-3)}, Duration(months=3)),
    ("d + -h", "date", {"d": JAN2, "h": Duration(months=1)}, date(2020, 12, 2)),
    ("-h", "duration", NONE, None),
    # a list in a list of lists
    ("l in [[1,2],[3]]", "boolean", {"l": (D(1), D(9))}, False),
    ("l in [[1,2],[3]]", "boolean", {"l": (D(3),)}, True),
    ("l in [[1,2]]", "boolean", {"l": (D(1), D(2))}, True),
    ("l in [[1,2],[3]]", "boolean", {"l": (D(2), D(1))}, False),
    ("l in [1,2]", "boolean", {"l": (D(1), D(9))}, True),
    ("l in (1,2)", "boolean", {"l": (D(8), D(9))}, False),
    ('m in [["x"],["y","z"]]', "boolean", {"m": ("z", "y")}, True),
    ('m in [["x"],["y","z"]]', "boolean", {"m": ("y",)}, False),
    ("l in [[1,2],[3]]", "boolean", NONE, False),
    # texts
    (r's = "a\\b"', "boolean", {"s": "a\\b"}, True),
    (r's = "\u0041\u00e9"', "boolean", {"s": "Aé"}, True),
    (r's = "\uD83D\uDCA9\U01F40E"', "boolean", {"s": "💩🐎"}, True),
    (r's = "\t\r\n\"\'"', "boolean", {"s": "\t\r\n\"'"}, True),
    # durations times and by numbers
    ("h * 1.5", "duration", {"h": DAY.times(7)}, HOUR.times(252)),
    ("1.5 * h", "duration", {"h": DAY.times(7)}, HOUR.times(252)),
    ("h * a", "duration", {"h": DAY, "a": D("-0.50")}, HOUR.times(-12)),
    ("h / 2", "duration", {"h": DAY.times(7)}, HOUR.times(84)),
    ("h / n", "duration", {"h": DAY.times(7), "n": D(0)}, None),
    ("h / 2", "duration", {"h": Duration(months=3)}, Duration(months=1)),
    ("h * 2 * n", "duration", {"h": Duration(months=3), "n": D(2)}, Duration(months=12)),
    ("h * 0.5", "duration", {"h": Duration(months=-3)}, Duration(months=-1)),
    ("h * 1.5", "duration", NONE, None),
    ("as_of_day - d > h * 1.5", "boolean", {"as_of_day": date(2024, 1, 12), "d": date(2024, 1, 1), "h": DAY.times(7)}, True),
    ("as_of_day - d > h * 1.5", "boolean", {"as_of_day": date(2024, 1, 11), "d": date(2024, 1, 1), "h": DAY.times(7)}, False),
    # rounding to tens, hundreds, …
    ("round half up(a, -2)", "number, scale: 2", {"a": D("1250.00")}, D(1300)),
    ("round half even(a, -2)", "number, scale: 2", {"a": D("1250.00")}, D(1200)),
    ("round down(a, -4)", "number, scale: 2", {"a": D("-19999.99")}, D(-10000)),
    ("round up(a / b, -1)", "number, scale: 2", {"a": D("10"), "b": D("3")}, D(10)),
    ("round half up(a, -1) = 30", "boolean", {"a": D("25")}, True),
    # parts of texts, and texts together
    ("substring(s, 3)", "text", {"s": "SH-0012"}, "-0012"),
    ("substring(s, -2)", "text", {"s": "SH-0012"}, "12"),
    ('substring before(s, "-")', "text", {"s": "SH-0012"}, "SH"),
    ('substring after(s, "-")', "text", {"s": "SH-00-12"}, "00-12"),
    ('substring after(s, "x")', "text", {"s": "SH"}, ""),
    ('substring before(s, "")', "text", {"s": "SH"}, ""),
    ("s + r", "text", {"s": "上海", "r": "-1"}, "上海-1"),
    ('s + ": " + r', "text", {"s": "a", "r": "b"}, "a: b"),
    ("s + r", "text", {"s": "a"}, None),
    # parts of moments
    ("hour(t) * 60 + t.minute", "integer", {"t": datetime(2024, 1, 31, 23, 59, 59)}, D(1439)),
    ("t.second", "integer", {"t": datetime(2024, 1, 31, 23, 59, 58)}, D(58)),
    ("week of year(d)", "integer", {"d": date(2021, 1, 3)}, D(53)),
    ("week of year(d)", "integer", {"d": date(9999, 12, 31)}, D(52)),
    ("week of year(d)", "integer", {"d": date(1, 1, 1)}, D(1)),
    ("day of year(t)", "integer", {"t": datetime(2024, 12, 31, 23, 59)}, D(366)),
    # where FEEL has other values
    ('duration("P1Y") = h', "boolean", {"h": DAY.times(365)}, False),
    ('0 * h = duration("PT0S")', "boolean", {"h": Duration(months=1)}, True),
    ('duration("P0M") = h', "boolean", {"h": Duration()}, True),
    ("a < 3", "boolean", NONE, False),
    ("a in [1..5]", "boolean", NONE, False),
    # none where a truth value stands counts as false
    ("p and q", "boolean", {"q": True}, False),
    ("p or q", "boolean", {"q": True}, True),
    ("p or q", "boolean", {"q": False}, False),
    ("not(p)", "boolean", NONE, True),
    ("if p then 1 else 2", "integer", NONE, D(2)),
    ('not(contains(s, "x"))', "boolean", NONE, True),
    ('contains(s, "x") = false', "boolean", NONE, False),
    ("known to be p", "boolean", NONE, False),
    ("known to be w", "boolean", NONE, False),
    ("known to be w", "boolean", {"w": True}, True),
    ("not(known to be w)", "boolean", NONE, True),
]


def policy_of(formula: str, type: str) -> Plan:
    """Return the plan of a policy of one formula."""
    text = formula.replace("'", "''")
    body = f"modules:\n  m:\n    kind: module\n    decisions:\n      x: {{type: {type}, nullable: true, formula: '{text}'}}\n"
    return checked(FACTS + body).require_plan()


@pytest.mark.parametrize(
    ("formula", "type", "facts", "expected"), MEANINGS, ids=[f"{formula}-{n}" for n, (formula, *_) in enumerate(MEANINGS)]
)
def test_an_expression_means_one_thing_in_every_engine(
    engine: Engine, formula: str, type: str, facts: dict[str, Any], expected: Any
) -> None:
    plan = policy_of(formula, type)
    given = {name: facts.get(name) for name in plan.facts}

    assert decide(plan, ENVIRONMENT, given, None)["x"] == Determined(expected)
    assert differences(engine, plan, [given], None, ENVIRONMENT) == []
