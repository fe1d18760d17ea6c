"""Units of columns, as their headings and bindings say them, such as ``销售额(万元)``: what a number is in the unit of its fact, exactly, or that nobody knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlglot import exp

from tierwise.core.types import NumberType, Type
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.entry.entered import is_mixed
from tierwise.plugins.binding.written import UNREAD, Format, Written
from tierwise.plugins.deciding.value_reading import POWERS
from tierwise.plugins.sql import binary, call, case, cast, concat, is_known, negate, text, try_cast

__all__ = ["DIFFERS", "Conversion", "bare_name", "conversion", "heading_unit", "in_unit_of_fact", "is_unit", "unit_help"]

DIFFERS = "unit-differs"
HEADING = re.compile(r"(.+?)\s*(?:[(（\[【]\s*(.+?)\s*[)）\]】]|[,，/／:：]\s*(\S+))")
"""A heading with something in brackets, or behind a comma, slash or colon, which may be the unit of its numbers."""
LETTER = re.compile("[A-Z]")
MULTIPLES = {
    "十": 1, "百": 2, "千": 3, "仟": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
    "k": 3, "thousand": 3, "thousands": 3, "in thousands": 3, "mn": 6, "million": 6, "millions": 6, "in millions": 6, "bn": 9, "billion": 9, "billions": 9,
}  # fmt: skip
SHARES = {"%": -2, "％": -2, "‰": -3}
SAME = (
    ("元", "圆", "人民币", "人民币元", "rmb", "cny", "yuan"), ("美元", "usd", "us$", "美金"), ("欧元", "eur", "€"), ("港元", "港币", "hkd", "hk$"),
    ("日元", "jpy", "円"), ("英镑", "gbp", "£"), ("公斤", "千克", "kg"), ("吨", "t", "公吨"), ("克", "g"), ("件", "pcs", "pieces"), ("个",), ("台",),
    ("天", "日", "days", "day"), ("月", "months", "month"), ("年", "years", "year"), ("小时", "h", "hours"), ("米", "m"), ("公里", "千米", "km"),
)  # fmt: skip
"""Words for one unit each."""
DIGITS = 10
"""Digits after the point that a number may have before it is converted."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What is to be done to the numbers of a column.

    Attributes:
        factor: What one of the column is in the unit of the fact; ``None`` when nobody knows.
        unit: The unit of the column.
        said: Whether the binding says so, or only the heading.
    """

    factor: Decimal | None
    unit: str
    said: bool


def heading_unit(heading: str) -> str:
    """Return what may be a unit in a heading, or an empty text."""
    parts = HEADING.fullmatch(heading)
    return (parts[2] or parts[3] or "") if parts else ""


def bare_name(heading: str) -> str:
    """Return a heading without its unit."""
    parts = HEADING.fullmatch(heading)
    return parts[1].strip() if parts else heading


def is_unit(word: str) -> bool:
    """Say whether a word is a unit that is known."""
    return bool(word) and _read(word) is not None


def conversion(heading: str, form: Format, type: Type) -> Conversion | None:
    """Return what is to be done to the numbers of a column for a fact; ``None`` when nothing is, as far as anybody says.

    A heading counts when what stands there is a unit. Where it is another than the fact's, nobody knows that it means its numbers until the
    binding says so, by ``unit``, or by ``times`` what one is in the unit of the fact.
    """
    if not isinstance(type, NumberType):
        return None
    if form.times is not None:
        return Conversion(Decimal(form.times), form.unit or heading_unit(heading), True)
    unit = form.unit or heading_unit(heading)
    if not unit or unit == type.unit:
        return None
    theirs, ours = _read(unit), _read(type.unit)
    if form.unit is None and (theirs is None or LETTER.fullmatch(unit)):  # words in brackets that are no unit, or the letter of a column
        return None
    if theirs is None or ours is None:
        return Conversion(None, unit, form.unit is not None)
    same = theirs[0] == ours[0] or (not theirs[0] and unit not in SHARES and type.unit not in SHARES)
    if theirs[1] == ours[1] and (same or not type.unit):
        return None
    if form.unit is None:
        return Conversion(None, unit, False)
    return Conversion(Decimal(10) ** (theirs[1] - ours[1]) if same else None, unit, True)


def unit_help(heading: str, type: Type) -> str:
    """Return the line that says what the numbers of a column are."""
    unit = heading_unit(heading)
    ours = type.unit if isinstance(type, NumberType) else ""
    counted = f"its heading says `{unit}`" if unit else "its unit is no multiple of the fact's"
    said = conversion(heading, Format.model_validate({"unit": unit}), type) if unit else None
    how = f'unit: "{unit}"' if said is not None and said.factor is not None and ours else "times: …"
    of_fact = f"the fact counts in `{ours}`" if ours else "the fact says none"
    what = "" if how.startswith("unit") else ", what one of the column is in the fact's"
    return f'{counted}, {of_fact}; add `columns: {{"{heading}": {{{how}}}}}` to the binding{what}'


def in_unit_of_fact(read: Written, raw: exp.Expr, raw_type: str, done: Conversion | None) -> Written:
    """Return numbers as the fact counts them; where nobody knows how, none of them reads.

    Args:
        read: The stored values, once it is known how they are written.
        raw: As they are stored.
        raw_type: Their DuckDB type.
        done: What is to be done to them.
    """
    if done is None:
        return read
    words = as_words(read.value, read.type)
    if done.factor is None:
        stored = is_known(read.value)
        return Written(case((stored, concat(text(UNREAD), words))), "VARCHAR", ((stored.copy(), DIFFERS),))
    if read.type in ("DOUBLE", "FLOAT"):
        return replace(read, value=binary(exp.Mul, cast(read.value, "DOUBLE"), cast(text(str(done.factor)), "DOUBLE")), type="DOUBLE")
    few = call("regexp_full_match", call("trim", words), text(rf"[+-]?[0-9]{{0,14}}(\.[0-9]{{0,{DIGITS}}})?"))
    number = try_cast(case((few, call("trim", words.copy()))), f"DECIMAL({14 + DIGITS}, {DIGITS})")
    scale = max(0, -int(done.factor.as_tuple().exponent))
    factor = cast(text(format(done.factor, "f")), f"DECIMAL(14, {scale})")
    converted = cast(binary(exp.Mul, number, factor), "VARCHAR")
    if raw_type == "VARCHAR" or is_mixed(raw_type):  # `35万` says its own multiple: is it of the unit, or instead of it?
        plain = negate(call("regexp_matches", as_words(raw.copy(), raw_type), text(f"[{''.join(POWERS)}]")))
        converted = case((plain, converted))
    return Written(case((is_known(read.value), call("coalesce", converted, concat(text(UNREAD), words)))), "VARCHAR", read.faults)


def _read(unit: str) -> tuple[str, int] | None:
    """Return what a unit counts and its power of ten; ``None`` when it is no unit that is known."""
    word = unit.strip().casefold()
    if word in SHARES:
        return "", SHARES[word]
    if not word:
        return "", 0
    for multiple in sorted(MULTIPLES, key=len, reverse=True):
        rest = word.removeprefix(multiple).strip() if word.startswith(multiple) else None
        if rest is not None and (not rest or (known := _same(rest))) and word not in _ALL:
            return (_same(rest) if rest else ""), MULTIPLES[multiple]
    return (known, 0) if (known := _same(word)) else None


def _same(word: str) -> str:
    return next((words[0] for words in SAME if word in words), "")


_ALL = frozenset(word for words in SAME for word in words)
