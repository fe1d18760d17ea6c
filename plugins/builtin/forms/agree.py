"""The form ``agree``: a decision is the value on which all classes of a subject agree."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Agree as AgreeNode
from tierwise.core.plan import Node
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.forms.class_values import classes_of, value_of_each_class
from tierwise.plugins.builtin.forms.form_values import WrittenValue, is_written

__all__ = ["Agree", "AgreeValue"]


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
