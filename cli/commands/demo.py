"""``tierwise demo``: makes the demo customer database, grades it and shows what to try next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierwise.cli.session import Session
from tierwise.cli.telling import spoken, tell
from tierwise.cli.visible import on_one_line, say
from tierwise.plugins.engine import DEFAULT_ENGINE

if TYPE_CHECKING:
    from tierwise.core.meaning.subjects import SubjectResult
    from tierwise.plugins.demo import Demo
    from tierwise.plugins.run import Run

DATABASE = "demo.db"
DEEPEST, MOST_LINES = 2, 12
MOST_LOOKED_AT, MOST_SHOWN = 200, 3
SHOWN = ("grade", "duties_missed")
"""Outputs of the policy that is shown first: how good a customer is, and what it was not given of what that asks for."""


@click.command("demo")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("tierwise-demo"), metavar="[FOLDER]")
@click.option("--all", "every", is_flag=True, help="Grade by every shipped policy whose subject is in the database, a line each.")
@click.pass_context
def command(context: click.Context, folder: Path, every: bool) -> None:
    """Make the demo customer database in FOLDER (default: tierwise-demo), grade it and explain one customer.

    The database is seeded: the same on every machine. The overlay of a sample company, with invented points, is put beside it to try
    changes on. A demo that is there already is used again.

    \b
    Example:
      tierwise demo
    """
    from tierwise.plugins.demo import prepare_demo
    from tierwise.plugins.policy import load

    session = Session.of(context)
    demo = prepare_demo(folder, session.plugins.policies())
    tell(f"{'made' if demo.is_new else 'found'} {demo.database}: {demo.about}")
    if every:
        _grade_all(session, demo.database, demo.overlay)
        return
    from tierwise.cli.graded_run import grade_database
    from tierwise.plugins.run import choose_engine

    loaded = load(demo.policy, plugins=session.plugins)
    loaded = replace(loaded, plan=loaded.plan.showing(SHOWN))  # nothing else is shown, so nothing else need be worked out
    engine = choose_engine(loaded, DEFAULT_ENGINE)
    with grade_database(session, loaded, str(demo.database), None, demo.as_of, engine) as run:
        telling = _telling(run)
        _tell(session, run, telling)
        _explain(session, run, telling[0].key)
    _next_steps(demo, telling[0].key)


def _telling(run: Run) -> list[SubjectResult]:
    """Return a few customers of whom there is something to tell: all is determined, and something is to be done; else the first ones."""
    from tierwise.core.outcome import Determined

    looked_at = list(run.grading.rows(MOST_LOOKED_AT))
    known = [result for result in looked_at if all(isinstance(result.outcomes[name], Determined) for name in SHOWN)]
    undone = [result for result in known if getattr(result.outcomes[SHOWN[-1]], "value", None)]
    return (undone or looked_at)[:MOST_SHOWN]


def _tell(session: Session, run: Run, telling: Sequence[SubjectResult]) -> None:
    """Show what comes out on one screen: the main outputs, and a few customers."""
    from tierwise.cli.distribution import distribution_lines
    from tierwise.cli.row_columns import Row, choose_columns, headings_of
    from tierwise.cli.text_tables import text_table

    plan = run.bound.loaded.plan
    tell(f"\n{session.text(plan.title)} ({plan.policy}), {run.grading.count():,} customers as of {run.bound.as_of}")
    shares = {name: run.grading.distribution(name) for name in SHOWN}
    for line in distribution_lines(run.grading, shares, session.text):
        say(line)
    say("")
    columns = choose_columns(",".join(("key", "name", *SHOWN)), plan)
    rows = [[column.cell(Row(result, {})) for column in columns] for result in telling]
    for line in text_table(headings_of(columns, session.language), rows, most=40):
        say(line)


def _explain(session: Session, run: Run, key: str) -> None:
    """Say the reasons that lead, on one screen; the whole explanation is the next command."""
    from tierwise.plugins.run import explain_subject
    from tierwise.plugins.sentences.lines import lines_of

    row = run.bound.facts.row(key)
    tell("\nwhy one of them got it")
    say(on_one_line(" ".join(part for part in (key, row.name if row else None) if part)))
    lines = lines_of(explain_subject(run.bound, key, run.grading).only(SHOWN), session.language)
    for indent, text in [line for line in lines if line[0] <= DEEPEST][:MOST_LINES]:
        say(f"{'  ' * (indent + 1)}{on_one_line(text)}")


def _grade_all(session: Session, database: Path, overlay: Path) -> None:
    from tierwise.cli.telling import working
    from tierwise.cli.text_tables import text_table
    from tierwise.plugins.demo import grade_all

    lines = grade_all(session.plugins, database, overlay)
    with working("grading by every policy"):
        rows = [(line.policy, f"{line.subjects:,}", str(line.outputs), f"{line.determined:.0%}", line.said) for line in lines]
    for text in text_table(
        [spoken(head) for head in ("policy", "subjects", "outputs", "determined", "most frequent outcome")], rows, right=(1, 2, 3), most=60
    ):
        say(text)


def _next_steps(demo: Demo, key: str) -> None:
    as_of = f"--as-of {demo.as_of.isoformat()}"
    run = f"--policy {demo.policy} {as_of}"
    tell(
        f"""
try next
  tierwise grade {demo.database} {run}
  tierwise grade {demo.database} {run} --report report.html
  tierwise explain {demo.database} {key} {run}
  tierwise show {demo.policy}
  tierwise grade {demo.database} --policy {demo.overlaid} --overlay {demo.overlay} {as_of}
  tierwise init my-policy
  tierwise console my-policy --database {demo.database} {as_of}
  tierwise demo {demo.database.parent} --all"""
    )
