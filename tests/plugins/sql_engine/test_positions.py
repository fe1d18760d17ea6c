"""Window functions rank the members of a population as the reference engine does one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pytest
from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql_engine.positions import PARTS, positions_query, ranked_rows

# row, sure, partition, by, amount, anywhere
PLAIN = [(1, True, "p", 30, 30, False), (2, True, "p", 20, 20, False), (3, True, "p", 20, 20, False), (4, True, "q", 5, 5, False)]


@pytest.fixture(params=[False, True], ids=["grouped", "by windows"], autouse=True)
def by_windows(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Rank in both ways: those that tie together, or all by windows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.plugins.sql_engine.test_positions.BY_WINDOWS", request.param)
        yield request.param


BY_WINDOWS = False


def positions(members: Sequence[tuple[object, ...]], descending: bool = True, is_amount: bool = True) -> dict[int, dict[str, int | None]]:
    """Return row to position."""
    return asked(members, positions_query("members", descending, is_amount, BY_WINDOWS))


def asked(members: Sequence[tuple[object, ...]], query: exp.Select) -> dict[int, dict[str, int | None]]:
    """Return row to position, as a query tells."""
    connection = duckdb.connect()
    connection.execute('CREATE TABLE members (row INT, sure BOOL, "partition" VARCHAR, "by" DECIMAL(18, 0), amount HUGEINT, anywhere BOOL)')
    connection.executemany("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?)", members)
    found = connection.execute(sql.printed(query)).fetchall()
    return {row: dict(zip(PARTS, parts, strict=True)) for row, *parts in found}


def ranks(place: dict[str, int | None]) -> tuple[int | None, ...]:
    """Return the possible ranks and the number of members."""
    return tuple(place[part] for part in ("first", "last", "last possible", "count"))


@pytest.mark.parametrize(
    ("descending", "expected"),
    [
        (True, {1: (1, 1, 1, 3), 2: (2, 3, 3, 3), 3: (2, 3, 3, 3), 4: (1, 1, 1, 1)}),
        (False, {1: (3, 3, 3, 3), 2: (1, 2, 2, 3), 3: (1, 2, 2, 3), 4: (1, 1, 1, 1)}),
    ],
)
def test_members_are_ranked_inside_their_partition_and_ties_share_their_ranks(
    descending: bool, expected: dict[int, tuple[int, ...]]
) -> None:
    assert {row: ranks(place) for row, place in positions(PLAIN, descending).items()} == expected


def test_a_share_is_what_those_before_hold() -> None:
    found = positions(PLAIN)

    assert [(found[row]["held before"], found[row]["held before last"], found[row]["held"]) for row in (1, 2)] == [(0, 0, 70), (30, 50, 70)]


def test_who_cannot_be_compared_may_stand_before_everybody() -> None:
    found = positions([*PLAIN[:2], (3, True, "p", None, None, False)])

    assert {row: ranks(place) for row, place in found.items()} == {1: (1, 1, 2, 3), 2: (2, 2, 3, 3), 3: (1, 1, 3, 3)}
    assert found[1]["held"] is None, "what all hold together is not known"


def test_who_may_be_a_member_counts_for_itself_and_possibly_before_others() -> None:
    found = positions([*PLAIN[:2], (3, False, "p", 25, 25, False)])

    assert {row: (*ranks(place), place["maybe"]) for row, place in found.items()} == {
        1: (1, 1, 2, 2, 1),
        2: (2, 2, 3, 2, 1),
        3: (2, 2, 2, 3, 0),
    }


def test_who_may_be_in_any_partition_has_no_position_itself() -> None:
    found = positions([*PLAIN, (5, True, None, 1, 1, True)])

    assert sorted(found) == [1, 2, 3, 4]
    assert [found[row]["maybe"] for row in (1, 4)] == [1, 1]


@pytest.mark.parametrize("descending", [True, False])
def test_rows_of_which_all_is_known_carry_the_positions_that_they_have_alone(descending: bool) -> None:
    carried = asked(PLAIN, ranked_rows("members", ["row"], 0, descending, True))

    assert carried == positions(PLAIN, descending)
