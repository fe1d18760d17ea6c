"""Decides which events matter to a rule, under each reading, by the language's own meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined
from tierwise.core.plan import AS_OF, Node, decision_of, name_of, walk
from tierwise.core.values import to_json
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import Variant, WatchPlan

__all__ = ["Conditions"]

_MOST_REMEMBERED = 20_000


class Conditions:
    """Evaluates the nodes of a watch plan for events. What it once decided for equal fields it remembers.

    A decision of the policy is what deciding gives for the facts that the event's fields are, as of the day of the event.
    """

    def __init__(self, plan: WatchPlan, environment: Environment) -> None:
        self._plan, self._environment = plan.plan, environment
        self._evaluation = Evaluation(plan.plan, environment)
        self._none = {name: None for name, fact in plan.plan.facts.items() if fact.absent_is_none}
        self._evaluators: dict[tuple[str, ...], Evaluator] = {}
        self._readings: dict[int, tuple[Node, tuple[str, ...], bool]] = {}
        self._remembered: dict[Any, Any] = {}

    def value(self, node: Node, event: Event, variant: Variant) -> Any:
        """Return the value of a node, or ``Unknown``."""
        readings, by_fields = self._about(node)
        settled = {name: variant[name] for name in readings if name in variant}
        if not by_fields:
            return self._settle(node, event, settled)
        key = (id(node), event.kind, tuple(event.fields.items()), tuple(settled.values()))
        try:
            return self._remembered[key]
        except KeyError:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = self._settle(node, event, settled)
            return found
        except TypeError:  # a record or a map cannot be a key
            return self._settle(node, event, settled)

    def holds(self, node: Node | None, event: Event, variant: Variant) -> bool | Unknown:
        """Say whether a condition holds; none always does. ``Unknown`` when that hangs on what is missing."""
        if node is None:
            return True
        found = self.value(node, event, variant)
        return found if isinstance(found, Unknown) else found is True

    def key(self, nodes: Iterable[Node], event: Event, variant: Variant) -> tuple[str, ...] | Unknown:
        """Return what keeps counts apart, as text."""
        parts = []
        for node in nodes:
            found = self.value(node, event, variant)
            if isinstance(found, Unknown):
                return found
            parts.append(str(to_json(found)))
        return tuple(parts)

    def _about(self, node: Node) -> tuple[tuple[str, ...], bool]:
        """Return the readings that a node mentions, and whether it reads fields alone: not the id, the subject or the time."""
        found = self._readings.get(id(node))
        if found is None:
            facts = set(self._evaluation.usage(node).facts)
            found = self._readings[id(node)] = (
                node,
                self._evaluation.usage(node).readings,
                not facts & {"id", "subject", "at", AS_OF},
            )
        return found[1], found[2]

    def _settle(self, node: Node, event: Event, readings: Variant) -> Any:
        facts: Mapping[str, Any] = {"id": event.id, "kind": event.kind, "subject": event.subject, "at": event.at, **event.fields}
        named = [name_of(part) for part in walk(node) if decision_of(part) is not None]
        if not named:
            return self._evaluation.settle(node, World(facts, readings=readings)).result
        known = {**self._none, **facts, AS_OF: event.at.date() if isinstance(event.at, datetime) else event.at}
        outcomes = {name: self._evaluator(readings).decide(name, known) for name in named}
        chosen = {name: outcome.value for name, outcome in outcomes.items() if isinstance(outcome, Determined)}
        return self._evaluation.settle(node, World(known, readings=readings, chosen=chosen)).result

    def _evaluator(self, readings: Variant) -> Evaluator:
        """Return what decides under a variant."""
        key = tuple(f"{name}={word}" for name, word in sorted(readings.items()))
        if key not in self._evaluators:
            declared = self._plan.readings
            settled = {name: replace(reading, settled=readings.get(name, reading.settled)) for name, reading in declared.items()}
            self._evaluators[key] = Evaluator(replace(self._plan, readings=settled), self._environment)
        return self._evaluators[key]
