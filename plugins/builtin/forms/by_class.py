"""The forms of several classes that may hold at once: ``labels`` says which, ``agree`` and ``gather`` what they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Agree as AgreeNode
from tierwise.core.plan import Collected, Compare, Constant, Named, Node
from tierwise.core.plan import Labels as LabelsNode
from tierwise.core.policy.texts import Part
from tierwise.core.source import Path, Written
from tierwise.core.types import BooleanType, EnumType, SetType, Type
from tierwise.plugins.builtin.forms.acknowledged import OpenWays
from tierwise.plugins.builtin.forms.form_values import WrittenValue, given_output, word_of

__all__ = ["Agree", "AgreeValue", "Gather", "GatherValue", "Labels", "classes_of", "value_of_each_class"]


def classes_of(of: Written, context: FormContext) -> tuple[Node, EnumType] | None:
    """Compile ``of`` to a set of words. A single word stands for the set that holds it alone."""
    node = context.expression(of)
    if node is None:
        return None
    type = context.type_of(node)
    if isinstance(type, SetType) and isinstance(type.item, EnumType):
        return node, type.item
    if isinstance(type, EnumType):
        tests = tuple((word, Compare("=", node, Constant(word, type))) for word in type.values)
        return LabelsNode(tests, SetType(type)), type
    message = f"`{of}` is a `{type}`; `of` needs a word or a set of words with declared values"
    context.report(Finding.error("type-mismatch", message, context.span((*context.path, "of"))))
    return None


def value_of_each_class(
    words: EnumType,
    values: Mapping[Written, WrittenValue],
    default: Node | None,
    compile: Callable[[WrittenValue, Path], Node | None],
    context: FormContext,
) -> tuple[tuple[str, Node], ...]:
    """Compile the value of each word, in the declared order of the words. A word that has none gets ``default``, or brings nothing."""
    path = (*context.path, "values")
    keys = {}
    for key in values:
        word = word_of(key, words, context)
        if word is not None:
            keys[word.value] = key
    nodes = {word: compile(values[keys[word]], (*path, keys[word])) if word in keys else default for word in words.values}
    return tuple((word, node) for word, node in nodes.items() if node is not None)


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
        one = _only_set(self.name, context)
        if one is None:
            return {}
        name, type = one
        tests = {}
        for word, condition in spec.items():
            test = context.expression(condition, BooleanType())
            if word_of(word, type.item, context) is not None and test is not None:
                tests[str(word)] = test
        return {name: LabelsNode(tuple((word, tests[word]) for word in _in_order(tests, type.item)), type)}


def _only_set(form: str, context: FormContext) -> tuple[str, SetType] | None:
    """Return the one output of a form that gives a set, with its type; that it is no set is reported."""
    name = context.only_output()
    if name is None:
        return None
    type = context.outputs[name]
    if isinstance(type, SetType):
        return name, type
    context.report(Finding.error("type-mismatch", f"`{form}` gives a set, but `{name}` is declared `{type}`", context.span(context.path)))
    return None


def _in_order(words: Mapping[str, Node], type: Type) -> list[str]:
    if not isinstance(type, EnumType):
        return list(words)
    return [word for word in type.values if word in words]


class AgreeValue(Part):
    """``{of: classes, values: {战略客户: 14 days, VIP客户: 7 days}}``."""

    of: Written
    values: dict[Written, WrittenValue]
    default: WrittenValue = Field(default=None, description="the value of every other class")
    empty: WrittenValue = Field(default=None, description="the value of a subject without a class that has a value (else: gap)")
    acknowledge: OpenWays = OpenWays()


class Agree:
    """A value for each class; classes that bring different values are an ``overlap``."""

    name = "agree"
    about = "The value on which all classes of a subject agree."
    model: Any = AgreeValue

    def compile(self, spec: AgreeValue, context: FormContext) -> Mapping[str, Node]:
        """Return an ``Agree`` over the classes."""
        name = context.only_output()
        classes = classes_of(spec.of, context)
        if name is None or classes is None:
            return {}
        of, words = classes
        default, empty = (given_output(spec, key, name, context) for key in ("default", "empty"))
        values = value_of_each_class(words, spec.values, default, partial(context.output, name), context)
        return {name: AgreeNode(of, values, empty, context.outputs[name], spec.acknowledge.reasons())}


class GatherValue(Part):
    """``{of: classes, values: {战略客户: [a, b], VIP客户: [c]}}``."""

    of: Written
    values: dict[Written, WrittenValue]
    default: WrittenValue = Field(default=None, description="what every other class brings")


class Gather:
    """A set for each class; a subject gets all of them together."""

    name = "gather"
    about = "The union of what all classes of a subject bring."
    model: Any = GatherValue

    def compile(self, spec: GatherValue, context: FormContext) -> Mapping[str, Node]:
        """Return a ``Collected`` over the classes."""
        classes, one = classes_of(spec.of, context), _only_set(self.name, context)
        if classes is None or one is None:
            return {}
        (of, words), (name, type) = classes, one
        default = given_output(spec, "default", name, context)
        return {name: Collected(of, value_of_each_class(words, spec.values, default, partial(context.output, name), context), type)}
