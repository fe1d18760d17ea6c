"""``tierwise grade``: grades every subject of a database by a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from tierwise.cli.options import (
    Layers,
    MemoryParameter,
    as_of_option,
    binding_option,
    format_option,
    layers_options,
    ledger_option,
    policy_option,
)
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.plugins.engine import DEFAULT_ENGINE

if TYPE_CHECKING:
    from tierwise.core.plan import Plan


@click.command("grade")
@click.argument("database", metavar="DATABASE")
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--engine", "engine_name", default=DEFAULT_ENGINE, show_default=True, metavar="NAME", help="The engine that runs the policy.")
@click.option("--where", "condition", metavar="CONDITION", help="Show only those for whom a condition over facts and outputs holds.")
@click.option(
    "--undetermined",
    "undetermined",
    multiple=True,
    metavar="OUTPUT",
    help="Show only those with this output undetermined; may be repeated: one of them.",
)
@click.option(
    "--columns",
    "columns",
    metavar="NAME,…",
    help="The columns of rows: key, name, facts and outputs by name, OUTPUT.rules, OUTPUT.reason …; `facts`, `outputs` for all.",
)
@click.option(
    "--headings",
    type=click.Choice(["names", "labels"]),
    default="names",
    show_default=True,
    help="What stands above columns: names, or labels in the language.",
)
@click.option("--hits", is_flag=True, help="Show how often each rule decided instead of rows.")
@click.option("--rows", "limit", type=click.IntRange(0), default=10, show_default=True, help="How many rows the text form shows.")
@click.option(
    "--output",
    "output",
    type=click.Path(),
    metavar="FILE",
    help="Write to a file instead of stdout, whole or not at all, in the format of its ending.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write a report for people, too: FILE.html, one page that prints, or FILE.xlsx with the graded list and charts.",
)
@click.option(
    "--by", metavar="NAME,…", help="With --report: show results by facts, outputs or columns of the subjects' table, too: `region,owner`."
)
@click.option("--save", is_flag=True, help="Save the run in the ledger, all of it.")
@click.option(
    "--memory",
    type=MemoryParameter(),
    metavar="SIZE",
    help="At most so much is kept in memory, such as 2GB; the rest goes to temporary files.",
)
@ledger_option
@format_option("text", "json", "jsonl", "csv", "markdown", "parquet", "arrow", "duckdb")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    engine_name: str,
    condition: str | None,
    undetermined: tuple[str, ...],
    columns: str | None,
    headings: str,
    hits: bool,
    limit: int,
    output: str | None,
    report: str | None,
    by: str | None,
    save: bool,
    memory: str | None,
    ledger: str,
    form: str,
) -> None:
    """Grade every subject of a database: SQLite, DuckDB, CSV, Parquet or Excel, or - for standard input.

    The text form prints the distribution of every output, what is undetermined and why, findings about the data and the first rows; the
    other forms print a row for every subject. Nothing is written unless asked (--save, --output).

    \b
    Example:
      tierwise grade demo/demo.db --policy scorecard-100-rights --as-of 2026-06-30
      tierwise grade demo/demo.db --policy big-customer-tiers --where "tier in (A1, A2)" \\
        --columns key,name,annual_usage_yuan,tier --headings labels --output best.csv
    """
    from tierwise.cli.choice import read_choice
    from tierwise.cli.destination import written_to
    from tierwise.cli.graded_run import Shown, grade_database, print_grading, show_data_findings, write_grading
    from tierwise.cli.reporting import refuse_report, write_report
    from tierwise.cli.row_columns import choose_columns
    from tierwise.cli.run_saving import save_run
    from tierwise.plugins.duckdb_connection import memory_bounded
    from tierwise.plugins.result_table import FORMATS, write_table
    from tierwise.plugins.run import choose_engine
    from tierwise.plugins.subject_columns import only_columns, refuse_unsupplied, with_columns

    session = Session.of(context)
    form = _form_of(context, form, output, hits or columns is not None or headings != "names")
    read = [database, ledger, policy_name, *layers.overlays, *([binding] if binding else [])]
    if report is not None:
        refuse_report(report, read)
    elif by is not None:
        raise click.UsageError("`--by` splits a report: name one by `--report`")
    loaded = session.load(policy_name, layers)
    engine = choose_engine(loaded, engine_name)
    choice = read_choice(session, loaded, condition, undetermined)
    chosen = choose_columns(columns, loaded.plan) if columns is not None else None
    language = session.language if headings == "labels" else None
    groups = _groups(by, loaded.plan)
    widened = replace(loaded, plan=with_columns(loaded.plan, only_columns(loaded.plan, groups)))
    with (
        memory_bounded(memory or ""),
        written_to(output, read) as written,
        grade_database(session, widened, database, binding, as_of, engine, ledger) as run,
    ):
        refuse_unsupplied(groups, loaded.plan, run.bound.facts.facts)
        if form != "text":  # before anything is saved, so that what is said of saving stands last
            show_data_findings(run.bound.facts.findings, session.error_format)
        unsaved = save_run(session, run, ledger, layers) if save else None
        shown = Shown(choice.of(run, engine), choice.words, chosen, language, hits)
        if report is not None:
            write_report(session, run, shown, report, groups)
        if form == "text":
            print_grading(session, run, limit, shown)
        elif form in FORMATS and written is not None:
            write_table(shown.grading, written, form)
        else:
            write_grading(run, shown, form)
    for file in (report, output):
        if file is not None:
            tell(f"written to {file}", err=True)
    if unsaved:
        raise unsaved


def _form_of(context: click.Context, form: str, output: str | None, is_narrowed: bool) -> str:
    """Return the form that is asked for, else that of the file's name; a table has a file, and all columns."""
    from tierwise.cli.destination import format_of_file
    from tierwise.plugins.result_table import FORMATS

    if output is not None and context.get_parameter_source("form") is ParameterSource.DEFAULT:
        form = format_of_file(output)
    if form in FORMATS and (output is None or is_narrowed):
        raise click.UsageError(
            f"`--format {form}` writes all columns to a file: name it by `--output`, without `--columns`, `--headings` or `--hits`"
        )
    return form


def _groups(by: str | None, plan: Plan) -> tuple[str, ...]:
    """Return the names that split a report."""
    from tierwise.plugins.subject_columns import names_of_groups

    groups = names_of_groups(by)
    inner = next((name for name in groups if name in plan.decisions and not plan.decisions[name].output), None)
    if inner is not None:
        raise click.BadParameter(f"`{inner}` is no output of `{plan.policy}`", param_hint="--by")
    return groups
