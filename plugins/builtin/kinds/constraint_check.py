"""``constraint-check``: whether a proposed number is within its bounds, a proposed action is admitted, and other conditions hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named, comparison_of
from tierwise.core.policy.texts import Part, Unfit
from tierwise.core.source import Written, written
from tierwise.plugins.builtin.kinds.kind_texts import any_word, is_open
from tierwise.plugins.builtin.kinds.named_conditions import Conclusion, concluded, condition_names, hidden_conditions
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, labels_of, strange_labels

__all__ = ["ConstraintCheck", "ConstraintCheckKeys", "ConstraintGives"]

LABELS: Mapping[str, Named] = {
    "ok": {"zh": "符合约束", "en": "within the constraints"},
    "broken": {"zh": "违反的第一项约束", "en": "first constraint broken"},
    "all_broken": {"zh": "违反的约束", "en": "constraints broken"},
}

BOUNDS: Mapping[str, tuple[str, Named]] = {
    "at_least": (">=", {"zh": "不低于下限", "en": "not below the least"}),
    "above": (">", {"zh": "高于下限", "en": "above the limit"}),
    "at_most": ("<=", {"zh": "不高于上限", "en": "not above the most"}),
    "below": ("<", {"zh": "低于上限", "en": "below the limit"}),
}

ACTIONS: Mapping[str, tuple[str, Named]] = {
    "allowed": ("{} in ({})", {"zh": "属于允许的做法", "en": "among what is allowed"}),
    "forbidden": ("not ({} in ({}))", {"zh": "不属于禁止的做法", "en": "not among what is forbidden"}),
}

CONCLUSIONS: Mapping[str, Conclusion] = {"ok": "all met", "broken": "first unmet", "all_broken": "unmet"}

TITLE: Named = {"zh": "约束检查", "en": "Constraint check"}

Bound = Written | dict[Written, Written]
Actions = list[Written] | dict[Written, list[Written] | Written]


class ConstraintGives(Gives):
    """The decisions that are wanted."""

    ok: NamedDecision | None = Field(default=None, description="whether no constraint is broken")
    broken: NamedDecision | None = Field(default=None, description="the first constraint that is broken; none when none is")
    all_broken: NamedDecision | None = Field(default=None, description="all constraints that are broken")


class ConstraintCheckKeys(Part):
    """What is proposed, and what it is held against."""

    by: Written | None = Field(default=None, description="the fact or decision with the class, for constraints that are given by class")
    value: Written | None = Field(default=None, description="the proposed number, date or duration")
    at_least: Bound | None = Field(default=None, description="the least that is admitted: an expression, or class to expression")
    above: Bound | None = Field(default=None, description="what the value has to be more than")
    at_most: Bound | None = Field(default=None, description="the most that is admitted")
    below: Bound | None = Field(default=None, description="what the value has to be less than")
    action: Written | None = Field(default=None, description="the proposed action")
    allowed: Actions | None = Field(default=None, description="the actions that are admitted, or class to actions")
    forbidden: Actions | None = Field(default=None, description="the actions that are not")
    must: dict[Written, Written] = Field(default_factory=dict, description="other constraints: word to the condition that has to hold")
    labels: Labels = Field(default_factory=dict, description="what people call the constraints")
    give: ConstraintGives

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        bounds, actions = list(self.written(BOUNDS)), list(self.written(ACTIONS))
        if bool(bounds) != bool(self.value) or bool(actions) != bool(self.action):
            raise ValueError("demands `value` together with its bounds, and `action` together with `allowed` or `forbidden`")
        if not (bounds or actions or self.must):
            raise ValueError("demands a constraint: `value` with a bound, `action` with `allowed` or `forbidden`, or `must`")
        if any(isinstance(limit, dict) for _, limit in (*bounds, *actions)) and not self.by:
            raise ValueError("demands `by`, the class that its constraints hang on")
        for word in self.must:
            if word in (*BOUNDS, *ACTIONS):
                raise Unfit(f"`must` demands another word than `{word}`", word)
        return self

    def written(self, keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield those of the keys that are written, with their values."""
        return ((key, getattr(self, key)) for key in keys if getattr(self, key) is not None)


class ConstraintCheck:
    """Whether what is proposed is admitted."""

    name = "constraint-check"
    title: Named = TITLE
    about = "Bounds of a proposed number, lists of admitted actions, other conditions."
    keys: type[BaseModel] = ConstraintCheckKeys

    def decisions(self, module: str, keys: ConstraintCheckKeys) -> Iterable[KindDecision]:
        """Return a hidden boolean ``<module>.<constraint>`` for each constraint, and what is asked about them."""
        conditions = _conditions(keys)
        labels = {key: label for key, (_, label) in (*BOUNDS.items(), *ACTIONS.items())} | labels_of(keys.labels)
        yield from hidden_conditions(module, conditions, labels)
        for what, given in keys.give.wanted():
            yield concluded(CONCLUSIONS[what], given.name, given.labelled(LABELS[what]), module, list(conditions), labels)

    def check(self, keys: ConstraintCheckKeys, context: KindContext) -> Iterable[Finding]:
        """Find bounds that leave no number between them."""
        yield from strange_labels(keys.labels, (*BOUNDS, *ACTIONS, *keys.must))
        limits = {key: _limit(context, key) for key, _ in keys.written(BOUNDS)}
        for low in ("at_least", "above"):
            for high in ("at_most", "below"):
                least, most = limits.get(low), limits.get(high)
                if least is not None and most is not None and (least > most or (least == most and (low, high) != ("at_least", "at_most"))):
                    message = f"no value is both {low.replace('_', ' ')} `{least}` and {high.replace('_', ' ')} `{most}`"
                    yield Finding.error("bounds-crossed", message, context.span((*context.path, high)))


def _conditions(keys: ConstraintCheckKeys) -> dict[str, Written | Mapping[str, Any]]:
    conditions: dict[str, Written | Mapping[str, Any]] = {}
    for key, limit in keys.written(BOUNDS):
        conditions[key] = _by_class(keys, limit, keys.value, f"{{}} {BOUNDS[key][0]} ({{}})")
    for key, actions in keys.written(ACTIONS):
        conditions[key] = _by_class(keys, actions, keys.action, ACTIONS[key][0])
    conditions.update(keys.must.items())
    return conditions


def _by_class(keys: ConstraintCheckKeys, limit: Any, of: Written | None, sentence: str) -> Written | dict[str, Any]:
    if isinstance(limit, dict):
        return {"by": keys.by, "values": {word: _held(one, of, sentence) for word, one in limit.items()}}
    return _held(limit, of, sentence)


def _held(limit: Written | list[Written], of: Written | None, sentence: str) -> Written:
    if isinstance(limit, Written):
        return limit if is_open(limit) else written(sentence, of, limit)
    if not limit:
        return Written("true" if sentence.startswith("not ") else "false")
    return written(sentence, of, any_word(limit))


def _limit(context: KindContext, key: str) -> Decimal | None:
    name = condition_names(context.module, [key])[key]
    comparison = comparison_of(context.plan.decisions[name].node)
    limit = None if comparison is None else comparison.constant.value
    return limit if isinstance(limit, Decimal) else None
