"""Every finding by its code: what it means, for ``docs/findings.md`` and for messages. A code is a slug and never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CODES"]

CODES: Mapping[str, str] = {
    "acknowledgement-not-needed": "A gap or an overlap is acknowledged that the table does not have (any more).",
    "always-false": "A condition of a formula or label that no subject can meet.",
    "always-true": "A condition of a formula or label that every subject meets.",
    "analysis-capped": "A table has so many combinations that a check stopped looking; its silence proves nothing.",
    "class-without-value": "A class of an `agree` has no value and nothing is said for a subject that has only such classes: the outcome stays undetermined.",
    "cycle": "Decisions read each other in a circle, so none of them can be decided first.",
    "duplicate-rule": "Two rules of a table have the same conditions and the same outputs.",
    "empty-form": "A form that needs at least one part has none.",
    "gap": "Subjects that no rule of a table covers; their outcome is undetermined for reason `gap`.",
    "gap-acknowledged": "A gap that the source really has, as its author says; the outcome stays undetermined.",
    "gap-in-bands": "Values of a scorecard's characteristic for which no points are given.",
    "grade-not-decided": "The decision that should give the grade of a `value-tier` or the level of a `credit-level` is not there.",
    "grade-off-scale": "The decision that gives the grade has other values than the module's scale, or the same in another order.",
    "input-not-allowed": "The rules that an overlay gives for a local table read something that its `inputs` do not name.",
    "interval-inverted": "A better class is surely visited less often than a lower one; it can be acknowledged.",
    "not-analysed": "A condition compares two things with each other instead of one with a constant; gaps and overlaps that hang on it are not found.",
    "not-constant": "A share or number that must be known before any subject is (a plain value or a parameter) hangs on a subject.",
    "not-local": "An overlay gives rules for a table or characteristic that the policy does not leave local, or changes a parameter of the source.",
    "not-ordered": "A ranking or an order goes by something that has no order, such as a boolean or a list.",
    "one-output": "A form that gives one value stands in a decision with several outputs.",
    "output-never-given": "No rule of a table gives a value for one of its outputs.",
    "output-without-column": "A table has no column for an output that it declares.",
    "overlap": "Two rules of a `unique` or `any` table apply to the same subjects and give different outputs; there the outcome is undetermined.",
    "overlap-acknowledged": "An overlap that the source really has, as its author says; the outcome stays undetermined.",
    "population-reads-subject": "A decision `of: population` reads the fact or decision of a single subject.",
    "quota-not-positive": "A class of a ranking gets a share or number that is not more than zero.",
    "quotas-not-whole": "The shares of a ranking do not add up to 100%, and no last class takes the rest.",
    "rest-not-last": "The class of a ranking that takes the rest is followed by others, which would get nobody.",
    "rights-inverted": "A lower grade gets the better of a higher one, such as a lower price or more credit; it can be acknowledged.",
    "rule-never-fires": "A rule whose own conditions exclude each other, or ask for what never occurs.",
    "shadowed-rule": "A rule that never decides, because rules that go before it cover all of it.",
    "too-many-rules": "A table has more rules than `limits.rules` admits.",
    "type-mismatch": "A value of one type stands where another type is needed.",
    "type-missing": "A decision declares neither a type nor outputs, and its form does not know them by itself.",
    "unknown-column": "An acknowledged gap is confined to a column that the table does not have.",
    "unknown-output": "A table gives a value for something that is none of its outputs.",
    "unknown-right": "A `credit-level` names a right that no decision gives.",
    "unknown-rule": "An acknowledged overlap names a rule that the table does not have.",
    "unreachable-value": "A word of a decision's list, such as a grade, that nothing in the policy gives.",
    "unused-decision": "A hidden decision that nothing reads.",
    "unused-fact": "A fact that nothing reads.",
    "unused-reading": "A reading that nothing hangs on.",
}
