"""What the keys of several kinds share: a scale and that a decision gives its grades, a share, a named decision, an acknowledged inversion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.language.messages import listed
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part, Text, Unfit, WrittenWords
from tierwise.core.source import Written
from tierwise.core.types import EnumType

__all__ = [
    "Acknowledged",
    "Given",
    "Gives",
    "LabelledWords",
    "Labels",
    "NamedDecision",
    "Scale",
    "check_scale",
    "label_of",
    "labels_of",
    "share_of",
    "strange_labels",
]


def share_of(text: str) -> Decimal | None:
    """Return the number that a share is, or ``None`` when it is an expression.

    Example:
        >>> share_of("5%"), share_of("0.05"), share_of("discount_of_a")
        (Decimal('0.05'), Decimal('0.05'), None)
    """
    digits = text.strip().replace("％", "%")
    try:
        number = Decimal(digits.removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return number.scaleb(-2) if digits.endswith("%") else number


class Acknowledged(Part):
    """What the author knows to be odd, with the reason: a finding about it becomes a note."""

    inversion: Text | None = Field(default=None, description="why a lower grade gets more than a better one")


class Given(Part):
    """The name under which a kind shows one of its decisions, and its label."""

    name: Written
    label: Text | None = None

    def labelled(self, otherwise: Named) -> Named:
        """Return the author's label, or the one that the kind has for it."""
        return self.label.named() if self.label else otherwise


class Gives(Part):
    """The decisions that are wanted of a kind, each under a name of the author's. A kind adds a field for each that it has."""

    @model_validator(mode="after")
    def _wants_something(self) -> Self:
        if not any(self.wanted()):
            raise ValueError(f"demands at least one of {', '.join(f'`{key}`' for key in type(self).model_fields)}")
        return self

    def wanted(self) -> Iterator[tuple[str, Given]]:
        """Yield what is wanted and the name that it gets."""
        for what, given in self:
            if isinstance(given, Given):
                yield what, given


def labels_of(labels: Mapping[Written, Text]) -> dict[str, Named]:
    """Return word to label as types and decisions have them."""
    return {str(word): label.named() for word, label in labels.items()}


def label_of(word: str, labels: Mapping[Written, Text]) -> Named:
    """Return what people call a word: the author's label, or the word itself."""
    label = labels.get(Written(word))
    return label.named() if label is not None else {"zh": str(word), "en": str(word)}


def strange_labels(labels: Mapping[Written, Text], words: Iterable[str]) -> Iterator[Finding]:
    """Yield an error for each label of what is none of the words that a module has."""
    known = [str(word) for word in words]
    for word in labels:
        if word not in known:
            help = suggest(word, known) or f"the words here are {listed(known)}"
            yield Finding.error("unknown-key", f"there is no `{word}` here to label", word.whole, help)


def _told_apart(labels: dict[Written, Text]) -> dict[Written, Text]:
    """Refuse two words with one label: data may be given by label, and could mean either."""
    first: dict[str, Written] = {}
    for word, label in labels.items():
        for text in (label.zh.strip(), label.en.strip()):
            taken = first.setdefault(text, word)
            if taken != word:
                raise Unfit(f"`{word}` is labelled `{text}`, which is also the label of `{taken}`", word, "give it a label of its own")
    return labels


def _read_given(raw: Any) -> Any:
    return {"name": raw} if isinstance(raw, str) else raw


def _read_scale(raw: Any) -> Any:
    if not isinstance(raw, list) or len(raw) < 2 or not all(isinstance(word, str) for word in raw):
        raise PydanticCustomError("wrong-shape", "demands a list of two grades or more, the best first")
    twice = next((word for place, word in enumerate(raw) if word in raw[:place]), None)
    if twice is not None:
        raise PydanticCustomError("duplicate-value", "lists `{word}` twice", {"word": twice})
    return raw


NamedDecision = Annotated[Given, BeforeValidator(_read_given)]
"""``min_price_yuan``, or ``{name: min_price_yuan, label: …}``."""

Labels = Annotated[dict[Written, Text], AfterValidator(_told_apart)]
"""What people call the words of a kind, by word."""

LabelledWords = Annotated[WrittenWords, AfterValidator(_told_apart)]
"""Words in their order, each with its label."""

Scale = Annotated[list[Written], BeforeValidator(_read_scale)]
"""Grades, the best first, without repeats."""


def check_scale(name: str, key: str, scale: Sequence[str], context: KindContext) -> Iterator[Finding]:
    """Yield a finding when the decision ``name`` is missing, is no enum, or has other values than the scale.

    Args:
        name: The decision that gives the grade.
        key: The key of the module that names the decision, where a finding about its absence is shown.
        scale: The grades, best first.
        context: The module and its plan.
    """
    decision = context.plan.decisions.get(name)
    here = context.span((*context.path, key))
    if decision is None:
        help = suggest(name, context.plan.decisions) or "name the decision that gives the grade"
        yield Finding.error("grade-not-decided", f"no decision `{name}` gives the grade of module `{context.module}`", here, help)
    elif not isinstance(decision.type, EnumType):
        message = f"`{name}` is `{decision.type}`; the grade of a scale is `enum` with the values [{', '.join(scale)}]"
        yield Finding.error("grade-off-scale", message, decision.span or here)
    elif decision.type.values != tuple(scale):
        message = f"`{name}` has the values [{', '.join(decision.type.values)}] but the scale is [{', '.join(scale)}]"
        help = "put both in the same order, best first" if set(decision.type.values) == set(scale) else "give both the same grades"
        yield Finding.error("grade-off-scale", message, context.span((*context.path, "scale")), help)
