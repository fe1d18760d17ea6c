"""Positions stand beside the facts of their members, and can be looked up by subject and by rank."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.plan import Position
from tierwise.plugins import sql
from tierwise.plugins.sql_engine.places import Ranked, Stage, position_of


def test_facts_without_a_position_stay_and_those_of_few_rows_are_picked_out() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE facts AS SELECT row, 10 * row AS f FROM range(4) t(row)")
    connection.execute(
        'CREATE TABLE places AS SELECT 1 AS row, 7 AS first, 7 AS last, 7 AS "last possible", 9 AS count, '
        'NULL AS "held before", NULL AS "held before last", NULL AS held, 0 AS maybe, NULL AS "held with", NULL AS "held with last"'
    )
    stage = Stage("facts", [Ranked("r", "places")])
    wanted = {"row": "row", "f": "f", "first": sql.printed(stage.positions()["r"]["first"])}

    for are_few in (False, True):
        chosen = sql.select(sql.column("row"), source=sql.table("facts")).where("row < 2")
        rows = connection.execute(f"SELECT {', '.join(wanted.values())} FROM ({sql.printed(stage.rows(chosen, are_few))}) ORDER BY 1")
        assert rows.fetchall() == [(0, 0, None), (1, 10, 7)]
    assert len(connection.execute(sql.printed(stage.rows())).fetchall()) == 4


@pytest.mark.parametrize(
    ("cells", "position"),
    [
        ((1, 2, 3, 10, 0, 5, 20, 1, 5, 10), Position(1, 2, 3, 10, Decimal(0), Decimal("0.25"), 1, Decimal("0.25"), Decimal("0.5"))),
        ((1, 2, 3, 10, None, None, None, 0, None, None), Position(1, 2, 3, 10)),
        ((1, 1, 1, 1, 0, 0, 0, 0, 0, 0), Position(1, 1, 1, 1, holds_nothing=True)),
        ((None,) * 10, None),
    ],
)
def test_a_position_is_read_as_the_core_has_it(cells: tuple[int | None, ...], position: Position | None) -> None:
    assert position_of(cells) == position


def test_a_subject_has_a_position_where_it_may_be_a_member() -> None:
    grading = graded(ranked(), [subject(30), subject(20), subject(20), subject(5, safe=False)])

    assert grading.positions("00001") == {"r": Position(2, 3, 3, 3)}
    assert grading.positions("00003") == {}
    assert grading.positions("nobody") == {}


def test_those_who_stand_at_a_rank_are_found_the_sure_ones_first() -> None:
    grading = graded(ranked(), [subject(20), subject(30), subject(20), subject(None)])

    assert list(grading.keys_at("r", 2)) == ["00000", "00002"]
    assert list(grading.keys_at("r", 1)) == ["00001", "00003"]
    assert list(grading.keys_at("another", 1)) == []
