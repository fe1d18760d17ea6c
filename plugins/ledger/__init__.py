"""The ledger: a SQLite file of runs, each there whole or not at all."""

from tierwise.plugins.ledger.ledger import APPLICATION_ID, WAIT_SECONDS, Ledger
from tierwise.plugins.ledger.record import Change, RunRecord, SavedRun

__all__ = ["APPLICATION_ID", "WAIT_SECONDS", "Change", "Ledger", "RunRecord", "SavedRun"]
