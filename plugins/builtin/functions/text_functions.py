"""Functions of texts. Texts are sequences of characters (code points), not bytes."""

from __future__ import annotations

from decimal import Decimal

from tierwise.core.types import BooleanType, TextType
from tierwise.plugins.builtin.functions.declare import INTEGER, declare, text, whole

__all__ = ["TEXTS"]


def _substring(value: str, start: Decimal, length: Decimal | None = None) -> str:
    """FEEL's substring: positions count from 1, a negative start counts from the end."""
    begin = int(start) - 1 if start > 0 else max(len(value) + int(start), 0)
    end = len(value) if length is None else begin + max(int(length), 0)
    return value[begin:end] if start else ""


def _before(value: str, part: str) -> str:
    """FEEL's: an empty text where the part is not in it."""
    return value.partition(part)[0] if part and part in value else ""


def _after(value: str, part: str) -> str:
    return value.partition(part)[2] if part else value


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
        "A part of a text, to its end without a `length`; positions count from 1, from the end when negative.",
        (text, whole, whole),
        TextType(),
        _substring,
        optional=1,
    ),
    declare(
        "substring before(text, part: text) -> text",
        "What stands before the first place of another text in it; an empty text where that is not in it.",
        (text, text),
        TextType(),
        _before,
    ),
    declare(
        "substring after(text, part: text) -> text",
        "What stands behind the first place of another text in it; an empty text where that is not in it.",
        (text, text),
        TextType(),
        _after,
    ),
    declare(
        "join(a: text, b: text, …) -> text",
        "The texts one behind the other; also written `a + b`.",
        (text,),
        TextType(),
        lambda *parts: "".join(parts),
        variadic=True,
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
