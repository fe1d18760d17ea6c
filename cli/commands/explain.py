"""``tierwise explain``: says why one subject of a database got its outcomes."""

from __future__ import annotations

from datetime import date

import click

from tierwise.cli.options import Layers, as_of_option, binding_option, format_option, layers_options, ledger_option, policy_option
from tierwise.cli.session import Session


@click.command("explain")
@click.argument("database", metavar="DATABASE")
@click.argument("subject", metavar="CUSTOMER")
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Only this output, or hidden decision; may be repeated.")
@ledger_option
@format_option("text", "markdown", "html", "json")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    subject: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    outputs: tuple[str, ...],
    ledger: str,
    form: str,
) -> None:
    """Explain the outcomes of one customer: the rule that won with the values it read, the rules that missed and by how much.

    CUSTOMER is an id, or a name that only one customer has. DATABASE may be - for standard input.

    For a ranking it shows the rank, the cut and the distance to it; for a score the points and what cost most; first of all, at most four
    leading reasons, in the policy's own sentences (`because`) where it has them.

    \b
    Example:
      tierwise explain demo/demo.db 00042 --policy scorecard-100-rights --as-of 2026-06-30
    """
    from tierwise.cli.explanation_output import print_explanation
    from tierwise.cli.graded_run import bound_with_progress
    from tierwise.plugins.run import explain_subject

    session = Session.of(context)
    loaded = session.load(policy_name, layers)
    with bound_with_progress(session, loaded, database, binding, as_of, ledger) as bound:
        key = bound.facts.key_of(subject) or subject
        row = bound.facts.row(key)
        explanation = explain_subject(bound, key)
        print_explanation(explanation, row.name if row else None, key, session.language, form, outputs)
