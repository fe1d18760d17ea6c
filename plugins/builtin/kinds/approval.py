"""``approval``: whether each step was taken by somebody who may take it, such as applied, reviewed and approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Unfit
from tierwise.core.source import Span, Written, joined, written
from tierwise.core.types import EnumType
from tierwise.plugins.builtin.kinds.kind_texts import any_word, name_of
from tierwise.plugins.builtin.kinds.named_conditions import Conclusion, asked_when, concluded, hidden_conditions
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, label_of, labels_of, strange_labels

__all__ = ["Approval", "ApprovalGives", "ApprovalKeys", "ApprovalStep"]

LABELS: Mapping[str, Named] = {
    "valid": {"zh": "审批有效", "en": "approval is valid"},
    "failed": {"zh": "无效的第一个环节", "en": "first step that is not valid"},
    "unmet": {"zh": "无效的环节", "en": "steps that are not valid"},
}

CONCLUSIONS: Mapping[str, Conclusion] = {"valid": "all met", "failed": "first unmet", "unmet": "unmet"}

ASKED = Written("asked?")
"""The condition that any step is asked for at all."""
ASKED_LABEL: Named = {"zh": "有适用的环节", "en": "a step is asked for"}

TITLE: Named = {"zh": "审批", "en": "Approval"}


class ApprovalStep(Part):
    """Who may take a step, or another condition of it; and when it is asked for at all."""

    by: Written | None = Field(default=None, description="the fact or decision with the role of who took the step; none when nobody did")
    at_least: Written | None = Field(default=None, description="the lowest of the `roles` that may")
    exactly: Written | None = Field(default=None, description="the only role that may")
    one_of: list[Written] | None = Field(default=None, min_length=1, description="the roles that may")
    must: Written | None = Field(default=None, description="a condition instead, or `undetermined(…)`")
    when: Written | None = Field(default=None, description="the condition under which the step is asked for (else: always)")

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

    roles: list[Written] = Field(default_factory=list, description="the roles in their order, the lowest first, for `at_least`")
    aliases: dict[Written, Written] = Field(default_factory=dict, description="another title to the role that it is as high as")
    steps: dict[Written, ApprovalStep | Written] = Field(min_length=1, description="step to who may take it, or to a condition")
    labels: Labels = Field(default_factory=dict, description="what people call the steps")
    otherwise: Written = Field(
        default=Written("undetermined(gap)"), description="whether it is valid where every step has a `when` and none is met"
    )
    give: ApprovalGives

    @model_validator(mode="after")
    def _knows_its_roles(self) -> Self:
        for role in (*self.aliases.values(), *(step.at_least for step in self.in_order().values() if step.at_least is not None)):
            if role not in self.roles:
                raise Unfit(f"`{role}` is not among the `roles`", role, suggest(role, self.roles))
        return self

    def in_order(self) -> dict[Written, ApprovalStep]:
        """Return the steps, one that is a condition among them."""
        return {name: ApprovalStep(must=step) if isinstance(step, Written) else step for name, step in self.steps.items()}

    def admitted(self, step: ApprovalStep) -> list[Written]:
        """Return the titles that may take a step."""
        roles = [step.exactly] if step.exactly is not None else step.one_of or self.roles[self.roles.index(step.at_least or Written()) :]
        return [*roles, *(title for title, role in self.aliases.items() if role in roles and title not in roles)]


class Approval:
    """Whether it was decided by those who may."""

    name = "approval"
    title: Named = TITLE
    about = "Steps in order, each taken by a role that may take it."
    keys: type[BaseModel] = ApprovalKeys

    def decisions(self, module: str, keys: ApprovalKeys) -> Iterable[KindDecision]:
        """Return hidden booleans, whether each step is asked for (where that has a condition) and is valid, and what is asked about them."""
        steps = keys.in_order()
        labels: dict[str, Named] = {step: label_of(step, keys.labels) for step in steps}
        asked = {name: Written.at(f"{name} when", name.whole) for name, step in steps.items() if step.when is not None}
        demands = {entry: steps[name].when or Written() for name, entry in asked.items()}
        entries = hidden_conditions(module, demands, _when(asked, labels))
        whens = {name: name_of(entry.name) for name, entry in zip(asked, entries, strict=True)}
        conditions: dict[Written, Written] = {name: _condition(keys, step, whens.get(name)) for name, step in steps.items()}
        if len(whens) == len(steps):
            conditions[ASKED] = written("if {} then true else {}", joined(" or ", whens.values()), keys.otherwise)
        entries += hidden_conditions(module, conditions, {**labels, ASKED: ASKED_LABEL})
        for what, given in keys.give.wanted():
            words = list(conditions if what == "valid" else steps)
            entries.append(concluded(CONCLUSIONS[what], given.name, given.labelled(LABELS[what]), module, words, labels_of(keys.labels)))
        return entries

    def check(self, keys: ApprovalKeys, context: KindContext) -> Iterable[Finding]:
        """Find titles that are not from a closed list, and ones that have no place in the order where it decides."""
        yield from strange_labels(keys.labels, keys.steps)
        for name, step in keys.in_order().items():
            owner = context.plan.facts.get(step.by or "") or context.plan.decisions.get(step.by or "")
            span = context.span((*context.path, "steps", name, "by"))
            if owner is not None and not isinstance(owner.type, EnumType):
                message = f"`{step.by}` is `{owner.type}`, so an unknown title counts as one that may not"
                yield Finding.warning("open-titles", message, span, "declare it `enum` with the titles as `values`")
            elif owner is not None and isinstance(owner.type, EnumType) and step.at_least is not None:
                yield from _without_place(owner.type, step, keys, span)


def _condition(keys: ApprovalKeys, step: ApprovalStep, when: str | None) -> Written:
    condition = step.must if step.must is not None else written("{} in ({})", step.by, any_word(keys.admitted(step)))
    return condition if when is None else asked_when(when, condition)


def _when(asked: Mapping[Written, Written], labels: Mapping[str, Named]) -> dict[str, Named]:
    """Return what people call the conditions under which the steps are asked for."""
    return {str(entry): {"zh": f"适用：{labels[step]['zh']}", "en": f"asked for: {labels[step]['en']}"} for step, entry in asked.items()}


def _without_place(titles: EnumType, step: ApprovalStep, keys: ApprovalKeys, span: Span | None) -> Iterator[Finding]:
    ranked = {*keys.roles, *keys.aliases}
    for title in titles.values:
        if title not in ranked:
            message = f"`{title}` has no place among the `roles`, so it counts as lower than `{step.at_least}`"
            yield Finding.warning("title-without-place", message, span, "add it to `roles` or to `aliases`")
