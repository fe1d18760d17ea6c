"""``tierwise bind``: drafts how a database supplies the facts of a policy."""

from __future__ import annotations

from contextlib import closing

import click

from tierwise.cli.options import Layers, layers_options
from tierwise.cli.session import Session
from tierwise.cli.telling import spoken, spoken_comments
from tierwise.cli.visible import say


@click.command("bind")
@click.argument("database", metavar="DATABASE")
@click.argument("policy", metavar="POLICY")
@layers_options
@click.pass_context
def command(context: click.Context, database: str, policy: str, layers: Layers) -> None:
    """Print a draft binding: which columns look like which facts, and which facts nothing supplies.

    DATABASE may be - for standard input.

    \b
    Example:
      tierwise bind demo/demo.db big-customer-tiers > binding.yaml
    """
    from tierwise.plugins.binding.draft_binding import bind_draft
    from tierwise.plugins.data_source import open_source
    from tierwise.plugins.scratch import spooled

    session = Session.of(context)
    loaded = session.load(policy, layers)
    with spooled(database) as file, closing(file.named(open_source(file.path, session.plugins.sources().values()))) as source:
        say(spoken_comments(bind_draft(source, loaded.plan, spoken)), nl=False)
