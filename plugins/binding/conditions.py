"""Compiles the cells and expressions of a binding in the policy language, over columns instead of facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from tierwise.core.environment import Limits, Path
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression, compile_test, suggest
from tierwise.core.plan import Arithmetic, Compare, FactRef, Node, constant_of, fact_of, is_none, junction_of, spelled_out
from tierwise.core.source import Source as TextSource
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins.binding import stored as read_stored
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.naming import Places
from tierwise.plugins.binding.row_scope import RowColumn, named_column
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format, Written, written
from tierwise.plugins.sql import COMPARISONS, all_of, any_of, cast, column, is_null

__all__ = ["CannotPrint", "Conditions", "Layer", "print_node"]


@dataclass
class Layer:
    """Expressions that are computed once a row, under a name, however often the layer above uses them."""

    name: str
    cells: dict[str, exp.Expr] = field(default_factory=dict)
    _names: dict[Hashable, str] = field(default_factory=dict)

    def add(self, cell: exp.Expr) -> exp.Expr:
        """Return the column by which the layer above knows an expression."""
        return self.once(cell.sql("duckdb"), lambda: cell)

    def once(self, key: Hashable, make: Callable[[], exp.Expr]) -> exp.Expr:
        """Return the column of the expression that is known by a key; it is made when there is none yet."""
        if key not in self._names:
            self._names[key] = f"x{len(self._names)}"
            self.cells[self._names[key]] = make()
        return column(self._names[key], self.name)


Reading = Callable[[exp.Expr, str], exp.Expr]

QUOTED = re.compile(r'"([^"]*)"')
NEGATED = re.compile(r"\s*not\s*\((.*)\)\s*$", re.DOTALL)

Formats = Callable[[str, str], Format]
"""Table and column to how its values are written."""


def _plainly(table: str, column: str) -> Format:
    return PLAIN_FORMAT


@dataclass
class Conditions:
    """Compiles for one query; what is wrong is collected in ``findings``.

    Attributes:
        places: The file in which they stand.
        columns: What may be named.
        readings: Where is put what a stored value is by the way it is written, so that this stands there once.
        typed: Where the values made of that are put; without the two, each stands where it is used.
        formats: How the values of a column of a table are written.
    """

    places: Places
    columns: dict[str, RowColumn]
    readings: Layer | None = None
    typed: Layer | None = None
    formats: Formats = _plainly
    findings: list[Finding] = field(default_factory=list)

    def where(self, cells: Mapping[str, str | None], path: Path) -> exp.Expr | None:
        """Return the conjunction of cells; ``None`` when there are none."""
        return all_of(*(self._cell(name, cell, (*path, name)) for name, cell in cells.items())) if cells else None

    def column(self, name: str, path: Path) -> RowColumn | None:
        """Return a column by name, or report that there is none."""
        found = named_column(self.columns, name)
        if found is None:
            tables = " and ".join(dict.fromkeys(f"`{c.table.name}`" for c in self.columns.values()))
            help = suggest(name, self.columns)
            self.findings.append(Finding.error("unknown-column", f"{tables} has no column `{name}`", self.span(path), help))
        return found

    def expression(self, text: str, path: Path) -> exp.Expr | None:
        """Return an expression over numbers of a row, in floats: whole numbers and decimals could overflow."""
        span = self.span(path, text)
        names: dict[str, Node] = {name: FactRef(name, NumberType()) for name in self.columns if name in text}
        node, findings = compile_expression(text, span, Scope(names, {}, Limits()), NumberType())
        self.findings += findings
        return self._printed(node, span, lambda ref, as_stored: cast(self._printed_column(ref, as_stored), "DOUBLE"))

    def raw(self, name: str, path: Path, type: Type) -> tuple[exp.Expr, str] | None:
        """Return a column as the entry of a type reads it, and its DuckDB type; or report that there is none."""
        found = self.column(name, path)
        if found is None:
            return None
        read = self.written(found, type)
        return self._once(found, _as_it_stands, type), read.type

    def stored(self, found: RowColumn) -> exp.Expr:
        """Return a column as it is stored; NULL for a word that means nothing."""
        return self._once(found, _as_it_stands, TextType())

    def read(self, found: RowColumn, type: Type | None = None, with_time: bool = False) -> exp.Expr:
        """Return a column as a value of its type, to compare with others; NULL where it does not read."""
        type = type or found.type
        if isinstance(type, NumberType):
            return self._once(found, read_stored.number, NumberType())
        if isinstance(type, DateType):
            moment = self._once(found, read_stored.moment, type)
            return moment if with_time else cast(moment, "DATE")
        return self._once(found, read_stored.truth if isinstance(type, BooleanType) else as_words, type)

    def written(self, found: RowColumn, type: Type) -> Written:
        """Say what a column is once it is known how its values are written."""
        form = self.formats(found.table.name, found.column.name)
        read = written(column(found.column.name, found.alias), found.stored_type, type, form, found.rows())
        return read if self.readings is None else replace(read, value=self.readings.add(read.value))

    def span(self, path: Path, text: str = " ") -> Span:
        """Return where a value stands; for a binding without a file, a place in the value's own text."""
        return self.places.span(path) or Span.at(TextSource("binding", text), 1, 1, len(text))

    def _once(self, found: RowColumn, how: Reading, type: Type) -> exp.Expr:
        def make() -> exp.Expr:
            read = self.written(found, type)
            return how(read.value, read.type)

        if self.typed is None:
            return make()
        form = self.formats(found.table.name, found.column.name)
        kind = type if isinstance(type, NumberType) else type.__class__
        return self.typed.once((how, found.alias, found.column.name, kind, form), make)

    def _cell(self, name: str, cell: str | None, path: Path) -> exp.Expr | None:
        """Return a test. What a column of text holds is as the cell needs it, if it can be so: an odd value, or no row, changes no meaning."""
        found = self.column(name, path)
        if found is None:
            return None
        text = "null" if cell is None else cell
        span, first = self.span(path, text), found.type
        if isinstance(first, TextType):
            first = self._words_of(text) or first
        attempts = [first] if found.is_declared else [first, DateType(), NumberType(), self._words_of(text) or TextType()]
        compiled = [self._compiled(found, text, span, type, type is not first) for type in attempts[:1]]
        for type in attempts[1:]:
            if not has_errors(compiled[-1][1]):
                break
            compiled.append(self._compiled(found, text, span, type, True))
        node, findings = compiled[-1] if not has_errors(compiled[-1][1]) else compiled[0]
        self.findings += findings
        return self._printed(node, span)

    def _compiled(self, found: RowColumn, text: str, span: Span, type: Type, others: bool) -> tuple[Node | None, list[Finding]]:
        """Compile a cell for a column of a type; with ``others``, other columns that it names are of that type, too, unless declared."""
        names: dict[str, Node] = {
            name: FactRef(name, type if others and not other.is_declared else other.type)
            for name, other in self.columns.items()
            if name in text
        }
        node, _, findings = compile_test(text, span, FactRef(_known_as(self.columns, found), type), Scope(names, {}, Limits()))
        return node, list(findings)

    def _words_of(self, cell: str) -> EnumType | None:
        """Return the words of a cell over text as a closed list, so that they need no quotation marks."""
        inner = negated[1] if (negated := NEGATED.match(cell)) else cell
        if "?" in inner:
            return None
        quoted = QUOTED.findall(inner)
        bare = [part.strip().removeprefix("!=").removeprefix("=").strip() for part in re.split("[,，]", QUOTED.sub("", inner))]
        words = [
            w
            for w in bare
            if w and w not in ("null", "-") and w[0] not in "<>[](≥≤" and not NEGATED.match(w) and named_column(self.columns, w) is None
        ]
        return EnumType(tuple(dict.fromkeys((*words, *quoted)))) if words else None

    def _printed(self, node: Node | None, span: Span, printed: Callable[[FactRef, bool], exp.Expr] | None = None) -> exp.Expr | None:
        if node is None:
            return None
        try:
            return print_node(node, printed or self._printed_column, read_stored.literal)
        except CannotPrint as reason:
            self.findings.append(Finding.error("beyond-binding", str(reason), span))
            return None

    def _printed_column(self, node: FactRef, as_stored: bool) -> exp.Expr:
        found = self.columns[node.name]
        return self.stored(found) if as_stored else self.read(found, node.type)


