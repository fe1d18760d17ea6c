"""The facts of many subjects: one row a subject in a DuckDB connection, typed, and what was wrong with the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.meaning.subjects import Subject
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    Type,
)
from tierwise.core.values import Duration
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.sql import as_seen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tierwise.core.plan import Fact, Plan

__all__ = [
    "PROBLEMS",
    "FactTable",
    "Lying",
    "Stored",
    "StoredNumbers",
    "canonical_type",
    "core_value",
    "none_when_absent",
    "number_width",
]


PROBLEMS = "tierwise_problems"
"""The table of the values that do not fit, beside a ``FactTable`` that has findings about facts."""


def _nothing_unread(key: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class StoredNumbers:
    """A column of numbers as the database stores them, all of which fit their fact.

    Attributes:
        column: The column.
        are_floats: Whether they are floats instead of whole numbers; each is a step of the fact's scale but for a tenth of a step at most.
    """

    column: str
    are_floats: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """How the facts of a table are stored, as far as that is known: what is computed from them is then computed in less time.

    Attributes:
        row: The column that numbers the rows.
        id: A column of whole numbers of which the key is the text, where there is one.
        numbers: Fact name to its numbers as the database stores them, which are compared sooner than decimals.
        whole: The facts that no subject lacks, unless it is known that there is nothing.
        lacked: Facts that some subject lacks, as far as that is known.
        has_names: Whether subjects may have names.
        refuse_changed: Raises a ``DataError`` when what is stored is another now.
    """

    row: str = "rowid"
    id: str = ""
    numbers: Mapping[str, StoredNumbers] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    lacked: frozenset[str] = frozenset()
    has_names: bool = True
    refuse_changed: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Lying:
    """Where facts are that were bound where the database is: one row a subject, of the columns of a ``FactTable``.

    Attributes:
        tables: What an engine reads and makes tables there by (``sql_engine.tables.Tables``).
        relation: What they are called there.
        row: The column that tells the rows apart.
        stored: How they are stored there.
    """

    tables: Any
    relation: str
    row: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table or view with one row a subject. Nobody changes it, so that a row can be told by its place in it.

    Its columns are ``key`` (VARCHAR, unique, never NULL), ``name`` (VARCHAR or NULL), and for each supplied fact one column of its
    ``canonical_type``: NULL means missing, unless the column ``<column>__none`` (BOOLEAN, for nullable facts) is true: then it is none.

    Attributes:
        connection: Where the relation lives; it also holds the database, read-only.
        table: The name of the table, which ``bring`` makes where the facts lie elsewhere.
        facts: The supplied facts by name.
        columns: Fact name to column name; the same word but for a fact called ``key`` or ``name``.
        location: What the user called the database.
        findings: What was wrong with the data.
        none: The facts that no column supplies and that are none when they are not given.
        stored: How it is stored.
        unread: Of the subject with a key, the facts whose stored value does not fit, each with that value.
        lies: Where the facts are when they are where they come from.
        bring: Brings them into the connection, unless they are there.
    """

    connection: DuckDBPyConnection
    table: str
    facts: Mapping[str, Fact]
    columns: Mapping[str, str]
    location: str = ""
    findings: tuple[DataFinding, ...] = field(default=())
    none: frozenset[str] = frozenset()
    stored: Stored = field(default_factory=Stored)
    unread: Callable[[str], Mapping[str, str]] = field(default=_nothing_unread, compare=False)
    lies: Lying | None = field(default=None, compare=False)
    bring: Callable[[], object] = field(default=lambda: None, compare=False)

    @property
    def relation(self) -> str:
        """The name of the table, which is there."""
        self.bring()
        return self.table

    def count(self) -> int:
        """Return the number of subjects."""
        row = self.connection.cursor().execute(exp.select("count(*)").from_(_quoted(self.relation)).sql("duckdb")).fetchone()
        return int(row[0]) if row else 0

    def row(self, key: str) -> Subject | None:
        """Return one subject, or ``None`` when there is none with that id."""
        query = self._select().where(exp.column("key", quoted=True).eq(exp.Placeholder()))
        found = self.connection.cursor().execute(query.sql("duckdb"), [key]).fetchone()
        return self._subject(found) if found else None

    def some(self, keys: Sequence[str]) -> dict[str, Subject]:
        """Return the subjects with these ids, by id; ids that there are not are left out."""
        query = self._select().where(exp.In(this=exp.column("key", quoted=True), query=exp.select("unnest(?)").subquery()))
        rows = self.connection.cursor().execute(query.sql("duckdb"), [list(keys)]).fetchall()
        return {row[0]: self._subject(row) for row in rows}

    def key_of(self, word: str) -> str | None:
        """Return the id of the one subject that people call so, by its id or its name; ``None`` when there is none, or several."""
        given, key, name = (as_seen(part).sql("duckdb") for part in (exp.column("word"), exp.column("key"), exp.column("name")))
        query = (
            f"SELECT key, {key} = {given} FROM {_quoted(self.relation).sql('duckdb')}, (SELECT ?::VARCHAR AS word) "
            f"WHERE {key} = {given} OR {name} = {given} ORDER BY key = word DESC, {key} = {given} DESC LIMIT 2"
        )
        found = self.connection.cursor().execute(query, [word]).fetchall()
        return found[0][0] if len(found) == 1 or (found and found[0][1]) else None

    def problems_of(self, keys: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return, of some subjects, the facts whose stored value does not fit, each with the code of the finding."""
        found: dict[str, list[tuple[str, str]]] = {}
        if any(finding.fact for finding in self.findings):
            query = f"SELECT key, fact, code FROM {PROBLEMS} WHERE key IN (SELECT unnest(?)) ORDER BY ALL"
            for key, fact, code in self.connection.cursor().execute(query, [list(keys)]).fetchall():
                found.setdefault(key, []).append((fact, code))
        return found

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield id and name of every subject that has a name, in the order of the ids."""
        key, name = (exp.column(word, quoted=True) for word in ("key", "name"))
        query = exp.select(key, name).from_(_quoted(self.relation)).where(name.copy().is_(exp.Null()).not_()).order_by(key.copy())
        cursor = self.connection.cursor().execute(query.sql("duckdb"))
        while rows := cursor.fetchmany(5_000):
            yield from rows

    def subjects(self) -> Iterator[Subject]:
        """Yield every subject in the order of the keys; a few thousand are in memory at a time."""
        cursor = self.connection.cursor()
        cursor.execute(self._select().order_by(exp.column("key", quoted=True)).sql("duckdb"))
        while rows := cursor.fetchmany(5_000):
            yield from (self._subject(row) for row in rows)

    def _select(self) -> exp.Select:
        self.stored.refuse_changed()
        names = ["key", "name"]
        for fact in self.facts.values():
            names += [self.columns[fact.name], *([self.columns[fact.name] + "__none"] if fact.nullable else [])]
        return exp.select(*(exp.column(name, quoted=True) for name in names)).from_(_quoted(self.relation))

    def _subject(self, row: tuple[Any, ...]) -> Subject:
        cells = iter(row)
        key, name = next(cells), next(cells)
        facts: dict[str, Any] = dict.fromkeys(self.none)
        for fact in self.facts.values():
            value = next(cells)
            if fact.nullable and next(cells):
                facts[fact.name] = None
            elif value is not None:
                facts[fact.name] = core_value(value, fact.type)
        return Subject(key, name, facts)


def none_when_absent(plan: Plan, supplied: Collection[str]) -> frozenset[str]:
    """Return the facts that are none because nothing supplies them."""
    return frozenset(name for name, fact in plan.facts.items() if fact.absent_is_none and name not in supplied)


def canonical_type(type: Type) -> str:
    """Return the DuckDB type of a fact's column.

    A number of more digits after the point than SQL has, such as a product of sixty amounts, is never held there: its column is empty.
    """
    if isinstance(type, NumberType):
        width = number_width(type)
        return f"DECIMAL({width}, {min(type.scale or 0, width)})"
    if isinstance(type, ListType | SetType):
        return f"{canonical_type(type.item)}[]"
    if isinstance(type, MapType):
        return f"MAP(VARCHAR, {canonical_type(type.value)})"
    if isinstance(type, RecordType):
        return "STRUCT(" + ", ".join(f"{exp.to_identifier(n, quoted=True).sql('duckdb')} {canonical_type(t)}" for n, t in type.fields) + ")"
    names = {BooleanType: "BOOLEAN", DateType: "DATE", DateTimeType: "TIMESTAMP", DurationType: "STRUCT(months INTEGER, seconds BIGINT)"}
    return next((sql for cls, sql in names.items() if isinstance(type, cls)), "VARCHAR")


def number_width(type: NumberType) -> int:
    """Return the digits of a number's column: 18 where its bounds (or, without both, 12 whole digits) fit, else 38."""
    whole = 12
    if type.low is not None and type.high is not None:
        whole = max(len(str(abs(int(bound)))) for bound in (type.low, type.high))
    return 18 if whole + (type.scale or 0) <= 18 else 38


def core_value(value: Any, type: Type) -> Any:
    """Return a value of the core for one that a database gave back for a column of ``type``'s canonical type."""
    if isinstance(type, NumberType):
        return value if isinstance(value, Decimal) else Decimal(value)
    if isinstance(type, DurationType):
        return Duration(*value) if isinstance(value, list) else Duration(value["months"], value["seconds"])
    if isinstance(type, ListType | SetType):
        return tuple(core_value(item, type.item) for item in value)
    if isinstance(type, MapType):
        return {key: core_value(item, type.value) for key, item in value.items()}
    if isinstance(type, RecordType):
        return {name: core_value(value[name], item) for name, item in type.fields if value[name] is not None}
    if isinstance(type, DateType) and isinstance(value, datetime):
        return value.date()
    if isinstance(type, DateType) and isinstance(value, str):  # of a database without dates
        return date.fromisoformat(value)
    if isinstance(type, BooleanType):  # of one without conditions
        return bool(value)
    assert isinstance(value, str | bool | date)
    return value


def _quoted(name: str) -> exp.Table:
    return exp.to_table(exp.to_identifier(name, quoted=True).sql("duckdb"), dialect="duckdb")
