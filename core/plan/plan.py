"""The plan: the facts and readings it declares, its tables and rankings, and the ordered decisions made of nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal as OneOfWords

from tierwise.core.outcome import Reason
from tierwise.core.plan.nodes import Node
from tierwise.core.source import Span
from tierwise.core.types import Type
from tierwise.core.values import Value

__all__ = [
    "AS_OF",
    "POPULATION",
    "SUBJECT_KEY",
    "Acknowledgement",
    "Decision",
    "Fact",
    "HitPolicy",
    "Named",
    "Plan",
    "Position",
    "Ranking",
    "Reading",
    "Rule",
    "Table",
]

AS_OF = "as_of"
"""The name of the date of the run, a fact that every policy may read."""
POPULATION = "population"
"""The name of the list of the facts of all subjects, which decisions about all of them may read."""
SUBJECT_KEY = "customer_id"
"""The name of a subject's key among its facts in that list, whatever is graded: the catalogue's dictionary calls it so."""

Named = Mapping[str, str]  # language code to text; "zh" and "en" are always there


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact.

    Attributes:
        missing: The reason of an outcome that hangs on its absence: ``missing_fact``, ``vague`` (a judged term without threshold) or ``lost``.
        nullable: It may be *none*: a JSON null is none, not missing.
        absent_is_none: It is none, too, when it is not given at all.
        default: What it is instead of none, where the author gives a default; data may then leave it out or give none, so that it is
            ``nullable`` and ``absent_is_none`` for whoever reads data. A value that cannot be read is not replaced: it is unknown.
        judged: A person enters it.
        changeable: Where it can be moved to reach another grade; no decision reads it.
        because: The author's sentence for a subject whom it keeps from a better outcome.
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
    default: Value | None = None
    changeable: tuple[OneOfWords["up", "down"], ...] = ()
    because: Named | None = field(default=None, compare=False)

    @property
    def tells_none(self) -> bool:
        """Whether a value of none says something: it was given, or a default stands for it."""
        return not self.absent_is_none or self.default is not None

    @property
    def can_be_none(self) -> bool:
        """Whether none is among the values that decisions see."""
        return self.nullable and self.default is None


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
        nullable: Its author says that it may be none.
        because: The author's sentence for a subject whom it keeps from a better outcome.
    """

    name: str
    type: Type
    node: Node
    label: Named
    module: str
    form: str
    output: bool = True
    population: bool = False
    nullable: bool = field(default=False, compare=False)
    span: Span | None = field(default=None, compare=False)
    because: Named | None = field(default=None, compare=False)


class HitPolicy(StrEnum):
    """Which matching rules of a table count (DMN 1.5, section 8.2.8)."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    COLLECT = "collect"
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"

    @property
    def is_single(self) -> bool:
        """Whether the value is that of one rule, not made of several."""
        return self in (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. ``tests[i]`` is the test of column i, ``None`` for ``-``; ``outputs[i]`` is the value of output i."""

    id: str
    tests: tuple[Node | None, ...]
    outputs: tuple[Node, ...]
    note: str = ""
    span: Span | None = field(default=None, compare=False)
    test_texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A gap or an overlap that the source really has: the checker reports it as a note with its reason. Engines ignore it.

    Attributes:
        what: ``gap`` or ``overlap``.
        rules: For an overlap, the rules it is between; empty for all.
        region: For a gap, the test of each column it is confined to (``None``: any); empty for all.
        why: The author's reason.
    """

    what: OneOfWords["gap", "overlap"]
    why: Named
    rules: tuple[str, ...] = ()
    region: tuple[Node | None, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; its outputs are read by ``Pick``.

    unique: hits with different values of an output → ``overlap`` with those values; equal values → that value; no hit → ``gap``.
    any: as unique. first: the first hit in row order. priority: the hit whose output stands first in the output's enum. collect: the
    hits' values in row order (a list keeps repeats, a set is their union); sum, min, max, count of the hits; no hit: ``()``, 0 for count,
    and for sum, min, max the default, else ``gap``. ``defaults`` (one per output, or ``None``) replace ``gap``.
    """

    name: str
    hit: HitPolicy
    columns: tuple[Node, ...]
    column_texts: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    defaults: tuple[Node | None, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the subjects of a population are ranked; computed once per population, before the decisions that cut it.

    Members are the subjects for which ``among`` is true (``None``: all). They are compared by ``by`` inside their ``partition``, those who are
    equal in it by the keys of ``then``, one after the other (each with whether the highest comes first). A member of whom one key is missing or
    none cannot be compared.
    """

    name: str
    by: Node
    descending: bool
    partition: Node | None
    among: Node | None
    then: tuple[tuple[Node, bool], ...] = ()

    @property
    def keys(self) -> tuple[tuple[Node, bool], ...]:
        """What members are compared by, in turn, each with whether the highest comes first."""
        return ((self.by, self.descending), *self.then)

    @property
    def parts(self) -> tuple[Node, ...]:
        """What it reads of each subject."""
        return tuple(part for part in (*(key for key, _ in self.keys), self.partition, self.among) if part is not None)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a subject stands in a ranking (a run-time value, not a node). Ranks count from 1.

    Attributes:
        first: One more than the members that are surely before it.
        last: ``first`` plus the members that tie with it.
        last_possible: ``last`` plus the members whose own ``by`` is missing (they may stand before it).
        count: Members of the partition, those with a missing ``by`` included.
        share_before: Share of the total amount held by the members before it, for a Pareto cut; none when an amount is missing.
        share_before_last: The same for the last of the members that tie with it; ``None``: nobody ties.
        share_with: The share held by those before it and by itself; ``share_with_last`` for the last of the members that tie with it.
        holds_nothing: The total amount is 0 or less, so there are no shares of it.
        maybe: Subjects that may be members: their ``among`` or their partition is unknown.
    """

    first: int
    last: int
    last_possible: int
    count: int
    share_before: Decimal | None = None
    share_before_last: Decimal | None = None
    maybe: int = 0
    share_with: Decimal | None = None
    share_with_last: Decimal | None = None
    holds_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked policy with no name left to resolve. Decisions stand in an order in which each comes after what it reads.

    Attributes:
        fingerprint: ``sha256`` in hex over its canonical text (``canonical.py``).
        parameters: Values of the parameters, for reports; the nodes hold them as constants.
        lost: Names of local parameters and tables that are not filled in.
        functions: The functions that it calls and that a plugin gave which is not built in, each with the plugin's name and version.
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
    parameters: Mapping[str, Value]
    lost: tuple[str, ...] = ()
    functions: Mapping[str, str] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[Decision, ...]:
        """The decisions that are shown, in the author's order."""
        return tuple(d for d in self.decisions.values() if d.output)

    def showing(self, outputs: Collection[str]) -> Plan:
        """Return the same plan with exactly these decisions as its outputs."""
        return replace(self, decisions={name: replace(d, output=name in outputs) for name, d in self.decisions.items()})
