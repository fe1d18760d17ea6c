"""Every finding by its code: what it means, for ``docs/findings.md`` and for messages. A code is a slug and never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CODES"]

CODES: Mapping[str, str] = {
    "grade-not-decided": "The decision that should give the grade of a `value-tier` or the level of a `credit-level` is not there.",
    "grade-off-scale": "The decision that gives the grade has other values than the module's scale, or the same in another order.",
    "interval-inverted": "A better class is surely visited less often than a lower one; it can be acknowledged.",
    "rights-inverted": "A lower grade gets the better of a higher one, such as a lower price or more credit; it can be acknowledged.",
    "unknown-right": "A `credit-level` names a right that no decision gives.",
}
