"""A world: one way things may be. What is given about a subject, and what is assumed while missing parts are completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierwise.core.meaning.hit_policies import Hit
from tierwise.core.meaning.unknown import Need, Result, Unknown
from tierwise.core.plan import Position
from tierwise.core.values import Value

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
        parts: What some parts of the plan come to, by their identity, instead of being evaluated.
        items: The items that enclosing list nodes look at, innermost last, each with the name of its list.
    """

    facts: Mapping[str, Value]
    positions: Mapping[str, Position] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Result] = field(default_factory=dict)
    given: World | None = None
    results: dict[str, Result] = field(default_factory=dict)
    hits: dict[str, tuple[Hit, ...]] = field(default_factory=dict)
    possible: dict[str, tuple[Hit, ...]] = field(default_factory=dict)
    parts: Mapping[int, Result] = field(default_factory=dict)
    items: list[tuple[Result, str]] = field(default_factory=list)

    def assume(self, need: Need, value: Result) -> World:
        """Return the world in which, besides, a fact, a reading or a decision has ``value``."""
        facts, readings, chosen = self.facts, self.readings, self.chosen
        if need.kind == "decision":
            chosen = {**chosen, need.name: value}
        elif need.kind == "reading":
            readings = {**readings, need.name: str(value)}
        elif not isinstance(value, Unknown):
            facts = {**facts, need.name: value}
        return World(
            facts=facts,
            positions=self.positions,
            readings=readings,
            chosen=chosen,
            given=self.given or self,
            results={n: result for n, result in self.results.items() if not isinstance(result, Unknown)},  # what is known stays known
            possible={**self.possible, **self.hits},
        )
