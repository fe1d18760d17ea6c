"""Finds the subjects whose classes do not agree on a value: several that bring different ones, or none that brings any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.plan import (
    Decision,
    Logic,
    Node,
    Not,
    Plan,
    agreed_in,
    conditions_in,
    constant_of,
    decision_of,
    fact_of,
    preferred_in,
    ways,
)
from tierwise.core.types import EnumType, SetType
from tierwise.plugins.builtin.checks.wording import box_in_words, doubt, value_in_words, witness_of
from tierwise.plugins.geometry.cover import Cover, TooLarge, compact
from tierwise.plugins.geometry.producing import Producing
from tierwise.plugins.geometry.space import Box, Space, lay_out, spaces_of

__all__ = ["find_disagreements"]

WITHOUT_VALUE = "give it a value, write `undetermined(gap)`, or say with `empty` what holds without one"
OPEN = "say with `empty` what holds then, or acknowledge the gap with a reason"
DIFFERENT = "let one class exclude the other, choose one by a table, or acknowledge the overlap with a reason"


def find_disagreements(plan: Plan) -> Iterator[Finding]:
    """Yield what decisions leave open in which classes have to agree: a warning each, a note where its author has acknowledged it.

    Only what is certain is told: classes whose conditions compare more than single quantities with constants, and values that are computed,
    are passed over.
    """
    producing = spaces_of(plan).producing
    for decision in plan.decisions.values():
        if agreed_in(decision.node) is not None:
            yield from _Agreement(decision, producing).findings()


@dataclass(frozen=True, slots=True)
class _Someone:
    """Subjects of whom it is known which classes they have: in words, an example, and what makes their being there doubtful."""

    words: str
    witness: tuple[tuple[str, Any], ...]
    doubt: str = ""


class _Agreement:
    """A decision in which classes have to agree, and who may have which of them."""

    def __init__(self, decision: Decision, producing: Producing) -> None:
        node = agreed_in(decision.node)
        assert node is not None
        self.decision, self.node = decision, node
        self.values = dict(node.values)
        type = node.of.type.item if isinstance(node.of.type, SetType) else node.of.type
        self.words = type.values if isinstance(type, EnumType) else ()
        classes = _classes(node.of, producing.plan)
        self.subjects: _OfFact | _OfConditions | None = None
        fact, conditions = fact_of(classes), {word: test for word, test in conditions_in(classes) if word}
        if fact is not None:
            self.subjects = _OfFact(fact.name)
        elif conditions:
            self.subjects = _OfConditions(conditions, producing)

    def findings(self) -> Iterator[Finding]:
        """Yield what is found."""
        try:
            yield from self._without_value()
            yield from self._told("overlap", self._different())
            yield from self._told("gap", self._nothing() if self.node.empty is None else None)
        except TooLarge:
            message = f"`{self.decision.name}` has too many combinations of classes: whether they agree was not looked for"
            yield Finding.note("analysis-capped", message, self.decision.span)

    def _told(self, what: str, found: Finding | None) -> Iterator[Finding]:
        why = self.node.acknowledged.get(what)
        if found is not None and why is not None:
            yield Finding.note(f"{what}-acknowledged", found.message, found.span, why.get("en", ""), witness=found.witness)
        elif found is not None:
            yield found
        elif why is not None and self._is_exact(what):
            message = f"classes of `{self.decision.name}` leave no {what} any more: the acknowledgement is not needed"
            yield Finding.warning("acknowledgement-not-needed", message, self.decision.span, "remove it")

    def _is_exact(self, what: str) -> bool:
        """Say whether what is not found is not there."""
        is_plain = what == "gap" or all(constant_of(value) is not None for value in self.values.values())
        return is_plain and self.subjects is not None and self.subjects.is_exact

    def _without_value(self) -> Iterator[Finding]:
        """Yield each class that has no value and leaves the outcome open where it is the only one."""
        for word in (word for word in self.words if word not in self.values and self.node.empty is None):
            someone = self._having((word,), tuple(self.values))
            message = f"class `{word}` has no value: alone, it leaves the outcome undetermined"
            witness = () if someone is None else someone.witness
            yield Finding.warning("class-without-value", message, self.decision.span, WITHOUT_VALUE, witness=witness)

    def _different(self) -> Finding | None:
        """Return the first two classes that hold at once and bring different values, and how many pairs do."""
        known = {word: constant for word, value in self.values.items() if (constant := constant_of(value)) is not None}
        pairs = [(a, b) for a, b in combinations(known, 2) if known[a].value != known[b].value]
        met = [(pair, someone) for pair in pairs if (someone := self._having(pair)) is not None]
        if not met:
            return None
        pair, someone = met[0]
        brings = " but ".join(f"`{word}` brings `{value_in_words(known[word].value, known[word].type)}`" for word in pair)
        name = self.decision.name
        message = f"classes of `{name}` differ for {someone.words}: {brings}"
        if len(met) > 1:
            message = f"{len(met)} pairs of classes of `{name}` differ, such as for {someone.words}: {brings}"
        return Finding.warning("overlap", message, self.decision.span, DIFFERENT + someone.doubt, witness=someone.witness)

    def _nothing(self) -> Finding | None:
        """Return who has no class at all."""
        someone = self._having((), self.words)
        if someone is None:
            return None
        message = f"no class of `{self.decision.name}` holds for {someone.words}"
        return Finding.warning("gap", message, self.decision.span, OPEN + someone.doubt, witness=someone.witness)

    def _having(self, words: tuple[str, ...], without: tuple[str, ...] = ()) -> _Someone | None:
        """Return who has some classes and lacks others: rather no other at all, which is a plainer example."""
        if self.subjects is None:
            return None
        others = tuple(word for word in self.words if word not in words)
        return self.subjects.having(words, others) or self.subjects.having(words, without)


def _classes(node: Node, plan: Plan) -> Node:
    """Return what gives the classes where all facts are there, behind decisions and before what stands in for it."""
    reference, preferred = decision_of(node), preferred_in(node)
    if reference is not None and reference.name in plan.decisions:
        return _classes(plan.decisions[reference.name].node, plan)
    return _classes(preferred[0], plan) if preferred else node


@dataclass(frozen=True, slots=True)
class _OfFact:
    """Subjects whose classes a fact lists: any may stand in it together."""

    name: str
    is_exact = True

    def having(self, words: tuple[str, ...], without: tuple[str, ...]) -> _Someone | None:
        """Return subjects that have some classes and lack others."""
        return _Someone(f"`{self.name}` with {' and '.join(f'`{word}`' for word in words) or 'nothing in it'}", ((self.name, list(words)),))


class _OfConditions:
    """Subjects whose classes have conditions."""

    def __init__(self, conditions: Mapping[str, Node], producing: Producing) -> None:
        self._plan = producing.plan
        self._words = list(conditions)
        self._space: Space = lay_out(producing, (), [(_as_logic(test, self._plan),) for test in conditions.values()])
        self.is_exact = all(row.sure for row in self._space.rows)

    def having(self, words: tuple[str, ...], without: tuple[str, ...]) -> _Someone | None:
        """Return subjects that surely have some classes and surely lack others; ``None`` where there is none of whom it is certain."""
        rows = dict(zip(self._words, self._space.rows, strict=True))
        within: Box = self._space.everything
        for word in words:
            if word not in rows:
                return None
            within = tuple(a & b for a, b in zip(within, rows[word].must, strict=True))
        if not all(within):
            return None
        others = compact([rows[word].may for word in without if word in rows])
        holes = Cover(others, within).holes()[0] if others else (within,)
        if not holes:
            return None
        words_of = box_in_words(self._space, holes[0]) or "everyone"
        return _Someone(words_of, witness_of(self._space, holes[0]), doubt(self._space, holes[0], self._plan))


def _as_logic(test: Node, plan: Plan) -> Node:
    """Return a condition that is one of two by a third as ``and``, ``or`` and ``not`` of them."""
    by, pair = [condition for word, condition in conditions_in(test) if not word], ways(test, plan)
    if not by or pair is None:
        return test
    yes, no = (_as_logic(way, plan) for way in pair)
    return Logic("or", (Logic("and", (by[0], yes)), Logic("and", (Not(by[0]), no))))
