"""Reads a decision table off the rules that are hit: what the hit policy makes of their values (see ``plan.Table``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from tierwise.core.meaning.exact import add, compare
from tierwise.core.meaning.unknown import Need, Result, Unknown, either, merged, same, strongest, values_of
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import HitPolicy, Rule
from tierwise.core.types import EnumType, SetType, Type
from tierwise.core.values import Value

__all__ = ["Hit", "Picked", "read_off"]

MOST_COMBINATIONS = 64


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that is hit, or that may be: ``test`` is ``True`` or the ``Unknown`` that it hangs on (``None`` before it is tried)."""

    rule: Rule
    test: bool | Unknown | None

    @property
    def is_sure(self) -> bool:
        return self.test is True


@dataclass(frozen=True, slots=True)
class Picked:
    """What a table gives for one output.

    Attributes:
        result: A value or ``Unknown``.
        rules: For a value the rules that gave it; otherwise the rules that stay possible. In table order.
    """

    result: Result
    rules: tuple[str, ...]


def read_off(policy: HitPolicy, of: Type, hits: Sequence[Hit], values: Sequence[Result], fallback: Result) -> Picked:
    """Return what an output is.

    Args:
        policy: The table's hit policy.
        of: The type of the output.
        hits: The rules that are hit, or may be.
        values: The value of the output in each of them.
        fallback: What it is when nothing is hit.
    """
    if policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        result = _agreeing(hits, values, fallback)
    elif policy in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        order = _order(policy, values, of)
        result = _leading([hits[i] for i in order], [values[i] for i in order], fallback)
    else:
        result = _collected(policy, hits, values, fallback, of)
    return Picked(result, _giving(policy, hits, values, result))


def _agreeing(hits: Sequence[Hit], values: Sequence[Result], fallback: Result) -> Result:
    """All hits must have one value; two that surely differ overlap, whatever else is hit."""
    sure = [value for hit, value in zip(hits, values, strict=True) if hit.is_sure]
    known = distinct([value for value in sure if not isinstance(value, Unknown)])
    if len(known) > 1:
        return merged(values, frozenset({Need("policy", "", Reason.OVERLAP)}))
    tests = _needs(hits)
    if not sure:
        return either([*values, fallback], tests)
    unknown = [value for value in sure if isinstance(value, Unknown)]
    if known and not unknown and all(not isinstance(value, Unknown) and same(value, known[0]) for value in values):
        return known[0]
    if unknown and _stays_open(unknown, values):
        return merged(values, frozenset().union(*(u.needs for u in unknown)))
    return merged(values, tests.union(*(v.needs for v in values if isinstance(v, Unknown))))


def _stays_open(sure: Sequence[Unknown], values: Sequence[Result]) -> bool:
    """Say whether the reason for which the policy leaves a sure hit open stands, whatever else is hit."""
    unknowns = [value for value in values if isinstance(value, Unknown)]
    if not all(u.is_final for u in unknowns) or len(distinct([v for v in values if not isinstance(v, Unknown)])) > 1:
        return False
    return strongest([need.reason for u in sure for need in u.needs]) is strongest([need.reason for u in unknowns for need in u.needs])


def _order(hit: HitPolicy, values: Sequence[Result], of: Type) -> list[int]:
    """Return the hits from the one that goes before all others; a value not known yet may go before any."""
    order = list(range(len(values)))
    if hit is HitPolicy.PRIORITY and isinstance(of, EnumType):
        ranks = {word: rank for rank, word in enumerate(of.values)}
        order.sort(key=lambda i: -1 if isinstance(values[i], Unknown) else ranks.get(str(values[i]), len(ranks)))
    return order


def _leading(hits: Sequence[Hit], values: Sequence[Result], fallback: Result) -> Result:
    """The first hit counts; those before the first sure one may."""
    options: list[Result] = []
    for hit, value in zip(hits, values, strict=True):
        options.append(value)
        if hit.is_sure:
            break
    else:
        options.append(fallback)
    return either(options, _needs(hits[: len(options)]))


def _collected(hit: HitPolicy, hits: Sequence[Hit], values: Sequence[Result], fallback: Result, of: Type) -> Result:
    """All hits count together; a few that only may be hit are tried both ways."""
    known = values_of(values, None)
    unknowns = [value for value in values if isinstance(value, Unknown)]
    needs = _needs(hits).union(*(u.needs for u in unknowns))
    open_hits = sum(not h.is_sure for h in hits)
    if isinstance(known, Unknown) or 2**open_hits > MOST_COMBINATIONS:
        return Unknown(needs, None)
    ways = product(*([True] if h.is_sure else [True, False] for h in hits))
    return either([_together(hit, [v for v, is_hit in zip(known, way, strict=True) if is_hit], fallback, of) for way in ways], needs)


def _together(hit: HitPolicy, values: Sequence[Value], fallback: Result, of: Type) -> Result:
    if hit is HitPolicy.COUNT:
        return Decimal(len(values))
    kept = [value for value in values if value is not None]
    if hit is HitPolicy.COLLECT:
        items = tuple(item for value in kept for item in (value if isinstance(value, tuple) else (value,)))
        return distinct(items) if isinstance(of, SetType) else items
    if not kept:
        return fallback
    total: Value = kept[0]
    for value in kept[1:]:
        if hit is HitPolicy.SUM:
            total = add(total, value)
        elif compare("<" if hit is HitPolicy.MIN else ">", value, total):
            total = value
    return total


def _needs(hits: Sequence[Hit]) -> frozenset[Need]:
    return frozenset().union(*(hit.test.needs for hit in hits if isinstance(hit.test, Unknown)))


def _giving(hit: HitPolicy, hits: Sequence[Hit], values: Sequence[Result], result: Result) -> tuple[str, ...]:
    """Return the ids of the rules that gave ``result``: sure hits where there are any, else the possible ones."""
    if isinstance(result, Unknown):
        return tuple(h.rule.id for h in hits)
    giving = list(zip(hits, values, strict=True))
    if hit in (HitPolicy.FIRST, HitPolicy.PRIORITY):
        giving = [(h, value) for h, value in giving if not isinstance(value, Unknown) and same(value, result)]
    sure = [h.rule.id for h, _ in giving if h.is_sure]
    return tuple(sure or [h.rule.id for h, _ in giving])
