"""``value-tier``: grades a subject on an ordered scale."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.kinds.shared_keys import Scale, check_scale

__all__ = ["ValueTier", "ValueTierKeys"]

TITLE: Named = {"zh": "价值等级", "en": "Value tier"}


class ValueTierKeys(Part):
    """The scale, and the decision that gives the grade."""

    scale: Scale = Field(description="the grades, best first")
    grade: Written | None = Field(default=None, description="the decision that gives the grade; without it the one with the module's name")


class ValueTier:
    """What a customer is worth: one grade of an ordered scale."""

    name = "value-tier"
    title: Named = TITLE
    about = "Grades on an ordered scale, the best first."
    keys: type[BaseModel] = ValueTierKeys

    def decisions(self, module: str, keys: ValueTierKeys) -> Iterable[KindDecision]:
        """Return nothing: how the grade comes about is written out."""
        return ()

    def check(self, keys: ValueTierKeys, context: KindContext) -> Iterable[Finding]:
        """Find a grade that is not there or not on the scale."""
        return check_scale(keys.grade or context.module, "grade" if keys.grade else "scale", keys.scale, context)
