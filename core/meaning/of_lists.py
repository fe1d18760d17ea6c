"""The meaning of nodes over lists: filter, project, some and every, sort."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tierwise.core import plan as nodes
from tierwise.core.meaning.of_tests import kleene
from tierwise.core.meaning.ordering import Order, leaders, ranks_of, taken
from tierwise.core.meaning.unknown import MOST_LOOKED_AT, TRUTH, Unknown, domain, for_each, has_few_values, strictly
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Node, name_of
from tierwise.core.types import ListType, SetType

if TYPE_CHECKING:
    from tierwise.core.meaning.evaluate import Evaluation

__all__ = ["MEANINGS"]

_MOST_COMPARED = 64  # items of which some have unknown keys: they are compared two by two


def _filter(run: Evaluation, node: nodes.Filter, world: World) -> Any:
    items = run.evaluate(node.of, world)
    if isinstance(items, Unknown) or items is None:
        return strictly([items, *_left_open(run, node, items, world)], None)
    tests = list(_each(run, node.of, items, node.test, world))
    unknowns = [test for test in tests if isinstance(test, Unknown)]
    if not unknowns:
        return tuple(item for item, test in zip(items, tests, strict=True) if test is True)
    kept = _lists_still_possible(items, tests) if 2 ** len(unknowns) <= MOST_LOOKED_AT else None
    return strictly(unknowns, kept)


def _lists_still_possible(items: tuple[Any, ...], tests: Sequence[Any]) -> tuple[tuple[Any, ...], ...]:
    """Return every list that is left, with or without each item of which it is not known whether it is in."""
    lists: list[tuple[Any, ...]] = [()]
    for item, test in zip(items, tests, strict=True):
        if isinstance(test, Unknown):
            lists = [one for start in lists for one in ((*start, item), start)]
        elif test is True:
            lists = [(*start, item) for start in lists]
    return tuple(lists)


def _left_open(run: Evaluation, node: nodes.Filter, items: Unknown | None, world: World) -> Iterator[Unknown]:
    """Yield what the policy leaves open in the test of any item (a limit that is lost or vague): no list would settle that."""
    if items is not None:
        anything = Unknown.because(Reason.MISSING_FACT, name=name_of(node.of))
        for test in _each(run, node.of, (anything,), node.test, world):
            if isinstance(test, Unknown) and test.is_final and test.reason in (Reason.LOST, Reason.VAGUE):
                yield test


def _project(run: Evaluation, node: nodes.Project, world: World) -> Any:
    items = run.evaluate(node.of, world)
    if has_few_values(items):
        return for_each(items, lambda way: _projected(run, node, way, world))
    return _projected(run, node, items, world)


def _projected(run: Evaluation, node: nodes.Project, items: Any, world: World) -> Any:
    if isinstance(items, Unknown) or items is None:
        return strictly([items], None)
    results = tuple(_each(run, node.of, items, node.each, world))
    return strictly(results, None) or results


def _quantified(run: Evaluation, node: nodes.Quantified, world: World) -> Any:
    items = run.evaluate(node.of, world)
    return strictly([items], TRUTH) or kleene(node.op == "some", _each(run, node.of, items or (), node.test, world))


def _sorted(run: Evaluation, node: nodes.Sorted, world: World) -> Any:
    items = run.evaluate(node.of, world)
    if isinstance(items, Unknown) or items is None:
        return strictly([items], domain(node.type))
    *columns, what = (list(_each(run, node.of, items, part, world)) for part in (*(key for key, _ in node.keys), node.each))
    keys = [key for column in columns for key in column]
    unknown = strictly([*keys, *what], domain(node.type))
    if strictly(what, None) is not None or (unknown is not None and len(items) > _MOST_COMPARED):
        return unknown
    keyed = list(zip(zip(*columns, strict=True), what, strict=True))
    order = Order([down for _, down in node.keys], [ranks_of(key.type) for key, _ in node.keys])
    is_single = node.take == 1 and not isinstance(node.type, ListType | SetType)
    if unknown is not None:
        keyed = leaders(keyed, order) if is_single else keyed
        if not order.is_sure(keyed):
            return Unknown(unknown.needs, distinct(each for _, each in keyed) if is_single else unknown.bound)
    return taken(order.sorted(keyed), node.take, is_single, node.ties)


def _each(run: Evaluation, of: Node, items: tuple[Any, ...], node: Node, world: World) -> Iterator[Any]:
    """Evaluate a node once for every item of a list."""
    name = name_of(of)
    for item in items:
        world.items.append((item, name))
        try:
            result = run.evaluate(node, world)
        finally:
            world.items.pop()
        yield result


MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    nodes.Filter: _filter,
    nodes.Project: _project,
    nodes.Quantified: _quantified,
    nodes.Sorted: _sorted,
}
