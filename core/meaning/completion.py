"""Completes what is missing, lazily: splits on one unknown after the other and looks whether every way comes to the same.

The order: unsettled readings, facts missing as ``missing_fact``, facts lost or vague, undetermined decisions with candidates. A fact is
split over the atoms of its domain, which is exact when it is only tested against constants; else it is not split and the outcome is
bounded by Kleene's logic.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.regions import key_of, values_to_try
from tierwise.core.meaning.settling import Settled
from tierwise.core.meaning.unknown import Need, Result, Unknown, same
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Node
from tierwise.core.values import Value

__all__ = ["Completion", "Finished", "Memory"]

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


_MOST_LISTED = 64  # candidates, where nothing bounds them beforehand
_DEEPEST = 150  # facts assumed one inside the other; far beyond it Python itself would give up


class _TooMany(Exception):
    """The bound on completions is reached."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a world came to, how many worlds were looked at for it, and how deep they were nested."""

    settled: Settled
    worlds: int
    depth: int


class Completion:
    """Completes one part of a plan in one world.

    Args:
        evaluation: The plan's evaluation.
        node: The part.
        most: How many worlds it may look at; one that is remembered counts for as many as it took.
        memory: What earlier completions found.
    """

    def __init__(self, evaluation: Evaluation, node: Node, most: int, memory: Memory[Finished]) -> None:
        self._evaluation = evaluation
        self._node = node
        self._usage = evaluation.usage(node)
        self._most = self._left = most
        self._memory = memory

    def settle(self, world: World) -> Settled:
        """Return what the part comes to; beyond the bound on completions what Kleene's logic says of it."""
        try:
            return self._settle(world, 0).settled
        except _TooMany:
            picked = self._evaluation.settle(self._node, world)
            settled = _without_split(picked.result, frozenset(picked.rules))
            self._memory.put(self._memory.key(self._node, world), Finished(settled, 0, 0))
            return settled

    def _settle(self, world: World, depth: int) -> Finished:
        key = self._memory.key(self._node, world)
        found = self._memory.get(key)
        self._left -= 1 if found is None else found.worlds
        if self._left < 0 or depth + (0 if found is None else found.depth) > _DEEPEST:
            raise _TooMany
        if found is None:
            found = self._fresh(world, depth)
            self._memory.put(key, found)
        return found

    def _fresh(self, world: World, depth: int) -> Finished:
        picked = self._evaluation.settle(self._node, world)
        result, rules = picked.result, frozenset(picked.rules)
        need = self._next(result) if isinstance(result, Unknown) else None
        if need is None or not isinstance(result, Unknown):
            return Finished(_without_split(result, rules), 1, 0)
        return self._split(world, need, result, rules, depth)

    def _split(self, world: World, need: Need, result: Unknown, rules: frozenset[str], depth: int) -> Finished:
        """Try every value of one unknown; stop once the ways differ and no further value can come to light."""
        ways: list[Settled] = []
        worlds, deepest, agree = 1, 0, True
        most = result.bound
        for value in self._values(need, world):
            way = self._settle(world.assume(need, value), depth + 1)
            ways.append(way.settled)
            worlds, deepest = worlds + way.worlds, max(deepest, way.depth + 1)
            agree = agree and _agree(need, way.settled, ways[0])
            if not agree and _nothing_new(ways, most):
                break
        return Finished(self._together(ways, need, world, result, rules), worlds, deepest)

    def _together(self, ways: list[Settled], need: Need, world: World, result: Unknown, rules: frozenset[str]) -> Settled:
        needs = frozenset().union(*(way.needs for way in ways))
        agree = all(_agree(need, way, ways[0]) for way in ways)
        if agree and ways[0].reason is None:
            return Settled(ways[0].value, rules=frozenset().union(*(way.rules for way in ways)))
        bound = _bound(ways, result.bound)
        is_partial = any(way.is_partial for way in ways)
        if agree:
            is_final = all(way.is_final for way in ways)
            if not is_final and any(way.bound != ways[0].bound for way in ways):
                needs |= self._names(need, world)
            return Settled(None, ways[0].reason, bound, needs, rules, is_partial, is_final=is_final)
        return Settled(None, need.reason, bound, needs | self._names(need, world), rules, is_partial)

    def _next(self, result: Unknown) -> Need | None:
        """Return the unknown to split on first, or ``None`` when none can be split."""
        splittable = [need for need in result.needs if self._can_split(need)]
        return min(splittable, key=self._rank, default=None)

    def _can_split(self, need: Need) -> bool:
        return need.kind in ("reading", "decision") or (need.kind == "fact" and need.name not in self._usage.exact)

    def _rank(self, need: Need) -> tuple[int, int]:
        plan = self._evaluation.plan
        if need.kind == "reading":
            return (0, self._usage.readings.index(need.name))
        if need.kind == "decision":
            return (3, list(plan.decisions).index(need.name))
        return (1 if need.reason is Reason.MISSING_FACT else 2, self._usage.facts.index(need.name))

    def _values(self, need: Need, world: World) -> tuple[Result, ...]:
        plan = self._evaluation.plan
        if need.kind == "reading":
            return plan.readings[need.name].values
        if need.kind == "decision":
            result = world.results[need.name]
            if not isinstance(result, Unknown):
                return (result,)
            left_open = (Unknown(frozenset({Need("policy", need.name, result.reason)}), ()),) if result.is_partial else ()
            return (*(result.bound or ()), *left_open)
        fact = self._evaluation.fact(need.name)
        return values_to_try(fact, self._usage)

    def _names(self, need: Need, world: World) -> frozenset[str]:
        """Return what would settle a need: for a decision that hangs on something what it hangs on, else itself."""
        result = world.results[need.name] if need.kind == "decision" else None
        return (_named(result.needs) if isinstance(result, Unknown) else frozenset()) or frozenset({need.name})


