"""``handling-guidance``: what to do and what not to do with each class, and the check of a planned action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Words
from tierwise.plugins.builtin.kinds.keys import Gives, NamedDecision, labels_of
from tierwise.plugins.builtin.kinds.writing import labelled_words, name_of

__all__ = ["HandlingGives", "HandlingGuidance", "HandlingGuidanceKeys"]

LABELS: Mapping[str, Named] = {
    "do": {"zh": "应当做的", "en": "what to do"},
    "dont": {"zh": "不应做的", "en": "what not to do"},
    "advised": {"zh": "做法在建议之列", "en": "action is advised"},
    "allowed": {"zh": "做法允许", "en": "action is allowed"},
}

TITLE: Named = {"zh": "应对指引", "en": "Handling guidance"}

ByClass = dict[str, list[str] | str]
"""Class to codes; an expression or ``undetermined(lost)`` where they are not a list."""


class HandlingGives(Gives):
    """The decisions that are wanted."""

    do: NamedDecision | None = Field(default=None, description="what to do")
    dont: NamedDecision | None = Field(default=None, description="what not to do")
    advised: NamedDecision | None = Field(default=None, description="whether the action is among what to do")
    allowed: NamedDecision | None = Field(default=None, description="whether the action is not among what not to do")


class HandlingGuidanceKeys(Part):
    """The codes of each class."""

    by: str | None = Field(default=None, description="the fact or decision with the one class")
    of: str | None = Field(default=None, description="the fact or decision with a set of classes, whose codes are put together")
    do: ByClass = Field(
        default_factory=dict, description="class to what to do; `[]` for nothing, `undetermined(lost)` where it is not known"
    )
    dont: ByClass = Field(default_factory=dict, description="class to what not to do")
    codes: Words = Field(default_factory=dict, description="the codes and their labels; without it those of the lists")
    action: str | None = Field(default=None, description="the fact or decision with a planned action")
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

    def words(self) -> list[str]:
        """Return all codes, in the order of ``codes``, then of their first occurrence."""
        lists = (codes for by_class in (self.do, self.dont) for codes in by_class.values() if isinstance(codes, list))
        return list(dict.fromkeys([*self.codes, *(code for codes in lists for code in codes)]))


class HandlingGuidance:
    """How a class is dealt with."""

    name = "handling-guidance"
    title: Named = TITLE
    about = "What to do and what not to do with each class, and the check of a planned action."
    keys: type[BaseModel] = HandlingGuidanceKeys

    def decisions(self, module: str, keys: HandlingGuidanceKeys) -> Mapping[str, Any]:
        """Return a lookup of each list by the class (a ``gather`` for several classes), and whether the action is in it."""
        entries: dict[str, Any] = {}
        lists = {"do": keys.give.do, "dont": keys.give.dont}
        for what, by_class in (("do", keys.do), ("dont", keys.dont)):
            given = lists[what]
            if by_class:
                head = {"label": given.labelled(LABELS[what])} if given else {"hidden": "true", "label": dict(LABELS[what])}
                form = {"gather": {"of": keys.of, "values": by_class}} if keys.of else {"lookup": {"by": keys.by, "values": by_class}}
                words = labelled_words(keys.words(), labels_of(keys.codes))
                entries[given.name if given else f"{module}.{what}"] = {**head, "type": "set", "values": words, **form}
        for what, word, given in (("do", "", keys.give.advised), ("dont", "not ", keys.give.allowed)):
            if given is not None:
                shown = lists[what]
                name = name_of(shown.name if shown else f"{module}.{what}")
                formula = f"{word}list contains({name}, {keys.action})"
                label = given.labelled(LABELS["allowed" if word else "advised"])
                entries[given.name] = {"label": label, "type": "boolean", "formula": formula}
        return entries

    def check(self, keys: HandlingGuidanceKeys, context: KindContext) -> Iterable[Finding]:
        """Find what a class is both to do and not to do, and note the classes whose list the source has lost."""
        yield from _contradictions(keys, context)
        for what, by_class in (("do", keys.do), ("dont", keys.dont)):
            for name, codes in by_class.items():
                if isinstance(codes, str) and codes.startswith("undetermined("):
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
