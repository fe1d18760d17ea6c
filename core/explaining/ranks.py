"""Explains a place in a ranking: the rank, the cut, and how far the next better class is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tierwise.core.explaining.explanation import RankTrace
from tierwise.core.explaining.reader import Reader
from tierwise.core.meaning.rank_classes import ROUNDINGS, class_at, last_rank, shares_of
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.plan import Position, RankCut, name_of
from tierwise.core.plan.node_text import PEOPLE
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
        by_name=name_of(ranking.by) or PEOPLE.write(ranking.by),
        by_label=reader.label(ranking.by),
    )
    rounding = reader.value(node.rounding)
    ways = (rounding.bound or ROUNDINGS) if isinstance(rounding, Unknown) else (rounding,)
    places = [_place(node, position, str(way), plain, by_at) for way in ways]
    return places[0] if all(place == places[0] for place in places) else plain


def _place(node: RankCut, position: Position, rounding: str, plain: RankTrace, by_at: ByAt | None) -> RankTrace:
    """Return the trace with the cuts that one way of rounding gives."""
    current = class_at(position, node, rounding)
    index = next((i for i, cut in enumerate(node.cuts) if not isinstance(current, Unknown) and cut.value == current), None)
    if node.by == "pareto":
        return _by_share(node, position, plain, index)
    if index is None:
        return plain
    end = last_rank(node.cuts[index], position.count, node.by, rounding)
    better = last_rank(node.cuts[index - 1], position.count, node.by, rounding) if index else None
    if not better:
        return replace(plain, last_rank=end)
    at_cut = None if by_at is None else by_at(node.ranking, better)
    return replace(plain, last_rank=end, better=node.cuts[index - 1].value, to_better=position.first - better, by_at_cut=at_cut)


def _by_share(node: RankCut, position: Position, plain: RankTrace, index: int | None) -> RankTrace:
    """Return the trace with the share that counts, the cut of its class, and how far the next better class is."""
    shares = shares_of(position, node.crossing)
    if shares is None:
        return plain
    share = shares[1] if node.ties == "together_worse" else shares[0]
    if index is None:
        return replace(plain, share=share)
    better = node.cuts[index - 1] if index else None
    if better is None or better.limit is None:
        return replace(plain, share=share, limit=node.cuts[index].limit)
    return replace(plain, share=share, limit=node.cuts[index].limit, better=better.value, to_better_share=share - better.limit)


def _position(node: RankCut, reader: Reader) -> Position | None:
    rank = None if node.rank is None else reader.value(node.rank)
    count = None if node.count is None else reader.value(node.count)
    if isinstance(rank, Decimal) and isinstance(count, Decimal):
        return Position(int(rank), int(rank), int(rank), int(count))
    return reader.trace.positions.get(node.ranking)
