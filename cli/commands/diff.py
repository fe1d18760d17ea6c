"""``tierwise diff``: says what changed between two policies in meaning, not in text."""

from __future__ import annotations

import click

from tierwise.cli.options import Layers, baseline_layers_options, format_option, layers_options
from tierwise.cli.session import Session


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@layers_options
@baseline_layers_options
@click.option("--exit-code", is_flag=True, help="Leave with 1 when the meaning differs, or is not proved to be the same.")
@format_option("text", "json", "markdown")
@click.pass_context
def command(context: click.Context, old: str, new: str, layers: Layers, against_layers: Layers, exit_code: bool, form: str) -> int:
    """Say for every output whether two policies decide all customers alike, or name one whom they decide differently.

    What is only renamed, reordered or reworded is the same meaning. --overlay and --set lie over NEW, --against-overlay and --against-set
    over OLD.

    \b
    Example:
      tierwise diff closing-time-a-e ./closing-time-a-e
      tierwise diff big-customer-tiers big-customer-tiers --set stronger_word=suffices
    """
    from tierwise.cli.output import write_json
    from tierwise.cli.page_blocks import render_page
    from tierwise.cli.visible import say
    from tierwise.plugins.impact.difference import Verdict, difference_of
    from tierwise.plugins.impact.difference_page import difference_document, difference_page

    session = Session.of(context)
    found = difference_of(session.load(old, against_layers), session.load(new, layers))
    if form == "json":
        write_json(difference_document(found))
    else:
        say(render_page(difference_page(found, session.language), form, session.language))
    return 1 if exit_code and found.verdict is not Verdict.SAME else 0
