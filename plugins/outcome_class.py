"""The class of an outcome: what a comparison of two gradings counts as one, as a JSON text, so that equal texts are equal classes.

It is the value as `decide` writes it, or ``{"undetermined": "gap"}``: candidates and rules make no other class.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tierwise.core.outcome import UNDETERMINED, Determined, Outcome, Reason
from tierwise.core.values import Value, to_json

__all__ = ["class_document", "class_of", "is_undetermined", "reason_class", "value_class"]


def class_of(outcome: Outcome) -> str:
    """Return the class of an outcome."""
    return value_class(outcome.value) if isinstance(outcome, Determined) else reason_class(outcome.reason)


def reason_class(reason: Reason) -> str:
    """Return the class of those that are undetermined for a reason."""
    return _text({UNDETERMINED: reason.value})


def value_class(value: Value) -> str:
    """Return the class of a value; a number is written with all its digits and no zeros behind them."""
    return _number(value) if isinstance(value, Decimal) else _text(to_json(value))


def _number(number: Decimal) -> str:
    """Return a number without exponent and without zeros at its end."""
    text = format(number, "f") if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def class_document(text: str) -> Any:
    """Return a class as JSON: the value, or ``{"undetermined": reason}``."""
    return to_json(_exact(text))


def is_undetermined(text: str) -> bool:
    """Say whether a class is one of undetermined outcomes."""
    found = _exact(text)
    return isinstance(found, Mapping) and found.keys() == {UNDETERMINED}


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
