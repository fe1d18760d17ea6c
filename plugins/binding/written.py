"""How values are written in a database or file, and what that makes of them: the text that the entries of facts and rows read.

A number may have a grouping sign, a decimal comma, a currency, `万` or `%` behind it; a date its own order and its own zone; and words may mean
that there is no value. What of it has one meaning only is always read, as the policy language reads it; the rest is said by a ``Format``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator
from sqlglot import exp

from tierwise.core.policy.texts import Part
from tierwise.core.types import DateTimeType, DateType, NumberType, Type
from tierwise.core.values import SECONDS_PER_DAY
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.entry.entered import MIXED, SORTS, is_mixed
from tierwise.plugins.deciding.value_reading import POWERS, written_power
from tierwise.plugins.sql import FALSE, NULL, all_of, call, case, cast, concat, integer, negate, one_of, text, try_cast

__all__ = ["NUMBER_EXAMPLES", "PLAIN_FORMAT", "UNREAD", "Format", "Written", "written"]

EXAMPLE = re.compile(
    r"(?P<open>\()?(?:\d{1,3}(?:(?P<group>[.,' ’])\d{3})*(?:(?P<point>[.,])\d+)?|\d+(?P<bare>[.,])\d+)(?(open)\))(?P<minus>-)?"
)
NUMBER_EXAMPLES = ("1,234.56", "1.234,56", "1 234,56", "1'234.56", "1 234.56", "1234,56")
WIDE = "０１２３４５６７８９．，％－＋（）￥＄\u3000\u00a0\u2007\u2009\u202f’−"
NARROW = "0123456789.,%-+()¥$     '-"
UNREAD = "\u2047"
"""Put before a text that must not read as the number that it would be elsewhere."""
DIGITS = 10
"""Digits after the point that a number with `万`, `亿` or `%` behind it may have."""
ISO_DAY = len("2026-01-31")
ZONED = r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?[ T][0-9:.]+ ?(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)"
TIME = r"([ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}0*)?)?)?"
TOKENS: Mapping[str, str] = {
    "YYYY": "([0-9]{4})",
    "YY": "([0-9]{2})",
    "MM": "([0-9]{2})",
    "DD": "([0-9]{2})",
    "M": "([0-9]{1,2})",
    "D": "([0-9]{1,2})",
}
TOKEN = re.compile("YYYY|YY|MMMM|MMM|MM|M|DD|D")
NAMED_MONTHS: Mapping[str, str] = {"YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d"}
SERIALS: Mapping[str, str] = {"excel": "1899-12-30", "excel 1904": "1904-01-01"}
EPOCHS: Mapping[str, int] = {"unix": 1_000_000, "unix ms": 1_000}
"""Microseconds of one unit."""


def _listed(raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else raw


Several = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One word, or a list of them."""


class Format(Part):
    """How values are written; what is left out is as the policy language has it."""

    number: str | None = Field(
        default=None, description="a number, by example: `1.234,56`, `1,234.56`, `1 234,56`, `(1,234.56)` for negative ones"
    )
    currency: Several = Field(default=(), description="signs or words of the currency beside a number, such as `¥`, `元`, `EUR`")
    date: Several = Field(
        default=(), description="orders such as `DD/MM/YYYY`, `YYYYMMDD`, `D MMM YYYY`; or `excel`, `excel 1904`, `unix`, `unix ms`"
    )
    zone: str | None = Field(
        default=None, description="the zone in which a day is a day, such as `Asia/Shanghai`, for times that have a zone"
    )
    nothing: Several = Field(default=(), description="words that stand where there is no value, such as `-`, `n/a`, `无`")
    unit: str | None = Field(default=None, description="the unit in which the numbers are, such as `万元` for a fact in `元`", min_length=1)
    times: str | None = Field(
        default=None,
        description="what one is in the unit of the fact, such as `1000` for tons and a fact in kilograms",
        pattern=r"^[0-9]{1,9}(\.[0-9]{1,3})?$|^0\.[0-9]{1,9}$",
    )

    @field_validator("number")
    @classmethod
    def _example(cls, example: str | None) -> str | None:
        if example is not None:
            _number_style(example)
        return example

    @field_validator("times")
    @classmethod
    def _more_than_nothing(cls, times: str | None) -> str | None:
        if times is not None and not times.strip("0."):
            raise ValueError("demands a number that is more than zero")
        return times

    @field_validator("date")
    @classmethod
    def _orders(cls, orders: tuple[str, ...]) -> tuple[str, ...]:
        for order in orders:
            if order not in SERIALS and order not in EPOCHS and {t[0] for t in TOKEN.findall(order)} != set("YMD"):
                raise ValueError(f"has `{order}`, which is no order of a date: write it with `YYYY`, `MM` and `DD`, such as `DD/MM/YYYY`")
        return orders

    @model_validator(mode="after")
    def _epoch_has_zone(self) -> Format:
        if any(order in EPOCHS for order in self.date) and self.zone is None:
            raise ValueError("counts seconds, which are a day only in some zone: add `zone`, such as `zone: Asia/Shanghai`")
        return self

    def over(self, other: Format) -> Format:
        """Return it with what it leaves out taken from another."""
        return other.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


