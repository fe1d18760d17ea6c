"""``tierwise plugins``: lists the plugins, what they hook into and where they were loaded from."""

from __future__ import annotations

import click

from tierwise.cli.options import format_option
from tierwise.cli.session import Session


@click.command("plugins")
@format_option("text", "json", "jsonl", "csv", "markdown")
@click.pass_context
def command(context: click.Context, form: str) -> None:
    """List the plugins: name, version, hooks, origin, and which are disabled.

    \b
    Example:
      tierwise plugins
    """
    from tierwise.cli.output import write_rows

    rows = [
        {
            "plugin": info.name,
            "version": info.version,
            "hooks": list(info.hooks),
            "from": info.origin,
            "state": "disabled" if info.disabled else "loaded",
        }
        for info in Session.of(context).plugins.listing()
    ]
    write_rows(rows, ["plugin", "version", "hooks", "from", "state"], form)
