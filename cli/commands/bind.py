"""``tierwise bind``: drafts how a database supplies the facts of a policy."""

from __future__ import annotations

import click

from tierwise.cli.session import Session


@click.command("bind")
@click.argument("database", metavar="DATABASE")
@click.argument("policy", metavar="POLICY")
@click.pass_context
def command(context: click.Context, database: str, policy: str) -> None:
    """Print a draft binding: which columns look like which facts, and which facts nothing supplies.

    \b
    Example:
      tierwise bind demo/demo.db big-customer-tiers > binding.yaml
    """
    from tierwise.plugins.binding.draft import bind_draft
    from tierwise.plugins.policy import load
    from tierwise.plugins.source import open_source

    session = Session.of(context)
    loaded = load(policy, plugins=session.plugins)
    source = open_source(database, session.plugins.sources().values())
    try:
        click.echo(bind_draft(source, loaded.plan), nl=False)
    finally:
        source.close()
