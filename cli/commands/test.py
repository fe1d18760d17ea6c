"""``tierwise test``: runs the cases of policies on the engines and says which outcomes differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierwise.cli.main import EXIT_FINDINGS, EXIT_POLICY
from tierwise.cli.options import Layers, layers_options
from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.engine import DEFAULT_ENGINE, REFERENCE_ENGINE

if TYPE_CHECKING:
    from tierwise.plugins.policy import LoadedPolicy


@click.command("test")
@click.argument("policies", nargs=-1, metavar="[POLICY...]")
@layers_options
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="NAME",
    help="An engine to run the cases on; may be repeated [default: reference, duckdb].",
)
@click.option("--coverage", is_flag=True, help="Say which rules and borders the cases touch, and list what no case has touched.")
@click.pass_context
def command(context: click.Context, policies: tuple[str, ...], layers: Layers, engines: tuple[str, ...], coverage: bool) -> None:
    """Run the cases of policies (all shipped ones when none is named) on the engines.

    \b
    Example:
      tierwise test big-customer-tiers closing-time-a-e
    """
    from tierwise.cli.findings import render_error
    from tierwise.core.errors import PolicyError
    from tierwise.plugins.cases.run import run_cases

    session = Session.of(context)
    code = 0
    for name in policies or sorted(session.plugins.policies()):
        try:
            loaded = session.load(name, layers)
            results = run_cases(loaded, engines or (REFERENCE_ENGINE, DEFAULT_ENGINE))
        except PolicyError as error:  # the others can still be tested
            say(render_error(error, session.error_format), err=True)
            say(f"{name}: cannot be loaded")
            code = EXIT_POLICY
            continue
        broken = [result for result in results if result.differences]
        skipped = sum(result.skipped != "" for result in results)
        for result in broken:
            say(f"FAILED {result.case} on {result.engine}")
            for difference in result.differences:
                say(f"  {difference.output}: expected {difference.expected}, got {difference.got}")
        kept = f", {skipped} not for that engine" if skipped else ""
        say(f"{name}: {len(results) - len(broken) - skipped} passed, {len(broken)} failed{kept}")
        if coverage:
            _tell_coverage(loaded, session.language)
        code = max(code, EXIT_FINDINGS if broken else 0)
    context.exit(code)


def _tell_coverage(loaded: LoadedPolicy, language: str) -> None:
    from tierwise.plugins.cases.coverage import coverage_of, percent
    from tierwise.plugins.sentences.words import value_text

    found = coverage_of(loaded)
    for what, (part, whole) in (("rules", found.rules), ("borders", found.touched)):
        if whole:
            say(f"  {what}: {percent(part, whole)}% ({part} of {whole})")
    for table in found.tables:
        if table.never:
            say(f"    no case decided by `{table.table}`: {', '.join(table.never)}")
    for border, is_touched in found.borders:
        if not is_touched:
            say(f"    no case exactly at {border.about} {value_text(border.value, border.type, language)}")
    for output, reasons in found.reasons.items():
        if reasons:
            say(f"    undetermined in a case: {output} ({', '.join(sorted(reasons))})")
