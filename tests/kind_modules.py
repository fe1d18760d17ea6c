"""One small module of each kind, and what comes of a policy that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.finding import Finding
from tierwise.core.meaning import decide
from tierwise.core.outcome import Outcome
from tierwise.plugins.testing import findings_of, policy_from

__all__ = ["CREDIT", "HEAD", "PRICE", "TERMS", "TIER", "VISITS", "found", "outcomes"]

HEAD = """\
tierwise: 1
policy: kinds
version: 1.0.0
title: Kinds
source: a test
subject: customer
readings:
  cadence: [rolling, calendar]
facts:
  grade: {type: enum, values: [A, B, C]}
  level_now: {type: enum, values: [A, B, C]}
  late: {type: integer, min: 0}
  price: {type: number, scale: 2, min: 0}
  offered: {type: number, scale: 4, min: 0}
  last_on: {type: date}
  classes: {type: set, values: [vip, plain]}
modules:
"""

PRICE = """\
  price_rights:
    kind: pricing-rights
    by: grade
    price: price
    offered: offered
    rights: {A: {discount: 5%}, B: {floor: 97%}, C: {surcharge: 5%}}
    give: {factor: factor, floor: floor, exact: exact, ok: ok}
"""

CREDIT = """\
  credit:
    kind: credit-level
    scale: [A, B, C]
    demote: {from: level_now, when: late >= 2, give: level}
"""

TERMS = """\
    rights: {days: higher}
    decisions:
      days: {type: integer, lookup: {by: level, values: {A: 60, B: 30, C: 0}}}
"""

VISITS = """\
  visits:
    kind: visit-cadence
    by: grade
    every: {A: 1 week, B: 1 month, C: undetermined(lost)}
    last: last_on
    reading: cadence
    give: {interval: interval, due_on: due_on, due: due, overdue: overdue}
"""

TIER = """\
  tier:
    kind: value-tier
    scale: [A, B]
    decisions:
      tier: {type: enum, values: [A, B], formula: if late >= 2 then B else A}
"""

UNUSED = "unused-fact"


def outcomes(modules: str, facts: Mapping[str, Any], environment: Environment, as_of: date | None = None) -> Mapping[str, Outcome]:
    """Decide a policy that holds these modules."""
    return decide(policy_from(HEAD + modules).require_plan(), environment, facts, as_of)


def found(modules: str) -> list[Finding]:
    """What is found beside facts that a short policy leaves unused."""
    return [finding for finding in findings_of(HEAD + modules) if finding.code != UNUSED and "reading" not in finding.code]
