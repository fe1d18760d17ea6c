"""Finds from stored values how they are written: the fewest settings of a ``Format`` by which they read, for drafts and for the help of findings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.types import DateTimeType, DateType, NumberType, Type
from tierwise.plugins.binding.entry import enter
from tierwise.plugins.binding.written import NUMBER_EXAMPLES, PLAIN_FORMAT, Format, written
from tierwise.plugins.sql import column, integer, is_known, select

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["AMBIGUOUS_NUMBER", "NOTHING", "format_line", "help_for", "seen_format", "unread_values"]

CURRENCIES = ("US$", "HK$", "NT$", "¥", "￥", "$", "€", "£", "₩", "元", "圆", "RMB", "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "CHF")
NOTHING = (
    "-",
    "--",
    "---",
    "—",
    "——",
    "–",
    "/",
    "n/a",
    "na",
    "#n/a",
    "nan",
    "null",
    "nil",
    "none",
    "无",
    "空",
    "暂无",
    "没有",
    "未知",
    "不详",
    ".",
)
BRACKETED = re.compile(r"\s*[^\d\s]{0,3}\(.*\)\s*|.*\d\s*-\s*")
DATES = (
    "YYYYMMDD",
    "D/M/YYYY",
    "M/D/YYYY",
    "D.M.YYYY",
    "D-M-YYYY",
    "M-D-YYYY",
    "YY-M-D",
    "YY/M/D",
    "YY.M.D",
    "D MMM YYYY",
    "MMM D, YYYY",
    "D-MMM-YYYY",
    "D-MMM-YY",
)
SERIALS = re.compile(r"[2-6][0-9]{4}(\.[0-9]+)?")
"""Days that a spreadsheet counts, of 1954 to 2091."""
EPOCHS: Mapping[str, re.Pattern[str]] = {"unix": re.compile(r"[12][0-9]{9}"), "unix ms": re.compile(r"[12][0-9]{12}")}
"""Seconds and milliseconds since 1970, of 2001 to 2064."""
EITHER = {"D/M/YYYY": "M/D/YYYY", "D-M-YYYY": "M-D-YYYY"}
ZONED = re.compile(r"\d.*\d:\d\d.*(Z|UTC|GMT|\d[+-]\d{2}(:?\d{2})?)\s*", re.IGNORECASE)
AMBIGUOUS_NUMBER = (
    'say which it is in the binding: `format: {number: "1.234,56"}` where the point groups digits, `format: {number: "1234.56"}` where it '
    "is a decimal point"
)
MANY = 500


def unread_values(connection: DuckDBPyConnection, rows: exp.Expr, cell: exp.Expr, raw_type: str, type: Type) -> list[str]:
    """Return different values of a column of text that do not read as a type without being told how; many at most."""
    read = written(cell, raw_type, type, PLAIN_FORMAT)
    unread = exp.Not(this=is_known(enter(read.value, read.type, type).value))
    query = select(cell, source=rows).where(is_known(cell), copy=False).where(unread, copy=False).distinct().limit(MANY)
    return [str(row[0]) for row in connection.execute(query.sql("duckdb")).fetchall()]


def seen_format(connection: DuckDBPyConnection, values: Sequence[str], type: Type) -> Format | None:
    """Return the settings by which most of the values read; ``None`` when none help, or when two do as well and mean different things."""
    if isinstance(type, NumberType):
        return _of_numbers(connection, values, type)
    if isinstance(type, DateType | DateTimeType):
        return _of_dates(connection, values, type)
    return None


def help_for(connection: DuckDBPyConnection, values: Sequence[str], code: str, type: Type) -> str:
    """Return what setting would read the values of a finding, with the line to add; empty when there is none."""
    if code == "ambiguous-number":
        return AMBIGUOUS_NUMBER
    if code in ("unreadable-row", "zone-needed"):
        type = DateTimeType()
    elif code not in ("bad-number", "bad-value", "bad-date"):
        return ""
    if isinstance(type, DateType | DateTimeType):
        if any(ZONED.fullmatch(value) for value in values):
            return "say in which zone a day is a day: add `format: {zone: Asia/Shanghai}`, or the zone of the company, to the binding"
        for order, count in EPOCHS.items():
            if values and all(count.fullmatch(value.strip()) for value in values):
                return f"if it counts {'milliseconds' if 'ms' in order else 'seconds'} since 1970: `format: {{date: {order}, zone: Asia/Shanghai}}`, or the zone of the company"
        if (both := _either(connection, values, type)) is not None:
            return f"say which it is in the binding: `format: {{date: {both[0]}}}` or `format: {{date: {both[1]}}}`"
    form = seen_format(connection, values, type)
    return f"add `format: {format_line(form)}` to the binding" if form else ""


def format_line(form: Format) -> str:
    """Return the settings as YAML on one line."""
    told: dict[str, Any] = {name: value for name in Format.model_fields if (value := getattr(form, name))}
    return "{" + ", ".join(f"{name}: {_yaml(value)}" for name, value in told.items()) + "}"


def _yaml(value: Any) -> str:
    if isinstance(value, tuple):
        return _yaml(value[0]) if len(value) == 1 else "[" + ", ".join(map(_yaml, value)) + "]"
    plain = re.fullmatch(r"[A-Z][A-Za-z]*(/[A-Za-z_]+)*|[DMY]+([/.-][DMY]+)*", value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _of_numbers(connection: DuckDBPyConnection, values: Sequence[str], type: NumberType) -> Format | None:
    nothing = _nothing(values)
    rest = [value for value in values if value.strip().lower() not in nothing and any(map(str.isdigit, value))]
    currency = [sign for sign in CURRENCIES if any(_carries(value, sign) for value in rest)]
    brackets = any(BRACKETED.fullmatch(value) for value in rest)
    common: dict[str, Any] = ({"currency": currency} if currency else {}) | ({"nothing": nothing} if nothing else {})
    tried: list[dict[str, Any]] = [common]
    for example in NUMBER_EXAMPLES:
        tried.append({**common, "number": f"({example})" if brackets else example})
    forms = [Format.model_validate(told) for told in tried]
    form, most = forms[0], 0
    for one in forms:
        if most < len(rest) and (count := _reads(connection, rest, type, one)) > most:
            form, most = one, count
    if not most and not nothing:
        return None
    if form.currency and _reads(connection, rest, type, form.model_copy(update={"currency": ()})) == most:
        form = form.model_copy(update={"currency": ()})
    return form


def _carries(value: str, sign: str) -> bool:
    """Say whether a number has the sign before or behind it, and not a longer one that ends or begins so."""
    bare = value.strip().strip("()+- ").upper()
    longer = any(sign in other and other != sign and (bare.startswith(other) or bare.endswith(other)) for other in CURRENCIES)
    return any(c.isdigit() for c in bare) and (bare.startswith(sign) or bare.endswith(sign)) and not longer


def _of_dates(connection: DuckDBPyConnection, values: Sequence[str], type: Type) -> Format | None:
    nothing = _nothing(values)
    rest = [value for value in values if value.strip().lower() not in nothing]
    orders: list[str] = []
    while rest:
        counted = {order: _reads(connection, rest, type, Format(date=(order,))) for order in DATES}
        best = max(DATES, key=lambda order: counted[order])
        if not any(counted.values()) and all(SERIALS.fullmatch(value.strip()) for value in rest):
            orders.append("excel")
            break
        if not counted[best] or counted[best] == counted.get(EITHER.get(best, "")):
            break
        orders.append(best)
        rest = [value for value in rest if not _reads(connection, [value], type, Format(date=(best,)))]
    told: dict[str, Any] = ({"date": tuple(orders)} if orders else {}) | ({"nothing": nothing} if nothing else {})
    return Format.model_validate(told) if told else None


def _either(connection: DuckDBPyConnection, values: Sequence[str], type: Type) -> tuple[str, str] | None:
    """Return two orders of a date that read the values alike, and mean different days."""
    for first, second in EITHER.items():
        counts = [_reads(connection, values, type, Format(date=(order,))) for order in (first, second)]
        if counts[0] and counts[0] == counts[1]:
            return first, second
    return None


def _nothing(values: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(value.strip().lower() for value in values)
    return tuple(word for word in NOTHING if word in found)


def _reads(connection: DuckDBPyConnection, values: Sequence[str], type: Type, form: Format) -> int:
    """Return how many of the values read; one without any digit is neither a number nor a date, and asking costs a query for each format."""
    values = [value for value in values if any(map(str.isdigit, value))]
    if not values:
        return 0
    read = written(column("v"), "VARCHAR", type, form)
    known = is_known(enter(read.value, read.type, type).value)
    query = select(exp.Sum(this=exp.Case(ifs=[exp.If(this=known, true=integer(1))], default=integer(0))))
    counted = connection.execute(f"{query.sql('duckdb')} FROM (SELECT unnest(?::VARCHAR[]) AS v)", [values]).fetchall()
    return int(counted[0][0] or 0)
