"""Finds the class of a ranking into which a position falls (see ``plan.RankCut``)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from tierwise.core.meaning.exact import round_to
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.outcome import Reason
from tierwise.core.plan import Cut, CutBy, Position

__all__ = ["ROUNDINGS", "class_at", "last_rank"]

ROUNDINGS = ("floor", "ceiling", "nearest")


def class_at(position: Position, by: CutBy, cuts: Sequence[Cut], rounding: str, needs: str = "") -> Result:
    """Return the class at a position, or the ``Unknown`` it is: a tie across a cut, an unknown member before it, no class at all.

    Args:
        position: Where the subject stands.
        by: How the ranking is cut.
        cuts: The classes from the top.
        rounding: ``floor``, ``ceiling`` or ``nearest``.
        needs: The name of what members are compared by, for an outcome that hangs on it.
    """
    if by == "pareto":
        return _by_share_held(position, cuts, needs)
    most = position.count + position.maybe
    first = _index(position.first, position.count, by, cuts, rounding)
    last = _index(position.last, position.count, by, cuts, rounding)
    best = _index(position.first, most, by, cuts, rounding)
    worst = _index(position.last_possible, position.count, by, cuts, rounding)
    return _between(best, worst, cuts, Reason.TIE if first != last else Reason.MISSING_FACT, needs)


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


def _by_share_held(position: Position, cuts: Sequence[Cut], needs: str) -> Result:
    if position.share_before is None:
        return Unknown.because(Reason.MISSING_FACT, (cut.value for cut in cuts), needs)
    last = position.share_before if position.share_before_last is None else position.share_before_last
    return _between(_share_index(position.share_before, cuts), _share_index(last, cuts), cuts, Reason.TIE, needs)


def _share_index(share: Decimal, cuts: Sequence[Cut]) -> int:
    return next((i for i, cut in enumerate(cuts) if cut.limit is None or share < cut.limit), len(cuts))


def _between(best: int, worst: int, cuts: Sequence[Cut], reason: Reason, needs: str) -> Result:
    classes = [cut.value for cut in cuts[best : worst + 1]]
    if not classes:
        return Unknown.because(Reason.GAP)
    if best == worst:
        return classes[0]
    return Unknown.because(reason, classes, "" if reason is Reason.TIE else needs)
