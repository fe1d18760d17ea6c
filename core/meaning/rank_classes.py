"""Finds the class of a ranking into which a position falls (see ``plan.RankCut``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from tierwise.core.meaning.exact import round_to
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.outcome import Reason
from tierwise.core.plan import Crossing, Cut, CutBy, Position, RankCut, Ties

__all__ = ["ROUNDINGS", "class_at", "last_rank", "shares_of"]

ROUNDINGS = ("floor", "ceiling", "nearest")


def class_at(position: Position, node: RankCut, rounding: str, needs: str = "") -> Result:
    """Return the class at a position, or the ``Unknown`` it is: a tie across a cut, an unknown member before it, no class at all.

    Args:
        position: Where the subject stands.
        node: How the ranking is cut.
        rounding: ``floor``, ``ceiling`` or ``nearest``.
        needs: The name of what members are compared by, for an outcome that hangs on it.
    """
    if node.by == "pareto":
        return _by_share_held(position, node, needs)
    position = _together(position, node.ties)
    most = position.count + position.maybe
    first = _index(position.first, position.count, node.by, node.cuts, rounding)
    last = _index(position.last, position.count, node.by, node.cuts, rounding)
    best = _index(position.first, most, node.by, node.cuts, rounding)
    worst = _index(position.last_possible, position.count, node.by, node.cuts, rounding)
    return _between(best, worst, node.cuts, Reason.TIE if first != last else Reason.MISSING_FACT, needs)


def _together(position: Position, ties: Ties) -> Position:
    """Take those who tie as the first, or as the last, of them; who may stand before them moves them all."""
    if ties == "together_better":
        return replace(position, last=position.first, last_possible=position.first + position.last_possible - position.last)
    return replace(position, first=position.last) if ties == "together_worse" else position


def last_rank(cut: Cut, count: int, by: CutBy, rounding: str) -> int | None:
    """Return the last rank that a class reaches; ``None`` when it takes all the rest (or is not cut by rank)."""
    if cut.limit is None or by == "pareto":
        return None
    if by == "top":
        return int(cut.limit)
    return _reach(cut.limit, count, rounding)


@lru_cache(maxsize=4096)  # every subject of a population asks the same
def _reach(share: Decimal, count: int, rounding: str) -> int:
    reach = round_to(Fraction(share) * count, 0, "half up" if rounding == "nearest" else rounding)
    return int(reach or 0)


def _index(rank: int, count: int, by: CutBy, cuts: Sequence[Cut], rounding: str) -> int:
    for index, cut in enumerate(cuts):
        reach = last_rank(cut, count, by, rounding)
        if reach is None or rank <= reach:
            return index
    return len(cuts)


def shares_of(position: Position, crossing: Crossing) -> tuple[Decimal, Decimal] | None:
    """Return the shares that count for the first and for the last of those who tie; ``None`` when an amount is missing."""
    first, last = (position.share_before, position.share_before_last)
    if crossing == "out":
        first, last = position.share_with, position.share_with_last
    return None if first is None else (first, first if last is None else last)


def _by_share_held(position: Position, node: RankCut, needs: str) -> Result:
    if position.holds_nothing:
        return Unknown.because(Reason.GAP)
    shares = shares_of(position, node.crossing)
    if shares is None:
        return Unknown.because(Reason.MISSING_FACT, (cut.value for cut in node.cuts), needs)
    first, last = (_share_index(share, node) for share in shares)
    first, last = (last if node.ties == "together_worse" else first), (first if node.ties == "together_better" else last)
    return _between(first, last, node.cuts, Reason.TIE, needs)


def _share_index(share: Decimal, node: RankCut) -> int:
    def is_within(cut: Cut) -> bool:
        return cut.limit is None or (share < cut.limit if node.crossing == "in" else share <= cut.limit)

    return next((i for i, cut in enumerate(node.cuts) if is_within(cut)), len(node.cuts))


def _between(best: int, worst: int, cuts: Sequence[Cut], reason: Reason, needs: str) -> Result:
    classes = [cut.value for cut in cuts[best : worst + 1]]
    if not classes:
        return Unknown.because(Reason.GAP)
    if best == worst:
        return classes[0]
    return Unknown.because(reason, classes, "" if reason is Reason.TIE else needs)
