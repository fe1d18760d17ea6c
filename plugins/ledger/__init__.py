"""The ledger: a SQLite file of runs, each there whole or not at all."""

from tierwise.plugins.ledger.ledger import Ledger
from tierwise.plugins.ledger.record import Change, RunRecord, SavedRun

__all__ = ["Change", "Ledger", "RunRecord", "SavedRun"]
