"""Finds what a node reads, puts decisions into an order in which each comes after what it reads, and finds cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from tierwise.core.plan import Decision, DecisionRef, Node, Pick, RankCut, Ranking, Table

__all__ = ["Ordered", "decisions_read", "nodes_behind", "ordered", "walk"]


def walk(*roots: Node | None) -> Iterator[Node]:
    """Yield every node of the trees, parents first, in the order in which they are written."""
    stack: list[Any] = list(reversed(roots))
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif isinstance(part, Node):
            yield part
            stack.extend(getattr(part, field.name) for field in reversed(fields(part)))


def nodes_behind(node: Node, tables: Mapping[str, Table], rankings: Mapping[str, Ranking]) -> Iterator[Node]:
    """Yield every node on which a node hangs: its own, those of the tables it picks from and of the rankings it cuts."""
    for part in walk(node):
        yield part
        if isinstance(part, Pick) and part.table in tables:
            yield from walk(*_of_output(tables[part.table], part.output))
        elif isinstance(part, RankCut) and part.ranking in rankings:
            ranking = rankings[part.ranking]
            yield from walk(ranking.by, ranking.partition, ranking.among)


def decisions_read(node: Node, tables: Mapping[str, Table], rankings: Mapping[str, Ranking]) -> tuple[str, ...]:
    """Return the names of the decisions that a node reads directly, without repeats, in the order in which they are written."""
    return tuple(dict.fromkeys(part.name for part in nodes_behind(node, tables, rankings) if isinstance(part, DecisionRef)))


@dataclass(frozen=True, slots=True)
class Ordered:
    """Decisions in order, and the cycles that stand in the way.

    Attributes:
        decisions: Every decision, after those it reads; a cycle is cut at the decision that closes it.
        cycles: Each a path of names that ends where it began: ``("a", "b", "a")``.
    """

    decisions: tuple[Decision, ...]
    cycles: tuple[tuple[str, ...], ...]


def ordered(decisions: Iterable[Decision], tables: Mapping[str, Table], rankings: Mapping[str, Ranking]) -> Ordered:
    """Order decisions: the author's order, except that what is read comes first."""
    by_name = {decision.name: decision for decision in decisions}
    reads = {name: [n for n in decisions_read(d.node, tables, rankings) if n in by_name] for name, d in by_name.items()}
    done: dict[str, Decision] = {}
    cycles: list[tuple[str, ...]] = []
    for root in by_name:
        _visit(root, reads, by_name, done, cycles)
    return Ordered(tuple(done.values()), tuple(cycles))


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


def _of_output(table: Table, output: int) -> Iterator[Node | None]:
    """Yield the nodes on which one output of a table hangs."""
    yield from table.columns
    for rule in table.rules:
        yield from rule.tests
        yield rule.outputs[output]
    yield from table.defaults[output : output + 1]
