"""``tierwise watch``: watches events and prints what is to be done."""

from __future__ import annotations

from datetime import date

import click

from tierwise.cli.options import DateParameter, Layers, as_of_option, format_option, layers_options, ledger_option, policy_option
from tierwise.cli.session import Session


@click.command("watch")
@click.argument("events", metavar="DATABASE|-")
@policy_option
@layers_options
@click.option(
    "--since", type=DateParameter(), metavar="DATE", help="Print only what became due on that date or later; earlier events still count."
)
@as_of_option
@click.option("--engine", metavar="NAME", help="The engine that matches events; else the first that can match here.")
@click.option("--save", is_flag=True, help="Keep seen events, actions and open windows in the ledger, and go on from there next time.")
@ledger_option
@format_option("text", "jsonl")
@click.pass_context
def command(
    context: click.Context,
    events: str,
    policy_name: str,
    layers: Layers,
    since: date | None,
    as_of: date | None,
    engine: str | None,
    save: bool,
    ledger: str,
    form: str,
) -> None:
    """Watch events and print what is to be done about them, as it fires.

    Events come from the tables of a database, or with - from stdin as JSON lines such as
    {"id": "p1", "kind": "late_payment", "subject": "00012", "at": "2026-03-20"}. Each event counts once, in the order of its own time.
    With --as-of, what should have come by then and did not is reported, too. Nothing is written unless asked (--save).

    \b
    Example:
      tierwise watch demo/demo.db --policy scorecard-100-rights --as-of 2026-06-30
    """
    from tierwise.cli.watching import watch_events

    session = Session.of(context)
    loaded = session.load(policy_name, layers)
    watch_events(session, loaded, events, since, as_of, engine, ledger if save else None, form)
