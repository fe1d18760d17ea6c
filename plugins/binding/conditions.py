"""Compiles the cells and expressions of a binding in the policy language, over columns instead of facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tierwise.core.environment import Limits, Path
from tierwise.core.finding import Finding
from tierwise.core.language import Scope, compile_expression, compile_test, suggest
from tierwise.core.plan import FactRef, Node
from tierwise.core.source import Source as TextSource
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins.binding import stored as read_stored
from tierwise.plugins.binding.entry.words import as_words
from tierwise.plugins.binding.layer import Layer
from tierwise.plugins.binding.naming import Places
from tierwise.plugins.binding.printing import CannotPrint, print_node
from tierwise.plugins.binding.scope import RowColumn, named_column
from tierwise.plugins.sql import all_of, cast, column

__all__ = ["Conditions"]

Reading = Callable[[exp.Expr, str], exp.Expr]

QUOTED = re.compile(r'"([^"]*)"')
NEGATED = re.compile(r"\s*not\s*\((.*)\)\s*$", re.DOTALL)


@dataclass
class Conditions:
    """Compiles for one query; what is wrong is collected in ``findings``.

    Attributes:
        places: The file in which they stand.
        columns: What may be named.
        typed: Where a read value is put, so that it is read once; without it, it stands where it is used.
    """

    places: Places
    columns: dict[str, RowColumn]
    typed: Layer | None = None
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
        node, findings = compile_expression(text, span, Scope(self._names(text), {}, Limits()), NumberType())
        self.findings += findings
        return self._printed(node, span, lambda ref, as_stored: cast(self._printed_column(ref, as_stored), "DOUBLE"))

    def raw(self, name: str, path: Path) -> tuple[exp.Expr, str] | None:
        """Return a column as it is stored, and its declared type; or report that there is none."""
        found = self.column(name, path)
        return None if found is None else (self.stored(found), found.stored_type)

    def stored(self, found: RowColumn) -> exp.Expr:
        """Return a column as it is stored."""
        return self._once(found, _as_it_stands)

    def read(self, found: RowColumn, type: Type | None = None, with_time: bool = False) -> exp.Expr:
        """Return a column as a value of its type, to compare with others; NULL where it does not read."""
        type = type or found.type
        if isinstance(type, NumberType):
            return self._once(found, read_stored.number)
        if isinstance(type, DateType):
            moment = self._once(found, read_stored.moment)
            return moment if with_time else cast(moment, "DATE")
        return self._once(found, read_stored.truth if isinstance(type, BooleanType) else as_words)

    def span(self, path: Path, text: str = " ") -> Span:
        """Return where a value stands; for a binding without a file, a place in the value's own text."""
        return self.places.span(path) or Span.at(TextSource("binding", text), 1, 1, len(text))

    def _once(self, found: RowColumn, how: Reading) -> exp.Expr:
        def make() -> exp.Expr:
            return how(column(found.column.name, found.alias), found.stored_type)

        return make() if self.typed is None else self.typed.once((how, found.alias, found.column.name), make)

    def _cell(self, name: str, cell: str | None, path: Path) -> exp.Expr | None:
        found = self.column(name, path)
        if found is None:
            return None
        text = "null" if cell is None else cell
        span, type = self.span(path, text), found.type
        if isinstance(type, TextType):
            type = self._words_of(text) or type
        names = self._names(text)
        node, _, findings = compile_test(text, span, FactRef(_known_as(self.columns, found), type), Scope(names, {}, Limits()))
        self.findings += findings
        return self._printed(node, span)

    def _words_of(self, cell: str) -> EnumType | None:
        """Return the words of a cell over text as a closed list, so that they need no quotation marks."""
        inner = negated[1] if (negated := NEGATED.match(cell)) else cell
        if "?" in inner:
            return None
        quoted = QUOTED.findall(inner)
        bare = [part.strip().removeprefix("!=").removeprefix("=").strip() for part in re.split("[,，]", QUOTED.sub("", inner))]
        words = [w for w in bare if w and w not in ("null", "-") and w[0] not in "<>[](≥≤" and named_column(self.columns, w) is None]
        return EnumType(tuple(dict.fromkeys((*words, *quoted)))) if words else None

    def _names(self, text: str) -> dict[str, Node]:
        """Return the columns that a text can name, each as the fact it is to the language."""
        return {name: FactRef(name, found.type) for name, found in self.columns.items() if name in text}

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
