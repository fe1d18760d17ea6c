"""The class at a position is told where every rounding and every rank that is possible give the same one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import UNKNOWN, fresh, term, told, worked_out
from tierwise.core.plan import Constant, Cut, CutBy, RankCut
from tierwise.core.types import EnumType, NumberType, TextType
from tierwise.plugins import sql
from tierwise.plugins.sql_engine import cuts
from tierwise.plugins.sql_engine.cuts import Position

CLASSES = EnumType(("A", "B", "C"))
ALL_WAYS = ("floor", "ceiling", "nearest")


def cut(by: CutBy, *limits: str | None) -> RankCut:
    """Return the classes A, B, C of a ranking."""
    classes = tuple(Cut(word, None if limit is None else Decimal(limit)) for word, limit in zip("ABC", limits, strict=True))
    return RankCut("r", None, None, by, classes, Constant("floor", TextType()), None, CLASSES)


def position(first: int, last_possible: int | None = None, count: int = 10, last: int | None = None, **held: int) -> Position:
    """Return a position as constants."""
    parts: dict[str, int | None] = {
        "first": first,
        "last": last or first,
        "last possible": last_possible or last or first,
        "count": count,
        "maybe": 0,
        "held before": held.get("before"),
        "held before last": held.get("before_last", held.get("before")),
        "held": held.get("of"),
        "held with": held.get("with_it"),
        "held with last": held.get("with_last", held.get("with_it")),
    }
    return {name: sql.NULL if value is None else sql.cast(sql.integer(value), "HUGEINT") for name, value in parts.items()}


@pytest.mark.parametrize(
    ("node", "place", "ways", "reached"),
    [
        (cut("top", "2", "5", None), position(2), ("floor",), "A"),
        (cut("top", "2", "5", None), position(6), ("floor",), "C"),
        (cut("top", "2", "5", "8"), position(9), ("floor",), UNKNOWN),
        (cut("share", "0.25", "0.5", None), position(3), ("floor",), "B"),
        (cut("share", "0.25", "0.5", None), position(3), ("ceiling",), "A"),
        (cut("share", "0.25", "0.5", None), position(3), ("nearest",), "A"),
        (cut("share", "0.25", "0.5", None), position(3), ALL_WAYS, UNKNOWN),
        (cut("share", "0.2", "0.5", None), position(2), ALL_WAYS, "A"),
        (cut("share", "0.2", "0.5", None), position(2, last=3), ("floor",), UNKNOWN),
        (cut("share", "0.2", "0.5", None), position(3, last_possible=5), ("floor",), "B"),
        (cut("pareto", "0.8", "0.95", None), position(1, before=79, of=100), ("floor",), "A"),
        (cut("pareto", "0.8", "0.95", None), position(1, before=80, of=100), ("floor",), "B"),
        (cut("pareto", "0.8", "0.95", None), position(1, before=79, before_last=80, of=100), ("floor",), UNKNOWN),
        (cut("pareto", "0.8", "0.95", None), position(1, before=0, of=0), ("floor",), UNKNOWN),
        (cut("pareto", "0.8", "0.95", None), position(1), ("floor",), UNKNOWN),
    ],
)
def test_a_position_has_the_class_that_all_ways_give(node: RankCut, place: Position, ways: Sequence[str], reached: str) -> None:
    layers = fresh()

    assert told(cuts.by_position(node, place, ways, layers), layers) == reached


@pytest.mark.parametrize(
    ("rank", "count", "reached"), [("2", "10", "A"), ("3", "10", "B"), ("2", UNKNOWN, None), ("1" + "0" * 17, "1" + "0" * 17, "C")]
)
def test_a_rank_counts_where_it_is_given_with_its_count(rank: str, count: str, reached: str | None) -> None:
    layers = fresh()
    given = [term(part if part == UNKNOWN else Decimal(part), NumberType(0)) for part in (rank, count)]
    present, _, found = cuts.by_given(cut("share", "0.2", "0.5", None), given, sql.FALSE, ("floor",), layers)

    assert worked_out([present], layers) == (reached is not None,)
    assert reached in (None, told(found, layers))


def test_a_limit_with_many_digits_is_left_to_the_reference_engine() -> None:
    long: Any = cut("share", "0.1234567", "0.5", None)
    place = position(1)

    assert cuts.are_short(cut("share", "0.123456", "0.5", None))
    assert not cuts.are_short(long)
    assert cuts.told_apart([(long, ("floor",))], place, fresh())[1:] == list(place.values()), "then the position itself is told apart"
