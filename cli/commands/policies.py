"""``tierwise policies``: lists the shipped policies and what a company must still supply to each."""

from __future__ import annotations

import click

from tierwise.cli.options import format_option
from tierwise.cli.session import Session


@click.command("policies")
@format_option("text", "json", "jsonl", "csv", "markdown")
@click.pass_context
def command(context: click.Context, form: str) -> None:
    """List the shipped policies: title, subject, kinds, readiness.

    \b
    Example:
      tierwise policies
    """
    from tierwise.cli.output import write_rows
    from tierwise.plugins.policy import load

    session = Session.of(context)
    rows = []
    for name in sorted(session.plugins.policies()):
        loaded = load(name, plugins=session.plugins)
        plan = loaded.plan
        open_readings = [reading.name for reading in plan.readings.values() if reading.settled is None]
        rows.append(
            {
                "policy": name,
                "title": session.text(plan.title),
                "subject": plan.subject,
                "kinds": sorted({module.kind for module in loaded.policy.modules.values()}),
                "must supply": list(plan.lost),
                "readings open": open_readings,
            }
        )
    write_rows(rows, ["policy", "title", "subject", "kinds", "must supply", "readings open"], form)
