"""The right of one grade to a price: a share of it, at least or exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from tierwise.core.policy.texts import Part
from tierwise.core.source import Written, written
from tierwise.plugins.builtin.kinds.share import share_of

__all__ = ["PriceRight"]


class PriceRight(Part):
    """What a grade pays, as a share of the price: at least (``discount``, ``floor``) or exactly (``surcharge``, ``exact``)."""

    discount: Written | None = Field(default=None, description="at most this much off: at least 1 less it")
    floor: Written | None = Field(default=None, description="at least this share of the price")
    surcharge: Written | None = Field(default=None, description="exactly this much more")
    exact: Written | None = Field(default=None, description="exactly this share of the price")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(share is not None for share in (self.discount, self.floor, self.surcharge, self.exact)) != 1:
            raise ValueError("demands exactly one of `discount`, `floor`, `surcharge` and `exact`")
        return self

    @property
    def is_exact(self) -> bool:
        """Whether the price is fixed, not just bounded."""
        return self.surcharge is not None or self.exact is not None

    @property
    def factor(self) -> Written:
        """The share of the price as an expression; a plain number wherever the author wrote one."""
        if self.discount is not None:
            return _plus_one("-", self.discount)
        if self.surcharge is not None:
            return _plus_one("+", self.surcharge)
        share = self.floor if self.floor is not None else self.exact
        assert share is not None  # one of the four is there
        number = share_of(share)
        return Written.at(str(number), share.whole) if number else written("({})", share)


def _plus_one(sign: str, share: Written) -> Written:
    number = share_of(share)
    if number is None:
        return written("(1 {} ({}))", sign, share)
    return Written.at(str(Decimal(1) - number if sign == "-" else Decimal(1) + number), share.whole)
