"""The plan: the facts and readings it declares and the ordered decisions made of nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tierwise.core.outcome import Reason

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node
    from tierwise.core.plan.rankings import Ranking
    from tierwise.core.plan.tables import Table
    from tierwise.core.source import Span
    from tierwise.core.types import Type

__all__ = ["Decision", "Fact", "Named", "Plan", "Reading"]

Named = Mapping[str, str]  # language code to text; "zh" and "en" are always there


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact.

    Attributes:
        missing: The reason of an outcome that hangs on its absence: ``missing_fact``, ``vague`` (a judged term without threshold) or ``lost``.
        nullable: It may be *none*: a JSON null is none, not missing.
        absent_is_none: It is none, too, when it is not given at all.
        judged: A person enters it.
        note: The author's remark, such as why no rule uses it.
    """

    name: str
    type: Type
    label: Named
    missing: Reason = Reason.MISSING_FACT
    nullable: bool = False
    absent_is_none: bool = False
    judged: bool = False
    span: Span | None = field(default=None, compare=False)
    note: Named | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Two or more admissible readings of the source; ``settled`` is the one a company has chosen, or ``None``."""

    name: str
    values: tuple[str, ...]
    settled: str | None
    label: Named
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """A named computed value.

    Attributes:
        node: What it is.
        output: Whether it is shown; a hidden decision only feeds others.
        module: The module it belongs to.
        form: The name of the form that made it, such as ``table``.
        population: It is about the whole population (one value for all), not about one subject.
    """

    name: str
    type: Type
    node: Node
    label: Named
    module: str
    form: str
    output: bool = True
    population: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked policy with no name left to resolve. Decisions stand in an order in which each comes after what it reads.

    Attributes:
        fingerprint: ``sha256`` in hex over the meaning of the policy and its overlay.
        parameters: Values of the parameters, for reports; the nodes hold them as constants.
        lost: Names of local parameters and tables that are not filled in.
    """

    policy: str
    version: str
    title: Named
    subject: str
    fingerprint: str
    facts: Mapping[str, Fact]
    readings: Mapping[str, Reading]
    tables: Mapping[str, Table]
    rankings: Mapping[str, Ranking]
    decisions: Mapping[str, Decision]
    parameters: Mapping[str, Any]
    lost: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Decision, ...]:
        """The decisions that are shown, in the author's order."""
        return tuple(d for d in self.decisions.values() if d.output)
