"""The units a number may carry in a policy: multiples such as ``万`` and ``%``, and lengths of time such as ``days`` and ``个月``."""

from __future__ import annotations

from decimal import Context, Decimal

from tierwise.core.values import SECONDS_PER_DAY, Duration

__all__ = ["EXACT", "MULTIPLES", "TIMES", "digits_of", "duration_of", "plain"]

EXACT = Context(prec=400)
"""Arithmetic that never rounds what a policy can write: literals have at most 38 digits."""

MULTIPLES: dict[str, Decimal] = {
    "万亿": Decimal(10) ** 12,
    "千万": Decimal(10) ** 7,
    "百万": Decimal(10) ** 6,
    "亿": Decimal(10) ** 8,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
    "%": Decimal("0.01"),
}

_DAY = Duration(seconds=SECONDS_PER_DAY)
_MONTH = Duration(months=1)
_HOUR = Duration(seconds=3_600)

TIMES: dict[str, Duration] = {
    **dict.fromkeys(("day", "days", "天", "日"), _DAY),
    **dict.fromkeys(("week", "weeks", "周", "个星期", "星期"), _DAY.times(7)),
    **dict.fromkeys(("month", "months", "个月", "月"), _MONTH),
    **dict.fromkeys(("quarter", "quarters", "个季度", "季度", "季"), _MONTH.times(3)),
    **dict.fromkeys(("half-year", "half-years", "个半年", "半年"), _MONTH.times(6)),
    **dict.fromkeys(("year", "years", "年"), _MONTH.times(12)),
    **dict.fromkeys(("hour", "hours", "个小时", "小时"), _HOUR),
    **dict.fromkeys(("minute", "minutes", "分钟"), Duration(seconds=60)),
    **dict.fromkeys(("second", "seconds", "秒"), Duration(seconds=1)),
}


def plain(number: Decimal) -> Decimal:
    """Return the same number without an exponent above zero and without zeros at the end of its fraction.

    Example:
        >>> plain(Decimal("5E+5")), plain(Decimal("0.30"))
        (Decimal('500000'), Decimal('0.3'))
    """
    short = EXACT.normalize(number)
    exponent = short.as_tuple().exponent
    return EXACT.quantize(short, Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def digits_of(number: Decimal) -> int:
    """Return how many digits a number has after the point, zeros at the end not counted."""
    exponent = plain(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def duration_of(count: Decimal, unit: str) -> Duration | None:
    """Return ``count`` times a unit of time, or ``None`` when that is no whole number of months or seconds."""
    one = TIMES[unit]
    months, seconds = EXACT.multiply(count, Decimal(one.months)), EXACT.multiply(count, Decimal(one.seconds))
    if digits_of(months) or digits_of(seconds) or max(abs(months), abs(seconds)) > 10**12:
        return None
    return Duration(int(months), int(seconds))
