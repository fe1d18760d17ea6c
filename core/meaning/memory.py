"""Remembers what parts of a plan came to, for worlds that no test tells apart."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.value_keys import key_of
from tierwise.core.meaning.world import World
from tierwise.core.plan import Node
from tierwise.core.values import Value

__all__ = ["Memory"]

_MOST = 200_000
_ABSENT = object()


Found = TypeVar("Found")


class Memory(Generic[Found]):
    """A bounded store of what was found out about parts of a plan.

    Args:
        evaluation: The plan's evaluation.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._keys: dict[int, tuple[tuple[str, Callable[[Value], Hashable]], ...]] = {}
        self._found: dict[tuple[object, ...], Found] = {}

    def atoms(self, node: Node, facts: Mapping[str, Value]) -> tuple[object, ...]:
        """Return the atom of each fact that a node reads, in declaration order."""
        keys = self._keys.get(id(node))
        if keys is None:
            usage = self._evaluation.usage(node)
            keys = self._keys[id(node)] = tuple((name, key_of(self._evaluation.fact(name), usage)) for name in usage.facts)
        return tuple(key(facts[name]) if name in facts else _ABSENT for name, key in keys)

    def key(self, node: Node, world: World) -> tuple[object, ...] | None:
        """Return what a node can tell apart of a world; ``None`` when a decision is assumed in it: such worlds do not come again."""
        if world.chosen:
            return None
        usage = self._evaluation.usage(node)
        assumed = frozenset(world.facts.keys() - world.given.facts.keys()) if usage.prefers and world.given else None
        places = tuple(world.positions.get(name) for name in usage.rankings)
        readings = tuple(world.readings.get(name) for name in usage.readings)
        return (id(node), self.atoms(node, world.facts), places, readings, assumed)

    def get(self, key: tuple[object, ...] | None) -> Found | None:
        """Return what was found for a key, if anything."""
        try:
            return None if key is None else self._found.get(key)
        except TypeError:  # a list of records cannot be hashed
            return None

    def put(self, key: tuple[object, ...] | None, found: Found) -> None:
        """Remember what was found; when there is too much, forget everything."""
        if len(self._found) >= _MOST:
            self._found.clear()
        try:
            if key is not None:
                self._found[key] = found
        except TypeError:
            return
