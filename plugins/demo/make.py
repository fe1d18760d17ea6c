"""Makes the demo customer database: one seed, one result; a few skewed giants, many small customers, some dirty values."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from tierwise.core.errors import DataError
from tierwise.plugins.demo import business, dirt, gradings, handovers, opinions, other_rows, people, service
from tierwise.plugins.demo.demo_tables import TABLES, create_statements, demo_version, index_statements
from tierwise.plugins.demo.makers import World

__all__ = ["AS_OF", "CUSTOMERS", "make_demo_database"]

AS_OF = date(2026, 6, 30)
"""The date the demo is made for; nothing in it lies later."""

SEED = 20260630

CUSTOMERS = 2_000
"""How many there are unless told otherwise: some thousands, so that making and grading them takes a few seconds."""

Maker = Callable[[World], Iterable[tuple[str, tuple[Any, ...]]]]

# Each maker yields (table, row). People and customers come first: the others refer to them.
MAKERS: tuple[Maker, ...] = (people.rows, business.rows, service.rows, other_rows.rows, opinions.rows, handovers.rows, gradings.rows)


def make_demo_database(path: Path, customers: int = CUSTOMERS) -> None:
    """Write the demo database.

    Args:
        path: The SQLite file to write; it must not exist yet.
        customers: How many customers there are.

    Raises:
        DataError: The file exists, or cannot be written.
    """
    if path.exists():
        raise DataError(f"`{path}` exists already", help="name another folder, or remove the file first")
    world = World(Random(SEED), AS_OF, customers)
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    for maker in MAKERS:
        for table, row in maker(world):
            rows[table].append(row)
    dirt.spread(world.random, rows)
    try:
        _write(path, rows)
    except sqlite3.Error as error:
        path.unlink(missing_ok=True)
        raise DataError(f"`{path}` cannot be written: {error}") from error


def _write(path: Path, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        # A demo that is cut off half-way is simply made again: no journal is needed, and it is much faster without.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA user_version = {demo_version()}")
        for statement in create_statements():
            database.execute(statement)
        for table, items in rows.items():
            if items:
                database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(items[0]))})", items)
        for statement in index_statements():
            database.execute(statement)
