"""``pricing-rights``: the lowest or the exact price of each grade, and the check of a quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.plugins.builtin.kinds.keys import Acknowledged, KindKeys, NamedDecision
from tierwise.plugins.builtin.kinds.ladder import grades_of, inversion_finding, inversions
from tierwise.plugins.builtin.kinds.share import Share, share_of

__all__ = ["PriceRight", "PricingGives", "PricingRights", "PricingRightsKeys"]

LABELS: Mapping[str, Named] = {
    "factor": {"zh": "价格系数", "en": "price factor"},
    "floor": {"zh": "最低价", "en": "lowest price"},
    "exact": {"zh": "执行价", "en": "exact price"},
    "ok": {"zh": "报价合规", "en": "quote is allowed"},
}

TITLE: Named = {"zh": "价格权利", "en": "Pricing rights"}


class PriceRight(KindKeys):
    """What a grade pays, as a share of the price: at least (``discount``, ``floor``) or exactly (``surcharge``, ``exact``)."""

    discount: Share | None = Field(default=None, description="at most this much off: at least 1 less it")
    floor: Share | None = Field(default=None, description="at least this share of the price")
    surcharge: Share | None = Field(default=None, description="exactly this much more")
    exact: Share | None = Field(default=None, description="exactly this share of the price")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(share is not None for share in (self.discount, self.floor, self.surcharge, self.exact)) != 1:
            raise ValueError("a right is exactly one of `discount`, `floor`, `surcharge` and `exact`")
        return self

    @property
    def is_exact(self) -> bool:
        """Whether the price is fixed, not just bounded."""
        return self.surcharge is not None or self.exact is not None

    @property
    def factor(self) -> str:
        """The share of the price as an expression; a plain number wherever the author wrote one."""
        if self.discount is not None:
            return _plus_one("-", self.discount)
        if self.surcharge is not None:
            return _plus_one("+", self.surcharge)
        share = self.floor if self.floor is not None else self.exact
        assert share is not None  # one of the four is there
        return str(share_of(share) or f"({share})")


class PricingGives(KindKeys):
    """The decisions that are wanted, each under a name of the author's."""

    factor: NamedDecision | None = None
    floor: NamedDecision | None = None
    exact: NamedDecision | None = None
    ok: NamedDecision | None = None


class PricingRightsKeys(KindKeys):
    """The price and what each grade pays of it. Without ``rights`` all decisions are written out."""

    by: str | None = Field(default=None, description="the fact or decision with the grade")
    price: str | None = Field(default=None, description="the price that the rights are a share of")
    offered: str | None = Field(default=None, description="the price of a quote, for `ok`")
    unit: str | None = Field(default=None, description="the unit of the prices that are given")
    scale: int = Field(default=4, ge=0, description="digits of the prices that are given")
    rights: dict[str, PriceRight | str] = Field(default_factory=dict, description="grade to right; `undetermined(…)` where it is not said")
    give: PricingGives = PricingGives()
    acknowledge: Acknowledged = Acknowledged()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.rights and not self.by:
            raise ValueError("`rights` needs `by`, the grade that they hang on")
        if (self.give.floor or self.give.exact or self.give.ok) and not (self.rights and self.price):
            raise ValueError("`floor`, `exact` and `ok` need `rights` and `price`")
        if self.give.ok and not self.offered:
            raise ValueError("`ok` needs `offered`, the price of the quote")
        return self


class PricingRights:
    """What a customer may be offered."""

    name = "pricing-rights"
    title: Named = TITLE
    about = "The lowest or exact price of each grade, and the check of a quote."
    keys: type[BaseModel] = PricingRightsKeys

    def decisions(self, module: str, keys: PricingRightsKeys) -> Mapping[str, Any]:
        """Return one lookup by grade for each decision that is wanted.

        A grade with an exact price has no floor (none), and the other way round.
        """
        price: dict[str, Any] = {"type": "number", "scale": str(keys.scale), **({"unit": keys.unit} if keys.unit else {})}
        give = keys.give
        entries = {
            "factor": (give.factor, {"type": "number", "scale": "4"}, lambda right: right.factor),
            "floor": (
                give.floor,
                {**price, "nullable": "true"},
                lambda right: None if right.is_exact else f"{keys.price} * {right.factor}",
            ),
            "exact": (
                give.exact,
                {**price, "nullable": "true"},
                lambda right: f"{keys.price} * {right.factor}" if right.is_exact else None,
            ),
            "ok": (
                give.ok,
                {"type": "boolean"},
                lambda right: f"{keys.offered} {'=' if right.is_exact else '>='} {keys.price} * {right.factor}",
            ),
        }
        return {
            given.name: {"label": given.label or dict(LABELS[what]), **type, "lookup": {"by": keys.by, "values": _each(keys.rights, write)}}
            for what, (given, type, write) in entries.items()
            if given is not None
        }

    def check(self, keys: PricingRightsKeys, context: KindContext) -> Iterable[Finding]:
        """Find a lower grade that pays less than a better one."""
        grades = grades_of(context.plan, keys.by or "")
        factors = {grade: share_of(right.factor) for grade, right in keys.rights.items() if isinstance(right, PriceRight)}
        known = {grade: factor for grade, factor in factors.items() if factor is not None}
        for inversion in inversions(known, grades, better="lower"):
            span = context.span((*context.path, "rights", inversion.lower))
            yield inversion_finding(inversion, "price factor", keys.by or "", span, acknowledged=keys.acknowledge.inversion)


def _each(rights: Mapping[str, PriceRight | str], write: Callable[[PriceRight], str | None]) -> dict[str, str | None]:
    return {grade: right if isinstance(right, str) else write(right) for grade, right in rights.items()}


def _plus_one(sign: str, share: str) -> str:
    number = share_of(share)
    if number is None:
        return f"(1 {sign} ({share}))"
    return str(Decimal(1) - number if sign == "-" else Decimal(1) + number)
