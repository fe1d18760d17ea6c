"""The form ``labels``: a decision is the set of all classes whose condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Labels as LabelsNode
from tierwise.core.plan import Named, Node
from tierwise.core.source import Written
from tierwise.core.types import BooleanType, EnumType, SetType, Type
from tierwise.plugins.builtin.forms.keyed_words import word_of

__all__ = ["Labels"]


class Labels:
    """A condition for each class; several may hold at once, or none."""

    name = "labels"
    about = "Every class whose condition holds."
    model: Any = dict[Written, Written]

    def declares(self, entry: str, spec: dict[Written, Written]) -> Mapping[str, Type]:
        """Return a set of the words that stand here, in their order."""
        return {entry: SetType(EnumType.of(spec))}

    def labels(self, spec: dict[Written, Written]) -> Mapping[str, Named]:
        """Return nothing: the entry has a label of its own."""
        return {}

    def compile(self, spec: dict[Written, Written], context: FormContext) -> Mapping[str, Node]:
        """Return a ``Labels`` over the conditions that are sound, in the declared order of the words."""
        name = context.only_output()
        if name is None:
            return {}
        type = context.outputs[name]
        if not isinstance(type, SetType):
            context.report(
                Finding.error("type-mismatch", f"`labels` gives a set, but `{name}` is declared `{type}`", context.span(context.path))
            )
            return {}
        tests = {}
        for word, condition in spec.items():
            test = context.expression(condition, BooleanType())
            if word_of(word, type.item, context) is not None and test is not None:
                tests[str(word)] = test
        return {name: LabelsNode(tuple((word, tests[word]) for word in _in_order(tests, type.item)), type)}


def _in_order(words: Mapping[str, Node], type: Type) -> list[str]:
    if not isinstance(type, EnumType):
        return list(words)
    return [word for word in type.values if word in words]
