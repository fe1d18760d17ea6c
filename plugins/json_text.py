"""Reads JSON as people and programs hand it in: exact numbers of a bounded size, any Unicode encoding, and keys that are given twice told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["JsonText", "NoJsonError", "read_json"]

LONGEST_NUMBER = 1_000
"""Digits, and the greatest exponent; a number beyond is kept as its text, so that it is a bad value where it stands and not a bad document."""


class NoJsonError(Exception):
    """It is no JSON; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class JsonText:
    """What a text holds.

    Attributes:
        value: Objects as dictionaries, arrays as lists, whole numbers as ``int``, others as ``Decimal``; ``NaN``, ``Infinity`` and numbers beyond
            any use as their text.
        repeated: Keys that one object gives more than once, of which the last counts; each once.
    """

    value: Any
    repeated: tuple[str, ...]


def read_json(raw: bytes) -> JsonText:
    """Read a JSON text in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises:
        NoJsonError: It cannot be decoded, or is no JSON, or is nested too deeply.
    """
    repeated: dict[str, None] = {}

    def record(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.update((key, None) for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found

    try:
        text = raw.decode(json.detect_encoding(raw))
        if not text.strip():
            raise NoJsonError("there is nothing in it")
        value = json.loads(text, parse_float=_number, parse_int=_whole, parse_constant=str, object_pairs_hook=record)
    except RecursionError:
        raise NoJsonError("it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise NoJsonError(f"byte {error.start + 1} is no {error.encoding.upper()} text") from None
    except ValueError as error:
        raise NoJsonError(str(error).splitlines()[0][:200]) from None
    return JsonText(value, tuple(repeated))


def _number(text: str) -> Decimal | str:
    mantissa, _, exponent = text.lower().partition("e")
    is_bounded = len(mantissa) <= LONGEST_NUMBER and len(exponent) <= 6 and abs(int(exponent or 0)) <= LONGEST_NUMBER
    return Decimal(text) if is_bounded else text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_NUMBER else text
