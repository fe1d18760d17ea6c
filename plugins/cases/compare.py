"""Compares outcomes with what a case expects, in their JSON form, and says each difference in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tierwise.core.outcome import UNDETERMINED, Determined, Outcome
from tierwise.core.types import SetType, Type
from tierwise.core.values import to_json

__all__ = ["Difference", "differences", "same"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One expected outcome that was not met.

    Attributes:
        output: The output's name.
        expected: What the case says, in words.
        got: What came out, in words.
        subject: The subject of a population; empty where the case is about one, or about all of them at once.
    """

    output: str
    expected: str
    got: str
    subject: str = ""

    @property
    def about(self) -> str:
        """What it is about: ``output``, or ``subject/output``."""
        return f"{self.subject}/{self.output}" if self.subject else self.output


def differences(
    expected: Mapping[str, Any], outcomes: Mapping[str, Outcome], types: Mapping[str, Type], subject: str = ""
) -> tuple[Difference, ...]:
    """Compare the outcomes of one subject with a case's ``expected``.

    Args:
        expected: As written: output to value or ``undetermined``, beside ``reasons`` and ``candidates`` by output. Scalars may be texts.
        outcomes: What an engine gave.
        types: The type of each output; the items of a set may come in any order.
        subject: The subject of a population that they are about.
    """
    reasons = expected.get("reasons") or {}
    candidates = expected.get("candidates") or {}
    found = []
    for output, value in expected.items():
        if output in ("reasons", "candidates", "by_customer"):
            continue
        outcome = outcomes.get(output)
        if outcome is None:
            found.append(Difference(output, _words(value), "no such output", subject))
        elif not _meets(outcome, value, reasons.get(output), candidates.get(output), types[output]):
            wanted = _undetermined_words(reasons.get(output), candidates.get(output)) if value == UNDETERMINED else _words(value)
            found.append(Difference(output, wanted, _outcome_words(outcome), subject))
    return tuple(found)


def _meets(outcome: Outcome, value: Any, reason: str | None, candidates: Any, type_: Type) -> bool:
    if isinstance(outcome, Determined):
        return not (value == UNDETERMINED and reason is not None) and same(to_json(outcome.value), value, isinstance(type_, SetType))
    if value != UNDETERMINED:
        return False
    if reason is not None and reason != outcome.reason:
        return False
    return candidates is None or same([to_json(c) for c in outcome.candidates], candidates, unordered=True)


def same(got: Any, expected: Any, unordered: bool = False) -> bool:
    """Say whether a JSON value is what a case says, whose scalars may be texts (``"14"``, ``"true"``)."""
    if isinstance(got, list):
        return isinstance(expected, list | tuple) and _same_lists(got, list(expected), unordered)
    if isinstance(got, Mapping):
        return isinstance(expected, Mapping) and got.keys() == expected.keys() and all(same(got[key], expected[key]) for key in got)
    if got is None or expected is None:
        return got is None and expected is None
    if isinstance(got, bool):
        return str(expected).lower() == str(got).lower()
    if isinstance(got, int | float):
        return not isinstance(expected, bool | list | Mapping) and _number(expected) == Decimal(str(got))
    return bool(str(got) == str(expected)) or (_number(got) is not None and _number(got) == _number(expected))


def _same_lists(got: list[Any], expected: list[Any], unordered: bool) -> bool:
    if len(got) != len(expected):
        return False
    if not unordered:
        return all(same(g, e) for g, e in zip(got, expected, strict=True))
    rest = list(expected)
    for item in got:
        match = next((i for i, e in enumerate(rest) if same(item, e)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_words(item) for item in value) + "]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _undetermined_words(reason: str | None, candidates: Any) -> str:
    return " ".join(part for part in (UNDETERMINED, reason or "", _words(candidates) if candidates else "") if part)


def _outcome_words(outcome: Outcome) -> str:
    if isinstance(outcome, Determined):
        return _words(to_json(outcome.value))
    return _undetermined_words(str(outcome.reason), [to_json(c) for c in outcome.candidates])
