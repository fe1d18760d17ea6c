"""Turns one value from outside (JSON, a database column, a text) into a value of a declared type, or says why it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tierwise.core.language import read_literal, suggest
from tierwise.core.language.type_rules import set_of
from tierwise.core.meaning.exact import round_to
from tierwise.core.source import Source, Span
from tierwise.core.types import (
    SEPARATORS,
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

__all__ = ["POWERS", "UnfitError", "read_value", "written_power"]

POWERS: Mapping[str, int] = {"万": 4, "亿": 8, "%": -2}
"""What a sign behind a number multiplies it by, as a power of ten."""

_MOST_DIGITS = 38
_MOST_SHOWN = 80
_MOST_BITS_WRITTEN = 10_000
_NEAR = Fraction(1, 1_000_000)  # of one step of the scale: what a float may be off

_BETWEEN = re.compile(rf"\s*[{''.join(sorted(SEPARATORS))}]\s*")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MOMENT = re.compile(  # as a database or file may write it, too
    r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
    r"([T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]{1,6})0*)?)?(?P<zone> ?Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
_SCALED = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)) ?([万亿%])")
_LENGTH = re.compile(r"P(?:([0-9]+)M|([0-9]+)D|T([0-9]+)S)|([0-9]+)m")


class UnfitError(Exception):
    """A value does not fit its type; the text says why, to go on from "is"; ``help`` may suggest another word."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def _shown(raw: Any) -> str:
    """Return what was given, cut where it is long."""
    if isinstance(raw, int) and raw.bit_length() > _MOST_BITS_WRITTEN:  # Python writes no number of more than 4,300 digits out
        raw //= 10 ** (raw.bit_length() * 30_103 // 100_000 - 2 * _MOST_SHOWN)
    text = str(raw)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def read_value(raw: Any, type: Type) -> Any:
    """Return the value of ``type`` that ``raw`` stands for.

    Args:
        raw: Anything but ``None``: what JSON, a database driver or a text file gives.
        type: The declared type.

    Raises:
        UnfitError: It stands for no value of that type.
    """
    return _READERS[type.__class__](raw, type)


def _number(raw: Any, type: NumberType) -> Decimal:
    number = _decimal(raw, type.unit)
    if not number.is_finite():
        raise UnfitError("is no number")
    _, digits, exponent = number.as_tuple()
    if len(digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise UnfitError(f"is `{_shown(raw)}`, which has more than {_MOST_DIGITS} digits")
    if type.scale is not None and -int(exponent) > type.scale:
        number = _at_scale(number, type.scale)
    if type.low is not None and number < type.low:
        raise UnfitError(f"is `{_shown(raw)}`, which is below the least value `{type.low:f}`")
    if type.high is not None and number > type.high:
        raise UnfitError(f"is `{_shown(raw)}`, which is above the greatest value `{type.high:f}`")
    return number or Decimal(0)


def _decimal(raw: Any, unit: str) -> Decimal:
    if isinstance(raw, Decimal):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float):
        return Decimal(repr(raw))
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        return Decimal(raw.strip())
    if isinstance(raw, str) and (scaled := _SCALED.fullmatch(raw.strip())):
        return Decimal(scaled[1]).scaleb(written_power(scaled[2], unit))
    written = _written(raw, NumberType(unit=unit))
    if isinstance(written, Decimal):
        return written
    raise UnfitError(f"is `{_shown(raw)}`, which is no number")


def written_power(sign: str, unit: str) -> int:
    """Return the power of ten that `万`, `亿` or `%` behind a number of the data means, for a fact that counts in a unit of that sort itself."""
    own = next((power for known, power in POWERS.items() if known in unit), 0)
    return POWERS[sign] - (own if (own < 0) == (sign == "%") else 0)


def _written(raw: Any, type: Type) -> Any:
    """Return what a text stands for in the language of policies, such as `50万`, `7 days` or `[a, b]`; ``None`` when it is nothing there."""
    if not isinstance(raw, str):
        return None
    value, findings = read_literal(raw.strip(), type, Span.at(Source("facts", raw), 1, 1, len(raw)))
    return None if findings else value


def _at_scale(number: Decimal, scale: int) -> Decimal:
    rounded = round_to(number, scale, "half up")
    if rounded is None or abs(Fraction(number) - Fraction(rounded)) * 10**scale > _NEAR:
        digits = "no decimals" if scale == 0 else "1 decimal" if scale == 1 else f"{scale} decimals"
        raise UnfitError(f"is `{number:f}`, but only {digits} are allowed")
    return number if number == rounded else rounded


def _boolean(raw: Any, type: BooleanType) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip() in ("true", "false"):
        return raw.strip() == "true"
    raise UnfitError(f"is `{_shown(raw)}`, where `true` or `false` is needed")


def _date(raw: Any, type: DateType) -> date:
    moment = _moment(raw)
    if moment is None:
        raise UnfitError(f"is `{_shown(raw)}`, where a date such as `2026-11-21` is needed")
    return moment.date()


def _date_time(raw: Any, type: DateTimeType) -> datetime:
    moment = _moment(raw)
    if moment is None:
        raise UnfitError(f"is `{_shown(raw)}`, where a date and time such as `2026-11-21T09:30:00` is needed")
    return moment


