"""``tierwise check``: reads and checks policies and says what is wrong with them, and where."""

from __future__ import annotations

import click

from tierwise.cli.main import EXIT_FINDINGS, EXIT_POLICY
from tierwise.cli.options import Layers, layers_options
from tierwise.cli.session import Session
from tierwise.cli.visible import say


@click.command("check")
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...")
@layers_options
@click.option("--strict", is_flag=True, help="Leave with exit code 1 on warnings, too.")
@click.pass_context
def command(context: click.Context, policies: tuple[str, ...], layers: Layers, strict: bool) -> None:
    """Check policies: names, types, cycles, gaps, overlaps, rules that never fire, unused facts; prove their invariants.

    Findings go to stderr, a line for each policy to stdout. Acknowledged gaps and overlaps are notes.

    \b
    Example:
      tierwise check big-customer-tiers
    """
    from tierwise.cli.findings import summary
    from tierwise.core.errors import PolicyError
    from tierwise.core.finding import Severity, has_errors
    from tierwise.plugins.policy import check_policy, proved

    session = Session.of(context)
    code = 0
    for name in policies:
        try:
            findings = proved(check_policy(name, layers.overlays, session.plugins, layers.settings), session.plugins)
        except PolicyError as error:
            if not error.findings:
                raise
            session.show_findings(error.findings)
            say(f"{name}: cannot be loaded: {summary(error.findings)}")
            code = max(code, EXIT_POLICY)
            continue
        session.show_findings(findings)
        say(f"{name}: {summary(findings)}")
        failed = has_errors(findings) or (strict and any(f.severity is Severity.WARNING for f in findings))
        code = max(code, EXIT_FINDINGS if failed else 0)
    context.exit(code)
