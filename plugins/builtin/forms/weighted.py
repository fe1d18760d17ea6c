"""The form ``weighted``: a decision is the weighted sum of other values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Node
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.forms.sums import ANY_NUMBER, added, bounded, multiplied, number_output

__all__ = ["Weighted", "WeightedValue"]


class WeightedValue(Part):
    """``{terms: {sales_score: 50%, margin_score: 50%}, factor: history_factor}``."""

    terms: dict[Written, Written]
    factor: Written | None = None
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
        if not sound:
            return {}
        total = added(sound, context)
        if factor is not None:
            total = multiplied((total, factor), context)
        return {output[0]: context.fitted(output[0], bounded(output[0], total, floor, cap, context.path, context))}

    def _term(self, text: Written, weight: Written, context: FormContext) -> Node | None:
        path = (*context.path, "terms", text)
        value = context.expression(text, ANY_NUMBER)
        share = context.value(weight, path, ANY_NUMBER)
        return None if value is None or share is None else multiplied((share, value), context)