PLAIN_FORMAT = Format.model_validate({})


@dataclass(frozen=True, slots=True)
class _NumberStyle:
    """The signs of a number: its decimal sign, its grouping sign (perhaps none), and whether brackets mean a negative one."""

    point: str
    group: str
    brackets: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A stored value once it is known how it is written.

    Attributes:
        value: What the entries read: canonical text, or the value as it is stored; NULL for a word that means nothing.
        type: The DuckDB type of ``value``.
        faults: Tests of the stored value that say more than that it does not read, with their codes.
    """

    value: exp.Expr
    type: str
    faults: tuple[tuple[exp.Expr, str], ...] = ()


def written(raw: exp.Expr, raw_type: str, type: Type, form: Format, rows: exp.Expr | None = None) -> Written:
    """Say what a stored value is.

    Args:
        raw: The stored value.
        raw_type: Its DuckDB type.
        type: What it is to be read as.
        form: How values are written there.
        rows: The table in which it stands, under the alias by which ``raw`` knows it; by it a column is searched for a sign that a point in
            its numbers is a decimal point. Without it, it is taken for one.
    """
    if is_mixed(raw_type) and not (form.date and isinstance(type, DateType | DateTimeType)):
        return _of_mixed(raw, type, form, rows)
    if isinstance(type, DateType | DateTimeType):
        return _date(raw, raw_type, form)
    if raw_type != "VARCHAR":
        return Written(raw, raw_type)
    present = _unless_nothing(raw, form)
    if isinstance(type, NumberType):
        return _number(raw, present, type, form, rows)
    return Written(present, raw_type)


def _of_mixed(raw: exp.Expr, type: Type, form: Format, rows: exp.Expr | None) -> Written:
    words = call("union_extract", raw, text("words"))
    is_text = call("union_tag", raw).eq(text("words"))
    inner = written(words, "VARCHAR", type, form, None)
    if inner.value is words:
        return Written(raw, MIXED)
    value = exp.Anonymous(this="union_value", expressions=[exp.PropertyEQ(this=exp.to_identifier("words"), expression=inner.value)])
    assert "words" in SORTS
    kept = case((inner.value.is_(NULL), NULL), default=cast(value, MIXED))
    return Written(case((is_text, kept), default=raw), MIXED, tuple((all_of(is_text, fault), code) for fault, code in inner.faults))


def _unless_nothing(raw: exp.Expr, form: Format) -> exp.Expr:
    if not form.nothing:
        return raw
    words = [text(word.strip().lower()) for word in form.nothing]
    return case((negate(one_of(call("lower", call("trim", raw)), words)), raw))


def _number(raw: exp.Expr, present: exp.Expr, type: NumberType, form: Format, rows: exp.Expr | None) -> Written:
    """Return canonical digits where the text is a number as it is written here; else the text as it stands."""
    style = _number_style(form.number) if form.number else _NumberStyle(".", "", False)
    canonical = _canonical(present, style, type.unit, form.currency)
    if form.number:
        return Written(call("coalesce", canonical, concat(text(UNREAD), present)), "VARCHAR")  # else it could read as if it were plain
    plain = try_cast(present, "DOUBLE")
    value = case((negate(plain.is_(NULL)), present), default=call("coalesce", canonical, present))
    if rows is None:
        return Written(value, "VARCHAR")
    doubtful = _doubtful(raw, rows)
    return Written(case((doubtful, concat(text(UNREAD), present)), default=value), "VARCHAR", ((doubtful, "ambiguous-number"),))


def _canonical(raw: exp.Expr, style: _NumberStyle, unit: str, currency: Sequence[str]) -> exp.Expr:
    """Return the digits of a number written in a style, as text with a decimal point; NULL for anything else."""
    narrow = call("translate", raw, text(WIDE), text(NARROW))
    bare = call("trim", narrow)
    if currency:
        signs = "|".join(re.escape(_narrowed(word)) for word in sorted(currency, key=len, reverse=True))
        bare = call("regexp_replace", bare, text(rf"^([-+(]?) *(?i:{signs}) *|(?i: *({signs}))$"), text(r"\1"))
        bare = call("regexp_replace", bare, text(rf" *(?i:{signs})(\)?-?)$"), text(r"\1"))
    group = re.escape(style.group) if style.group else ""
    least = 2 if style.group == "," else 3  # lakhs and crores are grouped by two
    whole = f"(?:[0-9]{{1,3}}(?:{group}[0-9]{{{least},3}})*{group}[0-9]{{3}}|[0-9]+)" if group else "[0-9]+"
    digits = rf"(?:{whole}(?:{re.escape(style.point)}[0-9]*)?|{re.escape(style.point)}[0-9]+)"
    negative = rf"\(({digits}) ?([万亿%]?)\)|({digits}) ?([万亿%]?)-" if style.brackets else r"$^"
    if style.brackets:
        turned = call("regexp_replace", bare, text(rf"^(?:{negative})$"), text(r"-\1\3\2\4"))
        bare = case((call("regexp_full_match", bare, text(negative)), turned), default=bare)
    shape = call("regexp_full_match", bare, text(rf"[+-]?{digits} ?[万亿%]?"))
    number = call("regexp_extract", bare, text(rf"^[+-]?{digits}"))
    if style.group:
        number = call("replace", number, text(style.group), text(""))
    if style.point != ".":
        number = call("replace", number, text(style.point), text("."))
    ending = call("right", bare, integer(1))
    scaled = [(all_of(shape, ending.eq(text(sign))), _scaled(number, written_power(sign, unit))) for sign in POWERS]
    return case(*scaled, (shape, number))


def _scaled(number: exp.Expr, power: int) -> exp.Expr:
    if not power:
        return number
    few = call("regexp_full_match", number, text(rf"[+-]?[0-9]*(\.[0-9]{{0,{DIGITS}}})?"))
    value = try_cast(case((few, number)), f"DECIMAL(26, {DIGITS})")
    factor = (
        cast(integer(10**power), "DECIMAL(10, 0)") if power > 0 else cast(text("0." + "0" * (-power - 1) + "1"), f"DECIMAL(4, {-power})")
    )
    return cast(exp.Mul(this=value, expression=factor), "VARCHAR")


def _doubtful(raw: exp.Expr, rows: exp.Expr) -> exp.Expr:
    """Say whether a point in a number may group its digits: three of them follow it, and nowhere in the column is it plainly a decimal point."""
    three = exp.Like(this=raw, expression=text("%.___"))
    shape = call("regexp_full_match", call("trim", raw), text(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}"))
    has_point = call("contains", raw, text("."))
    plainly = call(
        "regexp_full_match", call("trim", raw), text(r"[+-]?(0?\.[0-9]+|0[0-9]*\.[0-9]+|[0-9]+\.([0-9]{0,2}|[0-9]{4,})|[0-9]{4,}\.[0-9]+)")
    )
    found = exp.Exists(this=exp.select(integer(1)).from_(rows).where(all_of(has_point, plainly)).limit(1))
    # one after the other: what stands in an AND is computed for every row
    return case((three, case((shape, negate(exp.Paren(this=found))), default=FALSE)), default=FALSE)


def _date(raw: exp.Expr, raw_type: str, form: Format) -> Written:
    """Return ISO text where the text is a date as it is written here, a moment without zone for one with a zone; else what is stored."""
    if raw_type == "TIMESTAMP WITH TIME ZONE":
        if form.zone is None:
            return Written(raw, raw_type, ((negate(raw.is_(NULL)), "zone-needed"),))
        return Written(call("timezone", text(form.zone), raw), "TIMESTAMP")
    if raw_type == "DATE" or raw_type.startswith("TIMESTAMP"):
        return Written(raw, raw_type)
    if raw_type != "VARCHAR" and not form.date:
        return Written(raw, raw_type)
    present = _unless_nothing(as_words(raw, raw_type), form)
    trimmed = call("trim", present)
    ends_zoned = call("regexp_matches", trimmed, text("[0-9] ?(Z|z|UTC|GMT)$|[0-9][+-][0-9]{2}(:?[0-9]{2})?$"))
    is_longer = exp.GT(this=call("strlen", present), expression=integer(ISO_DAY))  # a bare date is soon done with
    zoned = case((is_longer, all_of(ends_zoned, call("regexp_full_match", trimmed, text(ZONED)))), default=FALSE)
    branches = []
    faults: tuple[tuple[exp.Expr, str], ...] = ()
    if form.zone is None:
        faults = ((zoned, "zone-needed"),)
    else:
        moment = try_cast(_utc(trimmed), "TIMESTAMP WITH TIME ZONE")
        branches.append((zoned, cast(call("timezone", text(form.zone), moment), "VARCHAR")))
    branches += [branch for order in form.date for branch in _ordered(order, trimmed, form)]
    return Written(case(*branches, default=present) if branches else present, "VARCHAR", faults)


def _utc(trimmed: exp.Expr) -> exp.Expr:
    """Return a zoned text as DuckDB reads it: `UTC` and `GMT` as `Z`, signs between the parts of a date as `-`."""
    ascii = call("regexp_replace", trimmed, text(r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"), text(r"\1-\2-\3"))
    return call("regexp_replace", ascii, text(" ?(Z|z|UTC|GMT)$"), text("Z"))


def _ordered(order: str, trimmed: exp.Expr, form: Format) -> list[tuple[exp.Expr, exp.Expr]]:
    """Return a test for a date in that order, and its ISO text."""
    if order in SERIALS:
        return [_by_serial(order, trimmed)]
    if order in EPOCHS:
        assert form.zone is not None  # as the model demands
        count = try_cast(case((call("regexp_full_match", trimmed, text(r"-?[0-9]{1,14}")), trimmed)), "BIGINT")
        moment = call("make_timestamp", exp.Mul(this=count, expression=integer(EPOCHS[order])))
        local = call("timezone", text(form.zone), call("timezone", text("UTC"), moment))
        return [(negate(count.is_(NULL)), cast(local, "VARCHAR"))]
    if "MMM" in order:
        python = TOKEN.sub(lambda token: NAMED_MONTHS[token[0]], order)
        moment = call("try_strptime", trimmed, text(python))
        return [(negate(moment.is_(NULL)), cast(moment, "VARCHAR"))]
    return [_by_pattern(order, trimmed)]


def _by_serial(order: str, trimmed: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return a test for a number of days as a spreadsheet counts them, and the ISO text of the moment."""
    count = try_cast(case((call("regexp_full_match", trimmed, text(r"[0-9]{1,7}(\.[0-9]+)?")), trimmed)), "DOUBLE")
    whole = call("floor", count)
    part = exp.Paren(this=exp.Sub(this=count, expression=whole))
    seconds = cast(call("round", exp.Mul(this=part, expression=integer(SECONDS_PER_DAY))), "BIGINT")
    days: exp.Expr = cast(whole, "INTEGER")
    real = all_of(negate(count.is_(NULL)), exp.GTE(this=count, expression=integer(1)))
    if order == "excel":  # it holds 1900 for a leap year: there is a day 60, which never was
        days = exp.Paren(
            this=exp.Add(this=days, expression=case((exp.LT(this=count, expression=integer(60)), integer(1)), default=integer(0)))
        )
        real = all_of(real, negate(whole.eq(integer(60))))
    day = cast(exp.Paren(this=exp.Add(this=cast(text(SERIALS[order]), "DATE"), expression=days)), "TIMESTAMP")
    return real, cast(exp.Paren(this=exp.Add(this=day, expression=call("to_seconds", seconds))), "VARCHAR")


