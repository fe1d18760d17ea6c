"""Computed columns in layers: each column stands one layer above the columns that it reads, and each layer is one common table expression.

So every condition is written and computed once, however often it is read, and no expression grows with the depth of the policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from math import prod

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.choices import Choice, choice_of, compared_by_number, said_at_once
from tierwise.plugins.sql_engine.duckdb_dialect import DUCKDB
from tierwise.plugins.sql_engine.never_null import is_never_null, without_null_tests
from tierwise.plugins.sql_engine.tables import Dialect
from tierwise.plugins.sql_engine.terms import Term

__all__ = ["ITEM", "Layers"]

ITEM = "i"  # prefix of lambda parameters: what reads one cannot be hoisted out of its lambda
COLUMN = "c"
LONGEST_CONSTANT = 30  # nodes: a literal, perhaps cast, or a duration; DuckDB works out what it can where they stand


MOST_REPEATED = 60  # nodes that are computed again for further readers of a layer, up to which that costs less than a fence
MOST_NESTED = 1_000  # nodes of an expression in which those of its columns stand


class Layers:
    """The columns computed so far, over a first layer called ``source``.

    Args:
        source: What the first layer is called.
        dialect: How the query will be spelled.
        whole: Columns of the first layer that are never NULL; what is seen to be so, too, is added.
    """

    def __init__(self, source: str, dialect: Dialect = DUCKDB, whole: Iterable[str] = ()) -> None:
        self.source = source
        self._whole = set(whole)
        self._dialect = dialect
        self.levels: list[list[tuple[str, Sql]]] = []
        self._level_of: dict[str, int] = {}
        self._name_of: dict[str, str] = {}
        self._reads: dict[str, list[str]] = {}
        self._definitions: dict[str, Sql] = {}
        self._choices: dict[str, Choice] = {}
        self._kept: dict[str, int] = {}

    @property
    def computes_once(self) -> bool:
        """Whether a column that several others read is computed once."""
        return not self._dialect.recomputes

    def hoist(self, term: Term) -> Term:
        """Give a term a column of its own, unless it is one already, is constant, or reads the item of a list."""
        value = self.column(term.sql)
        none = None if term.none is None else self.column(term.none)
        return replace(term, sql=value, none=none)

    def column(self, tree: Sql) -> Sql:
        """Give an expression a column of its own and return a reference to it."""
        tree = self._by_numbers(without_null_tests(tree, self._whole) if self._whole else tree)
        if isinstance(tree, exp.Column):
            return tree
        names = _columns_in(tree)
        if any(name.startswith(ITEM) for name in names) or (not names and _is_short(tree)):
            return tree
        text = sql.printed(tree)
        if text not in self._name_of:
            level = max((self._level_of.get(name, 0) for name in names), default=0) + 1
            name = f"{COLUMN}{len(self._name_of)}"
            self._name_of[text], self._level_of[name], self._reads[name] = name, level, names
            self._definitions[name] = tree
            if (choice := choice_of(tree)) is not None and choice.number in self._definitions:
                self._choices[name] = choice
            self._whole |= {name} if self._whole and is_never_null(tree, self._whole) else set()
            while len(self.levels) < level:
                self.levels.append([])
            self.levels[level - 1].append((name, tree))
        return sql.column(self._name_of[text])

    def _by_numbers(self, tree: Sql) -> Sql:
        """Return what means the same, with each value that is chosen by a number and compared with a word compared by its number."""
        tests = [test for test in tree.find_all(exp.EQ) if self._by_number(test) is not test] if self._choices else []
        return tree.transform(self._by_number) if tests else tree

    def _by_number(self, test: Sql) -> Sql:
        if not isinstance(test, exp.EQ) or not isinstance(test.this, exp.Column) or not test.expression.is_string:
            return test
        choice = self._choices.get(test.this.name)
        found = None if choice is None else compared_by_number(test.expression.this, choice, self._definitions[choice.number])
        return test if found is None else found

    def is_given_whole(self, tree: Sql) -> bool:
        """Whether an expression is a column of the first layer that is never NULL."""
        return isinstance(tree, exp.Column) and tree.name in self._whole and tree.name not in self._level_of

    def keep(self, column: Sql, different: int = 0) -> None:
        """Note a column so narrow that what reads nothing else need not be computed until somebody looks at it, and how many values it has, if that is known."""
        self._kept[column.name] = different

    def kinds(self, columns: Iterable[str]) -> int:
        """Return how many different rows some columns can have at most; 0 where that is not known."""
        return prod(self._kept.get(name, 0) for name in columns)

    def split(self, columns: Sequence[tuple[str, Sql]]) -> tuple[list[tuple[str, Sql]], list[tuple[str, Sql]]]:
        """Return for named columns what to store of each row, and how each is had from that; constants are not stored."""
        stored: dict[str, Sql] = {}
        shown: list[tuple[str, Sql]] = []
        for name, tree in columns:
            if tree.find(exp.Column) is None:
                shown.append((name, tree))
                continue
            read = self._reads.get(tree.name, []) if isinstance(tree, exp.Column) else []
            is_kept = isinstance(tree, exp.Column) and tree.name in self._kept
            kept = {tree.name} if is_kept else set(read) if set(read) <= self._kept.keys() and len(set(read)) == 1 else set()
            for column in kept:
                stored[column] = sql.column(column)
            if not kept:
                stored[name] = tree
            shown.append((name, tree if is_kept else self._definitions[tree.name] if kept else sql.column(name)))
        return list(stored.items()), shown

    def query(self, stage: exp.Select, columns: list[tuple[str, Sql]]) -> exp.Select:
        """Return the query that computes over ``stage`` what ``columns`` read and selects those from the last layer."""
        previous = self.source
        layers = [(self.source, stage)]
        shown = [tree for _, tree in columns]
        levels = self._needed(shown)
        fenced = self._fenced(levels, shown) if self._dialect.recomputes else frozenset()
        for number, computed in enumerate(levels, start=1):
            if not computed:
                continue
            name = f"layer {number}"
            layer = sql.select(exp.Star(), *sql.named(computed), source=sql.table(previous))
            layers.append((name, self._dialect.fenced(layer) if number in fenced else layer))
            previous = name
        query = sql.select(*sql.named(columns), source=sql.table(previous))
        for name, layer in layers:
            query = query.with_(exp.to_identifier(name, quoted=True), as_=layer, copy=False)
        return query

    def _needed(self, shown: Sequence[Sql]) -> list[list[tuple[str, Sql]]]:
        """Return of each level the columns that are read, directly or through others; a number that one choice alone reads is not among them."""
        wanted = self._read_by(shown)
        levels = [[(name, tree) for name, tree in level if name in wanted] for level in self.levels]
        readers = Counter(column.name for tree in shown for column in tree.find_all(exp.Column))
        readers.update(read for level in levels for name, _ in level for read in set(self._reads[name]))
        said = {name: tree for level in levels for name, tree in level}
        for name in [name for level in levels for name, _ in level if name in self._choices]:
            choice = self._choices[name]
            if readers[choice.number] == 1 and (tree := said_at_once(choice, said[choice.number])) is not None:
                said[name] = tree
                del said[choice.number]
        return [[(name, said[name]) for name, _ in level if name in said] for level in levels]

    def _fenced(self, levels: Sequence[Sequence[tuple[str, Sql]]], shown: Sequence[Sql]) -> frozenset[int]:
        """Return the numbers of the layers whose columns would cost too much where they are computed again for each that reads them."""
        trees = [tree for level in levels for _, tree in level]
        readers = Counter(found.name for tree in (*trees, *shown) for found in tree.find_all(exp.Column))
        sizes: dict[str, int] = {}
        fenced = set()
        for number, here in enumerate(levels, start=1):
            sizes |= {
                name: sum(sizes.get(node.name, 1) if isinstance(node, exp.Column) else 1 for node in tree.walk()) for name, tree in here
            }
            live = [name for name in sizes if sizes[name] > 1]
            repeated = sum(sizes[name] * (readers[name] - 1) for name in live if readers[name] > 1)
            if repeated > MOST_REPEATED or max((sizes[name] for name, _ in here), default=0) > MOST_NESTED:
                fenced.add(number)
                sizes = dict.fromkeys(sizes, 1)
        return frozenset(fenced)

    def _read_by(self, trees: Iterable[Sql]) -> set[str]:
        """Return the names of all columns that some expressions read, directly or through others."""
        pending = [column.name for tree in trees for column in tree.find_all(exp.Column)]
        found: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self._reads.get(name, ())
        return found


def _columns_in(tree: Sql) -> list[str]:
    """Return the names of the columns that an expression reads, without the parameters of the lambdas in it."""
    found: dict[str, None] = {}
    pending: list[tuple[Sql, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        part, bound = pending.pop()
        if isinstance(part, exp.Column):
            found |= {} if part.name in bound else {part.name: None}
        elif isinstance(part, exp.Lambda):
            pending.append((part.this, bound | {parameter.name for parameter in part.expressions}))
        else:
            pending += [(child, bound) for child in part.iter_expressions()]
    return list(found)


def _is_short(tree: Sql) -> bool:
    """Whether a constant may be repeated. Facts that nothing supplies make constants as large as the decisions that read them."""
    return sum(1 for _ in islice(tree.walk(), LONGEST_CONSTANT + 1)) <= LONGEST_CONSTANT
