"""Chooses subjects of a run: by a condition of the policy's language, which an engine decides, or by an output that is undetermined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from typing import Any

from tierwise.core.checking.name_space import names_of
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Decision, DecisionRef, Node, Plan
from tierwise.core.source import Source, Span
from tierwise.core.types import BooleanType
from tierwise.plugins.engine import Engine
from tierwise.plugins.grading import Grading, Share, shares_of
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import Bound

__all__ = ["Chosen", "compile_condition", "decide_condition"]

CONDITION = "(condition)"
"""The name of a condition among the decisions of a plan; the brackets keep it apart from every name that an author may give."""


def compile_condition(loaded: LoadedPolicy, text: str, where: str) -> tuple[Node | None, list[Finding]]:
    """Compile a condition over the facts, parameters, readings and decisions of a policy.

    Args:
        loaded: The policy.
        text: The condition.
        where: What the place of the text is called in findings.

    Returns:
        The node, ``None`` when there are errors, and what there is to say about it.
    """
    decisions = (decision for decision in loaded.plan.decisions.values() if not decision.population)
    names: dict[str, Node] = {decision.name: DecisionRef(decision.name, decision.type) for decision in decisions}
    scope = Scope({**names, **names_of(loaded.policy, ())}, loaded.environment.functions, loaded.environment.limits)
    span = Span.at(Source(where, text), 1, 1, len(text))
    node, findings = compile_expression(text, span, scope, BooleanType())
    return (None if has_errors(findings) else node), findings


def decide_condition(bound: Bound, engine: Engine, node: Node) -> Grading:
    """Let an engine decide a condition for every subject: it is the one output of the result."""
    return engine.grade(_asking(bound.loaded.plan, node), bound.loaded.environment, bound.facts, bound.as_of)


def _asking(plan: Plan, node: Node) -> Plan:
    """Return a plan whose one output is a condition."""
    hidden = {name: replace(decision, output=False) for name, decision in plan.decisions.items() if not decision.population}
    return replace(plan, decisions={**hidden, CONDITION: Decision(CONDITION, BooleanType(), node, {}, "", "formula")})


@dataclass
class Chosen:
    """The results of some subjects of a grading: it is a ``Grading``, too.

    Attributes:
        grading: The results of all.
        condition: What an engine decided of a condition: those for whom it holds are chosen. ``None`` chooses all.
        undetermined: Outputs of which at least one has to be undetermined; none chooses all.
        outputs: As ``grading`` has them.
        population: As ``grading`` has it.
    """

    grading: Grading
    condition: Grading | None = None
    undetermined: Collection[str] = ()
    outputs: tuple[Decision, ...] = field(init=False)
    population: Mapping[str, Outcome] = field(init=False)
    _counted: dict[str, Counted] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outputs, self.population = self.grading.outputs, self.grading.population

    def count(self) -> int:
        """Return the number of subjects that are chosen."""
        return self._shares(self.outputs[0].name).count if self.outputs else sum(1 for _ in self.rows())

    def open(self) -> int:
        """Return for how many subjects the condition is undetermined; they are not chosen."""
        shares = self.condition.distribution(CONDITION) if self.condition is not None else ()
        return sum(share.count for share in shares if share.reason is not None)

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return the values of an output among the chosen in the order of its type (else by count), then the reasons."""
        decision = next(decision for decision in self.outputs if decision.name == output)
        counted = self._shares(output)
        values = [(value, count) for value, count in counted.values.values()]
        return shares_of(decision.type, values, counted.reasons)

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""
        return islice(self._rows(), limit)

    def _rows(self) -> Iterator[SubjectResult]:
        tests = repeat(None) if self.condition is None else self.condition.rows()
        for result, test in zip(self.grading.rows(), tests, strict=self.condition is not None):
            if test is not None:
                assert test.key == result.key, "INVARIANT: an engine gives every grading of a table in one order"
            if (test is None or _holds(test.outcomes[CONDITION])) and self._is_open(result):
                yield result

    def _is_open(self, result: SubjectResult) -> bool:
        return not self.undetermined or any(isinstance(result.outcomes[name], Undetermined) for name in self.undetermined)

    def _shares(self, output: str) -> Counted:
        """Return the counts of an output; all outputs are counted in one pass."""
        if not self._counted:
            self._counted.update({decision.name: Counted() for decision in self.outputs})
            for result in self.rows():
                for name, outcome in result.outcomes.items():
                    self._counted[name].add(outcome)
        return self._counted[output]


@dataclass
class Counted:
    """How often each value and each reason of an output occurs."""

    count: int = 0
    values: dict[Any, tuple[Any, int]] = field(default_factory=dict)
    reasons: Counter[Reason] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.count += 1
        if isinstance(outcome, Undetermined):
            self.reasons[outcome.reason] += 1
            return
        mark = repr(outcome.value) if isinstance(outcome.value, Mapping | tuple) else outcome.value  # a record cannot be hashed
        value, count = self.values.get(mark, (outcome.value, 0))
        self.values[mark] = (value, count + 1)


def _holds(outcome: Outcome) -> bool:
    return isinstance(outcome, Determined) and outcome.value is True
