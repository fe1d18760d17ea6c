"""The meaning of nodes that choose: tables, labels, what classes agree on or gather, preferences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tierwise.core import plan as nodes
from tierwise.core.meaning.unknown import MOST_LOOKED_AT, Need, Unknown, either, lazily, merged, strictly
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Node

if TYPE_CHECKING:
    from tierwise.core.meaning.evaluate import Evaluation

__all__ = ["MEANINGS"]


def _pick(run: Evaluation, node: nodes.Pick, world: World) -> Any:
    return run.picked(node, world).result


def _labels(run: Evaluation, node: nodes.Labels, world: World) -> Any:
    tests = [(label, run.evaluate(test, world)) for label, test in node.tests]
    unknowns = [test for _, test in tests if isinstance(test, Unknown)]
    if not unknowns:
        return tuple(label for label, test in tests if test is True)
    sets: list[tuple[str, ...]] = [()]
    for label, test in tests:
        if isinstance(test, Unknown):
            sets = [s for start in sets for s in ((*start, label), start)][: MOST_LOOKED_AT + 1]
        elif test is True:
            sets = [(*start, label) for start in sets]
    return lazily(unknowns, tuple(sets) if len(sets) <= MOST_LOOKED_AT else None)


def _agree(run: Evaluation, node: nodes.Agree, world: World) -> Any:
    rights = [right for _, right in node.values] + ([] if node.empty is None else [node.empty])
    return _over_classes(
        run,
        node.of,
        world,
        lambda classes: _agreed(run, node, classes, world),
        lambda needs: merged([run.evaluate(right, world) for right in rights], needs),
    )


def _agreed(run: Evaluation, node: nodes.Agree, classes: tuple[Any, ...], world: World) -> Any:
    rights = [run.evaluate(right, world) for word, right in node.values if word in classes]
    if not rights:  # no class at all, or only classes of which nothing is said
        return Unknown.because(Reason.GAP) if node.empty is None else run.evaluate(node.empty, world)
    known = distinct(right for right in rights if not isinstance(right, Unknown))
    if len(known) > 1:
        return merged(rights, Unknown.because(Reason.OVERLAP).needs)
    unknowns = [right for right in rights if isinstance(right, Unknown)]
    if not unknowns:
        return known[0]
    deciding = [right for right in unknowns if right.is_final] or unknowns
    return merged(rights, frozenset().union(*(right.needs for right in deciding)))


def _collected(run: Evaluation, node: nodes.Collected, world: World) -> Any:
    return _over_classes(run, node.of, world, lambda classes: _gathered(run, node, classes, world), Unknown)


def _gathered(run: Evaluation, node: nodes.Collected, classes: tuple[Any, ...], world: World) -> Any:
    sets = [run.evaluate(items, world) for word, items in node.values if word in classes]
    return strictly(sets, None) or distinct(item for items in sets for item in items or ())


def _over_classes(
    run: Evaluation, of: Node, world: World, give: Callable[[tuple[Any, ...]], Any], any_of_them: Callable[[frozenset[Need]], Unknown]
) -> Any:
    """Apply ``give`` to a set of classes, or to a single one; to each of the possible sets when it is unknown."""
    classes = run.evaluate(of, world)
    if not isinstance(classes, Unknown):
        return give(_as_set(classes))
    if not classes.bound or classes.is_partial:
        return any_of_them(classes.needs)
    return either([give(_as_set(way)) for way in classes.bound], classes.needs)


def _prefer(run: Evaluation, node: nodes.Prefer, world: World) -> Any:
    given = world.given or world
    if id(node) not in given.preferred:
        given.preferred[id(node)] = _preferred(run, node, given)
    return given.preferred[id(node)]


def _preferred(run: Evaluation, node: nodes.Prefer, given: World) -> Any:
    """Decide the parts one after the other on the facts as given, never on an assumption."""
    results = []
    for part in node.parts:
        result = run.alone(part, given)
        if not isinstance(result, Unknown):
            return result
        results.append(result)
    told = (result for part, result in zip(node.parts, results, strict=True) if not _lacks_all(run, part, given))
    return next(told, results[-1])


def _lacks_all(run: Evaluation, part: Node, given: World) -> bool:
    """Say whether a part reads facts and nobody has given any of them."""
    usage = run.usage(part)
    if any(ranking in given.positions for ranking in usage.rankings):
        return False
    names = [name for name in usage.facts if name != "as_of"]
    absent = [n for n in names if n not in given.facts or (given.facts[n] is None and run.fact(n).absent_is_none)]
    return bool(names) and len(absent) == len(names)


def _as_set(classes: Any) -> tuple[Any, ...]:
    if classes is None:
        return ()
    return classes if isinstance(classes, tuple) else (classes,)


MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    nodes.Pick: _pick,
    nodes.Labels: _labels,
    nodes.Agree: _agree,
    nodes.Collected: _collected,
    nodes.Prefer: _prefer,
}
