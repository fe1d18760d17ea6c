"""What an explanation is made of: frozen values that say which rule gave an outcome, what it read, and what was missed by how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal as OneOfWords

from tierwise.core.outcome import Outcome, Reason, Undetermined
from tierwise.core.plan import Named
from tierwise.core.types import Type
from tierwise.core.values import Value

__all__ = ["DecisionTrace", "Explanation", "Miss", "RankTrace", "Read", "RuleTrace", "Term", "TestTrace"]


@dataclass(frozen=True, slots=True)
class Read:
    """A fact, decision or reading that was read.

    Attributes:
        name: Its name in the policy.
        label: What people call it.
        kind: What it is.
        type: Its type; ``None`` for a reading.
        value: Its value when ``reason`` is ``None``.
        reason: Why it has no value: a fact is missing, a decision undetermined, a reading unsettled.
        by_default: The value is the policy's own, because none was given.
        because: The policy's sentence for whom it keeps from a better outcome; empty without one.
        stored: Of a missing fact what stands in the data and does not read; empty where nothing does.
    """

    name: str
    label: Named
    kind: OneOfWords["fact", "decision", "reading"]
    type: Type | None
    value: Value
    reason: Reason | None = None
    by_default: bool = False
    because: Named = field(default_factory=dict)
    stored: str = ""


Asked = OneOfWords["=", "!=", "<", "<=", ">", ">=", "in", "not in"]


@dataclass(frozen=True, slots=True)
class Miss:
    """How far a value is from meeting a condition.

    Attributes:
        what: Name or text of what was compared.
        label: What people call it.
        type: The type of what was compared.
        value: The value it has.
        op: What the condition asks: a comparison, or ``in``, ``not in``.
        wanted: The border, or the values that would do.
        by: The distance to the border: a number, or a duration between dates; ``None`` where there is no distance.
        because: The policy's sentence for whom it keeps from a better outcome; empty without one.
    """

    what: str
    label: Named
    type: Type | None
    value: Value
    op: Asked
    wanted: tuple[Value, ...]
    by: Value = None
    because: Named = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestTrace:
    """One cell, or one condition, for this subject.

    Attributes:
        column: The header of its column, as written.
        cell: The cell, as written.
        met: True, false, or ``None`` when that hangs on something unknown.
        reads: What it read.
        misses: Why it is not met, and by how much.
    """

    column: str
    cell: str
    met: bool | None
    reads: tuple[Read, ...]
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule of a table, or one label, for this subject: its tests, its output, and whether it is hit (``None``: perhaps)."""

    id: str
    met: bool | None
    tests: tuple[TestTrace, ...]
    output: Value | Undetermined
    note: str = ""

    @property
    def failing(self) -> tuple[TestTrace, ...]:
        """The tests that are not met."""
        return tuple(test for test in self.tests if test.met is False)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a sum, or a factor on it.

    Attributes:
        name: The fact or decision it comes from; empty for a number of the policy.
        label: What people call that.
        value: What it adds; ``None`` when ``reason`` says why that is not known.
        weight: The number it was multiplied by, if any.
        reason: Why it has no value.
        most: The most that it can add for anybody; ``None`` where that has no bound or hangs on more than it.
        because: The policy's sentence for whom it keeps from a better outcome; empty without one.
    """

    name: str
    label: Named
    value: Value
    weight: Value = None
    reason: Reason | None = None
    most: Decimal | None = None
    because: Named = field(default_factory=dict)

    @property
    def lost(self) -> Decimal:
        """How much less it adds than it can; 0 where that is not known."""
        return self.most - self.value if self.most is not None and isinstance(self.value, Decimal) else Decimal(0)


@dataclass(frozen=True, slots=True)
class RankTrace:
    """Where a subject stands in a ranking.

    Attributes:
        first: Its rank, or the best of those that tie.
        last: The last of those that tie.
        count: How many are ranked.
        last_rank: The last rank of its class; ``None`` for the class that takes the rest.
        better: The next better class, and ``to_better`` how many ranks it is away.
        share: In a Pareto ranking the share of the total up to it (with it, where who crosses a cut is out); ``limit`` that up to which its class
            reaches, and ``to_better_share`` how much too large the share is for the next better class.
        by: What it was ranked by (``by_name``, which people call ``by_label``), and ``by_at_cut`` what the last one in the better class has, where a population is known.
    """

    first: int
    last: int
    count: int
    last_rank: int | None
    better: Value = None
    to_better: int | None = None
    by: Value = None
    by_at_cut: Value = None
    by_type: Type | None = None
    by_name: str = ""
    by_label: Named = field(default_factory=dict)
    share: Decimal | None = None
    limit: Decimal | None = None
    to_better_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    """One decision, explained.

    Attributes:
        given: The rules (or labels) that gave the outcome; of an undetermined one those that stay possible.
        passed_over: Rules that are hit too, but come later.
        missed: The rules nearest to being hit, nearest first.
        more_missed: How many further rules were missed.
        terms: The parts of a sum, ``factors`` what multiplies it.
        rank: The place in a ranking.
        reads: Everything it reads directly.
        needs: What would settle an undetermined outcome.
        because: The policy's sentence for whom it keeps from a better outcome; empty without one.
    """

    name: str
    label: Named
    type: Type
    form: str
    outcome: Outcome
    is_output: bool
    reads: tuple[Read, ...]
    given: tuple[RuleTrace, ...] = ()
    passed_over: tuple[RuleTrace, ...] = ()
    missed: tuple[RuleTrace, ...] = ()
    more_missed: int = 0
    terms: tuple[Term, ...] = ()
    factors: tuple[Term, ...] = ()
    rank: RankTrace | None = None
    needs: tuple[Read, ...] = ()
    because: Named = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a subject got its outcomes.

    Attributes:
        decisions: Every output, and every hidden decision that one of them reads, in the plan's order.
    """

    policy: str
    version: str
    fingerprint: str
    title: Named
    as_of: date | None
    decisions: Mapping[str, DecisionTrace]

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Output name to outcome: the same as ``decide`` gives."""
        return {trace.name: trace.outcome for trace in self.decisions.values() if trace.is_output}

    def only(self, names: Iterable[str]) -> Explanation:
        """Return the explanation of these decisions alone, hidden ones too: each counts as an output, and no other does."""
        asked = set(names)
        return replace(self, decisions={name: replace(trace, is_output=name in asked) for name, trace in self.decisions.items()})
