"""``tierwise path``: the smallest changes by which one subject of a database reaches a better grade, and what would lose its grade."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from tierwise.cli.options import (
    Layers,
    as_of_option,
    binding_option,
    chosen_outputs,
    format_option,
    layers_options,
    policy_option,
    report_option,
)
from tierwise.cli.session import Session


class ChangeParameter(click.ParamType[tuple[str, tuple[Any, ...]]]):
    """A fact that may change, written ``FACT``, ``FACT:up``, ``FACT:down`` or ``FACT:both``."""

    name = "change"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, tuple[Any, ...]]:
        """Return the fact and its directions, or fail as wrong usage."""
        from tierwise.plugins.paths.database import read_change

        try:
            return read_change(value)
        except ValueError:
            self.fail(f"`{value}` is no fact to change; write `sales`, `sales:up`, `sales:down` or `sales:both`", param, ctx)


@click.command("path")
@click.argument("database", metavar="DATABASE")
@click.argument("subject", metavar="[CUSTOMER]", required=False)
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Only this output; may be repeated. Else every grade of a scale.")
@click.option("--to", "wanted", metavar="GRADE", help="The grade to reach, or a better one; else the next better one.")
@click.option(
    "--change",
    "changes",
    multiple=True,
    type=ChangeParameter(),
    metavar="FACT[:up|:down]",
    help="A fact that may change, instead of those that the policy marks `changeable`; may be repeated.",
)
@click.option("--routes", "most", type=click.IntRange(1), default=5, show_default=True, help="How many ways of each sort the text tells.")
@click.option("--all", "is_all", is_flag=True, help="Instead of one customer: all who are one change of one fact away from a better grade.")
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="With --all: how many of each output the text and the page of a report list.",
)
@report_option
@format_option("text", "markdown", "csv", "jsonl", "json")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    subject: str | None,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    outputs: tuple[str, ...],
    wanted: str | None,
    changes: tuple[tuple[str, tuple[Any, ...]], ...],
    most: int,
    is_all: bool,
    rows: int,
    report: str | None,
    form: str,
) -> None:
    """Find the smallest changes that reach a better grade, and those that would lose the present one.

    Only facts that the policy marks `changeable` move (or those given by --change), one at a time and up to three together where that is
    nearer. A step less does not do. For a ranking everybody else stays where they are.

    With --all the whole database is graded once, by SQL, beside every value of one fact that a rule tells apart.

    \b
    Example:
      tierwise path demo/demo.db 00042 --policy scorecard-100-rights --as-of 2026-06-30
    """
    if is_all == (subject is not None):
        raise click.UsageError("name a customer, or all of them by `--all`")
    if is_all and wanted is not None:
        raise click.UsageError("`--all` looks for any better grade; it takes no `--to`")
    if not is_all and form in ("csv", "jsonl"):
        raise click.UsageError(f"`--format {form}` lists many: it needs `--all`")
    if report is not None:
        if not is_all:
            raise click.UsageError("a report lists many: it needs `--all`")
        from tierwise.cli.reporting import refuse_report

        refuse_report(report, [database])
    from tierwise.cli.graded_run import bound_with_progress
    from tierwise.cli.paths import print_all, print_paths
    from tierwise.plugins.paths.database import changeable_facts, graded_outputs, paths_of_subject
    from tierwise.plugins.run import grade_by_default

    session = Session.of(context)
    loaded = session.load(policy_name, layers)
    decisions = chosen_outputs(outputs, loaded.plan) or list(graded_outputs(loaded))
    if not decisions:
        raise click.UsageError(f"`{loaded.plan.policy}` has no output on a scale; name one by --output and the value by --to")
    changeable = changeable_facts(loaded.plan, dict(changes))
    with bound_with_progress(session, loaded, database, binding, as_of) as bound:
        if subject is None:
            print_all(bound, decisions, changeable, session, form, rows, report)
            return
        key = bound.facts.key_of(subject) or subject
        name = bound.subject(key).name
        grading = grade_by_default(bound) if loaded.plan.rankings else None
        found = [paths_of_subject(bound, key, decision, wanted, changeable, grading) for decision in decisions]
        print_paths(found, loaded.plan, changeable, name, key, session.language, form, most)
