"""The form ``table``: one or several decisions are read off a decision table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.outcome import Reason
from tierwise.core.plan import HitPolicy, Node, Pick, Table, Undecided
from tierwise.core.policy.texts import Flag, Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.forms.acknowledged import GapOrOverlap, acknowledgements
from tierwise.plugins.builtin.forms.form_values import WrittenValue, is_written
from tierwise.plugins.builtin.forms.rules import columns_of, output_order, read_rules, rules_of
from tierwise.plugins.builtin.forms.text_table import TextTable, read_text_table

__all__ = ["DecisionTable", "TableValue"]


Hit = Literal["unique", "first", "any", "priority", "collect", "collect sum", "collect min", "collect max", "collect count"]


class TableValue(Part):
    """``{hit: unique, rules: …}``, or ``{local: true, inputs: […]}`` where every company sets its own rules."""

    hit: Hit = "unique"
    rules: Written | None = Field(default=None, description="the rules as text, or the name of a file in `tables/`")
    local: Flag = Field(default=False, description="not in the source: lost until an overlay gives the rules")
    inputs: list[Written] = Field(default_factory=list, description="what the rules of a local table may read")
    default: WrittenValue | dict[Written, WrittenValue] = Field(default=None, description="the value when no rule is met (else: gap)")
    acknowledge: list[GapOrOverlap] = Field(default_factory=list)

    @model_validator(mode="after")
    def _rules_or_local(self) -> TableValue:
        if (self.rules is None) != self.local:
            raise ValueError("needs either `rules` or `local: true`")
        return self


class DecisionTable:
    """Rules in rows; each cell tests one column. Several outputs become several decisions."""

    name = "table"
    about = "Rules in rows: tests of facts and decisions, and the values they give."
    model: Any = TableValue

    def compile(self, spec: TableValue, context: FormContext) -> Mapping[str, Node]:
        """Put the table into the plan and return its outputs."""
        if not spec.local:
            return self._compile_rules(read_rules(spec.rules or Written(), context), spec, context)
        filled = context.filled(context.name)
        inputs = [context.expression(text) for text in spec.inputs]
        if filled is None:
            context.mark_lost(context.name)
            return {name: Undecided(Reason.LOST, (), type) for name, type in context.outputs.items()}
        written = read_text_table(filled)
        for finding in written.findings:
            context.report(finding)
        for header in written.inputs:
            column = context.expression(header) if inputs else None
            if column is not None and column not in inputs:
                message = f"`{header}` is not among the `inputs` of the local table `{context.name}`"
                context.report(Finding.error("input-not-allowed", message, header.whole, f"it may read {', '.join(spec.inputs)}"))
        return self._compile_rules(written, spec, context)

    def _compile_rules(self, written: TextTable, spec: TableValue, context: FormContext) -> Mapping[str, Node]:
        columns = columns_of(written, context)
        names = output_order(written, context)
        if columns is None or names is None:
            return {}
        rules = rules_of(written, columns, names, HitPolicy(spec.hit), context)
        texts = tuple(map(str, written.inputs))
        context.add_table(
            Table(
                name=context.name,
                hit=HitPolicy(spec.hit),
                columns=columns,
                column_texts=texts,
                outputs=names,
                rules=rules,
                defaults=tuple(self._default(name, spec, context) for name in names),
                acknowledged=acknowledgements(spec.acknowledge, texts, columns, rules, context),
                span=context.span(context.path),
            )
        )
        return {name: Pick(context.name, i, context.outputs[name]) for i, name in enumerate(names)}

    def _default(self, name: str, spec: TableValue, context: FormContext) -> Node | None:
        path = (*context.path, "default")
        if not is_written(spec, "default"):
            return None
        if not isinstance(spec.default, dict):
            return context.output(name, spec.default, path)
        for key in spec.default:
            if key not in context.outputs and name == next(iter(context.outputs)):
                context.report(Finding.error("unknown-output", f"`{key}` is no output of this table", context.span((*path, key))))
        return context.output(name, spec.default[Written(name)], (*path, name)) if name in spec.default else None
