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
from tierwise.plugins.builtin.forms.form_values import WrittenValue, is_written, word_of

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


class AgreeValue(Part):
    """``{of: classes, values: {战略客户: 14 days, VIP客户: 7 days}}``."""

    of: Written
    values: dict[Written, WrittenValue]
    default: WrittenValue = Field(default=None, description="the value of every other class")
    empty: WrittenValue = Field(default=None, description="the value of a subject without a class that has a value (else: gap)")


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
        compile = partial(context.output, name)
        default = compile(spec.default, (*context.path, "default")) if is_written(spec, "default") else None
        empty = compile(spec.empty, (*context.path, "empty")) if is_written(spec, "empty") else None
        values = value_of_each_class(words, spec.values, default, compile, context)
        if empty is None and default is None:
            self._warn_of_open_classes([word for word in words.values if word not in spec.values], context)
        return {name: AgreeNode(of, values, empty, context.outputs[name])}

    def _warn_of_open_classes(self, words: list[str], context: FormContext) -> None:
        for word in words:
            message = f"class `{word}` has no value: alone, it leaves the outcome undetermined"
            help = "give it a value, write `undetermined(gap)`, or say with `empty` what holds without one"
            context.report(Finding.warning("class-without-value", message, context.span((*context.path, "values")), help))


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
        name = context.only_output()
        classes = classes_of(spec.of, context)
        if name is None or classes is None:
            return {}
        type = context.outputs[name]
        if not isinstance(type, SetType):
            context.report(
                Finding.error("type-mismatch", f"`gather` gives a set, but `{name}` is declared `{type}`", context.span(context.path))
            )
            return {}
        of, words = classes
        compile = partial(context.output, name)
        default = compile(spec.default, (*context.path, "default")) if is_written(spec, "default") else None
        return {name: Collected(of, value_of_each_class(words, spec.values, default, compile, context), type)}
