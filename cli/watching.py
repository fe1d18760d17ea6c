"""Runs a watch for the command line: actions to stdout as they fire, findings and sums to stderr at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Protocol, cast

import click

from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import visible
from tierwise.core.errors import PolicyError
from tierwise.core.values import to_json
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.watch_engine import choose_watch_engine
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

if TYPE_CHECKING:
    from io import BufferedReader

    from tierwise.core.finding import Finding
    from tierwise.plugins.policy import LoadedPolicy

__all__ = ["action_line", "watch_events"]

STDIN = "-"


def watch_events(
    session: Session,
    loaded: LoadedPolicy,
    location: str,
    since: date | None,
    as_of: date | None,
    engine: str | None,
    ledger: str | None,
    form: str,
) -> None:
    """Watch the events of a database or of stdin.

    Raises:
        PolicyError: The policy watches nothing.
        DataError: The events, or the ledger, cannot be read or written.
    """
    plan = WatchPlan.of(loaded.sections)
    if plan is None:
        raise PolicyError(f"policy `{loaded.policy.policy}` watches no events", help="add a section `watch:` with `events` and `rules`")
    session.show_findings([finding for finding in loaded.findings if finding.code == "watch-waits"])
    matching, passed_over = choose_watch_engine(session.plugins.watch_engines(), engine)
    if passed_over:
        tell(passed_over, err=True)
    with ExitStack() as opened:
        run = opened.enter_context(WatchRun(plan, loaded.environment, matching, ledger))
        events = _from_stdin(plan) if location == STDIN else _from_database(session, loaded, plan, location, opened)
        actions = chain(run.process(events.batches(as_of)), run.finish(as_of))
        for action in actions:
            if since is None or action.at.isoformat()[:10] >= since.isoformat():
                click.echo(action_line(action, session.language, form))
        session.show_findings([*events.findings(), *run.findings()])
        _say(run)


def action_line(action: Action, language: str, form: str) -> str:
    """Return an action as one line: JSON, or text for people without a character that a terminal would act on."""
    document = action.to_dict(language)
    if form == "jsonl":
        return json.dumps(document, ensure_ascii=False)
    parts = [document["at"], action.subject, action.do, f"[{action.level}]"]
    if action.amount is not None:
        parts.append(f"{document['amount']}{action.unit}")
    parts += [said(f"missing: {', '.join(action.missing)}", language)] if action.missing else []
    parts += [said(f"if {name} = {' or '.join(words)}", language) for name, words in action.readings.items()]
    parts += [said(f"undetermined: {action.lost}", language)] if action.lost else []
    line = "  ".join([*parts, *([document["text"]] if document.get("text") else [])])
    return visible(line.replace("\n", " "))


class _Events(Protocol):
    """Where events come from."""

    def batches(self, until: date | None = None) -> Iterator[list[Event]]: ...

    def findings(self) -> list[Finding]: ...


def _from_stdin(plan: WatchPlan) -> _Events:
    from tierwise.plugins.watching.stream import LineReader

    return LineReader(plan, cast("BufferedReader", sys.stdin.buffer))


def _from_database(session: Session, loaded: LoadedPolicy, plan: WatchPlan, location: str, opened: ExitStack) -> _Events:
    from tierwise.plugins.data_source import open_source
    from tierwise.plugins.watching.stored_events import DatabaseEvents

    source = opened.enter_context(closing(open_source(location, session.plugins.sources().values())))
    return DatabaseEvents(loaded.policy, plan, source)


def _say(run: WatchRun) -> None:
    tell(f"{run.events} events, {run.actions} actions", err=True)
    for rule, total in run.totals.items():
        hanging = f", and {to_json(total.open)}{total.unit} that hang on a reading" if total.open else ""
        tell(f"{rule}: {to_json(total.certain)}{total.unit}{hanging}", err=True)
