"""What a ledger tells of runs: how each was made, how it ended, and what changed between two."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.outcome import Outcome
from tierwise.core.policy import Try

__all__ = ["Change", "RunRecord", "SavedRun"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was, beside its results.

    Attributes:
        overlay: The names of the overlays, separated by commas; empty without one.
        source: What the user called the database.
        as_of: An ISO date, or empty.
        started: When the run started, as the caller says; an ISO time.
        tierwise: The version of Tierwise.
        plugins: Name and version of every other plugin in use, separated by commas; empty for a run saved before they were recorded.
        settings: Each parameter and reading that was set for a try, as `name=value`, separated by commas.
        tries: Who proposes an overlay and why, of those overlays that say so.
    """

    policy: str
    version: str
    fingerprint: str
    overlay: str
    source: str
    as_of: str
    started: str
    engine: str
    tierwise: str
    plugins: str = ""
    settings: str = ""
    tries: tuple[Try, ...] = ()

    @property
    def is_try(self) -> bool:
        """Whether something was only tried: such a run is nobody's grade."""
        return bool(self.settings or self.tries)


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run in the ledger.

    Attributes:
        run_id: Its number; later runs have greater ones.
        subjects: How many subjects it graded.
        undetermined: How many of their outcomes are undetermined.
    """

    run_id: int
    record: RunRecord
    subjects: int
    undetermined: int


@dataclass(frozen=True, slots=True)
class Change:
    """An output of a subject that two runs decide differently; ``None`` where a run does not have the subject or the output."""

    key: str
    output: str
    before: Outcome | None
    after: Outcome | None
