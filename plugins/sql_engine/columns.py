"""The columns of one output in the table of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.compile import Picked

__all__ = ["COUNT", "Columns", "Tally"]

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


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one output; all but ``value`` are absent where they do not apply.

    Attributes:
        value: The value, NULL where it is none or where SQL did not decide.
        none: Whether it is none.
        rules: The number of the rules that gave it.
        open: What alone decides the outcome where the policy itself leaves it open.
        possible: The mask of the values that it may still have (`masks.py`).
        rows: Makes the query of the rows with the columns of this output alone: to look at one of hundreds takes no longer than to look at the only one.
        counted: Makes the query of the different rows of these columns, with their ``COUNT``; the same may stand there more than once.
        tally: The table that ``counted`` reads, where all is read off narrow columns: then there are few.
    """

    value: str
    none: str | None = None
    rules: str | None = None
    open: str | None = None
    possible: str | None = None
    rows: Callable[[], exp.Select] = exp.Select
    counted: Callable[[], exp.Select] = exp.Select
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
        return sql.subquery(self.rows(), name)

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
