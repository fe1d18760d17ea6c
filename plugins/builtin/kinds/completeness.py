"""``completeness``: what is missing of what has to be there, and whether it is still fresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written, written
from tierwise.plugins.builtin.kinds.kind_texts import name_of, quoted
from tierwise.plugins.builtin.kinds.named_conditions import all_met, hidden_conditions, unmet
from tierwise.plugins.builtin.kinds.shared_keys import Gives, LabelledWords, Labels, NamedDecision, labels_of, strange_labels

__all__ = ["Completeness", "CompletenessGives", "CompletenessKeys"]

LABELS: Mapping[str, Named] = {
    "missing": {"zh": "缺少的项目", "en": "missing items"},
    "complete": {"zh": "齐全", "en": "complete"},
    "due_on": {"zh": "下次更新日期", "en": "next update due on"},
    "stale": {"zh": "更新逾期", "en": "update overdue"},
}

TITLE: Named = {"zh": "完整性检查", "en": "Completeness"}


class CompletenessGives(Gives):
    """The decisions that are wanted."""

    missing: NamedDecision | None = Field(default=None, description="every item that is not there")
    complete: NamedDecision | None = Field(default=None, description="whether all items are there")
    due_on: NamedDecision | None = Field(default=None, description="when the next update is due")
    stale: NamedDecision | None = Field(default=None, description="whether an update is missed")


class CompletenessKeys(Part):
    """What has to be there, what is, and how often it is brought up to date."""

    required: LabelledWords = Field(default_factory=dict, description="the words that `present` has to hold")
    present: Written | None = Field(default=None, description="a fact or decision: the set of what is there")
    fields: dict[Written, Written] | list[Written] = Field(
        default_factory=list, description="facts that must not be none, or word to condition"
    )
    labels: Labels = Field(default_factory=dict, description="what people call the `fields`")
    updated_on: Written | None = Field(default=None, description="the date of the last update")
    every: Written | None = Field(default=None, description="how often it is brought up to date")
    reading: Written = Field(default=Written("rolling"), description="`rolling`, `calendar`, a reading of these two, or an expression")
    give: CompletenessGives

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.required) != bool(self.present):
            raise ValueError("demands `required` and `present` together")
        if self.required.keys() & set(self.fields):
            raise ValueError("demands other words in `fields` than in `required`")
        if (self.give.missing or self.give.complete) and not (self.required or self.fields):
            raise ValueError("demands `required` or `fields` for `missing` and `complete`")
        if (self.give.due_on or self.give.stale) and not (self.updated_on and self.every):
            raise ValueError("demands `updated_on` and `every` for `due_on` and `stale`")
        return self

    def conditions(self) -> dict[Written, Written]:
        """Return each item with the condition under which it is there."""
        held = {word: written("{} in ({})", self.present, quoted(word)) for word in self.required}
        if isinstance(self.fields, dict):
            return held | self.fields
        return held | {name: written("not({} in (null))", name_of(name)) for name in self.fields}


class Completeness:
    """Whether everything is there that has to be."""

    name = "completeness"
    title: Named = TITLE
    about = "What is missing of what has to be there, and whether it is still fresh."
    keys: type[BaseModel] = CompletenessKeys

    def decisions(self, module: str, keys: CompletenessKeys) -> Iterable[KindDecision]:
        """Return a hidden boolean ``<module>.<item>`` for each item, what is asked about them, and the schedule of updates."""
        items, labels = keys.conditions(), labels_of(keys.required | keys.labels)
        if keys.give.missing or keys.give.complete:
            yield from hidden_conditions(module, items, labels)
        for what, given in keys.give.wanted():
            label = given.labelled(LABELS[what])
            if what == "missing":
                yield unmet(given.name, label, module, list(items), labels)
            elif what == "complete":
                yield all_met(given.name, label, module, list(items))
            else:
                outputs = {"due_on" if what == "due_on" else "overdue": given.name}
                schedule = {"last": keys.updated_on, "every": keys.every, "reading": keys.reading, "outputs": outputs}
                yield KindDecision(given.name, "schedule", schedule, label=label)

    def check(self, keys: CompletenessKeys, context: KindContext) -> Iterable[Finding]:
        """Find a fact that can never be none, so that it is never found to be missing."""
        yield from strange_labels(keys.labels, keys.conditions())
        for place, name in enumerate(keys.fields) if isinstance(keys.fields, list) else ():
            fact = context.plan.facts.get(name)
            if fact is not None and not fact.can_be_none:
                message = f"`{name}` can never be none, so it is never found to be missing"
                help = "declare it `nullable: true`, and `missing: none` when not giving it means the same"
                yield Finding.warning("never-none", message, context.span((*context.path, "fields", place)), help)
