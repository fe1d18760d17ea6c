"""What an engine gives back for a database: one result for every subject, and the counts that reports need."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.meaning.unknown import domain
from tierwise.core.outcome import Outcome, Reason
from tierwise.core.plan import Decision, Position
from tierwise.core.types import Type
from tierwise.core.values import to_json

if TYPE_CHECKING:
    import pyarrow
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["CLASS", "NUMBER", "Grading", "LineForm", "Numbering", "Placing", "Share", "Tabled", "Tabling", "Writing", "shares_of"]

CLASS, NUMBER = "class of ", "number of "
"""What the columns of a ``Tabled`` grading are called, each followed by the name of the output."""


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


@dataclass(frozen=True, slots=True)
class LineForm:
    """How a result is written as a line of text: what stands before each of its parts, and the parts themselves.

    Attributes:
        before: What stands before the key, the name and each output.
        end: What ends a line.
        quote: What stands on both sides of a plain word.
        word: Writes a key, or a name, of which there may be none.
        outcome: Writes the outcome of an output, by the place of the output.
        shows_rules: Whether it writes the rules of outcomes.
    """

    before: Sequence[str]
    end: str
    quote: str
    word: Callable[[str | None], str]
    outcome: Callable[[int, Outcome], str]
    shows_rules: bool


@runtime_checkable
class Writing(Protocol):
    """What a grading may do besides: write all results as lines without making an object of each."""

    def lines(self, form: LineForm) -> Iterator[bytes] | None:
        """Yield the lines in the order of the subjects' keys, in UTF-8, many at once; ``None`` when it cannot.

        The outcomes that are written may lack what they hang on.
        """


@runtime_checkable
class Tabling(Protocol):
    """What a grading may do besides: give all results as a table with types, without an object of each."""

    def batches(self) -> Iterator[pyarrow.RecordBatch] | None:
        """Yield the results in the order of the subjects' keys, with the columns of ``result_table.py``; ``None`` when it cannot."""


@runtime_checkable
class Numbering(Protocol):
    """What a grading may do besides: give every different outcome a number, and each subject the list of its numbers, without an object of each."""

    def numbered(self, number: Callable[[Outcome], int]) -> Iterator[tuple[Sequence[str], Sequence[str]]] | None:
        """Yield keys in their order and, beside them, the numbers of the outputs in order as a JSON list, many at once; ``None`` when it cannot.

        Args:
            number: The number of an outcome; the outcomes of a batch have theirs when it is yielded.
        """


@runtime_checkable
class Placing(Protocol):
    """What a grading may tell besides: where subjects stand in rankings, so that nobody has to rank them again to explain one of them."""

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject; rankings of which it is no member are left out."""

    def positions_of(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Position]]:
        """Return the same of several subjects, by key; who is a member of no ranking may be left out."""

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition."""


@runtime_checkable
class Tabled(Protocol):
    """A grading whose results stand in a table of DuckDB, so that two of them can be compared there."""

    connection: DuckDBPyConnection

    def classes(self, outputs: Collection[str] | None = None) -> exp.Select:
        """Return the query of all subjects: ``key``, ``name``, and for each output its class (``outcome_class.py``) and, of numbers, its number.

        Args:
            outputs: Only of these; of all by default.
        """


def shares_of(type: Type, values: Iterable[tuple[Any, int]], reasons: Mapping[Reason, int]) -> tuple[Share, ...]:
    """Return the distribution of an output.

    Args:
        type: The output's type; the words of an enum and the truth values come in their own order, also those that nobody has.
        values: Each value that occurs, with its count; other types are ordered by count, the most frequent first.
        reasons: Each reason that occurs, with its count.
    """
    counted = list(values)
    declared = [(value, _count_of(value, counted)) for value in domain(type) or ()]
    others = [(value, count) for value, count in counted if not any(value is known or value == known for known, _ in declared)]
    others.sort(key=lambda pair: (-pair[1], str(to_json(pair[0]))))  # 1.0 and 1.00 stand in one place
    shares = [Share(value, None, count) for value, count in (*declared, *others)]
    return (*shares, *(Share(None, reason, reasons[reason]) for reason in Reason if reasons.get(reason)))


def _count_of(value: Any, counted: Iterable[tuple[Any, int]]) -> int:
    return sum(count for other, count in counted if other == value)
