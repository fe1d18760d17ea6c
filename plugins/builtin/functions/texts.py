"""Functions of texts. Texts are sequences of characters (code points), not bytes."""

from __future__ import annotations

from decimal import Decimal

from tierwise.core.types import BooleanType, TextType
from tierwise.plugins.builtin.functions.declare import INTEGER, declare, text, whole

__all__ = ["TEXTS"]


def _substring(value: str, start: Decimal, length: Decimal) -> str:
    """FEEL's substring: positions count from 1, a negative start counts from the end."""
    begin = int(start) - 1 if start > 0 else max(len(value) + int(start), 0)
    return value[begin : begin + max(int(length), 0)] if start else ""


TEXTS = (
    declare(
        "contains(text, part: text) -> boolean",
        "Whether a text holds another.",
        (text, text),
        BooleanType(),
        lambda value, part: part in value,
        "contains({0}, {1})",
    ),
    declare(
        "starts with(text, part: text) -> boolean",
        "Whether a text begins with another.",
        (text, text),
        BooleanType(),
        str.startswith,
        "starts_with({0}, {1})",
    ),
    declare(
        "ends with(text, part: text) -> boolean",
        "Whether a text ends with another.",
        (text, text),
        BooleanType(),
        str.endswith,
        "ends_with({0}, {1})",
    ),
    declare(
        "string length(text) -> integer",
        "How many characters a text has.",
        (text,),
        INTEGER,
        lambda value: Decimal(len(value)),
        "CAST(length({0}) AS DECIMAL(18,0))",
    ),
    declare(
        "substring(text, start: integer, length: integer) -> text",
        "A part of a text; positions count from 1, from the end when negative.",
        (text, whole, whole),
        TextType(),
        _substring,
    ),
    declare(
        "upper case(text) -> text",
        "The text in capital letters.",
        (text,),
        TextType(),
        str.upper,
        "CASE WHEN strlen({0}) = length({0}) THEN upper({0}) END",
    ),
    declare(
        "lower case(text) -> text",
        "The text in small letters.",
        (text,),
        TextType(),
        str.lower,
        "CASE WHEN strlen({0}) = length({0}) THEN lower({0}) END",
    ),
)
