"""Ranks the subjects of a population: where each stands in every ranking of a plan.

A subject without a ``by`` may stand anywhere, so it possibly stands before everybody else. A subject of which ``among`` or the partition is
unknown may be a member (of any partition): it possibly counts and possibly stands before others; when its partition is unknown it has no
position itself, and its class stays undetermined. A ``by`` that is none is no more comparable than a missing one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from operator import itemgetter
from typing import Any

from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.exact import add
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import Node, Position, Ranking, rankings_in_order
from tierwise.core.values import Duration, Value

__all__ = ["positions_of", "share_of", "sortable", "standing_at"]

Comparable = Any
"""What subjects are ranked by: all numbers, all dates, or all durations as pairs."""

# A share with this many digits is on the right side of every cut that can be written, though a third is not exact.
_SHARES = Context(prec=200)


@dataclass(frozen=True, slots=True)
class _Member:
    """A subject in a ranking: ``by`` is ``None`` when it cannot be compared; ``is_sure`` when it surely is a member."""

    subject: int
    by: Comparable | None
    is_sure: bool


def positions_of(evaluator: Evaluator, subjects: Sequence[Mapping[str, Value]]) -> list[dict[str, Position]]:
    """Return the positions of each subject, ranking name to position; a subject outside a ranking has none in it."""
    positions: list[dict[str, Position]] = [{} for _ in subjects]
    for ranking in rankings_in_order(evaluator.plan):
        partitions, anywhere = _members(evaluator, ranking, subjects, positions)
        descending = ranking.descending
        if ranking.then:
            partitions, descending = _by_several(partitions, [is_down for _, is_down in ranking.keys]), False
        found = {subject: place for members in partitions.values() for subject, place in _places(members, anywhere, descending)}
        for subject, place in found.items():
            positions[subject][ranking.name] = place
    return positions


def standing_at(positions: Mapping[str, Mapping[str, Position]], ranking: str, rank: int) -> Iterator[str]:
    """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition; those who surely do first, then by key."""
    at = [
        (place.last_possible, key)
        for key, places in positions.items()
        if (place := places.get(ranking)) and place.first <= rank <= place.last
    ]
    return (key for _, key in sorted(at))


def _members(
    evaluator: Evaluator, ranking: Ranking, subjects: Sequence[Mapping[str, Value]], positions: Sequence[Mapping[str, Position]]
) -> tuple[dict[Result, list[_Member]], int]:
    """Return the members of each partition, and how many subjects may be in any of them."""
    partitions: defaultdict[Result, list[_Member]] = defaultdict(list)
    anywhere = 0
    for subject, facts in enumerate(subjects):
        place = positions[subject]
        among = _value(evaluator, ranking.among, facts, place, True)
        partition = _value(evaluator, ranking.partition, facts, place, ())
        if not isinstance(among, Unknown) and among is not True:
            continue
        if isinstance(partition, Unknown):
            anywhere += 1
            continue
        keys = [_value(evaluator, key, facts, place, None) for key, _ in ranking.keys]
        known = [sortable(key) for key in keys if not isinstance(key, Unknown) and key is not None]
        by = (tuple(known) if ranking.then else known[0]) if len(known) == len(keys) else None
        partitions[partition].append(_Member(subject, by, among is True))
    return dict(partitions), anywhere


def _by_several(partitions: Mapping[Result, Sequence[_Member]], descending: Sequence[bool]) -> dict[Result, list[_Member]]:
    """Put in the place of several keys the number of their combination, the one that comes first being the least."""
    ordered = list({member.by for members in partitions.values() for member in members if member.by is not None})
    for key, is_down in reversed(list(enumerate(descending))):
        ordered.sort(key=itemgetter(key), reverse=is_down)  # which keeps the order of equals: the last key is sorted by first
    numbers = {by: number for number, by in enumerate(ordered)}
    return {
        partition: [replace(member, by=None if member.by is None else numbers[member.by]) for member in members]
        for partition, members in partitions.items()
    }


def _value(
    evaluator: Evaluator, node: Node | None, facts: Mapping[str, Value], positions: Mapping[str, Position], otherwise: Value
) -> Result:
    return otherwise if node is None else evaluator.value_of(node, facts, positions)


def sortable(by: Value) -> Comparable:
    """Return what the order of a value among others is had from."""
    return (by.months, by.seconds) if isinstance(by, Duration) else by


def _places(members: Sequence[_Member], anywhere: int, descending: bool) -> list[tuple[int, Position]]:
    """Return the position of every member of one partition."""
    sure = [m for m in members if m.is_sure]
    known = sorted(m.by for m in sure if m.by is not None)
    blank = len(sure) - len(known)
    maybe = len(members) - len(sure) + anywhere
    shares = _Shares(known if descending else known[::-1], complete=not blank and not maybe)
    found: list[tuple[int, Position]] = []
    for member in members:
        others = 0 if member.is_sure else 1  # one that may be a member is placed as if it were
        count = len(sure) + others
        if member.by is None:
            found.append((member.subject, Position(1, 1, count + maybe - others, count, maybe=maybe - others)))
            continue
        low, high = bisect_left(known, member.by), bisect_right(known, member.by)
        before = len(known) - high if descending else low
        last = before + (high - low) + others
        position = Position(before + 1, last, last + blank + maybe - others, count, maybe=maybe - others)
        found.append((member.subject, shares.put_in(position, before, last)))
    return found


class _Shares:
    """Shares of the total amount that the first members of a partition hold; amounts come lowest first."""

    def __init__(self, amounts: Sequence[Comparable], complete: bool) -> None:
        self._held: list[Decimal] | None = None
        numbers = [amount for amount in amounts if isinstance(amount, Decimal)]
        if complete and len(numbers) == len(amounts):
            sums: list[Value] = [Decimal(0)]
            for amount in reversed(numbers):
                sums.append(add(sums[-1], amount))
            held = [total for total in sums if isinstance(total, Decimal)]
            self._held = held if len(held) == len(sums) else None  # a sum of thousands of digits is none

    def put_in(self, position: Position, before: int, last: int) -> Position:
        """Return a position with the shares held up to the first, and up to the last, of members that tie (from ``before + 1`` to ``last``)."""
        if self._held is None:
            return position
        if self._held[-1] <= 0:
            return replace(position, holds_nothing=True)
        return replace(
            position,
            share_before=self._share(before),
            share_before_last=self._share(last - 1),
            share_with=self._share(before + 1),
            share_with_last=self._share(last),
        )

    def _share(self, members: int) -> Decimal:
        held = self._held or [Decimal(1)]
        return share_of(held[members], held[-1])


def share_of(part: Decimal, whole: Decimal) -> Decimal:
    """Return a share of a total that is more than 0, exact enough for every cut that can be written."""
    return _SHARES.divide(part, whole)
