"""Rankings of a population, a subject's position in one, and the class that the position falls into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOfWords

if TYPE_CHECKING:
    from decimal import Decimal

    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Cut", "CutBy", "Position", "RankCut", "Ranking"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the subjects of a population are ranked; computed once per population, before the decisions that cut it.

    Members are the subjects for which ``among`` is true (``None``: all). They are compared by ``by`` inside their ``partition``.
    """

    name: str
    by: Node
    descending: bool
    partition: Node | None
    among: Node | None


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
        maybe: Subjects that may be members: their ``among`` or their partition is unknown.
    """

    first: int
    last: int
    last_possible: int
    count: int
    share_before: Decimal | None = None
    share_before_last: Decimal | None = None
    maybe: int = 0


CutBy = OneOfWords["share", "top", "pareto"]


@dataclass(frozen=True, slots=True)
class Cut:
    """One class of a ranking: it reaches, cumulatively, up to ``limit`` (a share 0..1, or a rank); ``None`` takes all the rest."""

    value: Any
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class RankCut:
    """The class that a rank falls into.

    share: rank ≤ round(limit * count); ``rounding`` evaluates to ``floor``, ``ceiling`` or ``nearest`` (half up), or is an unsettled
    reading. top: rank ≤ limit. pareto: share held before it < limit. ``rank`` and ``count`` are given facts; when either is missing the
    subject's ``Position`` in ``ranking`` is used; with neither it is unknown. Different classes at ``first`` and ``last``: ``tie`` with the classes
    between; at ``last`` and ``last_possible``: ``missing_fact``. A subject outside ``among``: ``outside`` (or gap).
    """

    ranking: str
    rank: Node | None
    count: Node | None
    by: CutBy
    cuts: tuple[Cut, ...]
    rounding: Node
    outside: Node | None
    type: Type
