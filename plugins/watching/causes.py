"""Puts watch rules into an order in which effects follow causes, and says under which readings each of them has to run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

from tierwise.core.finding import Finding
from tierwise.core.language.messages import listed
from tierwise.core.plan import Plan, Reading
from tierwise.core.plan.usage import usage_of
from tierwise.plugins.watching.rule import Count, Duty, Variant, WatchRule

__all__ = ["in_order", "with_variants"]

MOST_VARIANTS = 64


def in_order(rules: list[WatchRule], findings: list[Finding]) -> list[WatchRule]:
    """Sort the rules so that what makes events comes before what reads them; the author's order else."""
    ordered: list[WatchRule] = []
    waiting = list(rules)
    while waiting:
        made = {kind for rule in waiting for kind in rule.makes}
        ready = [rule for rule in waiting if not rule.reads & made]
        if not ready:
            circle = " → ".join(f"`{rule.name}`" for rule in waiting)
            findings.append(Finding.error("watch-cycle", f"actions make events for each other in a circle: {circle}", waiting[0].span))
            return ordered
        ordered += ready[:1]
        waiting.remove(ready[0])
    return ordered


def with_variants(rules: list[WatchRule], plan: Plan, findings: list[Finding]) -> tuple[WatchRule, ...]:
    """Give every rule the readings that it hangs on, through the events that other rules make for it, too."""
    upstream: dict[str, set[str]] = {}
    result = []
    for rule in rules:
        names = set(_readings_of(rule, plan)).union(*(upstream.get(kind, set()) for kind in rule.reads))
        for kind in rule.makes:
            upstream.setdefault(kind, set()).update(names)
        open_names = [name for name in plan.readings if name in names]
        words = [_words(plan.readings[name]) for name in open_names]
        if prod(map(len, words)) > MOST_VARIANTS:
            message = f"`{rule.name}` hangs on {listed(open_names)}, which can be read in more than {MOST_VARIANTS} ways"
            findings.append(Finding.error("too-many-readings", message, rule.span, "settle some of them in an overlay"))
            words = [one[:1] for one in words]
        variants: tuple[Variant, ...] = tuple(dict(zip(open_names, combination, strict=True)) for combination in product(*words))
        result.append(replace(rule, variants=variants))
    return tuple(result)


def _words(reading: Reading) -> tuple[str, ...]:
    return reading.values if reading.settled is None else (reading.settled,)


def _readings_of(rule: WatchRule, plan: Plan) -> Iterator[str]:
    amounts = [action.amount for action in (rule.action, rule.met) if action is not None]
    expected = [e.condition for e in rule.form.expected] if isinstance(rule.form, Duty) else []
    for node in (rule.condition, *rule.per, *amounts, *expected):
        if node is not None:
            yield from usage_of(plan, node).readings
    if isinstance(rule.form, Count) and rule.form.reading is not None:
        yield rule.form.reading
