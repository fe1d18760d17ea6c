"""A world: one way things may be. What is given about a subject, and what is assumed while missing parts are completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.meaning.unknown import Unknown
from tierwise.core.plan import Position

__all__ = ["World"]


@dataclass(slots=True)
class World:
    """What an evaluation reads, and what it has already found out.

    Attributes:
        facts: Fact name to value; none is ``None``, missing is absent. ``as_of`` and ``population`` are facts too.
        positions: Ranking name to the subject's position in its population.
        readings: The reading assumed for each name that the policy leaves unsettled.
        chosen: The value assumed for an undetermined decision.
        given: The world without any assumption; itself when there is none.
        results: Decision name to its value or ``Unknown``.
        hits: Table name to its hits.
        possible: Table name to the hits in the world of which less was assumed: no other rule can be hit.
        preferred: By the identity of a ``Prefer``: what it came to.
        items: The items that enclosing list nodes look at, innermost last, each with the name of its list.
    """

    facts: Mapping[str, Any]
    positions: Mapping[str, Position] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Any] = field(default_factory=dict)
    given: World | None = None
    results: dict[str, Any] = field(default_factory=dict)
    hits: dict[str, Any] = field(default_factory=dict)
    possible: dict[str, Any] = field(default_factory=dict)
    preferred: dict[int, Any] = field(default_factory=dict)
    items: list[tuple[Any, str]] = field(default_factory=list)

    def assume(self, kind: str, name: str, value: Any) -> World:
        """Return the world in which, besides, a fact, a reading or a decision has ``value``."""
        return World(
            facts={**self.facts, name: value} if kind == "fact" else self.facts,
            positions=self.positions,
            readings={**self.readings, name: value} if kind == "reading" else self.readings,
            chosen={**self.chosen, name: value} if kind == "decision" else self.chosen,
            given=self.given or self,
            results={n: result for n, result in self.results.items() if not isinstance(result, Unknown)},  # what is known stays known
            possible={**self.possible, **self.hits},
        )
