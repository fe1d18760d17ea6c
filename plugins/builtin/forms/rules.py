"""Compiles a written table, cell by cell, to the columns and rules of a plan table."""

from __future__ import annotations

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Constant, HitPolicy, Node, Rule
from tierwise.core.source import Span, Written
from tierwise.core.types import BooleanType, ListType, SetType, Type
from tierwise.plugins.builtin.forms.csv_table import read_csv_table
from tierwise.plugins.builtin.forms.text_table import TableRow, TextTable, read_text_table

__all__ = ["columns_of", "output_order", "read_rules", "rules_of"]

_EMPTY = ("", "-")


def read_rules(rules: Written, context: FormContext) -> TextTable:
    """Read the rules of a table: a text block, or the name of a CSV file of the policy. What is wrong with its shape is reported."""
    rules = Written.of(rules, context.span(context.path))
    name = rules.strip()
    if not name.endswith(".csv") or "\n" in name or "->" in name:
        table = read_text_table(rules)
    else:
        source = context.file(rules)
        table = TextTable((), (), (), rules.whole) if source is None else read_csv_table(source)
    for finding in table.findings:
        context.report(finding)
    return table


def columns_of(table: TextTable, context: FormContext) -> tuple[Node, ...] | None:
    """Compile the header of the inputs; ``None`` when a column is not sound (its cells would only repeat the fault) or the table has no header."""
    columns = [context.expression(header) for header in table.inputs]
    sound = tuple(column for column in columns if column is not None)
    return sound if len(sound) == len(columns) and table.outputs else None


def output_order(table: TextTable, context: FormContext) -> tuple[str, ...] | None:
    """Return the declared outputs in the order of the columns; ``None`` when the two are not the same names, or there is no header."""
    if not table.outputs:
        return None
    names = [str(header) for header in table.outputs]
    sound = True
    for header in table.outputs:
        if header not in context.outputs:
            help = suggest(header, context.outputs) or "the outputs are " + ", ".join(f"`{name}`" for name in context.outputs)
            context.report(Finding.error("unknown-output", f"`{header}` is no output of this table", header.whole, help))
            sound = False
    for name in context.outputs:
        if name not in names:
            message = f"output `{name}` has no column"
            context.report(Finding.error("output-without-column", message, _header_span(table), f"add a column `{name}` after `->`"))
            sound = False
    return tuple(names) if sound else None


def rules_of(table: TextTable, columns: tuple[Node, ...], names: tuple[str, ...], hit: HitPolicy, context: FormContext) -> tuple[Rule, ...]:
    """Compile the rows; one with a faulty cell is left out. An output that no rule gives is reported."""
    if len(table.rows) > context.limits.rules:
        message = f"the table has {len(table.rows):,} rules; at most {context.limits.rules:,} are admitted"
        context.report(Finding.error("too-many-rules", message, _header_span(table)))
        return ()
    for i, header in enumerate(table.outputs):
        if table.rows and all(row.outputs[i] in _EMPTY for row in table.rows):
            message = f"no rule gives a value for `{header}`"
            context.report(Finding.error("output-never-given", message, header.whole, "fill the column, or remove it"))
    kinds = [_cell_type(i, table, context.outputs[name], hit) for i, name in enumerate(names)]
    rules = (_rule(row, columns, names, kinds, context) for row in table.rows)
    return tuple(rule for rule in rules if rule is not None)


def _rule(row: TableRow, columns: tuple[Node, ...], names: tuple[str, ...], types: list[Type | None], context: FormContext) -> Rule | None:
    tests = [context.test(cell, column) for cell, column in zip(row.inputs, columns, strict=True)]
    outputs = [_output(cell, name, type, context) for cell, name, type in zip(row.outputs, names, types, strict=True)]
    sound = tuple(output for output in outputs if output is not None)
    if len(sound) < len(outputs) or not all(is_sound for _, is_sound in tests):
        return None
    return Rule(
        id=row.id,
        tests=tuple(test for test, _ in tests),
        outputs=sound,
        note=row.note,
        span=row.span,
        test_texts=tuple(map(str, row.inputs)),
    )


def _output(cell: Written, name: str, type: Type | None, context: FormContext) -> Node | None:
    if type is None:
        return Constant(True, BooleanType())
    given = None if cell in _EMPTY else cell
    return context.output(name, given, cell) if type == context.outputs[name] else context.value(given, cell, type)


def _cell_type(position: int, table: TextTable, declared: Type, hit: HitPolicy) -> Type | None:
    """Return what the cells of an output hold: collected are single values, unless one cell is a list; counted is nothing in particular."""
    if hit is HitPolicy.COUNT:
        return None
    if hit is HitPolicy.COLLECT and isinstance(declared, SetType | ListType):
        lists = any(row.outputs[position].startswith("[") for row in table.rows)
        return declared if lists else declared.item
    return declared


def _header_span(table: TextTable) -> Span | None:
    return table.outputs[0].whole if table.outputs else table.span
