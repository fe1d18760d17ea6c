"""The columns of one output in the table of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.compile import Picked

__all__ = ["COUNT", "Columns", "StoredCells", "Tally"]

COUNT = "count"


@dataclass(frozen=True, slots=True)
class Tally:
    """A table of the different rows of a few narrow columns, with their ``COUNT``, that several outputs are counted by.

    Attributes:
        name: What it is called.
        query: What it is made of.
    """

    name: str
    query: exp.Select

    @classmethod
    def of(cls, name: str, table: str, columns: Sequence[str]) -> Tally:
        """Count the different rows of some columns of a table."""
        read = [sql.column(column) for column in columns]
        counted = exp.select(*read, sql.alias(sql.count(), COUNT)).from_(sql.table(table))
        return cls(name, counted.group_by(*read) if read else counted)


@dataclass(frozen=True, slots=True)
class StoredCells:
    """How the columns of one output are had from the table in which the results are stored.

    Attributes:
        table: What it is called.
        of_row: What tells a row, with what it is over that table.
        of_output: The same of the columns of the output.
    """

    table: str = ""
    of_row: Sequence[tuple[str, Sql]] = ()
    of_output: Sequence[tuple[str, Sql]] = ()

    def read(self) -> list[str]:
        """Return the columns of the table that the cells are made from."""
        return list(dict.fromkeys(column.name for _, tree in self.of_output for column in tree.find_all(exp.Column)))

    def rows(self) -> exp.Select:
        """Return the query of the rows with these columns alone: to look at one output of hundreds takes no longer than to look at the only one."""
        return _selected([*self.of_row, *self.of_output], sql.table(self.table))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one output; all but ``value`` are absent where they do not apply.

    Attributes:
        value: The value, NULL where it is none or where SQL did not decide.
        none: Whether it is none.
        rules: The number of the rules that gave it.
        open: What alone decides the outcome where the policy itself leaves it open.
        possible: The mask of the values that it may still have (`masks.py`).
        stored: How they are had from what is stored.
        tally: The table by which they are counted, where all is read off narrow columns: then there are few rows in it.
    """

    value: str
    none: str | None = None
    rules: str | None = None
    open: str | None = None
    possible: str | None = None
    stored: StoredCells = field(default_factory=StoredCells)
    tally: Tally | None = None

    @classmethod
    def of(cls, number: int, picked: Picked) -> Columns:
        """Name the columns of the output of that number."""
        parts = (("v", picked.value.sql), ("n", picked.value.none), ("r", picked.rules), ("o", picked.open), ("m", picked.possible))
        value, none, rules, code, possible = (None if tree is None else f"{kind}{number} of output" for kind, tree in parts)
        return cls(value or "", none, rules, code, possible)

    def holding(self, picked: Picked) -> Iterator[tuple[str, Sql]]:
        """Yield each column with what it holds."""
        trees = (picked.value.sql, picked.value.none, picked.rules, picked.open, picked.possible)
        for name, tree in zip((self.value, self.none, self.rules, self.open, self.possible), trees, strict=True):
            if name is not None and tree is not None:
                yield name, tree

    def source(self, name: str) -> Sql:
        """Return the rows with the columns of this output alone, under a name."""
        return sql.subquery(self.stored.rows(), name)

    def counted(self) -> exp.Select:
        """Return the query of the different rows of these columns, with their ``COUNT``; the same may stand there more than once."""
        if self.tally is not None:
            return _selected(self.stored.of_output, sql.table(self.tally.name), COUNT)
        own = Tally.of("counts", self.stored.table, self.stored.read())
        return _selected(self.stored.of_output, sql.subquery(own.query, own.name), COUNT)

    def is_determined(self) -> Sql:
        """Whether SQL decided the row."""
        known = sql.is_known(sql.column(self.value))
        return known if self.none is None else sql.any_of(known, sql.column(self.none))

    def is_coded(self) -> Sql:
        """Whether a code alone tells the outcome of the row."""
        return sql.FALSE if self.open is None else sql.all_of(sql.negate(self.is_determined()), sql.is_known(sql.column(self.open)))

    def is_told(self) -> Sql:
        """Whether SQL did not decide the row, but tells which values it may have."""
        return sql.FALSE if self.possible is None else sql.all_of(self.is_open(), sql.is_known(sql.column(self.possible)))

    def is_open(self) -> Sql:
        """Whether the row's own facts are needed to tell its whole outcome, with what it hangs on."""
        uncoded = None if self.open is None else sql.is_null(sql.column(self.open))
        return sql.all_of(sql.negate(self.is_determined()), uncoded)

    def is_untold(self) -> Sql:
        """Whether the row's own facts are needed to tell even which values it may have."""
        return sql.all_of(self.is_open(), None if self.possible is None else sql.is_null(sql.column(self.possible)))


def _selected(cells: Sequence[tuple[str, Sql]], source: Sql, *more: str) -> exp.Select:
    """Return the query of some cells, which stay as they are for further queries, and of more columns."""
    return sql.select(*sql.named([(word, tree.copy()) for word, tree in cells]), *map(sql.column, more), source=source)
