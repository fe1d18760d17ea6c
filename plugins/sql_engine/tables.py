"""What an engine says itself: where the tables of a run stand, how its SQL is spelled, how rows come in and go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyarrow import Table as ArrowTable
from sqlglot import exp

from tierwise.plugins.facts import Stored
from tierwise.plugins.sql import Kind, Sql

__all__ = ["Dialect", "FactRows", "Tables"]


class Dialect(Protocol):
    """How SQL is spelled in one database. Trees are written for DuckDB; what a dialect cannot say of them the reference engine computes."""

    @property
    def name(self) -> str:
        """What functions of the policy language call it: ``Function.sql`` may hold a template of that name."""

    @property
    def bits(self) -> int:
        """How many bits a whole number has for sets of possible values."""

    @property
    def recomputes(self) -> bool:
        """Whether an expression is computed again for each that reads its column, unless the layer is fenced."""

    @property
    def ranks_by_windows(self) -> bool:
        """Whether members are ranked by windows over all of them, where grouping those that tie and joining them again costs more than to sort all."""

    def says(self, tree: Sql) -> bool:
        """Say whether all of a tree can be spelled, and means the same."""

    def holds(self, type: str) -> bool:
        """Say whether a column can have a type, written for DuckDB."""

    def printed(self, tree: Sql) -> str:
        """Print a tree of which ``says`` is true."""

    def fenced(self, layer: exp.Select) -> exp.Select:
        """Return a query of computed columns so that the database computes each of them once, however often it is read."""


class Tables(Protocol):
    """The tables of one run.

    Names are arbitrary texts. A table stays as it was made, so that its rows are the same whenever it is read.
    """

    @property
    def dialect(self) -> Dialect:
        """How their SQL is spelled."""

    def make(self, name: str, query: exp.Select, kind: Kind = "TABLE") -> None:
        """Make a table of the rows of a query, or a view of them."""

    def drop(self, name: str, kind: Kind = "TABLE") -> None:
        """Let go of a table or view."""

    def rows(self, query: exp.Select, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, a few thousand in memory at a time; values are Python's, numbers with a scale are ``Decimal``."""

    def bring(self, name: str, rows: ArrowTable) -> None:
        """Make a table of rows from outside."""


@dataclass(frozen=True, slots=True)
class FactRows:
    """The table of facts as an engine reads it: one row a subject, with the columns of a ``FactTable``.

    Attributes:
        relation: What it is called.
        columns: Fact name to column name.
        row: What tells a row from every other one.
        stored: How the facts are stored.
    """

    relation: str
    columns: Mapping[str, str]
    row: Sql
    stored: Stored = field(default_factory=Stored)
