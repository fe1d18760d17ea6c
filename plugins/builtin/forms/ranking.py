"""The form ``ranking``: a decision is the class into which a subject's place among all subjects falls, by shares or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Constant, Crossing, Cut, CutBy, Node, RankCut, Ties, Undecided, constant_of, undecided_of
from tierwise.core.plan import Ranking as PlanRanking
from tierwise.core.policy.texts import Part
from tierwise.core.source import Path, Written
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    Type,
)
from tierwise.plugins.builtin.forms.form_values import WrittenValue, given_output, word_of
from tierwise.plugins.builtin.forms.order import directed

__all__ = ["REST", "ROUNDING", "Ranking", "RankingValue", "cumulative_cuts"]

ROUNDING = EnumType(("floor", "ceiling", "nearest"))
"""How a share of all members becomes a whole number of them."""

_KEYS: Mapping[str, CutBy] = {"quotas": "share", "top": "top", "pareto": "pareto"}
_DIVIDED = (ListType, SetType, RecordType, MapType)
_ORDERED = (NumberType, DateType, DateTimeType, DurationType)


class RankingValue(Part):
    """``{by: score, quotas: {A: 20%, B: 30%, C: rest}, rounding: rounding}``; several keys as ``by: [orders desc, money desc]``."""

    by: Written | tuple[Written, ...]
    order: Literal["highest first", "lowest first"] = "highest first"
    partition: Written | None = None
    among: Written | None = None
    outside: WrittenValue = Field(default=None, description="the class of a subject that is not ranked (else: gap)")
    rank: Written | None = None
    count: Written | None = None
    quotas: dict[Written, Written] | None = None
    top: dict[Written, Written] | None = None
    pareto: dict[Written, Written] | None = None
    rounding: Written | None = None
    ties: Ties = Field(default="undetermined", description="the class of those who tie across a cut")
    crossing: Crossing = Field(default="in", description="whether who crosses a cumulative share is in the class or out")

    @model_validator(mode="after")
    def _one_way_to_cut(self) -> RankingValue:
        if sum(getattr(self, key) is not None for key in _KEYS) != 1:
            raise ValueError("needs exactly one of `quotas`, `top`, `pareto`")
        if self.quotas is not None and self.rounding is None:
            raise ValueError("`quotas` need a `rounding`: a reading, or `floor`, `ceiling`, `nearest`")
        if self.pareto is None and "crossing" in self.model_fields_set:
            raise ValueError("`crossing` belongs to `pareto`")
        if not isinstance(self.by, str) and not self.by:
            raise ValueError("`by` needs at least one key")
        if self.pareto is not None and not isinstance(self.by, str) and len(self.by) > 1:
            raise ValueError("`pareto` adds up one amount: `by` takes one key")
        return self


class Ranking:
    """Classes by share (quotas), by number (top) or by accumulated amount (pareto), cut one after the other."""

    name = "ranking"
    about = "The class that a place in a ranking of all subjects gives."
    model: Any = RankingValue

    def compile(self, spec: RankingValue, context: FormContext) -> Mapping[str, Node]:
        """Put the ranking into the plan and return its cut."""
        name = context.only_output()
        written = [spec.by] if isinstance(spec.by, Written) else list(spec.by)
        keys = [self._key(text, spec.order == "highest first", context) for text in written]
        by, *then = (key for key in keys if key is not None) if None not in keys else (None,)
        if name is None or by is None:
            return {}
        partition = self._partition(spec.partition, context)
        among = self._optional(spec, "among", BooleanType(), context)
        rank = self._optional(spec, "rank", NumberType(0), context)
        count = self._optional(spec, "count", NumberType(0), context)
        outside = given_output(spec, "outside", name, context)
        rounding: Node | None = Constant("floor", ROUNDING)
        if spec.rounding is not None:
            rounding = context.value(spec.rounding, (*context.path, "rounding"), ROUNDING)
        ((key, how),) = ((key, how) for key, how in _KEYS.items() if getattr(spec, key) is not None)
        cuts = cumulative_cuts(getattr(spec, key), how, context.outputs[name], (*context.path, key), context)
        if cuts is not None and not isinstance(cuts, tuple):
            return {name: cuts}
        if cuts is None or rounding is None:
            return {}
        context.add_ranking(PlanRanking(name, *by, partition, among, tuple(then)))
        return {name: RankCut(name, rank, count, how, cuts, rounding, outside, context.outputs[name], spec.ties, spec.crossing)}

    def _key(self, written: Written, descending: bool, context: FormContext) -> tuple[Node, bool] | None:
        """Return what members are compared by, and whether the highest comes first: as `order` has it, unless `asc` or `desc` is written."""
        text, is_down = directed(written, descending)
        node = context.expression(text)
        if node is not None and not isinstance(context.type_of(node), _ORDERED):
            message = f"`{text}` is a `{context.type_of(node)}`; a ranking needs a number, a date or a duration"
            context.report(Finding.error("not-ordered", message, text.whole))
            return None
        return None if node is None else (node, is_down)

    def _partition(self, text: Written | None, context: FormContext) -> Node | None:
        node = None if text is None else context.expression(text)
        if text is not None and node is not None and isinstance(context.type_of(node), _DIVIDED):
            message = f"`{text}` is a `{context.type_of(node)}`; a population is divided by single values, such as a word or a date"
            context.report(Finding.error("not-a-partition", message, text.whole))
            return None
        return node

    def _optional(self, spec: RankingValue, key: str, expected: Any, context: FormContext) -> Node | None:
        text = getattr(spec, key)
        return None if text is None else context.expression(text, expected)


REST = "rest"
"""Written instead of a share or number by the class that takes all who are left."""


@dataclass(frozen=True, slots=True)
class _Part:
    value: Constant
    limit: Decimal | None
    path: Path


def cumulative_cuts(
    written: Mapping[Written, Written], by: CutBy, type: Type, path: Path, context: FormContext
) -> tuple[Cut, ...] | Undecided | None:
    """Return the classes with their cumulative limits.

    Returns:
        The cuts; ``Undecided`` while a limit is a local parameter without a value; ``None`` after an error, which is then reported.
    """
    parts: list[_Part] = []
    undecided: Undecided | None = None
    sound = True
    for word, text in written.items():
        part = _part(word, text, by, type, (*path, word), context)
        if isinstance(part, _Part):
            parts.append(part)
        elif part is None:
            sound = False
        else:
            undecided = Undecided(part.reason, (), type)
    if not sound or not _in_sequence(parts, context):
        return None
    if undecided is not None:
        return undecided
    return _cumulated(parts) if by == "top" or _is_whole(parts, path, context) else None


def _part(word: Written, text: Written, by: CutBy, type: Type, path: Path, context: FormContext) -> _Part | Undecided | None:
    value = word_of(word, type, context)
    if value is None:
        return None
    if text == REST:
        return _Part(value, None, path)
    limit = context.constant(text, NumberType(0) if by == "top" else NumberType())
    constant = constant_of(limit)
    if constant is None:
        return undecided_of(limit)
    if not isinstance(constant.value, Decimal) or constant.value <= 0:
        context.report(Finding.error("quota-not-positive", f"`{word}` gets `{text}`, which must be more than 0", context.span(path)))
        return None
    return _Part(value, constant.value, path)


def _in_sequence(parts: list[_Part], context: FormContext) -> bool:
    for part in parts[:-1]:
        if part.limit is None:
            message = f"`{part.value.value}` takes the rest, but other classes come after it"
            context.report(Finding.error("rest-not-last", message, context.span(part.path), "let the class with `rest` stand last"))
            return False
    return True


def _is_whole(parts: list[_Part], path: Path, context: FormContext) -> bool:
    shares = [part.limit for part in parts if part.limit is not None]
    total = sum(shares, Decimal(0))
    rest = len(shares) < len(parts)
    if total == 1 or (rest and total < 1):
        return True
    percent = format((total * 100).normalize(), "f")
    demand = "less than 100% before the rest" if rest else "100%"
    help = "" if rest else "let the last class take the `rest`"
    context.report(
        Finding.error("quotas-not-whole", f"the shares add up to {percent}%, where {demand} is needed", context.span(path), help)
    )
    return False


def _cumulated(parts: list[_Part]) -> tuple[Cut, ...]:
    cuts: list[Cut] = []
    reached = Decimal(0)
    for part in parts:
        reached += part.limit or 0
        cuts.append(Cut(part.value.value, None if part.limit is None else reached))
    return tuple(cuts)
