"""One small module of each kind, the facts they read, and what is found in a policy that holds them."""

from __future__ import annotations

from tests import short_policies
from tierwise.core.finding import Finding

FACTS = """\
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


def found(modules: str) -> list[Finding]:
    """Return what is found beside facts and readings that a short policy leaves unused."""
    findings = short_policies.found(FACTS + modules)
    return [finding for finding in findings if finding.code != UNUSED and "reading" not in finding.code]
