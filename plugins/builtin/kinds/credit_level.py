"""``credit-level``: a level on an ordered scale that can fall by itself, and rights that never get better on the way down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Whole
from tierwise.core.source import Written
from tierwise.core.types import BooleanType, EnumType
from tierwise.plugins.builtin.kinds.kind_texts import table
from tierwise.plugins.builtin.kinds.ladder import Better, amounts_by_grade, inversion_finding, inversions
from tierwise.plugins.builtin.kinds.shared_keys import Acknowledged, NamedDecision, Scale, check_scale

__all__ = ["CreditLevel", "CreditLevelKeys", "Demotion"]

LOWERED: Named = {"zh": "降级后的级别", "en": "level after demotion"}
FALLS: Named = {"zh": "应当降级", "en": "is to be demoted"}

TITLE: Named = {"zh": "信用级别", "en": "Credit level"}


class Demotion(Part):
    """When and how far the level falls."""

    start: Written = Field(alias="from", description="the fact or decision with the level before")
    when: Written = Field(description="a boolean expression: whether the level falls")
    steps: Annotated[Whole, Field(ge=1)] = 1
    give: NamedDecision = Field(description="the decision with the level after")
    lowest: Written = Field(default=Written("undetermined(gap)"), description="what becomes of a level with no lower one")


class CreditLevelKeys(Part):
    """The scale, the decision that gives the level, its demotion, and the rights that hang on it."""

    scale: Scale = Field(description="the levels, best first")
    level: Written | None = Field(
        default=None, description="the decision that gives the level; else what `demote` gives, else the module's name"
    )
    demote: Demotion | None = None
    rights: dict[Written, Better] = Field(
        default_factory=dict, description="decisions by level, and whether the higher or the lower amount is better"
    )
    acknowledge: Acknowledged = Acknowledged()

    def level_of(self, module: str) -> str:
        """Return the name of the decision that gives the level."""
        return self.level or (self.demote.give.name if self.demote else module)


class CreditLevel:
    """How far a customer is trusted."""

    name = "credit-level"
    title: Named = TITLE
    about = "A level that can fall by itself along its scale, and the rights that hang on it."
    keys: type[BaseModel] = CreditLevelKeys

    def decisions(self, module: str, keys: CreditLevelKeys) -> Iterable[KindDecision]:
        """Return the demotion: a hidden ``<give>_falls``, and a table that keeps the level or steps down."""
        demote = keys.demote
        if demote is not None:
            falls = Written.at(f"{demote.give.name}_falls", demote.give.name.whole)
            yield KindDecision(falls, "formula", demote.when, BooleanType(), FALLS, hidden=True)
            scale, label = EnumType.of(keys.scale), demote.give.labelled(LOWERED)
            yield KindDecision(demote.give.name, "table", {"hit": "unique", "rules": _rules(demote, falls, keys.scale)}, scale, label)

    def check(self, keys: CreditLevelKeys, context: KindContext) -> Iterable[Finding]:
        """Find a level off its scale, and a right that a lower level has more of."""
        level = keys.level_of(context.module)
        yield from check_scale(level, "level" if keys.level else "scale", keys.scale, context)
        for right, better in keys.rights.items():
            span = context.span((*context.path, "rights", right))
            if right not in context.plan.decisions:
                yield Finding.error(
                    "unknown-right", f"no decision is called `{right}`", right.whole, suggest(right, context.plan.decisions)
                )
            for amounts in amounts_by_grade(context.plan, right, level, keys.scale):
                for inversion in inversions(amounts, keys.scale, better):
                    yield inversion_finding(inversion, right, level, span, acknowledged=keys.acknowledge.inversion)


def _rules(demote: Demotion, falls: Written, scale: list[Written]) -> Written:
    rows = [("keep", ["false", "-"], demote.start)]
    for place, level in enumerate(scale):
        below = place + demote.steps
        rows.append((level, ["true", level], scale[below] if below < len(scale) else demote.lowest))
    return table([falls, demote.start], demote.give.name, rows)
