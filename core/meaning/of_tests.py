"""The meaning of conditions: comparisons, Kleene's logic, and the choice between two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tierwise.core import plan as nodes
from tierwise.core.meaning import exact
from tierwise.core.meaning.unknown import TRUTH, Unknown, either, lazily, strictly
from tierwise.core.meaning.world import World
from tierwise.core.types import SetType

if TYPE_CHECKING:
    from tierwise.core.meaning.evaluate import Evaluation

__all__ = ["MEANINGS", "kleene"]


def _compare(run: Evaluation, node: nodes.Compare, world: World) -> Any:
    left, right = run.evaluate(node.left, world), run.evaluate(node.right, world)
    unknown = strictly([left, right], TRUTH)
    if unknown is not None:
        return unknown
    for side, value in ((node.left, left), (node.right, right)):
        if isinstance(side, nodes.Quotient) and value is None:
            return False
    if node.op in ("=", "!="):
        unordered = isinstance(node.left.type, SetType) or isinstance(node.right.type, SetType)
        return exact.equal(left, right, unordered) is (node.op == "=")
    return exact.compare(node.op, left, right)


def _within(run: Evaluation, node: nodes.Within, world: World) -> Any:
    value = run.evaluate(node.value, world)
    low = None if node.low is None else run.evaluate(node.low, world)
    high = None if node.high is None else run.evaluate(node.high, world)
    unknown = strictly([value, low, high], TRUTH)
    if unknown is not None:
        return unknown
    above = node.low is None or exact.compare("<=" if node.low_inclusive else "<", low, value)
    below = node.high is None or exact.compare("<=" if node.high_inclusive else "<", value, high)
    return value is not None and above and below


def _inset(run: Evaluation, node: nodes.InSet, world: World) -> Any:
    value = run.evaluate(node.value, world)
    unordered = isinstance(node.value.type, SetType)
    return strictly([value], TRUTH) or any(exact.equal(value, other, unordered) for other in node.values)


def _logic(run: Evaluation, node: nodes.Logic, world: World) -> Any:
    return kleene(node.op == "or", (run.evaluate(part, world) for part in node.parts))


def _not(run: Evaluation, node: nodes.Not, world: World) -> Any:
    part = run.evaluate(node.part, world)
    return strictly([part], TRUTH) or part is not True


def _conditional(run: Evaluation, node: nodes.Conditional, world: World) -> Any:
    condition = run.evaluate(node.condition, world)
    if isinstance(condition, Unknown):
        return either([run.evaluate(node.yes, world), run.evaluate(node.no, world)], condition.needs)
    return run.evaluate(node.yes if condition is True else node.no, world)


def kleene(decisive: bool, results: Iterator[Any]) -> Any:
    """One part that is ``decisive`` decides: ``or`` is true by it, ``and`` false."""
    unknowns = []
    for result in results:
        if isinstance(result, Unknown):
            unknowns.append(result)
        elif (result is True) is decisive:
            return decisive
    return lazily(unknowns, TRUTH) if unknowns else not decisive


MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    nodes.Compare: _compare,
    nodes.Within: _within,
    nodes.InSet: _inset,
    nodes.Logic: _logic,
    nodes.Not: _not,
    nodes.Conditional: _conditional,
}
