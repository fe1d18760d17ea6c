"""``tierwise schema``: prints the JSON Schema of a policy file, for editors that complete and check."""

from __future__ import annotations

import click

from tierwise.cli.session import Session


@click.command("schema")
@click.pass_context
def command(context: click.Context) -> None:
    """Print the JSON Schema (draft-07) of policy.yaml.

    \b
    Example:
      tierwise schema > tierwise.schema.json
    """
    from tierwise.cli.output import write_json
    from tierwise.plugins.policy_schema import json_schema

    write_json(json_schema(Session.of(context).plugins.environment()))
