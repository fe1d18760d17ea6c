"""What a comparison of two gradings tells: transition matrices, measures, groups and movers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from tierwise.core.outcome import Outcome
from tierwise.core.plan import Named
from tierwise.core.policy import Try
from tierwise.core.types import Type
from tierwise.plugins.measures import Measure

__all__ = ["Because", "Cell", "Group", "Impact", "MeasureImpact", "Move", "Mover", "OutputImpact", "Total"]


Because: TypeAlias = Mapping[str, Any]
"""Why an outcome is what it is on one side, as JSON values: ``rules``, ``steps``, and a sentence ``text``."""


class Move(StrEnum):
    """How an outcome of a subject changed. Programs read these words."""

    SAME = "same"
    PROMOTED = "promoted"
    """To a better grade of a scale."""
    DEMOTED = "demoted"
    SIDEWAYS = "sideways"
    """To another value, where no scale says which is better."""
    RAISED = "raised"
    """To a greater number; whether that is better nobody says."""
    LOWERED = "lowered"
    SETTLED = "settled"
    """It was undetermined and is determined: no promotion."""
    OPENED = "opened"
    """It was determined and is undetermined: no demotion."""
    REASON = "reason"
    """It is undetermined for another reason."""
    APPEARED = "appeared"
    """Only the new side has the subject."""
    GONE = "gone"
    """Only the baseline has the subject."""

    @property
    def is_moved(self) -> bool:
        """Whether both sides have the subject, in different classes."""
        return self not in (Move.SAME, Move.APPEARED, Move.GONE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a transition matrix; classes as ``outcome_class.py`` writes them."""

    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class OutputImpact:
    """What happened to one output.

    Attributes:
        scale: Its grades, best first; empty where no scale says which value is better.
        classes: The classes that occur, in their order: the words of the type, other values, what is undetermined.
        matrix: The subjects that both sides have, by their two classes.
        left_out: How many subjects stand in cells that are not listed, because there are too many of them.
        moves: How many subjects moved how; those that did not move included.
        only_before: Class to the number of subjects that only the baseline has.
        only_after: The same of the new side.
    """

    name: str
    label: Named
    type: Type | None
    scale: tuple[str, ...]
    classes: tuple[str, ...]
    matrix: tuple[Cell, ...]
    left_out: int
    moves: Mapping[Move, int]
    only_before: Mapping[str, int]
    only_after: Mapping[str, int]

    @property
    def moved(self) -> int:
        """The number of subjects in another class than before."""
        return sum(count for move, count in self.moves.items() if move.is_moved)


@dataclass(frozen=True, slots=True)
class Total:
    """A measure on one side.

    Attributes:
        value: ``None`` where nobody is counted and it is no count.
        counted: How many subjects are in it.
        unknown: How many are not, because their number or whether they count is undetermined.
    """

    value: Decimal | None
    counted: int
    unknown: int


@dataclass(frozen=True, slots=True)
class MeasureImpact:
    """A measure on both sides; ``None`` where a side does not declare it.

    Attributes:
        delta: New minus baseline, exactly; of sums and counts nobody counts as zero.
        differs: The two sides declare it with different meanings.
    """

    measure: Measure
    before: Total | None
    after: Total | None
    delta: Decimal | None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The subjects that the baseline puts into one group.

    Attributes:
        by: What they are grouped by to its class; ``None`` for subjects that the baseline does not have.
        moves: Output to how many moved how.
    """

    by: Mapping[str, str | None]
    subjects: int
    moves: Mapping[str, Mapping[Move, int]]
    measures: tuple[MeasureImpact, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """A subject that one output puts into another class than before.

    Attributes:
        because: Why, on each side, as JSON with a sentence ``text``; ``None`` where a side has no facts, as a saved run.
    """

    key: str
    name: str | None
    output: str
    before: str
    after: str
    move: Move
    because: tuple[Because | None, Because | None] = (None, None)
    ranking: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a comparison counts; the movers are read apart, for there may be many.

    Attributes:
        before: What the baseline is called.
        after: What the new side is called.
        subjects: How many subjects either side has.
        compared: How many both have.
        added: Outputs that only the new side has.
        removed: Outputs that only the baseline has.
        population: Output about all subjects to its outcome on each side.
        moved: How many subjects moved how in any output, each counted once.
        tries: Who proposes what lies over the policy of each side, and why.
    """

    before: str
    after: str
    subjects: int
    compared: int
    outputs: Mapping[str, OutputImpact]
    measures: Mapping[str, MeasureImpact]
    groups: tuple[Group, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    population: Mapping[str, tuple[Outcome | None, Outcome | None]] = field(default_factory=dict)
    moved: Mapping[Move, int] = field(default_factory=dict)
    any_moved: int = 0
    tries: tuple[tuple[Try, ...], tuple[Try, ...]] = ((), ())