def _agree(need: Need, way: Settled, other: Settled) -> bool:
    """Say whether two ways come to the same: one value, or one reason.

    What the policy leaves open for one reason under every value of a fact it leaves open, whatever the candidates. Else, that candidates differ is
    the doing of a missing fact when a fact is split, so its own reason stands then; under each reading of the source the reason may be the
    same for candidates of its own.
    """
    if not _is_one(way, other):
        return False
    if need.kind != "fact" or way.reason in (None, need.reason) or (way.is_final and other.is_final):
        return True
    return way.bound == other.bound


def _is_one(way: Settled, other: Settled) -> bool:
    """Say whether both are one value, or undetermined for one reason."""
    return way.reason is other.reason and (way.reason is not None or same(way.value, other.value))


def _without_split(result: Result, rules: frozenset[str]) -> Settled:
    if not isinstance(result, Unknown):
        return Settled(result, rules=rules)
    return Settled(None, result.reason, result.bound, _named(result.needs), rules, result.is_partial, is_final=result.is_final)


def _named(needs: frozenset[Need]) -> frozenset[str]:
    return frozenset(need.name for need in needs if need.name)


def _nothing_new(ways: list[Settled], most: tuple[Value, ...] | None) -> bool:
    """Say whether every value that Kleene's logic admits has come to light, or so many that they will not be listed."""
    bound = _bound(ways, most)
    return bound is most if bound is None or most is None else len(bound) == len(most)


def _bound(ways: list[Settled], order: tuple[Value, ...] | None) -> tuple[Value, ...] | None:
    """Return the values of all ways, in the order of Kleene's bound (the policy's own) where there is one."""
    if any(way.reason is not None and way.bound is None for way in ways):
        return order
    values = distinct([value for way in ways for value in ((way.value,) if way.reason is None else way.bound or ())])
    if order is None:
        return values if len(values) <= _MOST_LISTED else None
    return _sorted_like(values, order)


def _sorted_like(values: tuple[Value, ...], order: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the values of ``order`` that are among ``values``."""
    try:
        known = {(type(value), value) for value in values}
        return tuple(value for value in order if (type(value), value) in known)
    except TypeError:  # records cannot be hashed
        return tuple(value for value in order if any(same(value, other) for other in values))
