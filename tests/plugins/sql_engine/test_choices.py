"""What is chosen by the number of a rule is said at once, or compared by the number, and means the same in every row."""

from __future__ import annotations

import duckdb
import pytest

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.choices import choice_of
from tierwise.plugins.sql_engine.layers import Layers

X, N = sql.column("x"), sql.column("n")
ROWS = "(VALUES (1), (2), (3), (4), (5), (NULL)) AS t(x)"


def numbered(*, with_nothing: bool, with_unknown: bool) -> Sql:
    """Return the number of a rule by ``x``: 1 for 1 and 5, 2 for 2, 3 for 3; else none, or not known."""
    rules = [(sql.one_of(X, [sql.integer(1), sql.integer(5)]), sql.integer(1))]
    rules += [(sql.equal(X, sql.integer(n)), sql.integer(n)) for n in (2, 3)]
    rules += [(sql.is_known(X), sql.integer(0))] if with_nothing else []
    return sql.cast(sql.case(*rules, default=None if with_unknown else sql.integer(4)), "INTEGER")


def words(hit: Sql) -> Sql:
    return sql.case((sql.one_of(hit, [sql.integer(1), sql.integer(3)]), sql.text("A")), (sql.equal(hit, sql.integer(2)), sql.text("B")))


def answers(layers: Layers, wanted: Sql) -> list[object]:
    stage = sql.select(sql.star(), source=sql.table("t"))
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS SELECT x FROM {ROWS}")
    return [row[0] for row in connection.execute(sql.printed(layers.query(stage, [("a", wanted)]))).fetchall()]


@pytest.mark.parametrize("with_nothing", [True, False])
@pytest.mark.parametrize("with_unknown", [True, False])
def test_a_number_that_one_choice_reads_is_not_worked_out(with_nothing: bool, with_unknown: bool) -> None:
    layers, plain = Layers("facts"), Layers("facts")
    hit = layers.column(numbered(with_nothing=with_nothing, with_unknown=with_unknown))
    chosen = layers.column(words(hit))
    both = plain.column(words(numbered(with_nothing=with_nothing, with_unknown=with_unknown)))

    assert answers(layers, chosen) == answers(plain, both) == ["A", "B", "A", None, "A", None]
    assert f'AS "{hit.name}"' not in sql.printed(layers.query(sql.select(source=sql.table("t")), [("a", chosen)]))


def test_a_number_that_is_read_besides_is_worked_out_once() -> None:
    layers = Layers("facts")
    hit = layers.column(numbered(with_nothing=True, with_unknown=True))
    chosen = layers.column(words(hit))
    printed = sql.printed(layers.query(sql.select(source=sql.table("t")), [("a", chosen), ("b", hit)]))

    assert printed.count(f'AS "{hit.name}"') == 1
    assert printed.count("= 2)") == 2, "once by the value, once by the number"


@pytest.mark.parametrize("word", ["A", "B", "C"])
@pytest.mark.parametrize("with_nothing", [True, False])
@pytest.mark.parametrize("with_unknown", [True, False])
def test_a_chosen_word_is_compared_by_its_number_where_each_number_has_one(word: str, with_nothing: bool, with_unknown: bool) -> None:
    layers = Layers("facts")
    hit = layers.column(numbered(with_nothing=with_nothing, with_unknown=with_unknown))
    chosen = layers.column(words(hit))
    compared = layers.column(sql.equal(chosen, sql.text(word)))
    found = [None if value is None else value == word for value in ("A", "B", "A", None, "A", None)]

    assert answers(layers, compared) == found
    tree = next(tree for level in layers.levels for name, tree in level if name == compared.name)
    assert ("'" not in sql.printed(tree)) is (word != "C" and not with_nothing and with_unknown), "0 and 4 stand for no word"


def test_a_choice_among_what_is_computed_is_none() -> None:
    first = (sql.equal(N, sql.integer(1)), X)

    assert choice_of(sql.case(first)) is None
    assert choice_of(sql.case((sql.equal(N, sql.integer(1)), sql.integer(7)), (sql.equal(X, sql.integer(1)), sql.integer(8)))) is None
    assert choice_of(sql.case((sql.equal(N, sql.integer(1)), sql.integer(7)), default=sql.integer(9))) is not None
