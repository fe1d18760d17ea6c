"""Puts decisions into an order in which each comes after what it reads, and finds cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierwise.core.plan import Decision, Linked, behind, decision_of

__all__ = ["Ordered", "ordered"]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Decisions in order, and the cycles that stand in the way.

    Attributes:
        decisions: Every decision, after those it reads; a cycle is cut at the decision that closes it.
        cycles: Each a path of names that ends where it began: ``("a", "b", "a")``.
    """

    decisions: tuple[Decision, ...]
    cycles: tuple[tuple[str, ...], ...]


def ordered(plan: Linked) -> Ordered:
    """Order decisions: the author's order, except that what is read comes first."""
    by_name = plan.decisions
    reads = {name: [read for read in _decisions_read(d, plan) if read in by_name] for name, d in by_name.items()}
    done: dict[str, Decision] = {}
    cycles: list[tuple[str, ...]] = []
    for root in by_name:
        _visit(root, reads, by_name, done, cycles)
    return Ordered(tuple(done.values()), tuple(cycles))


def _decisions_read(decision: Decision, plan: Linked) -> tuple[str, ...]:
    """Return the names of the decisions that one reads directly, without repeats, in the order in which they are written."""
    found = (decision_of(node) for node in behind(decision.node, plan))
    return tuple(dict.fromkeys(read.name for read in found if read is not None))


def _visit(
    root: str, reads: Mapping[str, Sequence[str]], by_name: Mapping[str, Decision], done: dict[str, Decision], cycles: list[tuple[str, ...]]
) -> None:
    """Walk down from ``root``, without recursion: a policy may chain more decisions than Python nests calls."""
    if root in done:
        return
    path: dict[str, Iterator[str]] = {root: iter(reads[root])}
    while path:
        name = next(reversed(path))
        for needed in path[name]:
            if needed in path:
                names = list(path)
                cycles.append((*names[names.index(needed) :], needed))
            elif needed not in done:
                path[needed] = iter(reads[needed])
                break
        else:
            done[name] = by_name[name]
            del path[name]
