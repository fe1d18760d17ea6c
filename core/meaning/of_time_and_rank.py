"""The meaning of ``overdue`` and of a class in a ranking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tierwise.core import plan as nodes
from tierwise.core.meaning.cadence import CADENCES, overdue
from tierwise.core.meaning.cuts import ROUNDINGS, class_at
from tierwise.core.meaning.unknown import TRUTH, Unknown, either, strictly
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Position

if TYPE_CHECKING:
    from tierwise.core.meaning.evaluate import Evaluation

__all__ = ["MEANINGS"]


def _overdue(run: Evaluation, node: nodes.Overdue, world: World) -> Any:
    last, every, as_of, reading = (run.evaluate(part, world) for part in (node.last, node.every, node.as_of, node.reading))
    if every is None:
        return False  # where no interval is asked for nothing is overdue, also when the last time is not known
    if strictly([last, every, as_of], TRUTH) is not None:
        return strictly([last, every, as_of, reading], TRUTH)
    is_open = isinstance(reading, Unknown)
    late = distinct(overdue(last, every, as_of, way) for way in ((reading.bound or CADENCES) if is_open else (reading,)))
    if len(late) == 1 and late[0] is not None:
        return late[0]
    return Unknown(reading.needs, TRUTH) if is_open else Unknown.because(Reason.READING, TRUTH, nodes.name_of(node.reading))


def _rankcut(run: Evaluation, node: nodes.RankCut, world: World) -> Any:
    given = [None if part is None else run.evaluate(part, world) for part in (node.rank, node.count)]
    rank, count = (None if isinstance(part, Unknown) else part for part in given)
    if rank is not None and (count is not None or node.by == "top") and node.by != "pareto":
        place = int(rank)
        return _class_at(run, node, Position(place, place, place, int(rank if count is None else count)), world)
    ranking = run.plan.rankings[node.ranking]
    member = True if ranking.among is None else run.evaluate(ranking.among, world)
    if node.ranking in world.positions:
        inside = _class_at(run, node, world.positions[node.ranking], world)
    else:
        bound = distinct(cut.value for cut in node.cuts)
        unranked = Unknown.because(Reason.MISSING_FACT, bound, nodes.name_of(ranking.by))
        inside = strictly(given, bound) or unranked
    if member is True:
        return inside
    outside = Unknown.because(Reason.GAP) if node.outside is None else run.evaluate(node.outside, world)
    return either([inside, outside], member.needs) if isinstance(member, Unknown) else outside


def _class_at(run: Evaluation, node: nodes.RankCut, position: Position, world: World) -> Any:
    rounding = run.evaluate(node.rounding, world)
    needs = nodes.name_of(run.plan.rankings[node.ranking].by)
    if not isinstance(rounding, Unknown):
        return class_at(position, node.by, node.cuts, rounding, needs)
    ways = rounding.bound or ROUNDINGS
    found = either([class_at(position, node.by, node.cuts, way, needs) for way in ways], rounding.needs)
    if not isinstance(found, Unknown):
        return found
    return replace(found, bound=tuple(value for value in distinct(cut.value for cut in node.cuts) if value in (found.bound or ())))


MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    nodes.Overdue: _overdue,
    nodes.RankCut: _rankcut,
}