def _moment(raw: Any) -> datetime | None:
    """Return a date and time without a zone, to the microsecond, or a date at its midnight; ``None`` for what is neither."""
    if isinstance(raw, datetime):
        if raw.tzinfo is not None:
            raise _zoned(raw)
        return raw
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day)
    written = _MOMENT.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if written is None:
        return None
    if written["zone"]:
        raise _zoned(raw)
    year, month, day, hour, minute, second = (int(written[n] or 0) for n in ("year", "month", "day", "hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, int((written["fraction"] or "").ljust(6, "0")))
    except ValueError:
        raise UnfitError(f"is `{_shown(raw)}`, which is no date of the calendar") from None


def _zoned(raw: Any) -> UnfitError:
    return UnfitError(f"is `{_shown(raw)}`, whose zone says only with another on which day it is", "give the local time, without a zone")


def _duration(raw: Any, type: DurationType) -> Duration:
    if isinstance(raw, Duration):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Duration.of_days(raw)
    written = _LENGTH.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if written is None:
        literal = _written(raw, type)
        if isinstance(literal, Duration):
            return literal
        raise UnfitError(f"is `{_shown(raw)}`, where a duration such as `P7D` or `P3M`, or a number of days, is needed")
    months, days, seconds, short = (int(part or 0) for part in written.groups())
    return Duration(months + short, Duration.of_days(days).seconds + seconds)


def _text(raw: Any, type: TextType) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))  # a key of digits, as spreadsheets keep it
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        return f"{_decimal(raw, ''):f}"
    raise UnfitError(f"is `{_shown(raw)}`, which is no text")


def _word(raw: Any, type: EnumType) -> str:
    if isinstance(raw, str):
        text = raw.strip()
        word = type.word(text)
        if word is not None:
            return word
        if type.others is not None and text:
            return type.others
    shown = ", ".join(type.values[:5]) + (f" and {len(type.values) - 5} more" if len(type.values) > 5 else "")
    raise UnfitError(f"is `{_shown(raw)}`, which is none of {shown}", suggest(str(raw), (*type.values, *dict(type.aliases))))


def _list(raw: Any, type: ListType) -> tuple[Any, ...]:
    if isinstance(raw, str):
        return _divided(raw, type)
    if not isinstance(raw, list | tuple):
        raise UnfitError(f"is `{_shown(raw)}`, which is no list")
    return tuple(_item(item, type.item) for item in raw)


def _divided(raw: str, type: ListType | SetType) -> tuple[Any, ...]:
    """Read a list that is given as one text: `[a, b]` as policies write it, or words with separators between them, as databases keep it."""
    written = _written(raw, type)
    if written is not None:
        return tuple(written)
    if raw.strip().startswith("["):
        raise UnfitError(f"is `{_shown(raw)}`, which is no list")
    inner, marks = type.item.undivided() if isinstance(type.item, EnumType) else (type.item, ())
    for spelling, mark in marks:
        raw = raw.replace(spelling, mark)
    return tuple(_item(item, inner) for item in _BETWEEN.split(raw.strip())) if raw.strip() else ()


def _set(raw: Any, type: SetType) -> tuple[Any, ...]:
    raw = _divided(raw, type) if isinstance(raw, str) else raw
    if not isinstance(raw, list | tuple | set | frozenset):
        raise UnfitError(f"is `{_shown(raw)}`, which is no list")
    return set_of((_item(item, type.item) for item in (sorted(raw) if isinstance(raw, set | frozenset) else raw)), type.item)


def _item(raw: Any, type: Type) -> Any:
    if raw is None:
        raise UnfitError("holds an item without a value")
    try:
        return read_value(raw, type)
    except UnfitError as error:
        raise UnfitError(f"holds an item that {error}", error.help) from None


def _record(raw: Any, type: RecordType) -> dict[str, Any]:
    fields = dict(type.fields)
    if not isinstance(raw, Mapping):
        raise UnfitError(f"is `{_shown(raw)}`, which is no record")
    for name in raw:
        if name not in fields:
            raise UnfitError(f"has a field `{name}` that is not declared", suggest(str(name), fields))
    return {name: _field(name, raw[name], inner) for name, inner in type.fields if raw.get(name) is not None}


def _map(raw: Any, type: MapType) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise UnfitError(f"is `{_shown(raw)}`, which is no map")
    for name, value in raw.items():
        if value is None:
            # Without it the others would look like the whole: a share or a sum would be wrong, not unknown.
            raise UnfitError(f"has a key `{name}` without a value")
    return {str(name): _field(str(name), value, type.value) for name, value in raw.items()}


def _field(name: str, raw: Any, type: Type) -> Any:
    try:
        return read_value(raw, type)
    except UnfitError as error:
        raise UnfitError(f"has a field `{name}` that {error}", error.help) from None


_READERS: Mapping[type[Any], Callable[[Any, Any], Any]] = {
    NumberType: _number,
    BooleanType: _boolean,
    DateType: _date,
    DateTimeType: _date_time,
    DurationType: _duration,
    TextType: _text,
    EnumType: _word,
    ListType: _list,
    SetType: _set,
    RecordType: _record,
    MapType: _map,
}
