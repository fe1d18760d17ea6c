"""Decides for facts as they come from outside, one subject or a population at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.decide import outcomes_of, population_of, with_as_of
from tierwise.core.meaning.evaluator import Trace
from tierwise.core.plan import POPULATION, Plan
from tierwise.plugins.deciding.compiled import Compiled, compiled
from tierwise.plugins.deciding.given import read_as_of, read_facts, read_population, without_identity
from tierwise.plugins.deciding.result import Result
from tierwise.plugins.deciding.table_rows import is_table, rows_of_table

__all__ = ["Decider"]

_WORTH_COMPILING = 3  # subjects, from which on a policy is compiled


class Decider:
    """Decides for facts as they come from outside; keeps what it learnt about the plan between calls.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
    """

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.plan = plan
        self._evaluator = Evaluator(plan, environment)
        self._about = (plan.policy, plan.version, plan.fingerprint)
        self._fast: Compiled | None = None
        self._decided = 0

    def decide(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result:
        """Decide for one subject, or for ``{"population": [{"customer_id": …, …}, …]}``.

        Raises:
            DataError: ``as_of`` is no date, or the facts are not named values.
        """
        day = None if as_of is None else read_as_of(as_of)
        if self._fast is not None and (outcomes := self._fast(facts, day)) is not None:
            return Result(*self._about, day, outcomes)
        return self.decide_by_reference(facts, day)

    def prepare(self) -> None:
        """Compile the policy now, not when it has decided for a few subjects."""
        self._compiled()

    def decide_at_once(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result | None:
        """Decide for one subject if the compiled policy can; ``None`` where the reference has to be asked, which may take its time.

        Raises:
            DataError: ``as_of`` is no date.
        """
        day = None if as_of is None else read_as_of(as_of)
        outcomes = None if self._fast is None else self._fast(facts, day)
        return None if outcomes is None else Result(*self._about, day, outcomes)

    def decide_by_reference(self, facts: Mapping[str, Any], day: date | None) -> Result:
        """Decide by the reference alone, which is what policies mean; the arguments are those of ``decide``."""
        if not isinstance(facts, Mapping):
            raise DataError("the facts are not named values", 'give an object such as `{"annual_usage_yuan": 400000}`')
        if POPULATION in facts and POPULATION not in self.plan.facts:
            return self._decide_population(facts, day)
        self._decided += 1
        if self._decided == _WORTH_COMPILING:
            self._compiled()
        values, findings = read_facts(self.plan, facts)
        outcomes = outcomes_of(self._evaluator, with_as_of(values, day), {})
        return Result(self.plan.policy, self.plan.version, self.plan.fingerprint, day, outcomes, None, tuple(findings))

    def decide_many(self, subjects: Any, as_of: date | str | None = None) -> list[Result]:
        """Decide for many subjects, each by itself; where the policy ranks or looks at all of them they are one population.

        Args:
            subjects: Mappings of fact name to value, or a table that ``is_table`` knows.
            as_of: The date of the decision.

        Returns:
            A result for each subject, in their order.

        Raises:
            DataError: ``as_of`` is no date, one of the subjects is no mapping of named values, or the table has no column called like a fact.
        """
        day = None if as_of is None else read_as_of(as_of)
        if is_table(subjects):
            subjects = rows_of_table(self.plan, subjects, with_identity=self._is_about_all)
        if self._is_about_all:
            return self._decide_all(list(subjects), day)
        fast, about = self._compiled(), self._about
        results = []
        for facts in subjects:
            outcomes = fast(facts, day)
            results.append(self._unusual(facts, day) if outcomes is None else Result(*about, day, outcomes))
        return results

    def _unusual(self, facts: Mapping[str, Any], day: date | None) -> Result:
        """Decide for a subject who is not as usual; its key and name, which a row of a population has, are no facts."""
        own = without_identity(self.plan, facts) if isinstance(facts, Mapping) else facts
        outcomes = None if own is facts else self._compiled()(own, day)
        return self.decide_by_reference(own, day) if outcomes is None else Result(*self._about, day, outcomes)

    def _compiled(self) -> Compiled:
        if self._fast is None:
            self._fast = compiled(self._evaluator) or (lambda facts, day: None)
        return self._fast

    @cached_property
    def _is_about_all(self) -> bool:
        """Whether what one subject comes to hangs on the others."""
        outputs = self.plan.outputs
        reads_all = any(POPULATION in self._evaluator.evaluation.usage(d.node).facts for d in outputs)
        return bool(self.plan.rankings) or reads_all or any(d.population for d in outputs)

    def _decide_all(self, raw: list[Mapping[str, Any]], day: date | None) -> list[Result]:
        read = read_population(self.plan, raw, {})
        decided = population_of(self._evaluator, [subject for subject, _ in read], day)
        results = []
        for subject, (_, findings) in zip(decided.subjects, read, strict=True):
            outcomes = {d.name: (decided.population if d.population else subject.outcomes)[d.name] for d in self.plan.outputs}
            results.append(Result(*self._about, day, outcomes, None, tuple(findings)))
        return results

    def trace(self, facts: Mapping[str, Any], as_of: date | None) -> Trace:
        """Decide for one subject and return what deciding found; values that do not fit their facts are missing."""
        values, _ = read_facts(self.plan, facts)
        return self._evaluator.trace(with_as_of(values, as_of))

    def _decide_population(self, facts: Mapping[str, Any], day: date | None) -> Result:
        shared = {name: value for name, value in facts.items() if name != POPULATION}
        read = read_population(self.plan, facts[POPULATION], shared)
        decided = population_of(self._evaluator, [subject for subject, _ in read], day)
        findings = [_told_of(subject.key, finding) for subject, found in read for finding in found]
        plan = self.plan
        return Result(plan.policy, plan.version, plan.fingerprint, day, decided.population, decided.by_subject, tuple(findings))


def _told_of(key: str, finding: Finding) -> Finding:
    return finding if finding.code == "duplicate-subject" else replace(finding, message=f"subject `{key}`: {finding.message}")
