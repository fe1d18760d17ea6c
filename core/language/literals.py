"""Reads a literal of a known type where no names are: parameter values, facts of a case, words of a binding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tierwise.core import types
from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.comparing import check_number
from tierwise.core.language.operand import is_unit_twice
from tierwise.core.language.scan import Scanner, SyntaxProblem, read_iso
from tierwise.core.language.syntax import Number, Time
from tierwise.core.language.type_rules import set_of
from tierwise.core.language.units import EXACT, digits_of
from tierwise.core.source import Span, Written
from tierwise.core.types import Type
from tierwise.core.values import Duration

__all__ = ["read_literal"]

Raw = Any
"""A text, ``None``, or a list or mapping of such, as a YAML reader gives them when it reads every scalar as text."""


def read_literal(text: Raw, type: Type, span: Span) -> tuple[Any, list[Finding]]:
    """Return the value that a literal stands for.

    Args:
        text: A text; ``None`` is none. Lists, records and maps may also be given as lists and mappings of texts.
        type: The declared type.
        span: Where it stands.

    Returns:
        The value (``None`` when it has an error) and what there is to say about it.
    """
    if text is None:
        return None, []
    if isinstance(type, types.ListType | types.SetType):
        return _read_list(text, type, span)
    if isinstance(type, types.RecordType | types.MapType):
        return _read_mapping(text, type, span)
    if not isinstance(text, str):
        return None, [messages.bad_literal(span, str(text), str(type))]
    try:
        return READERS[type.__class__](text, type, span), []
    except SyntaxProblem as problem:
        return None, [problem.finding]


def _read_number(text: str, type: Any, span: Span) -> Decimal:
    number = _scanned(text, span)
    if not isinstance(number, Number):
        raise SyntaxProblem(messages.bad_literal(span, text, str(type)))
    if is_unit_twice(number.unit, type.unit):
        raise SyntaxProblem(messages.unit_twice(span, number.unit, type.unit))
    for finding in check_number(span, digits_of(number.value), number.value, type, literal=True):
        raise SyntaxProblem(finding)
    return number.value


def _scanned(text: str, span: Span) -> Number | Time | None:
    """Read a number, a date or a duration with an optional sign before it; ``None`` when it is none of these."""
    scan = Scanner(Written.of(text, span))
    negative = scan.accept("-")
    if not negative:
        scan.accept("+")
    start = scan.skip_space()
    if scan.plain[start : start + 1] not in tuple("0123456789."):
        return None
    found = scan.number()
    if not scan.at_end():
        return None
    if isinstance(found, Number):
        return Number(found.at, EXACT.minus(found.value), found.unit) if negative and found.value else found
    if negative:
        return Time(found.at, found.value.times(-1)) if isinstance(found.value, Duration) else None
    return found


def _read_boolean(text: str, type: Type, span: Span) -> bool:
    if text.strip() not in ("true", "false"):
        raise SyntaxProblem(messages.bad_literal(span, text, "boolean", "write `true` or `false`"))
    return text.strip() == "true"


def _read_date(text: str, type: Type, span: Span) -> date:
    value = read_iso(text.strip())
    if not isinstance(value, date) or isinstance(value, datetime):
        raise SyntaxProblem(messages.bad_literal(span, text, "date", "write it as `2024-01-31`"))
    return value


def _read_datetime(text: str, type: Type, span: Span) -> datetime:
    value = read_iso(text.strip())
    if not isinstance(value, datetime):
        raise SyntaxProblem(messages.bad_literal(span, text, "date and time", "write it as `2024-01-31T08:00:00`"))
    return value


def _read_duration(text: str, type: Type, span: Span) -> Duration:
    """Read ``7 days``, ``P3M``, and the JSON forms of durations: ``7`` (days) and ``3m`` (months)."""
    short = text.strip()
    value: object = read_iso(short)
    if value is None and short.endswith("m") and short[:-1].lstrip("-").isdecimal() and len(short) < 10:
        return Duration(months=int(short[:-1]))
    if value is None:
        found = _scanned(text, span)
        if isinstance(found, Number) and not found.unit and not digits_of(found.value) and abs(found.value) < 10**9:
            return Duration.of_days(int(found.value))
        value = found.value if isinstance(found, Time) else None
    if not isinstance(value, Duration):
        raise SyntaxProblem(messages.bad_literal(span, text, "duration", "write it as `7 days`, `3 months` or `P7D`"))
    return value


def _read_text(text: str, type: Type, span: Span) -> str:
    return str(text)


def _read_word(text: str, type: Any, span: Span) -> str:
    for spelling in (text, text.strip(), _unquoted(text.strip())):
        word: str | None = type.word(spelling)
        if word is not None:
            return str(word)
    raise SyntaxProblem(messages.unknown_word(span, text, type.values))


READERS: dict[type[Type], Callable[[str, Any, Span], Any]] = {
    types.NumberType: _read_number,
    types.BooleanType: _read_boolean,
    types.DateType: _read_date,
    types.DateTimeType: _read_datetime,
    types.DurationType: _read_duration,
    types.TextType: _read_text,
    types.EnumType: _read_word,
}


# ---- lists, records and maps -----------------------------------------------------------------------------------------------


def _read_list(text: Raw, type_: types.ListType | types.SetType, span: Span) -> tuple[Any, list[Finding]]:
    if isinstance(text, str):
        short = text.strip()
        if not (short.startswith("[") and short.endswith("]")):
            return None, [messages.bad_literal(span, text, str(type_), "write it as `[a, b]`")]
        text = [_unquoted(item) for item in _split(short[1:-1])]
    if not isinstance(text, Sequence):
        return None, [messages.bad_literal(span, str(text), str(type_), "write it as `[a, b]`")]
    values, findings = [], []
    for item in text:
        value, found = read_literal(item, type_.item, span)
        values.append(value)
        findings.extend(found)
    if findings:
        return None, findings
    return (tuple(values) if isinstance(type_, types.ListType) else set_of(values, type_.item)), []


def _read_mapping(text: Raw, type_: types.RecordType | types.MapType, span: Span) -> tuple[Any, list[Finding]]:
    if not isinstance(text, Mapping):
        return None, [messages.bad_literal(span, str(text), str(type_))]
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    for key, item in text.items():
        inner = type_.value if isinstance(type_, types.MapType) else type_.field(str(key))
        if inner is None:
            known = [name for name, _ in type_.fields] if isinstance(type_, types.RecordType) else []
            findings.append(messages.unknown_field(span, str(key), known))
            continue
        values[str(key)], found = read_literal(item, inner, span)
        findings.extend(found)
    return (None, findings) if findings else (values, [])


def _split(text: str) -> list[str]:
    """Split at commas outside of quotes; nothing at all is no item."""
    items, start, quote = [], 0, ""
    for position, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign == '"':
            quote = sign
        elif sign in ",，":
            items.append(text[start:position].strip())
            start = position + 1
    items.append(text[start:].strip())
    return items if any(items) else []


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
