"""``handling-guidance``: what to do and what not to do with each class, and the check of a planned action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written, written
from tierwise.core.types import BooleanType, EnumType, SetType
from tierwise.plugins.builtin.kinds.kind_texts import is_open, name_of
from tierwise.plugins.builtin.kinds.shared_keys import Gives, LabelledWords, NamedDecision, labels_of

__all__ = ["HandlingGives", "HandlingGuidance", "HandlingGuidanceKeys"]

LABELS: Mapping[str, Named] = {
    "do": {"zh": "应当做的", "en": "what to do"},
    "dont": {"zh": "不应做的", "en": "what not to do"},
    "advised": {"zh": "做法在建议之列", "en": "action is advised"},
    "allowed": {"zh": "做法允许", "en": "action is allowed"},
}

TITLE: Named = {"zh": "应对指引", "en": "Handling guidance"}

ByClass = dict[Written, list[Written] | Written]
"""Class to codes; an expression or ``undetermined(lost)`` where they are not a list."""


class HandlingGives(Gives):
    """The decisions that are wanted."""

    do: NamedDecision | None = Field(default=None, description="what to do")
    dont: NamedDecision | None = Field(default=None, description="what not to do")
    advised: NamedDecision | None = Field(default=None, description="whether the action is among what to do")
    allowed: NamedDecision | None = Field(default=None, description="whether the action is not among what not to do")


class HandlingGuidanceKeys(Part):
    """The codes of each class."""

    by: Written | None = Field(default=None, description="the fact or decision with the one class")
    of: Written | None = Field(default=None, description="the fact or decision with a set of classes, whose codes are put together")
    do: ByClass = Field(
        default_factory=dict, description="class to what to do; `[]` for nothing, `undetermined(lost)` where it is not known"
    )
    dont: ByClass = Field(default_factory=dict, description="class to what not to do")
    codes: LabelledWords = Field(default_factory=dict, description="the codes and their labels; without it those of the lists")
    action: Written | None = Field(default=None, description="the fact or decision with a planned action")
    give: HandlingGives

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.by is None) == (self.of is None):
            raise ValueError("demands one of `by` and `of`")
        if ((self.give.do or self.give.advised) and not self.do) or ((self.give.dont or self.give.allowed) and not self.dont):
            raise ValueError("demands `do` for `do` and `advised`, and `dont` for `dont` and `allowed`")
        if (self.give.advised or self.give.allowed) and not self.action:
            raise ValueError("demands `action` for `advised` and `allowed`")
        return self

    def words(self) -> EnumType:
        """Return all codes, in the order of ``codes``, then of their first occurrence."""
        lists = (codes for by_class in (self.do, self.dont) for codes in by_class.values() if isinstance(codes, list))
        return EnumType.of([*self.codes, *(code for codes in lists for code in codes)], labels_of(self.codes))


class HandlingGuidance:
    """How a class is dealt with."""

    name = "handling-guidance"
    title: Named = TITLE
    about = "What to do and what not to do with each class, and the check of a planned action."
    keys: type[BaseModel] = HandlingGuidanceKeys

    def decisions(self, module: str, keys: HandlingGuidanceKeys) -> Iterable[KindDecision]:
        """Return a lookup of each list by the class (a ``gather`` for several classes), and whether the action is in it."""
        lists = {"do": keys.give.do, "dont": keys.give.dont}
        for what, by_class in (("do", keys.do), ("dont", keys.dont)):
            given = lists[what]
            if by_class:
                form, by = ("gather", {"of": keys.of}) if keys.of else ("lookup", {"by": keys.by})
                name, label = (given.name, given.labelled(LABELS[what])) if given else (f"{module}.{what}", LABELS[what])
                yield KindDecision(name, form, {**by, "values": by_class}, SetType(keys.words()), label, hidden=given is None)
        for what, sentence, checked in (
            ("do", "list contains({}, {})", keys.give.advised),
            ("dont", "not list contains({}, {})", keys.give.allowed),
        ):
            if checked is not None:
                shown = lists[what]
                name = name_of(shown.name if shown else f"{module}.{what}")
                label = checked.labelled(LABELS["advised" if what == "do" else "allowed"])
                yield KindDecision(checked.name, "formula", written(sentence, name, keys.action), BooleanType(), label)

    def check(self, keys: HandlingGuidanceKeys, context: KindContext) -> Iterable[Finding]:
        """Find what a class is both to do and not to do, and note the classes whose list the source has lost."""
        yield from _contradictions(keys, context)
        for what, by_class in (("do", keys.do), ("dont", keys.dont)):
            for name, codes in by_class.items():
                if isinstance(codes, str) and is_open(codes):
                    yield Finding.note("guidance-open", f"`{what}` of class `{name}` is {codes}", context.span((*context.path, what, name)))


def _contradictions(keys: HandlingGuidanceKeys, context: KindContext) -> Iterator[Finding]:
    for name, dont in keys.dont.items():
        do = keys.do.get(name, [])
        for place, code in enumerate(dont):
            if isinstance(dont, list) and isinstance(do, list) and code in do:
                span = context.span((*context.path, "dont", name, place))
                yield Finding.error(
                    "do-and-dont", f"class `{name}` is both to do and not to do `{code}`", span, "remove it from one of the two"
                )
