"""Finds chains of ``if`` that say the same as a lookup or a table, and writes that lookup or table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tierwise.core.finding import Finding
from tierwise.core.plan import Decision, Node, Plan
from tierwise.core.plan.node_text import NodeWriter, literal, name_text
from tierwise.core.plan.questions import branches_of, column_of, conjuncts_of, disjuncts_of, negated_in
from tierwise.core.types import EnumType, Type
from tierwise.core.values import Value

__all__ = ["find_chains"]

LEAST_WORDS, LEAST_ROWS = 2, 3
"""How many conditions a chain has at least before a lookup, or a table, is easier to read."""
MOST_COLUMNS, MOST_ROWS = 5, 200
SIGNS = ("not(", "<", ">", "!=", "[", "(", "]")
Rows = Sequence[tuple[tuple[Node, ...], Node]]

_PLAIN = re.compile(r"[\w(][^:#]*")


def find_chains(plan: Plan, written: frozenset[str]) -> Iterator[Finding]:
    """Yield a note for each formula that is a chain of ``if`` over one value, or over a few of them.

    Args:
        plan: The plan.
        written: The decisions that the author wrote out, and could write otherwise.
    """
    for decision in plan.decisions.values():
        if decision.form == "formula" and decision.name in written:
            names = frozenset((*plan.facts, *plan.readings, *plan.parameters, *plan.decisions))
            yield from _chain(decision, _AuthorWriter(decision.name, names))


class _AuthorWriter(NodeWriter):
    """Writes as an author may write in a decision: the names of its parts go by their own names, words of a list stand bare."""

    def __init__(self, decision: str, names: frozenset[str]) -> None:
        """Take the decision, and all names of the policy: a word that is one of them stands in quotes."""
        super().__init__()
        self.decision = decision
        self._names = names

    def name(self, name: str) -> str:
        """Return a name, without the decision before it."""
        return name_text(name.removeprefix(f"{self.decision}."))

    def value(self, value: Value, type_: Type) -> str:
        """Return a plain value."""
        is_bare = isinstance(type_, EnumType) and isinstance(value, str) and name_text(value) == value and value not in self._names
        return str(value) if is_bare else literal(value)

    def column_cell(self, test: Node, column: Node) -> str:
        """Return a condition as the cell of its column (``questions.column_of``), which for a condition itself is true or not."""
        if test == column:
            return "true"
        return "not(true)" if negated_in(test) is not None else self.cell(test).removeprefix("= ")


def _chain(decision: Decision, author: _AuthorWriter) -> Iterator[Finding]:
    *rows, (_, otherwise) = islice(branches_of(decision.node), MOST_ROWS + 1)
    cases = len({id(value) for _, value in rows}) + 1 if len(rows) < MOST_ROWS else 0
    if cases > LEAST_WORDS and (lookup := _lookup(rows, otherwise, author)):
        yield _note("lookup", cases, decision, lookup)
    elif cases > LEAST_ROWS and (table := _table(rows, otherwise, author)):
        yield _note("table", cases, decision, table)


def _note(what: str, cases: int, decision: Decision, lines: Sequence[str]) -> Finding:
    message = f"the {cases} cases of `{decision.name}` are a {what}"
    return Finding.note(f"formula-is-{what}", message, decision.span, "\n  ".join(("instead of `formula`, write", *lines)))


def _lookup(rows: Rows, otherwise: Node, author: _AuthorWriter) -> Sequence[str] | None:
    """Return the lookup that a chain is: each case asks whether one value is one of some words."""
    columns = {column_of(test) for tests, _ in rows for test in tests}
    if len(columns) != 1 or any(len(tests) != 1 for tests, _ in rows):
        return None
    [column] = columns
    cells = [(author.column_cell(test, column), author.write(value)) for (test,), value in rows]
    words = [(word, value) for cell, value in cells for word in cell.split(", ")]
    if len(words) > len(dict(words)) or any(word.startswith(SIGNS) for word, _ in words):
        return None
    values = (f"    {_scalar(word)}: {_scalar(value)}" for word, value in words)
    default = f"  default: {_scalar(author.write(otherwise))}"
    return ("lookup:", f"  by: {_scalar(author.write(column))}", "  values:", *values, default)


def _table(rows: Rows, otherwise: Node, author: _AuthorWriter) -> Sequence[str] | None:
    """Return the table that a chain is: each case joins conditions of a few columns by ``and``."""
    tested = [{column_of(test): test for test in tests} for tests, _ in rows]
    columns = tuple(dict.fromkeys(column for row in tested for column in row))
    is_one_each = all(len(row) == len(tests) for row, (tests, _) in zip(tested, rows, strict=True))
    if len(columns) > MOST_COLUMNS or not is_one_each or any(len(disjuncts_of(c)) + len(conjuncts_of(c)) > 2 for c in columns):
        return None
    cells = [
        [author.write(column) for column in columns],
        *([author.column_cell(row[column], column) if column in row else "-" for column in columns] for row in tested),
        ["-"] * len(columns),
    ]
    values = [author.decision, *(author.write(value) for _, value in rows), author.write(otherwise)]
    if any(sign in text for row in (*cells, values) for text in row for sign in ("|", "->")):
        return None
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (" | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells)
    return ("table:", "  hit: first", "  rules: |", *(f"    {line} -> {value}" for line, value in zip(lines, values, strict=True)))


def _scalar(text: str) -> str:
    """Return a text as YAML has to have it."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"
