"""An output has the columns that it needs, and each row is determined, coded or open."""

from __future__ import annotations

import duckdb
import pytest

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, number
from tierwise.plugins import sql
from tierwise.plugins.sql_engine.columns import Columns
from tierwise.plugins.sql_engine.compile import Picked


def test_only_what_an_output_has_gets_a_column() -> None:
    plain, full = Columns.of(0, Picked(number("1"))), Columns.of(1, Picked(number(NONE), sql.integer(3), sql.integer(0)))

    assert plain == Columns("v0 of output")
    assert full == Columns("v1 of output", "n1 of output", "r1 of output", "o1 of output")
    assert [name for name, _ in full.holding(Picked(number(NONE), sql.integer(3), sql.integer(0)))] == [
        "v1 of output",
        "n1 of output",
        "r1 of output",
        "o1 of output",
    ]


@pytest.mark.parametrize(
    ("picked", "state"),
    [
        (Picked(number("1"), None, sql.integer(7)), "determined"),
        (Picked(number(NONE), None, sql.integer(7)), "determined"),
        (Picked(number(UNKNOWN), None, sql.integer(7)), "coded"),
        (Picked(number(UNKNOWN), None, sql.NULL), "open"),
        (Picked(number(UNKNOWN)), "open"),
    ],
)
def test_a_row_is_determined_coded_or_open(picked: Picked, state: str) -> None:
    columns = Columns.of(0, picked)
    row = sql.select(*sql.named(columns.holding(picked))).subquery("row")
    tests = {"determined": columns.is_determined(), "coded": columns.is_coded(), "open": columns.is_open()}
    found = duckdb.connect().execute(sql.printed(sql.select(*tests.values(), source=row))).fetchone()

    assert found is not None
    assert [name for name, holds in zip(tests, found, strict=True) if holds] == [state]