def _by_pattern(order: str, trimmed: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    tokens = TOKEN.findall(order)
    pattern = "".join(TOKENS[part] if part in TOKENS else re.escape(part) for part in re.split(f"({TOKEN.pattern})", order) if part)
    place = {token[0]: f"\\{i}" for i, token in enumerate(tokens, 1)}
    year = ("20" if "YYYY" not in tokens else "") + place["Y"]
    iso = f"{year}-{place['M']}-{place['D']}\\{len(tokens) + 1}"
    full = f"{pattern}{TIME}"
    return call("regexp_full_match", trimmed, text(full)), call("regexp_replace", trimmed, text(f"^{full}$"), text(iso))


def _number_style(example: str) -> _NumberStyle:
    found = EXAMPLE.fullmatch(example.strip())
    if found is None:
        raise ValueError(f"has `{example}`, which is no example of a number: write one such as `1,234.56` or `1.234,56`")
    group, point = found["group"] or "", found["point"] or found["bare"] or ""
    if group in (".", ",") and not point and example.count(group) == 1:
        raise ValueError(f"has `{example}`, of which the sign could be either: write an example with both signs, such as `1.234,56`")
    if point and not group and not found["bare"] and len(example.rsplit(point)[-1]) == 3:
        raise ValueError(f"has `{example}`, of which the sign could be either: write an example with both signs, such as `1.234,56`")
    return _NumberStyle(point or ("," if group == "." else "."), "'" if group == "’" else group, bool(found["open"] or found["minus"]))


def _narrowed(word: str) -> str:
    return word.translate(str.maketrans(WIDE, NARROW)).strip()
