"""``tierwise show``: renders a policy as a page that a sales director can read."""

from __future__ import annotations

import click

from tierwise.cli.options import Layers, format_option, layers_options
from tierwise.cli.session import Session
from tierwise.cli.visible import say


@click.command("show")
@click.argument("policy", metavar="POLICY")
@layers_options
@click.option("--plan", "as_plan", is_flag=True, help="Show the plan that engines run: what the fingerprint is taken over.")
@format_option("text", "markdown", "html")
@click.pass_context
def command(context: click.Context, policy: str, layers: Layers, as_plan: bool, form: str) -> None:
    """Show a policy as a page: what it decides, from which facts, by which rules, and what is open.

    \b
    Example:
      tierwise show closing-time-a-e
      tierwise show closing-time-a-e --plan
    """
    from tierwise.cli.page_blocks import render_page
    from tierwise.plugins.policy_page import Watched, policy_page
    from tierwise.plugins.watching.rule import WatchPlan

    session = Session.of(context)
    loaded = session.load(policy, layers)
    if as_plan:
        say(loaded.text, nl=False)
        return
    watch = WatchPlan.of(loaded.sections)
    watched = [Watched(r.name, r.label, {k: watch.kinds[k].label for k in r.kinds}, r.action.say) for r in watch.rules] if watch else []
    page = policy_page(loaded.policy, loaded.plan, session.language, watched, loaded.environment.functions)
    say(render_page(page, form, session.language))