def _known_as(columns: Mapping[str, RowColumn], found: RowColumn) -> str:
    return next(name for name, known in columns.items() if known is found)


def _as_it_stands(raw: exp.Expr, raw_type: str) -> exp.Expr:
    """Return a cell as it stands."""
    return raw


OPERATORS: Mapping[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class CannotPrint(Exception):
    """A part of a cell or expression has no place in a binding; the message says which."""


def print_node(node: Node, column: Callable[[FactRef, bool], exp.Expr], literal: Callable[[object], exp.Expr]) -> exp.Expr:
    """Return a node as SQL.

    Args:
        node: A test or an expression.
        column: What a fact reference stands for: the value read as its type or, when asked, as it is stored.
        literal: A constant in the SQL of the source.

    Raises:
        CannotPrint: It holds more than a binding may.
    """

    def walk(part: Node) -> exp.Expr:
        junction, fact, constant = junction_of(part), fact_of(part), constant_of(part)
        if junction is not None:
            parts = [walk(one) for one in junction.parts]
            return (
                all_of(*parts)
                if junction.op == "and"
                else any_of(*parts)
                if junction.op == "or"
                else exp.Not(this=exp.Paren(this=parts[0]))
            )
        if fact is not None:
            return column(fact, False)
        if constant is not None:
            return exp.Null() if constant.value is None else literal(constant.value)
        if isinstance(part, Compare):
            return _comparison(part, column, walk)
        if isinstance(part, Arithmetic) and isinstance(part.type, NumberType):
            printed = walk(part.parts[0])
            for summand in part.parts[1:]:
                printed = exp.Paren(this=OPERATORS[part.op](this=printed, expression=walk(summand)))
            return printed
        raise CannotPrint("a binding can compare columns, join tests, and use `+`, `-` and `*`, no more")

    return walk(spelled_out(node))


def _comparison(node: Compare, column: Callable[[FactRef, bool], exp.Expr], walk: Callable[[Node], exp.Expr]) -> exp.Expr:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if is_none(side):
            fact = fact_of(other)
            if fact is None or node.op not in ("=", "!="):
                raise CannotPrint("only a column can be compared with `null`, by `=` and `!=`")
            test = is_null(column(fact, True))  # NULL itself, not a value that does not read
            return exp.Paren(this=test if node.op == "=" else exp.Not(this=test))
    return exp.Paren(this=COMPARISONS[node.op](this=walk(node.left), expression=walk(node.right)))
