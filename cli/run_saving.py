"""Saves a run in the ledger, or beside it while others write there for too long."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.cli.options import Layers
from tierwise.cli.session import Session
from tierwise.cli.telling import tell, working

if TYPE_CHECKING:
    from tierwise.plugins.ledger import Ledger, RunRecord
    from tierwise.plugins.run import Run
    from tierwise.plugins.store import BusyStoreError

__all__ = ["open_ledger", "save_run"]


def save_run(session: Session, run: Run, ledger: str, layers: Layers) -> BusyStoreError | None:
    """Save a run in a ledger, which is made when it is not there.

    Returns:
        What to leave with when others write to the ledger for too long: the run is then kept in a file beside it.
    """
    from tierwise.plugins.store import BusyStoreError

    record = _record(run, layers)
    try:
        with working(f"saving to {ledger}"), open_ledger(ledger, create=True) as book:
            run_id = book.save(record, run.grading, run.bound.facts.findings, run.bound.facts.names())
    except BusyStoreError as busy:
        path = Path(ledger)
        kept = str(path.with_name(f"{path.stem}.kept-{os.getpid()}{path.suffix}"))
        with open_ledger(kept, create=True) as book:
            book.save(record, run.grading, run.bound.facts.findings, run.bound.facts.names())
        session.stopping.saved = f"the run in {kept}"
        return BusyStoreError(
            f"{busy}; the run is kept in `{kept}`", help=f"`tierwise history --ledger {ledger} --bring-in {kept}` adds it"
        )
    session.stopping.saved = f"run {run_id} in {ledger}"
    tell(f"saved as run {run_id} in {ledger}", err=True)
    return None


def open_ledger(ledger: str, create: bool = False) -> Ledger:
    """Open a ledger; what process is waited for is told."""
    from tierwise.plugins.ledger import Ledger

    return Ledger(ledger, create, lambda who: tell(f"waiting for {who}, which writes to {ledger}", err=True))


def _record(run: Run, layers: Layers) -> RunRecord:
    from datetime import datetime

    from tierwise import __version__
    from tierwise.plugins.ledger import RunRecord

    plan = run.bound.loaded.plan
    return RunRecord(
        policy=plan.policy,
        version=plan.version,
        fingerprint=plan.fingerprint,
        overlay=", ".join(layers.overlays),
        settings=", ".join(f"{name}={value}" for name, value in layers.settings.items()),
        source=run.bound.facts.location,
        as_of=run.bound.as_of.isoformat() if run.bound.as_of else "",
        started=datetime.now().astimezone().isoformat(timespec="seconds"),
        engine=run.engine,
        tierwise=__version__,
        plugins=", ".join(run.bound.loaded.plugins.others()),
        tries=run.bound.loaded.policy.tries,
    )
