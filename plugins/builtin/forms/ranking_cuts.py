"""Compiles the classes of a ranking: shares or numbers, one after the other, to cumulative limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Constant, Cut, CutBy, Undecided, constant_of, undecided_of
from tierwise.core.source import Path, Written
from tierwise.core.types import NumberType, Type
from tierwise.plugins.builtin.forms.keyed_words import word_of

__all__ = ["REST", "cumulative_cuts"]

REST = "rest"
"""Written instead of a share or number by the class that takes all who are left."""


@dataclass(frozen=True, slots=True)
class _Part:
    value: Constant
    limit: Decimal | None
    path: Path


def cumulative_cuts(
    written: Mapping[Written, Written], by: CutBy, type: Type, path: Path, context: FormContext
) -> tuple[Cut, ...] | Undecided | None:
    """Return the classes with their cumulative limits.

    Returns:
        The cuts; ``Undecided`` while a limit is a local parameter without a value; ``None`` after an error, which is then reported.
    """
    parts: list[_Part] = []
    undecided: Undecided | None = None
    sound = True
    for word, text in written.items():
        part = _part(word, text, by, type, (*path, word), context)
        if isinstance(part, _Part):
            parts.append(part)
        elif part is None:
            sound = False
        else:
            undecided = Undecided(part.reason, (), type)
    if not sound or not _in_sequence(parts, context):
        return None
    if undecided is not None:
        return undecided
    return _cumulated(parts) if by == "top" or _is_whole(parts, path, context) else None


def _part(word: Written, text: Written, by: CutBy, type: Type, path: Path, context: FormContext) -> _Part | Undecided | None:
    value = word_of(word, type, context)
    if value is None:
        return None
    if text == REST:
        return _Part(value, None, path)
    limit = context.constant(text, NumberType(0) if by == "top" else NumberType())
    constant = constant_of(limit)
    if constant is None:
        return undecided_of(limit)
    if not isinstance(constant.value, Decimal) or constant.value <= 0:
        context.report(Finding.error("quota-not-positive", f"`{word}` gets `{text}`, which must be more than 0", context.span(path)))
        return None
    return _Part(value, constant.value, path)


def _in_sequence(parts: list[_Part], context: FormContext) -> bool:
    for part in parts[:-1]:
        if part.limit is None:
            message = f"`{part.value.value}` takes the rest, but other classes come after it"
            context.report(Finding.error("rest-not-last", message, context.span(part.path), "let the class with `rest` stand last"))
            return False
    return True


def _is_whole(parts: list[_Part], path: Path, context: FormContext) -> bool:
    shares = [part.limit for part in parts if part.limit is not None]
    total = sum(shares, Decimal(0))
    rest = len(shares) < len(parts)
    if total == 1 or (rest and total < 1):
        return True
    percent = format((total * 100).normalize(), "f")
    demand = "less than 100% before the rest" if rest else "100%"
    help = "" if rest else "let the last class take the `rest`"
    context.report(
        Finding.error("quotas-not-whole", f"the shares add up to {percent}%, where {demand} is needed", context.span(path), help)
    )
    return False


def _cumulated(parts: list[_Part]) -> tuple[Cut, ...]:
    cuts: list[Cut] = []
    reached = Decimal(0)
    for part in parts:
        reached += part.limit or 0
        cuts.append(Cut(part.value.value, None if part.limit is None else reached))
    return tuple(cuts)
