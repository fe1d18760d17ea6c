"""What is read several times is computed once, one layer above what it reads; what belongs to a lambda stays in it."""

from __future__ import annotations

import duckdb
from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_postgres.postgres_dialect import POSTGRES
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.layers import MOST_NESTED, MOST_REPEATED, Layers

STAGE = exp.select("3 AS x", "4 AS y")


def product(left: Sql, right: Sql) -> Sql:
    """Multiply."""
    return sql.binary(exp.Mul, left, right)


def rows(layers: Layers, columns: list[tuple[str, Sql]]) -> list[tuple[object, ...]]:
    """Run the query of some columns."""
    return duckdb.connect().execute(sql.printed(layers.query(STAGE, columns))).fetchall()


def test_the_same_expression_gets_one_column() -> None:
    layers = Layers("facts")
    first, second = (layers.column(product(sql.column("x"), sql.column("y"))) for _ in range(2))

    assert first == second
    assert rows(layers, [("a", product(first, second))]) == [(144,)]


def test_each_column_stands_a_layer_above_what_it_reads() -> None:
    layers = Layers("facts")
    deepest: Sql = sql.column("x")
    for _ in range(200):
        deepest = layers.column(sql.binary(exp.Add, deepest, sql.column("y")))

    assert rows(layers, [("a", deepest)]) == [(803,)]
    assert all(len(sql.printed(tree)) < 30 for level in layers.levels for _, tree in level), "no expression grows with the depth"


def test_only_what_is_read_is_computed() -> None:
    layers = Layers("facts")
    layers.column(sql.call("error", sql.column("x")))
    wanted = layers.column(product(sql.column("x"), sql.column("x")))

    assert rows(layers, [("a", wanted)]) == [(9,)]


def test_what_reads_an_item_and_short_constants_stay_where_they_are() -> None:
    layers = Layers("facts")
    of_item, short = product(sql.column("i0"), sql.column("x")), sql.cast(sql.text("1"), "INTEGER")
    whole = sql.call("list_sum", sql.call("list_transform", sql.array(sql.integer(1)), sql.lambda_of("i0", of_item)))

    assert layers.column(of_item) is of_item
    assert layers.column(short) is short
    assert isinstance(layers.column(whole), exp.Column), "a lambda as a whole reads no item"


def test_what_reads_a_narrow_column_alone_is_worked_out_when_it_is_looked_at() -> None:
    layers = Layers("facts")
    hit = layers.column(sql.binary(exp.Add, sql.column("x"), sql.integer(1)))
    layers.keep(hit)
    shown_later = layers.column(product(hit, sql.integer(10)))
    stored, shown = layers.split([("value", shown_later), ("row", sql.column("x"))])

    assert [name for name, _ in stored] == [hit.name, "row"]
    table = duckdb.connect()
    table.execute(sql.create("stored", layers.query(STAGE, stored)))
    table.execute(sql.create("shown", sql.select(*sql.named(shown), source=sql.table("stored")), "VIEW"))
    assert table.execute("SELECT value, row FROM shown").fetchall() == [(40, 3)]


def fences(layers: Layers, wanted: Sql) -> int:
    """Count the layers that PostgreSQL is kept from computing again."""
    return layers.query(STAGE, [("a", wanted)]).sql().count("OFFSET 0")


def test_a_layer_is_fenced_only_where_it_would_cost_much_to_compute_it_again() -> None:
    once, doubled = Layers("facts", POSTGRES), Layers("facts", POSTGRES)
    single: Sql = sql.column("x")
    double: Sql = sql.column("x")
    for _ in range(12):
        single = once.column(sql.binary(exp.Add, single, sql.column("y")))
        double = doubled.column(product(double, double))

    assert fences(once, single) == 0
    assert 1 < fences(doubled, double) < 6, f"each fence keeps {MOST_REPEATED} nodes from being computed again"


def test_an_expression_does_not_nest_without_end() -> None:
    layers = Layers("facts", POSTGRES)
    deepest: Sql = sql.column("x")
    for _ in range(MOST_NESTED):
        deepest = layers.column(sql.binary(exp.Add, deepest, sql.column("y")))

    assert fences(layers, deepest) >= 2


def test_a_test_for_null_of_what_nobody_lacks_is_not_asked() -> None:
    layers = Layers("facts", whole=["x"])
    known = layers.column(sql.binary(exp.GT, sql.column("x"), sql.integer(1)))
    cases = [layers.column(sql.case((sql.is_null(of), sql.NULL), default=of)) for of in (known, sql.column("y"))]

    assert cases[0] == known
    assert "IS NULL" in layers.query(STAGE, [("a", cases[1])]).sql()
