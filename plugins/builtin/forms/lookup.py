"""The form ``lookup``: a decision is read off by the word that another value holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from tierwise.core.environment import FormContext
from tierwise.core.plan import HitPolicy, Node, Pick, Rule, Table
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.forms.form_values import WrittenValue, given_output

__all__ = ["Lookup", "LookupValue"]


class LookupValue(Part):
    """``{by: grade, values: {A: 20, B: 30}}``: each key is a cell over ``by``."""

    by: Written
    values: dict[Written, WrittenValue]
    default: WrittenValue = Field(default=None, description="the value of every other word")


class Lookup:
    """A ``unique`` table of one column and one output, written as a mapping."""

    name = "lookup"
    about = "A value for each word of another value."
    model: Any = LookupValue

    def compile(self, spec: LookupValue, context: FormContext) -> Mapping[str, Node]:
        """Put the table into the plan and return its only output. A word without a value is a gap of that table."""
        name = context.only_output()
        column = context.expression(spec.by)
        if name is None or column is None:
            return {}
        rules = [self._rule(name, word, given, column, context) for word, given in spec.values.items()]
        context.add_table(
            Table(
                name=name,
                hit=HitPolicy.UNIQUE,
                columns=(column,),
                column_texts=(str(spec.by),),
                outputs=(name,),
                rules=tuple(rule for rule in rules if rule is not None),
                defaults=(given_output(spec, "default", name, context),),
                span=context.span(context.path),
            )
        )
        return {name: Pick(name, 0, context.outputs[name])}

    def _rule(self, name: str, word: Written, given: WrittenValue, column: Node, context: FormContext) -> Rule | None:
        path = (*context.path, "values", word)
        test, sound = context.test(word, column)
        output = context.output(name, given, path)
        if output is None or not sound:
            return None
        return Rule(id=str(word), tests=(test,), outputs=(output,), span=context.span(path), test_texts=(str(word),))
