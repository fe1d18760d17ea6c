"""``tierwise schema``: prints the JSON Schema of a policy file or an overlay, for editors that complete and check, or of a result."""

from __future__ import annotations

import click

from tierwise.cli.session import Session


@click.command("schema")
@click.argument("what", type=click.Choice(["policy", "overlay", "impact"]), default="policy")
@click.pass_context
def command(context: click.Context, what: str) -> None:
    """Print the JSON Schema (draft-07) of policy.yaml, of an overlay, or of what `impact --format json` writes.

    \b
    Example:
      tierwise schema > tierwise.schema.json
    """
    from tierwise.cli.output import write_json

    if what == "impact":
        from tierwise.plugins.impact.json_document import impact_schema

        write_json(impact_schema())
        return
    from tierwise.plugins.policy_schema import json_schema, overlay_schema

    write_json(json_schema(Session.of(context).plugins.environment()) if what == "policy" else overlay_schema())
