"""The DuckDB template of each function gives the same value as its Python, for the same arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.plugins.builtin.functions.test_functions import MEANINGS
from tierwise.core.values import Duration
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS

TEMPLATES = {name: function.sql["duckdb"] for name, function in BUILTIN_FUNCTIONS.items() if "duckdb" in function.sql}
CASES = [(name, arguments) for name, arguments, _ in MEANINGS if name in TEMPLATES]

# Case mapping beyond ASCII differs between DuckDB and Python.
LEFT_TO_PYTHON = ("upper case", "lower case")


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty DuckDB in memory."""
    with duckdb.connect(":memory:") as connection:
        yield connection


def literal(value: Any, of_nothing: str = "VARCHAR") -> str:
    """Write a value as DuckDB holds it in a fact table; an empty list is one ``of_nothing``."""
    if isinstance(value, Decimal):
        return f"CAST({value:f} AS DECIMAL(18,{max(0, -int(value.as_tuple().exponent))}))"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value}'"
    if isinstance(value, date):
        return f"DATE '{value}'"
    if isinstance(value, tuple):
        return f"CAST([] AS {of_nothing}[])" if not value else "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Duration):
        return f"struct_pack(months := {value.months}, seconds := {value.seconds})"
    if isinstance(value, Mapping):
        return "MAP {" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    return "'" + str(value).replace("'", "''") + "'"


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=[f"{name}{arguments}" for name, arguments in CASES])
def test_the_template_gives_what_python_gives(name: str, arguments: tuple[Any, ...], database: duckdb.DuckDBPyConnection) -> None:
    of_nothing = "DATE" if name.startswith(("most ", "times ", "later")) else "VARCHAR"
    sql = TEMPLATES[name].format(*(literal(argument, of_nothing) for argument in arguments))
    row = database.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    found = tuple(row[0]) if isinstance(row[0], list) else row[0]

    if name in LEFT_TO_PYTHON and not arguments[0].isascii():
        assert found is None  # NULL: SQL does not say, and the reference engine is asked
    else:
        assert found == BUILTIN_FUNCTIONS[name].python(*arguments)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_gives_null_when_its_first_argument_is_null(name: str, database: duckdb.DuckDBPyConnection) -> None:
    arguments = next(arguments for case, arguments in CASES if case == name)
    typed = f"CASE WHEN false THEN {literal(arguments[0])} END"
    row = database.execute("SELECT " + TEMPLATES[name].format(typed, *map(literal, arguments[1:]))).fetchone()

    assert row == (None,)
