"""The form ``weighted``: a decision is the weighted sum of other values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Compare, Conditional, Constant, Node, Quotient, Round
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.forms.weighted_sums import ANY_NUMBER, added, bounded, multiplied, number_output

__all__ = ["Weighted", "WeightedValue"]


class WeightedValue(Part):
    """``{terms: {sales_score: 50%, margin_score: 50%}, factor: history_factor}``."""

    terms: dict[Written, Written]
    factor: Written | None = None
    missing: Literal["none", "renormalise"] = Field(default="none", description="what becomes of the weight of a term that is none")
    cap: Written | None = None
    floor: Written | None = None


class Weighted:
    """Values and their weights, and a factor on the sum."""

    name = "weighted"
    about = "The weighted sum of other values."
    model: Any = WeightedValue

    def compile(self, spec: WeightedValue, context: FormContext) -> Mapping[str, Node]:
        """Return the sum."""
        output = number_output(self.name, context)
        if output is None:
            return {}
        terms = [self._term(text, weight, context) for text, weight in spec.terms.items()]
        if not terms:
            context.report(Finding.error("empty-form", "`weighted` has no terms", context.span((*context.path, "terms"))))
        factor, cap, floor = (
            context.value(text, (*context.path, key), ANY_NUMBER) if text is not None else None
            for key, text in (("factor", spec.factor), ("cap", spec.cap), ("floor", spec.floor))
        )
        sound = [term for term in terms if term is not None]
        if not sound or len(sound) < len(terms):
            return {}
        products = [multiplied((weight, value), context) for weight, value in sound]
        total = _renormalised(sound, products, output[1], context) if spec.missing == "renormalise" else added(products, context)
        if factor is not None:
            total = multiplied((total, factor), context)
        return {output[0]: context.fitted(output[0], bounded(output[0], total, floor, cap, context.path, context))}

    def _term(self, text: Written, weight: Written, context: FormContext) -> tuple[Node, Node] | None:
        path = (*context.path, "terms", text)
        value = context.expression(text, ANY_NUMBER)
        share = context.value(weight, path, ANY_NUMBER)
        return None if value is None or share is None else (share, value)


def _renormalised(terms: Sequence[tuple[Node, Node]], products: Sequence[Node], output: NumberType, context: FormContext) -> Node:
    """Return the weighted sum of the terms that are there, over the sum of their weights, times that of all; none when none is."""
    there = [Compare("!=", value, Constant(None, value.type)) for _, value in terms]
    zero = Constant(Decimal(0), NumberType(0))

    def where_there(parts: Sequence[Node]) -> Node:
        kept = [Conditional(is_there, part, zero, context.type_of(part)) for is_there, part in zip(there, parts, strict=True)]
        return added(kept, context)

    weights = [weight for weight, _ in terms]
    above = multiplied((where_there(products), added(weights, context)), context)
    return Round(
        Quotient(above, where_there(weights), NumberType()), output.scale or 0, "half up", NumberType(output.scale or 0, output.unit)
    )
