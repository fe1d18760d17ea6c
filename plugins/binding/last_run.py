"""What the last saved run of the same policy gave each subject, such as the tier of last time: read from the ledger, which is only read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Fact, Plan
from tierwise.core.values import to_json
from tierwise.plugins.binding.binding_file import Binding, FactBinding
from tierwise.plugins.binding.fact_supply import Supply, kept_out, supply_stored, with_empty
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.sql import column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tierwise.plugins.ledger import Ledger, SavedRun

__all__ = ["LAST_RUN", "LastRun", "bring_last_run"]

LAST_RUN = "tierwise_last_run"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The facts that a run before this one supplies.

    Attributes:
        ledger: The file.
        run: The run; ``None`` when none was saved before.
        facts: The facts, each with what the binding says of it.
    """

    ledger: str
    run: SavedRun | None
    facts: tuple[tuple[Fact, FactBinding], ...]

    @property
    def shown(self) -> str:
        """In words, which run it is."""
        assert self.run is not None
        return f"run {self.run.run_id}, of {self.run.record.as_of or self.run.record.started}, in `{self.ledger}`"

    def columns(self) -> tuple[str, ...]:
        """Return the columns of ``LAST_RUN`` that are for the facts."""
        return _columns(len(self.facts))

    def supplies(self) -> list[Supply]:
        """Return the facts, over the joined relation ``LAST_RUN``."""
        return [self._supply(i, fact, told) for i, (fact, told) in enumerate(self.facts)]

    def findings(self, policy: str) -> list[DataFinding]:
        """Say which run it was, or that there was none."""
        if self.run is not None:
            return [DataFinding("last-run", f"the last run before this one is {self.shown}", self.run.subjects)]
        names = ", ".join(f"`{fact.name}`" for fact, _ in self.facts)
        message = f"the ledger `{self.ledger}` holds no run of `{policy}` before this one, from which {names} would come"
        return [
            DataFinding("no-last-run", message, len(self.facts), help="it is the first; save it by `--save`, and the next one finds it")
        ]

    def _supply(self, position: int, fact: Fact, told: FactBinding) -> Supply:
        nobody = "none" if fact.absent_is_none or (fact.nullable and self.run is not None) else "missing"
        place = ("last run", told.last_run or "")
        supply = supply_stored(fact, column(f"last {position}"), "VARCHAR", told.values, place, "missing")
        return with_empty(kept_out(supply, column(f"undecided {position}")), told.empty or nobody)


def bring_last_run(connection: DuckDBPyConnection, ledger: str | None, plan: Plan, binding: Binding, as_of: date | None) -> LastRun | None:
    """Make the relation ``LAST_RUN`` of what the last run gave: ``key``, and for each fact what it was, or why it was not decided.

    Nothing is made, and ``None`` returned, when no fact comes from there.

    Args:
        connection: Where to make it.
        ledger: The file; a ledger that is not there holds no run.
        plan: The policy whose runs are meant.
        binding: What says which facts come from there.
        as_of: The date of this run: only runs as of an earlier day count, so that to repeat a run changes nothing. Without one, the last run counts.

    Raises:
        DataError: Nobody said which ledger, or it cannot be read.
    """
    wanted = tuple((plan.facts[name], told) for name, told in binding.facts.items() if told.last_run is not None)
    if not wanted:
        return None
    if ledger is None:
        raise DataError(
            f"fact `{wanted[0][0].name}` comes from the last saved run, and there is no ledger", help="name it: `--ledger FILE`"
        )
    import pyarrow as pa

    from tierwise.plugins.ledger import Ledger

    cells: dict[str, dict[str, str]] = {}
    run: SavedRun | None = None
    if Path(ledger).exists():
        with Ledger(ledger, read_only=True) as opened:
            run = opened.last_run(plan.policy, as_of)
            if run is not None:
                cells = _cells(opened, run, wanted)
    names = _columns(len(wanted))
    columns: Mapping[str, Any] = {
        "key": pa.array(cells.keys(), pa.string()),
        **{name: pa.array([row.get(name) for row in cells.values()], pa.string()) for name in names},
    }
    connection.register("tierwise_given", pa.table(columns))
    connection.execute(f"CREATE OR REPLACE TABLE {LAST_RUN} AS SELECT * FROM tierwise_given")
    connection.unregister("tierwise_given")
    return LastRun(ledger, run, wanted)


def _columns(facts: int) -> tuple[str, ...]:
    return tuple(name for i in range(facts) for name in (f"last {i}", f"undecided {i}"))


def _cells(ledger: Ledger, run: SavedRun, wanted: tuple[tuple[Fact, FactBinding], ...]) -> dict[str, dict[str, str]]:
    cells: dict[str, dict[str, str]] = {}
    for i, (_, told) in enumerate(wanted):
        for key, outcome in ledger.outcomes(run.run_id, told.last_run or ""):
            row = cells.setdefault(key, {})
            if not isinstance(outcome, Determined):
                row[f"undecided {i}"] = f"undecided-last-run:{outcome.reason.value}"
            elif outcome.value is not None:
                row[f"last {i}"] = _as_text(outcome)
    return cells


def _as_text(outcome: Outcome) -> str:
    """Return a value as the entry of a fact reads it."""
    assert isinstance(outcome, Determined)
    value = outcome.value
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(to_json(value), ensure_ascii=False)
