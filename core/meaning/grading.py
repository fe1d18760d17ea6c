"""What an engine gives back for a database: one result for every subject, and the counts that reports need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from tierwise.core.outcome import Outcome, Reason
from tierwise.core.plan import Decision, Position

__all__ = ["Grading", "Placing", "Share", "SubjectResult"]


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """The outcomes of one subject.

    Attributes:
        key: The subject's id, always text (``00123`` stays).
        name: What people call it, or ``None``.
        outcomes: Output name to outcome, in the policy's order.
    """

    key: str
    name: str | None
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Share:
    """How many subjects have one value of an output, or are undetermined for one reason."""

    value: Any
    reason: Reason | None
    count: int


class Grading(Protocol):
    """All results of one run of a policy over a database."""

    outputs: tuple[Decision, ...]
    population: Mapping[str, Outcome]

    def count(self) -> int:
        """Return the number of subjects; every subject read is one of them."""

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return the values of an output in the order of its type (else by count), then the reasons; counts add up to ``count()``."""

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""


@runtime_checkable
class Placing(Protocol):
    """What a grading may tell besides: where subjects stand in rankings, so that nobody has to rank them again to explain one of them."""

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject; rankings of which it is no member are left out."""

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition."""
