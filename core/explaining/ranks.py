"""Explains a place in a ranking: the rank, the cut, and how far the next better class is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tierwise.core.explaining.explanation import RankTrace
from tierwise.core.explaining.reader import Reader
from tierwise.core.meaning.cuts import ROUNDINGS, class_at, last_rank
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.plan import Position, RankCut
from tierwise.core.values import Value

__all__ = ["ByAt", "rank_of"]

ByAt = Callable[[str, int], Value]
"""Returns what the member at a rank of a ranking is ranked by; ``None`` when nobody surely stands there."""


def rank_of(node: RankCut, reader: Reader, by_at: ByAt | None = None) -> RankTrace | None:
    """Return the place, or ``None`` when it is not known.

    Args:
        node: The cut.
        reader: The subject.
        by_at: Returns what the member at a rank of a ranking is ranked by, where a population is known.
    """
    position = _position(node, reader)
    if position is None:
        return None
    ranking = reader.plan.rankings[node.ranking]
    by = reader.value(ranking.by)
    plain = RankTrace(
        position.first,
        position.last,
        position.count,
        None,
        by=None if isinstance(by, Unknown) else by,
        by_type=ranking.by.type,
    )
    rounding = reader.value(node.rounding)
    ways = (rounding.bound or ROUNDINGS) if isinstance(rounding, Unknown) else (rounding,)
    places = [_place(node, position, str(way), plain, by_at) for way in ways]
    return places[0] if all(place == places[0] for place in places) else plain


def _place(node: RankCut, position: Position, rounding: str, plain: RankTrace, by_at: ByAt | None) -> RankTrace:
    """Return the trace with the cuts that one way of rounding gives."""
    current = class_at(position, node.by, node.cuts, rounding)
    index = next((i for i, cut in enumerate(node.cuts) if not isinstance(current, Unknown) and cut.value == current), None)
    if index is None or node.by == "pareto":
        return plain
    end = last_rank(node.cuts[index], position.count, node.by, rounding)
    better = last_rank(node.cuts[index - 1], position.count, node.by, rounding) if index else None
    if not better:
        return replace(plain, last_rank=end)
    at_cut = None if by_at is None else by_at(node.ranking, better)
    return replace(plain, last_rank=end, better=node.cuts[index - 1].value, to_better=position.first - better, by_at_cut=at_cut)


def _position(node: RankCut, reader: Reader) -> Position | None:
    rank = None if node.rank is None else reader.value(node.rank)
    count = None if node.count is None else reader.value(node.count)
    if isinstance(rank, Decimal) and isinstance(count, Decimal):
        return Position(int(rank), int(rank), int(rank), int(count))
    return reader.trace.positions.get(node.ranking)
