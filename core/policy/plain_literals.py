"""Reads the simplest literals until the language does."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.language.units import EXACT, MULTIPLES, TIMES, duration_of
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, SetType, Type


def read_literal(text: str, type: Type, span: Span) -> tuple[Any, list[Finding]]:
    """Read a literal."""
    value = _read(text.strip(), type)
    if value is None:
        return None, [Finding.error("type-mismatch", f"`{text}` is no {type}", span)]
    return value, []


def _read(text: str, type: Type) -> Any:
    if isinstance(type, NumberType | DurationType):
        match = re.fullmatch(r"([+-]?\d{1,30}(?:\.\d{1,12})?)\s*(\S*)", text, re.ASCII)
        if not match or match[2] not in ("", *MULTIPLES, *TIMES):
            return None
        if isinstance(type, DurationType):
            return duration_of(Decimal(match[1]), match[2]) if match[2] in TIMES else None
        return EXACT.multiply(Decimal(match[1]), MULTIPLES.get(match[2], Decimal(1)))
    if isinstance(type, BooleanType):
        return {"true": True, "false": False}.get(text)
    if isinstance(type, DateType | DateTimeType):
        try:
            return date.fromisoformat(text) if isinstance(type, DateType) else datetime.fromisoformat(text)
        except ValueError:
            return None
    if isinstance(type, EnumType):
        return {**{word: word for word in type.values}, **dict(type.aliases)}.get(text)
    if isinstance(type, ListType | SetType):
        return tuple(_read(part.strip(), type.item) for part in text.strip("[]").split(",") if part.strip())
    return text
