"""What the keys of several kinds share: how they are written, and an acknowledged inversion."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tierwise.core.forms.written import Text

__all__ = ["Acknowledged", "Given", "KindKeys", "NamedDecision", "Scale"]


class KindKeys(BaseModel):
    """The keys a kind adds to a module. Unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Acknowledged(KindKeys):
    """What the author knows to be odd, with the reason: a finding about it becomes a note."""

    inversion: Text | None = Field(default=None, description="why a lower grade gets more than a better one")


class Given(KindKeys):
    """The name under which a kind shows one of its decisions, and its label."""

    name: str
    label: Text | None = None


def _given(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _scale(words: list[str]) -> list[str]:
    repeated = [word for place, word in enumerate(words) if word in words[:place]]
    if repeated:
        raise ValueError(f"`{repeated[0]}` stands twice on the scale")
    return words


NamedDecision = Annotated[Given, BeforeValidator(_given)]
"""``min_price_yuan``, or ``{name: min_price_yuan, label: …}``."""

Scale = Annotated[list[str], Field(min_length=2), BeforeValidator(lambda words: _scale(words) if isinstance(words, list) else words)]
"""Grades, the best first, without repeats."""
