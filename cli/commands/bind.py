"""``tierwise bind``: drafts how a database supplies the facts of a policy."""

from __future__ import annotations

import click

from tierwise.cli.options import Layers, layers_options
from tierwise.cli.session import Session
from tierwise.cli.visible import say


@click.command("bind")
@click.argument("database", metavar="DATABASE")
@click.argument("policy", metavar="POLICY")
@layers_options
@click.pass_context
def command(context: click.Context, database: str, policy: str, layers: Layers) -> None:
    """Print a draft binding: which columns look like which facts, and which facts nothing supplies.

    \b
    Example:
      tierwise bind demo/demo.db big-customer-tiers > binding.yaml
    """
    from tierwise.plugins.binding.draft import bind_draft
    from tierwise.plugins.source import open_source

    session = Session.of(context)
    loaded = session.load(policy, layers)
    source = open_source(database, session.plugins.sources().values())
    try:
        say(bind_draft(source, loaded.plan), nl=False)
    finally:
        source.close()
