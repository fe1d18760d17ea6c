"""What the keys of several kinds share: a scale, a named decision, an acknowledged inversion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Text

__all__ = ["Acknowledged", "Given", "NamedDecision", "Scale"]


class Acknowledged(Part):
    """What the author knows to be odd, with the reason: a finding about it becomes a note."""

    inversion: Text | None = Field(default=None, description="why a lower grade gets more than a better one")


class Given(Part):
    """The name under which a kind shows one of its decisions, and its label."""

    name: str
    label: Text | None = None

    def labelled(self, otherwise: Named) -> Mapping[str, str]:
        """Return the author's label, or the one that the kind has for it."""
        return self.label.named() if self.label else dict(otherwise)


def _read_given(raw: Any) -> Any:
    return {"name": raw} if isinstance(raw, str) else raw


def _read_scale(raw: Any) -> Any:
    if not isinstance(raw, list) or len(raw) < 2 or not all(isinstance(word, str) for word in raw):
        raise PydanticCustomError("wrong-shape", "demands a list of two grades or more, the best first")
    twice = next((word for place, word in enumerate(raw) if word in raw[:place]), None)
    if twice is not None:
        raise PydanticCustomError("duplicate-value", "lists `{word}` twice", {"word": twice})
    return raw


NamedDecision = Annotated[Given, BeforeValidator(_read_given)]
"""``min_price_yuan``, or ``{name: min_price_yuan, label: …}``."""

Scale = Annotated[list[str], BeforeValidator(_read_scale)]
"""Grades, the best first, without repeats."""
