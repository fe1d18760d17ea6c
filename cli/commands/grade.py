"""``tierwise grade``: grades every subject of a database by a policy."""

from __future__ import annotations

from datetime import date

import click

from tierwise.cli.options import Layers, as_of_option, format_option, layers_options, ledger_option, policy_option
from tierwise.cli.session import Session
from tierwise.plugins.engine import DEFAULT_ENGINE


@click.command("grade")
@click.argument("database", metavar="DATABASE")
@policy_option
@click.option(
    "--binding", type=click.Path(), metavar="FILE", help="How the facts come from the database; else the policy's own, else equal names."
)
@layers_options
@as_of_option
@click.option("--engine", "engine_name", default=DEFAULT_ENGINE, show_default=True, metavar="NAME", help="The engine that runs the policy.")
@click.option("--rows", "limit", type=click.IntRange(0), default=10, show_default=True, help="How many rows the text form shows.")
@click.option("--save", is_flag=True, help="Save the run in the ledger.")
@ledger_option
@format_option("text", "json", "jsonl", "csv", "markdown")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    engine_name: str,
    limit: int,
    save: bool,
    ledger: str,
    form: str,
) -> None:
    """Grade every subject of a database: SQLite, DuckDB, CSV, Parquet or Excel.

    The text form prints the distribution of every output, what is undetermined and why, findings about the data and the first rows; the
    other forms print a row for every subject. Nothing is written unless asked (--save).

    \b
    Example:
      tierwise grade demo/demo.db --policy scorecard-100-rights --as-of 2026-06-30
    """
    from tierwise.cli.distribution import row_documents
    from tierwise.cli.grading import grade_database, print_grading, show_data_findings
    from tierwise.cli.output import write_rows
    from tierwise.cli.saving import save_run

    session = Session.of(context)
    loaded = session.load(policy_name, layers)
    with grade_database(session, loaded, database, binding, as_of, engine_name, ledger) as run:
        if form != "text":  # before anything is saved, so that what is said of saving stands last
            show_data_findings(run.bound.facts.findings, session.error_format)
        unsaved = save_run(session, run, ledger, layers) if save else None
        if form == "text":
            print_grading(session, run, limit)
        else:
            columns, rows = row_documents(run.grading, form, run.bound.facts.problems_of)
            write_rows(rows, columns, form)
    if unsaved:
        raise unsaved
