"""A connection to a PostgreSQL server by its URL, and its numerics, which arrive as texts, as exact numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tierwise.core.errors import DataError

if TYPE_CHECKING:
    import pyarrow
    from adbc_driver_postgresql.dbapi import Connection

__all__ = ["connected", "decimals", "has_password", "is_postgres", "on_server"]

PREFIXES = ("postgresql://", "postgres://")


def is_postgres(location: str) -> bool:
    """Say whether a location is the URL of a PostgreSQL database."""
    return location.startswith(PREFIXES)


def has_password(location: str) -> bool:
    """Say whether a URL holds a password."""
    parts = urlsplit(location)
    return parts.password is not None or "password" in parse_qs(parts.query)


def connected(location: str) -> Connection:
    """Open a connection; a transaction begins with the first statement.

    Raises:
        DataError: The URL holds a password, the driver is not installed, or the server cannot be reached.
    """
    if has_password(location):
        shown = location.replace(f":{urlsplit(location).password}@", ":…@", 1).partition("password=")[0]
        raise DataError(
            f"`{shown}` holds a password, which others see among the processes of this machine",
            help="leave it out of the URL: put it into the environment variable `PGPASSWORD`, or into the file `~/.pgpass`",
        )
    try:
        from adbc_driver_postgresql.dbapi import connect
    except ImportError as error:
        raise DataError("PostgreSQL is read by a driver that is not installed", help="pip install 'tierwise[postgres]'") from error
    with on_server(location):
        return connect(location)


@contextmanager
def on_server(location: str) -> Iterator[None]:
    """Turn what the server or the driver says into words.

    Raises:
        DataError: It said something.
    """
    from adbc_driver_manager import Error

    try:
        yield
    except Error as error:
        said = " ".join(str(error).split())
        found = re.search(r"(?:ERROR|FATAL|failed): *(.+?)(?:\. SQLSTATE.*| LINE .*)?$", said)
        raise DataError(f"`{location}` cannot be read: {found[1] if found else said}") from error


def decimals(column: pyarrow.Array) -> list[Any]:
    """Return the values of a column, numerics as numbers; what is no number, such as ``NaN``, is ``None``."""
    import pyarrow

    values = column.to_pylist()
    if isinstance(column.type, pyarrow.OpaqueType) and column.type.type_name == "numeric":
        return [_number(value) for value in values]
    if pyarrow.types.is_list(column.type) and isinstance(column.type.value_type, pyarrow.OpaqueType):
        return [None if some is None else [_number(value) for value in some] for some in values]
    return list(values)


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    number = Decimal(text)
    return number if number.is_finite() else None
