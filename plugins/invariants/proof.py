"""Proves a promise over all facts, or refutes it by customers whom the policy decides against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.finding import Finding, Severity
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import AS_OF, Decision, Fact, FactRef, Plan, usage_of
from tierwise.core.types import DateType, EnumType, NumberType, Type
from tierwise.core.values import Duration, Value, to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.geometry.told_apart import Lines, drawn, kinds_of, lines_of
from tierwise.plugins.invariants.corners import Box, boxes_of, far_points, is_nowhere_negative, points_of
from tierwise.plugins.invariants.section import Invariant

__all__ = ["Proof", "Proved", "findings_of_proofs", "prove"]

MOST = 20_000
DRAWN = 200
MOST_COMPUTED = 4

Facts = Mapping[str, Value]


class Proved(StrEnum):
    """What is known of a promise. Programs read these words."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Proof:
    """A promise, and whether it is kept.

    Attributes:
        looked_at: How many cases were decided.
        why: What kept the proof from being made.
        pair: Of a broken promise the facts of one customer, or of two who differ only in what changes.
        outcomes: What the policy decides of each.
        assumed: The witness names a decision itself instead of facts that lead to it.
    """

    invariant: Invariant
    verdict: Proved
    looked_at: int
    why: str = ""
    pair: tuple[Facts, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    assumed: bool = False


def findings_of_proofs(plan: Plan, environment: Environment, invariants: Iterable[Invariant]) -> Iterator[Finding]:
    """Prove promises, and yield a finding for each that is broken or could not be proved."""
    for invariant in invariants:
        proof = prove(plan, environment, invariant)
        if proof.verdict is Proved.UNPROVEN:
            message = f"`{invariant.text}` could not be proved: {proof.why}; no counterexample among {proof.looked_at:,} cases"
            yield Finding.note("invariant-unproven", message, invariant.span)
        elif proof.verdict is Proved.BROKEN:
            known = invariant.acknowledged
            words = "; ".join(_case(facts, outcome, invariant.y) for facts, outcome in zip(proof.pair, proof.outcomes, strict=True))
            message = f"`{invariant.text}` does not hold: {words}" + (f"; acknowledged: {known['en']}" if known else "")
            severity = Severity.NOTE if known else Severity.ERROR
            help = "" if known else "change the rules, or say why under `acknowledge`"
            witness = tuple((name, to_json(value)) for name, value in proof.pair[0].items())
            yield Finding("invariant-broken", severity, message, invariant.span, help, witness=witness)


def _case(facts: Facts, outcome: Outcome, name: str) -> str:
    document = outcome_document(outcome)
    shown = f"undetermined ({document['undetermined']})" if "undetermined" in document else cell_text(document["value"]) or "none"
    return f"`{name}` is {shown} for {', '.join(f'{fact}: {cell_text(to_json(value))}' for fact, value in facts.items()) or 'everybody'}"


def prove(plan: Plan, environment: Environment, invariant: Invariant) -> Proof:
    """Prove a promise or refute it.

    Args:
        plan: The policy.
        environment: Its functions and limits.
        invariant: The promise.
    """
    facts = {**plan.facts, AS_OF: Fact(AS_OF, DateType(), {"zh": AS_OF, "en": AS_OF})}
    prover = _Prover(plan, environment, facts, invariant)
    if not invariant.sign:
        return prover.has()
    return prover.monotone_in_decision() if invariant.x[0] in plan.decisions else prover.monotone()


class _Prover:
    def __init__(self, plan: Plan, environment: Environment, facts: Mapping[str, Fact], invariant: Invariant) -> None:
        self.plan, self.environment, self.facts, self.invariant = plan, environment, facts, invariant
        self.evaluator = Evaluator(plan, environment)

    # ---- whoever has x has y -------------------------------------------------------------------------------------------------

    def has(self) -> Proof:
        """Look for somebody of whom all ``x`` are determined and ``y`` is not."""
        names = (*self.invariant.x, self.invariant.y)
        sources = [(self.plan, self.plan.decisions[name].node) for name in names]
        kinds = kinds_of(sources, self.facts, MOST)
        if not kinds.is_exact and (proof := self._has_whatever_x_is()) is not None:
            return proof
        subjects = kinds.subjects if kinds.is_exact else tuple(drawn(sources, self.facts, DRAWN))
        for facts in subjects:
            outcome = self.evaluator.decide(self.invariant.y, facts)
            if _has_value(outcome) or not self._is_determined(facts):
                continue
            return Proof(self.invariant, Proved.BROKEN, len(subjects), "", (facts,), (outcome,))
        return Proof(self.invariant, Proved.HOLDS if kinds.is_exact else Proved.UNPROVEN, len(subjects), kinds.why)

    def _has_whatever_x_is(self) -> Proof | None:
        """Let the decisions ``x`` be anything that they may be: who then has ``y`` has it however they are decided."""
        if any(self.plan.decisions[name].nullable for name in self.invariant.x):
            return None
        plan, facts = self._freed()
        kinds = kinds_of([(plan, plan.decisions[name].node) for name in (*self.invariant.x, self.invariant.y)], facts, MOST)
        evaluator = Evaluator(plan, self.environment)
        if not kinds.is_exact or not all(_has_value(evaluator.decide(self.invariant.y, one)) for one in kinds.subjects):
            return None
        return Proof(self.invariant, Proved.HOLDS, len(kinds.subjects))

    def _freed(self) -> tuple[Plan, Mapping[str, Fact]]:
        """Return the plan and the facts with the decisions ``x`` as facts of their own."""
        freed = {name: self.plan.decisions[name] for name in self.invariant.x}
        decisions = {name: replace(decision, node=FactRef(name, decision.type)) for name, decision in freed.items()}
        facts = {name: Fact(name, decision.type, decision.label) for name, decision in freed.items()}
        return replace(self.plan, decisions={**self.plan.decisions, **decisions}), {**self.facts, **facts}

    def _is_determined(self, facts: Facts) -> bool:
        return all(isinstance(self.evaluator.decide(name, facts), Determined) for name in self.invariant.x)

    # ---- y never falls as x rises --------------------------------------------------------------------------------------------

    def monotone(self, plan: Plan | None = None, facts: Mapping[str, Fact] | None = None) -> Proof:
        """Look along every line on which only the fact ``x`` changes."""
        plan, facts, evaluator = (
            plan or self.plan,
            facts or self.facts,
            self.evaluator if plan is None else Evaluator(plan, self.environment),
        )
        (x,), y = self.invariant.x, self.invariant.y
        node, type = plan.decisions[y].node, facts[x].type
        found = lines_of(plan, node, facts, x, MOST)
        if len(found.computed) > MOST_COMPUTED:
            found = Lines((), False, f"it is computed with more than {MOST_COMPUTED} numbers")
        boxes = boxes_of({name: number for name in found.computed if isinstance(number := facts[name].type, NumberType)})
        decided = _Decided(evaluator, plan.decisions[y], boxes, found.is_exact)
        for line in found.lines if found.is_exact else self._drawn_lines(plan, x, facts):
            ranked = [(_rank(subject[x], type), mark, subject) for mark, subject in line if subject.get(x) is not None]
            pair = self._against(decided, [(mark, subject) for _, mark, subject in sorted(ranked, key=lambda one: one[0])])
            if pair is not None:
                return Proof(self.invariant, Proved.BROKEN, decided.count, "", pair, tuple(evaluator.decide(y, one) for one in pair))
        return Proof(self.invariant, Proved.HOLDS if found.is_exact else Proved.UNPROVEN, decided.count, found.why)

    def _against(self, decided: _Decided, line: Sequence[tuple[int, Facts]]) -> tuple[Facts, Facts] | None:
        """Return two subjects of a line, in order, of whom the promise does not hold; each is compared with the one before that is determined."""
        sign = self.invariant.sign
        for number, box in enumerate(decided.boxes):
            last: tuple[Facts, Sequence[Any]] | None = None
            for mark, subject in line:
                heights = decided.heights(mark, subject, number)
                if heights is None:
                    continue
                if last is not None and _falls(last[1], heights, sign, box):
                    return decided.shown(last[0], subject, sign, box)
                last = subject, heights
        return None

    def _drawn_lines(self, plan: Plan, x: str, facts: Mapping[str, Fact]) -> Iterator[Sequence[tuple[int, Facts]]]:
        sources = [(plan, plan.decisions[self.invariant.y].node)]
        drawn_subjects = list(drawn(sources, facts, DRAWN))
        values = [*dict.fromkeys(subject[x] for subject in drawn_subjects if x in subject)][:20]
        number = 0
        for subject in drawn_subjects if values else ():
            line: list[tuple[int, Facts]] = []
            for value in values:
                number += 1
                line.append((number, {**subject, x: value}))
            yield line

    def monotone_in_decision(self) -> Proof:
        """Let the decision ``x`` be anything that it may be: a proof of that is one for all; a counterexample is looked for among customers."""
        (x,) = self.invariant.x
        proof = self.monotone(*self._freed())
        return self._real(proof, x) if proof.verdict is Proved.BROKEN else proof

    def _real(self, proof: Proof, x: str) -> Proof:
        """Put facts in the place of the decision that a counterexample assumes."""
        node = self.plan.decisions[x].node
        usage = usage_of(self.plan, node)
        others = {name for name in proof.pair[0] if name != x}
        if usage.rankings:
            return replace(proof, assumed=True)
        if others & set(usage.facts):
            return self._among_customers(proof, x)
        sources = [(self.plan, node)]
        kinds = kinds_of(sources, self.facts, MOST)
        subjects = kinds.subjects if kinds.is_exact else tuple(drawn(sources, self.facts, MOST // 10))
        pair = []
        for assumed in proof.pair:
            rest = {name: value for name, value in assumed.items() if name != x}
            found = next((one for one in subjects if _is(self.evaluator.decide(x, one), assumed[x])), None)
            if found is None:
                why = f"nobody was found of whom `{x}` is `{cell_text(to_json(assumed[x]))}`"
                return Proof(self.invariant, Proved.UNPROVEN, proof.looked_at, why)
            pair.append({**found, **rest})
        return replace(proof, pair=tuple(pair), outcomes=tuple(self.evaluator.decide(self.invariant.y, one) for one in pair))

    def _among_customers(self, proof: Proof, x: str) -> Proof:
        """Look for two customers who differ only in what ``x`` reads and ``y`` does not read by itself."""
        y = self.invariant.y
        sources = [(self.plan, self.plan.decisions[name].node) for name in (x, y)]
        kinds = kinds_of(sources, self.facts, MOST)
        subjects = kinds.subjects if kinds.is_exact else tuple(drawn(sources, self.facts, DRAWN))
        own = {name for name in proof.pair[0] if name != x}
        groups: dict[tuple[Any, ...], list[tuple[Any, Any, Facts, Outcome]]] = {}
        for facts in subjects:
            grade, right = self.evaluator.decide(x, facts), self.evaluator.decide(y, facts)
            if isinstance(grade, Determined) and isinstance(right, Determined) and None not in (grade.value, right.value):
                ranks = (_rank(grade.value, self.plan.decisions[x].type), _rank(right.value, self.plan.decisions[y].type))
                groups.setdefault(tuple(repr(facts.get(name)) for name in sorted(own)), []).append((*ranks, facts, right))
        for group in groups.values():
            group.sort(key=lambda one: one[0])
            for low in group:
                for high in group:
                    if _less(low[0], high[0]) and (_less(high[1], low[1]) if self.invariant.sign > 0 else _less(low[1], high[1])):
                        return replace(proof, pair=(low[2], high[2]), outcomes=(low[3], high[3]))
        why = f"`{y}` and `{x}` read the same facts, and no two customers were found of whom it does not hold"
        return Proof(self.invariant, Proved.UNPROVEN, len(subjects), why)


@dataclass
class _Decided:
    """What a decision comes to for subjects, at the corners of the boxes of the numbers that it is computed with."""

    evaluator: Evaluator
    decision: Decision
    boxes: Sequence[Box]
    are_alike: bool
    """Whether subjects of one mark are decided alike."""
    count: int = 0
    known: dict[tuple[int, int], Sequence[Any] | None] = field(default_factory=dict)

    def heights(self, mark: int, subject: Facts, box: int) -> Sequence[Any] | None:
        """Return what is compared at each corner of a box; ``None`` where a subject has no value."""
        if not self.are_alike or (mark, box) not in self.known:
            found = [self._height({**subject, **point}) for point in points_of(self.boxes[box])]
            self.known[mark, box] = None if None in found else found
        return self.known[mark, box]

    def shown(self, low: Facts, high: Facts, sign: int, box: Box) -> tuple[Facts, Facts]:
        """Return two subjects with the computed numbers where the second is seen to fall behind the first."""
        for point in far_points(box):
            pair = {**low, **point}, {**high, **point}
            if _falls([self._height(pair[0])], [self._height(pair[1])], sign, ()):
                return pair
        raise AssertionError("INVARIANT: what falls somewhere falls at a corner, near or far")

    def _height(self, facts: Facts) -> Any:
        self.count += 1
        outcome = self.evaluator.decide(self.decision.name, facts)
        return _rank(outcome.value, self.decision.type) if isinstance(outcome, Determined) and outcome.value is not None else None


def _falls(before: Sequence[Any], after: Sequence[Any], sign: int, box: Box) -> bool:
    """Say whether what is compared goes against a sign, somewhere in a box."""
    if not box:
        return _less(after[0], before[0]) if sign > 0 else _less(before[0], after[0])
    return not is_nowhere_negative([(high - low) * sign for low, high in zip(before, after, strict=True)], box)


def _has_value(outcome: Outcome) -> bool:
    return isinstance(outcome, Determined) and outcome.value is not None


def _is(outcome: Outcome, value: Value) -> bool:
    return isinstance(outcome, Determined) and outcome.value == value


def _rank(value: Value, type: Type) -> Any:
    """Return what an ordered value is compared by; a grade rises to the better, which stands first."""
    if isinstance(type, EnumType):
        return -type.values.index(str(value))
    if isinstance(value, Duration):
        return (Decimal(value.months) * 30 * 86_400 + value.seconds) if value.months else Decimal(value.seconds)
    assert isinstance(value, Decimal | date), "INVARIANT: only what has an order is promised of"
    return value


def _less(one: Any, other: Any) -> bool:
    return bool(one < other)
