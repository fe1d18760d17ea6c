"""Says what a part of a plan is when it has no single value: what it hangs on, and which values it may still have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal as OneOfWords
from typing import TypeAlias, TypeGuard, cast

from tierwise.core.outcome import Reason, distinct
from tierwise.core.types import BooleanType, EnumType, Type
from tierwise.core.values import Value

__all__ = [
    "MOST_LOOKED_AT",
    "TRUTH",
    "Need",
    "Result",
    "Unknown",
    "domain",
    "either",
    "for_each",
    "has_few_values",
    "known",
    "lazily",
    "merged",
    "same",
    "strictly",
    "strongest",
    "union",
    "values_of",
]

TRUTH = (True, False)
MOST_LOOKED_AT = 64  # possible values of an unknown part; beyond them it may be anything

_STRENGTH = (Reason.LOST, Reason.VAGUE, Reason.MISSING_FACT, Reason.READING, Reason.OVERLAP, Reason.TIE, Reason.GAP)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that an unknown part hangs on.

    Attributes:
        kind: ``reading``, ``fact`` and ``decision`` may be settled; ``policy`` may not: the policy itself leaves it open.
        name: The fact, reading or decision; empty when it has no name.
        reason: What an outcome is called that hangs on it.
    """

    kind: OneOfWords["reading", "fact", "decision", "policy"]
    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unknown:
    """No single value.

    Attributes:
        needs: What it hangs on; never empty.
        bound: Every value it may have, in policy order; ``None`` when that may be any. Being undetermined is not a value: a gap's bound is empty.
        is_partial: It may also be left open without any candidate (a gap, something lost), beside the values of ``bound``.
    """

    needs: frozenset[Need]
    bound: tuple[Value, ...] | None = None
    is_partial: bool = False

    @classmethod
    def because(cls, reason: Reason, candidates: Iterable[Value] = (), name: str = "") -> Unknown:
        """Make an unknown that nothing can settle: the policy leaves it open for ``reason``."""
        bound = distinct(candidates)
        return cls(frozenset({Need("policy", name, reason)}), bound, not bound)

    @property
    def is_final(self) -> bool:
        """Whether no fact, reading or decision would settle it."""
        return all(need.kind == "policy" for need in self.needs)

    @property
    def reason(self) -> Reason:
        """The strongest reason among what could settle it; where nothing could, among what the policy leaves open."""
        return strongest(need.reason for need in [need for need in self.needs if need.kind != "policy"] or self.needs)


Result: TypeAlias = "Value | Unknown"
"""What a part of a plan comes to in a world."""


def strongest(reasons: Iterable[Reason]) -> Reason:
    """Return the reason to name when several apply: lost beats vague beats missing_fact beats the rest."""
    return min(reasons, key=_STRENGTH.index)


def same(left: Value, right: Value) -> bool:
    """Say whether two values are one: ``true`` is not 1."""
    return type(left) is type(right) and bool(left == right)


def domain(of: Type | None, nullable: bool = False) -> tuple[Value, ...] | None:
    """Return all values of a type that has few, in declared order; else ``None``."""
    none = (None,) if nullable else ()
    if isinstance(of, BooleanType):
        return (True, False, *none)
    if isinstance(of, EnumType):
        return (*of.values, *none)
    return None


def values_of(results: Iterable[Result], bound: tuple[Value, ...] | None) -> tuple[Value, ...] | Unknown:
    """Return all of ``results`` when they are known, else the unknown that a part is which needs all of them."""
    listed = tuple(results)
    unknowns = [result for result in listed if isinstance(result, Unknown)]
    if not unknowns:
        return cast("tuple[Value, ...]", listed)
    deciding = [u for u in unknowns if u.is_final] or unknowns
    return Unknown(frozenset().union(*(u.needs for u in deciding)), bound)


def known(results: Iterable[Result]) -> tuple[Value, ...]:
    """Return those of ``results`` that are values."""
    return tuple(result for result in results if not isinstance(result, Unknown))


def strictly(results: Iterable[Result], bound: tuple[Value, ...] | None) -> Unknown | None:
    """Return the unknown that a part is when it needs all of ``results``, or ``None`` when all are known."""
    return found if isinstance(found := values_of(results, bound), Unknown) else None


def lazily(unknowns: Sequence[Unknown], bound: tuple[Value, ...] | None) -> Unknown:
    """Return the unknown that a part is when any of several unknowns could settle it."""
    return Unknown(frozenset().union(*(u.needs for u in unknowns)), bound)


def merged(options: Sequence[Result], needs: frozenset[Need]) -> Unknown:
    """Return an unknown that may be whatever one of ``options`` may be."""
    return Unknown(needs, union(options), any(isinstance(option, Unknown) and option.is_partial for option in options))


def either(options: Sequence[Result], needs: frozenset[Need]) -> Result:
    """Return what holds when one of ``options`` is the case and ``needs`` decide which.

    Options that all have one value, or are all left open for one reason, decide it at once. When nothing could settle which option it is (a
    gap, something lost), that reason stands, whatever the options themselves are left open for.
    """
    unknowns = [option for option in options if isinstance(option, Unknown)]
    values = [option for option in options if not isinstance(option, Unknown)]
    if values and not unknowns and all(same(values[0], value) for value in values[1:]):
        return values[0]
    left_open = frozenset().union(*(u.needs for u in unknowns))
    if len(unknowns) == len(options) and all(u.is_final for u in unknowns) and len({u.reason for u in unknowns}) == 1:
        return merged(options, left_open)
    if needs and all(need.kind == "policy" for need in needs):
        left_open = frozenset(need for need in left_open if need.kind != "policy")
    return merged(options, needs | left_open)


def for_each(unknown: Unknown, results: Sequence[Result]) -> Result:
    """Return what comes of an unknown part, given what comes of each of its possible values: the one result, or whatever may be."""
    if not unknown.is_partial:
        return either(results, unknown.needs)
    return merged([*results, Unknown(unknown.needs, (), True)], unknown.needs)


def has_few_values(part: Result) -> TypeGuard[Unknown]:
    """Say whether a part is unknown and has so few possible values (perhaps none, as in a gap) that each can be looked at."""
    return isinstance(part, Unknown) and part.bound is not None and len(part.bound) <= MOST_LOOKED_AT


def union(options: Iterable[Result]) -> tuple[Value, ...] | None:
    """Return every value that one of ``options`` may have, or ``None`` when that may be any."""
    values: list[Value] = []
    for option in options:
        if not isinstance(option, Unknown):
            values.append(option)
        elif option.bound is None:
            return None
        else:
            values.extend(option.bound)
    return distinct(values)
