"""``composition``: the shares of a whole, what the largest members have of it, and whether it falls along a scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written, written
from tierwise.core.types import BooleanType, EnumType, MapType, NumberType, Type
from tierwise.plugins.builtin.forms.ranking import ROUNDING
from tierwise.plugins.builtin.kinds.kind_texts import is_open, list_of, name_of, quoted
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, Scale, labels_of, share_of, strange_labels

__all__ = ["AllocationFaults", "Composition", "CompositionGives", "CompositionKeys"]

LABELS: Mapping[str, Named] = {
    "shares": {"zh": "构成（%）", "en": "shares in percent"},
    "top_share": {"zh": "最大客户所占份额（%）", "en": "share of the largest in percent"},
    "ok": {"zh": "分配合理", "en": "allocation in order"},
    "fault": {"zh": "分配问题", "en": "fault of the allocation"},
}

TITLE: Named = {"zh": "构成分析", "en": "Composition"}


class CompositionGives(Gives):
    """The decisions that are wanted."""

    shares: NamedDecision | None = Field(default=None, description="the share of each key in percent")
    top_share: NamedDecision | None = Field(default=None, description="how many percent the largest have together")
    ok: NamedDecision | None = Field(default=None, description="whether each grade has more than the next")
    fault: NamedDecision | None = Field(default=None, description="what is wrong when it has not; none when nothing is")


class AllocationFaults(Part):
    """What it is called when a better grade does not have more than the next: a word, or ``undetermined(…)``."""

    equal: Written = Field(default=Written("equal"), description="all grades have the same")
    tied: Written = Field(default=Written("undetermined(gap)"), description="some have the same, the others fall")
    inverted: Written = Field(default=Written("inverted"), description="a grade has more than a better one")

    def words(self) -> list[Written]:
        """Return the words, without what is undetermined."""
        return [word for _, word in self if not is_open(word)]

    def values(self) -> dict[str, Written | None]:
        """Return the fault of each trend."""
        return {"falling": None} | {trend: word if is_open(word) else quoted(word) for trend, word in self}


class CompositionKeys(Part):
    """The amounts, and what is asked about them."""

    of: Written | list[Written] = Field(description="a map of numbers by key; of several, the first that is there")
    top: Written | None = Field(default=None, description="which share of all keys the largest are, such as `20%`")
    rounding: Written | None = Field(
        default=None, description="`floor`, `ceiling`, `nearest`, or a reading of them: how their number becomes whole"
    )
    scale: Scale | None = Field(default=None, description="the grades, best first, along which the amounts have to fall")
    faults: AllocationFaults = AllocationFaults()
    labels: Labels = Field(default_factory=dict, description="what people call the faults")
    give: CompositionGives

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.give.top_share and not (self.top and self.rounding):
            raise ValueError("demands `top` and `rounding` for `top_share`")
        if (self.give.ok or self.give.fault) and not self.scale:
            raise ValueError("demands `scale` for `ok` and `fault`")
        return self


class Composition:
    """How a whole is made up."""

    name = "composition"
    title: Named = TITLE
    about = "The shares of a whole, what the largest have of it, and whether it falls along a scale."
    keys: type[BaseModel] = CompositionKeys

    def decisions(self, module: str, keys: CompositionKeys) -> Iterable[KindDecision]:
        """Return the decisions that are wanted; what hangs on one of several maps prefers the first that is there."""
        for what, given in keys.give.wanted():
            label, type, nullable = given.labelled(LABELS[what]), _type(what, keys), what == "fault"
            if isinstance(keys.of, Written):
                yield KindDecision(given.name, *_form(what, keys.of, keys), type, label, nullable=nullable)
                continue
            parts = {name: Written.at(f"{given.name}.{name}", name.whole) for name in keys.of}
            for name, part in parts.items():
                yield KindDecision(part, *_form(what, name, keys), type, label, hidden=True, nullable=nullable)
            yield KindDecision(given.name, "prefer", list(map(name_of, parts.values())), type, label, nullable=nullable)

    def check(self, keys: CompositionKeys, context: KindContext) -> Iterable[Finding]:
        """Find a share of the largest that is none or more than all."""
        yield from strange_labels(keys.labels, keys.faults.words())
        share = share_of(keys.top) if keys.top else None
        if share is not None and not 0 < share <= 1:
            message = f"`top` is `{keys.top}`, which is no share of the whole"
            yield Finding.error("share-off-range", message, context.span((*context.path, "top")), "write a share such as `20%`")


def _type(what: str, keys: CompositionKeys) -> Type:
    percent = NumberType(6, "%")
    types: Mapping[str, Type] = {
        "shares": MapType(percent),
        "top_share": percent,
        "ok": BooleanType(),
        "fault": EnumType.of(keys.faults.words(), labels_of(keys.labels)),
    }
    return types[what]


def _form(what: str, amounts: Written, keys: CompositionKeys) -> tuple[str, Any]:
    trend = written("trend({}, {})", amounts, list_of(keys.scale or ()))
    if what == "fault":
        return "lookup", {"by": trend, "values": keys.faults.values()}
    nothing = written("if sum(values({})) = 0 then undetermined(gap) else", amounts)  # nothing has no shares
    if what == "shares":
        return "formula", written("{} shares pct({})", nothing, amounts)
    if what == "top_share":
        rounding = quoted(keys.rounding) if keys.rounding in ROUNDING.values else keys.rounding
        return "formula", written("{} top share pct({}, {}, {})", nothing, amounts, keys.top, rounding)
    return "formula", written('{} = "falling"', trend)
