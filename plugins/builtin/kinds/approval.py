"""``approval``: whether each step was taken by somebody who may take it, such as applied, reviewed and approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.types import EnumType
from tierwise.plugins.builtin.kinds.conditions import Conclusion, concluded, hidden_conditions
from tierwise.plugins.builtin.kinds.keys import Gives, Labels, NamedDecision, labels_of
from tierwise.plugins.builtin.kinds.writing import any_word, name_of

__all__ = ["Approval", "ApprovalGives", "ApprovalKeys", "ApprovalStep"]

LABELS: Mapping[str, Named] = {
    "valid": {"zh": "审批有效", "en": "approval is valid"},
    "failed": {"zh": "无效的第一个环节", "en": "first step that is not valid"},
    "unmet": {"zh": "无效的环节", "en": "steps that are not valid"},
}

CONCLUSIONS: Mapping[str, Conclusion] = {"valid": "all met", "failed": "first unmet", "unmet": "unmet"}

ASKED = "asked?"
"""The condition that any step is asked for at all."""
ASKED_LABEL: Named = {"zh": "有适用的环节", "en": "a step is asked for"}

TITLE: Named = {"zh": "审批", "en": "Approval"}


class ApprovalStep(Part):
    """Who may take a step, or another condition of it; and when it is asked for at all."""

    by: str | None = Field(default=None, description="the fact or decision with the role of who took the step; none when nobody did")
    at_least: str | None = Field(default=None, description="the lowest of the `roles` that may")
    exactly: str | None = Field(default=None, description="the only role that may")
    one_of: list[str] | None = Field(default=None, min_length=1, description="the roles that may")
    must: str | None = Field(default=None, description="a condition instead, or `undetermined(…)`")
    when: str | None = Field(default=None, description="the condition under which the step is asked for (else: always)")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(part is not None for part in (self.at_least, self.exactly, self.one_of, self.must)) != 1:
            raise ValueError("demands exactly one of `at_least`, `exactly`, `one_of` and `must`")
        if (self.by is None) != (self.must is not None):
            raise ValueError("demands `by` for `at_least`, `exactly` and `one_of`, and none for `must`")
        return self


class ApprovalGives(Gives):
    """The decisions that are wanted."""

    valid: NamedDecision | None = Field(default=None, description="whether all steps are valid")
    failed: NamedDecision | None = Field(default=None, description="the first step that is not; none when all are")
    unmet: NamedDecision | None = Field(default=None, description="all steps that are not")


class ApprovalKeys(Part):
    """The order of the roles, and the steps in theirs."""

    roles: list[str] = Field(default_factory=list, description="the roles in their order, the lowest first, for `at_least`")
    aliases: dict[str, str] = Field(default_factory=dict, description="another title to the role that it is as high as")
    steps: dict[str, ApprovalStep | str] = Field(min_length=1, description="step to who may take it, or to a condition")
    labels: Labels = Field(default_factory=dict, description="what people call the steps")
    otherwise: str = Field(default="undetermined(gap)", description="whether it is valid where every step has a `when` and none is met")
    give: ApprovalGives

    @model_validator(mode="after")
    def _knows_its_roles(self) -> Self:
        for role in (*self.aliases.values(), *(step.at_least for step in self.in_order().values() if step.at_least is not None)):
            if role not in self.roles:
                raise ValueError(f"demands `{role}` among its `roles`{suggested(role, self.roles)}")
        return self

    def in_order(self) -> dict[str, ApprovalStep]:
        """Return the steps, one that is a condition among them."""
        return {name: ApprovalStep(must=step) if isinstance(step, str) else step for name, step in self.steps.items()}

    def admitted(self, step: ApprovalStep) -> list[str]:
        """Return the titles that may take a step."""
        roles = [step.exactly] if step.exactly is not None else step.one_of or self.roles[self.roles.index(step.at_least or "") :]
        return [*roles, *(title for title, role in self.aliases.items() if role in roles and title not in roles)]


def suggested(word: str, choices: Iterable[str]) -> str:
    """Return a suggestion as the end of a sentence."""
    hint = suggest(word, choices)
    return f"; {hint}" if hint else ""


class Approval:
    """Whether it was decided by those who may."""

    name = "approval"
    title: Named = TITLE
    about = "Steps in order, each taken by a role that may take it."
    keys: type[BaseModel] = ApprovalKeys

    def decisions(self, module: str, keys: ApprovalKeys) -> Mapping[str, Any]:
        """Return hidden booleans, whether each step is asked for (where that has a condition) and is valid, and what is asked about them."""
        steps, labels = keys.in_order(), labels_of(keys.labels)
        asked = {name: f"{name} when" for name, step in steps.items() if step.when is not None}
        entries = hidden_conditions(module, {asked[name]: steps[name].when or "" for name in asked}, _when(asked, labels))
        whens = {name: name_of(entry) for name, entry in zip(asked, entries, strict=True)}
        conditions = {name: _condition(keys, step, whens.get(name)) for name, step in steps.items()}
        if len(whens) == len(steps):
            conditions[ASKED] = f"if {' or '.join(whens.values())} then true else {keys.otherwise}"
        entries |= hidden_conditions(module, conditions, labels | {ASKED: ASKED_LABEL})
        for what, given in keys.give.wanted():
            words = list(conditions if what == "valid" else steps)
            entries[given.name] = {"label": given.labelled(LABELS[what]), **concluded(CONCLUSIONS[what], given.name, module, words, labels)}
        return entries

    def check(self, keys: ApprovalKeys, context: KindContext) -> Iterable[Finding]:
        """Find titles that are not from a closed list, and ones that have no place in the order where it decides."""
        for name, step in keys.in_order().items():
            owner = context.plan.facts.get(step.by or "") or context.plan.decisions.get(step.by or "")
            span = context.span((*context.path, "steps", name, "by"))
            if owner is not None and not isinstance(owner.type, EnumType):
                message = f"`{step.by}` is `{owner.type}`, so an unknown title counts as one that may not"
                yield Finding.warning("open-titles", message, span, "declare it `enum` with the titles as `values`")
            elif owner is not None and step.at_least is not None:
                yield from _without_place(owner.type, step, keys, span)


def _condition(keys: ApprovalKeys, step: ApprovalStep, when: str | None) -> str:
    condition = step.must if step.must is not None else f"{step.by} in ({any_word(keys.admitted(step))})"
    if when is None:
        return condition
    return f"if {when} then {condition} else true" if condition.startswith("undetermined(") else f"not({when}) or ({condition})"


def _when(asked: Mapping[str, str], labels: Mapping[str, Named]) -> dict[str, Named]:
    """Return what people call the conditions under which the steps are asked for."""
    named = {entry: labels.get(step, {"zh": step, "en": step}) for step, entry in asked.items()}
    return {entry: {"zh": f"适用：{label['zh']}", "en": f"asked for: {label['en']}"} for entry, label in named.items()}


def _without_place(type: Any, step: ApprovalStep, keys: ApprovalKeys, span: Any) -> Iterator[Finding]:
    ranked = {*keys.roles, *keys.aliases}
    for title in type.values:
        if title not in ranked:
            message = f"`{title}` has no place among the `roles`, so it counts as lower than `{step.at_least}`"
            yield Finding.warning("title-without-place", message, span, "add it to `roles` or to `aliases`")
