"""``pricing-rights``: the lowest or the exact price of each grade, and the check of a quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Whole
from tierwise.core.source import Written, written
from tierwise.core.types import BooleanType, NumberType, Type
from tierwise.plugins.builtin.kinds.ladder import grades_of, inversion_finding, inversions
from tierwise.plugins.builtin.kinds.shared_keys import Acknowledged, Given, NamedDecision, share_of

__all__ = ["PriceRight", "PricingGives", "PricingRights", "PricingRightsKeys"]


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


LABELS: Mapping[str, Named] = {
    "factor": {"zh": "价格系数", "en": "price factor"},
    "floor": {"zh": "最低价", "en": "lowest price"},
    "exact": {"zh": "执行价", "en": "exact price"},
    "ok": {"zh": "报价合规", "en": "quote is allowed"},
}

TITLE: Named = {"zh": "价格权利", "en": "Pricing rights"}


class PricingGives(Part):
    """The decisions that are wanted, each under a name of the author's."""

    factor: NamedDecision | None = None
    floor: NamedDecision | None = None
    exact: NamedDecision | None = None
    ok: NamedDecision | None = None

    def wanted(self) -> Iterator[tuple[str, Given]]:
        """Yield what is wanted and the name it gets."""
        for what, given in (("factor", self.factor), ("floor", self.floor), ("exact", self.exact), ("ok", self.ok)):
            if given is not None:
                yield what, given


class PricingRightsKeys(Part):
    """The price and what each grade pays of it. Without ``rights`` all decisions are written out."""

    by: Written | None = Field(default=None, description="the fact or decision with the grade")
    price: Written | None = Field(default=None, description="the price that the rights are a share of")
    offered: Written | None = Field(default=None, description="the price of a quote, for `ok`")
    unit: str | None = Field(default=None, description="the unit of the prices that are given")
    scale: Whole = Field(default=4, description="digits of the prices that are given")
    rights: dict[Written, PriceRight | Written] = Field(
        default_factory=dict, description="grade to right; `undetermined(…)` where it is not said"
    )
    give: PricingGives = PricingGives()
    acknowledge: Acknowledged = Acknowledged()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.rights and not self.by:
            raise ValueError("demands `by`, the grade that the rights hang on")
        if (self.give.floor or self.give.exact or self.give.ok) and not (self.rights and self.price):
            raise ValueError("demands `rights` and `price` for `floor`, `exact` and `ok`")
        if self.give.ok and not self.offered:
            raise ValueError("demands `offered`, the price of the quote, for `ok`")
        return self


class PricingRights:
    """What a customer may be offered."""

    name = "pricing-rights"
    title: Named = TITLE
    about = "The lowest or exact price of each grade, and the check of a quote."
    keys: type[BaseModel] = PricingRightsKeys

    def decisions(self, module: str, keys: PricingRightsKeys) -> Iterable[KindDecision]:
        """Return one lookup by grade for each decision that is wanted.

        A grade with an exact price has no floor (none), and the other way round.
        """
        for what, given in keys.give.wanted():
            values = {grade: right if isinstance(right, Written) else _WRITERS[what](keys, right) for grade, right in keys.rights.items()}
            label, nullable = given.labelled(LABELS[what]), what in ("floor", "exact")
            yield KindDecision(given.name, "lookup", {"by": keys.by, "values": values}, _type(what, keys), label, nullable=nullable)

    def check(self, keys: PricingRightsKeys, context: KindContext) -> Iterable[Finding]:
        """Find a lower grade that pays less than a better one."""
        grades = grades_of(context.plan, keys.by or "")
        factors = {grade: share_of(right.factor) for grade, right in keys.rights.items() if isinstance(right, PriceRight)}
        known = {str(grade): factor for grade, factor in factors.items() if factor is not None}
        for inversion in inversions(known, grades, better="lower"):
            span = context.span((*context.path, "rights", inversion.lower))
            yield inversion_finding(inversion, "price factor", keys.by or "", span, acknowledged=keys.acknowledge.inversion)


def _type(what: str, keys: PricingRightsKeys) -> Type:
    if what == "ok":
        return BooleanType()
    return NumberType(4) if what == "factor" else NumberType(keys.scale, keys.unit or "")


def _share_of_price(keys: PricingRightsKeys, right: PriceRight) -> Written:
    price = keys.price or Written()
    return written("{} * {}" if price.isidentifier() else "({}) * {}", price, right.factor)


_WRITERS: Mapping[str, Callable[[PricingRightsKeys, PriceRight], Written | None]] = {
    "factor": lambda keys, right: right.factor,
    "floor": lambda keys, right: None if right.is_exact else _share_of_price(keys, right),
    "exact": lambda keys, right: _share_of_price(keys, right) if right.is_exact else None,
    "ok": lambda keys, right: written("{} {} {}", keys.offered, "=" if right.is_exact else ">=", _share_of_price(keys, right)),
}
