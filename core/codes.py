"""Every finding by its code: what it means, for ``docs/findings.md`` and for messages. A code is a slug and never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CODES"]

CODES: Mapping[str, str] = {
    "acknowledgement-not-needed": "A gap or an overlap is acknowledged that the table does not have (any more).",
    "always-false": "A condition of a formula or label that no subject can meet.",
    "always-true": "A condition of a formula or label that every subject meets.",
    "analysis-capped": "A table has so many combinations that a check stopped looking; its silence proves nothing.",
    "duplicate-rule": "Two rules of a table have the same conditions and the same outputs.",
    "gap": "Subjects that no rule of a table covers; their outcome is undetermined for reason `gap`.",
    "gap-acknowledged": "A gap that the source really has, as its author says; the outcome stays undetermined.",
    "gap-in-bands": "Values of a scorecard's characteristic for which no points are given.",
    "grade-not-decided": "The decision that should give the grade of a `value-tier` or the level of a `credit-level` is not there.",
    "grade-off-scale": "The decision that gives the grade has other values than the module's scale, or the same in another order.",
    "interval-inverted": "A better class is surely visited less often than a lower one; it can be acknowledged.",
    "not-analysed": "A condition compares two things with each other instead of one with a constant; gaps and overlaps that hang on it are not found.",
    "overlap": "Two rules of a `unique` or `any` table apply to the same subjects and give different outputs; there the outcome is undetermined.",
    "overlap-acknowledged": "An overlap that the source really has, as its author says; the outcome stays undetermined.",
    "rights-inverted": "A lower grade gets the better of a higher one, such as a lower price or more credit; it can be acknowledged.",
    "rule-never-fires": "A rule whose own conditions exclude each other, or ask for what never occurs.",
    "shadowed-rule": "A rule that never decides, because rules that go before it cover all of it.",
    "unknown-right": "A `credit-level` names a right that no decision gives.",
    "unreachable-value": "A word of a decision's list, such as a grade, that nothing in the policy gives.",
    "unused-decision": "A hidden decision that nothing reads.",
    "unused-fact": "A fact that nothing reads.",
    "unused-reading": "A reading that nothing hangs on.",
}
