"""``tierwise demo``: makes the demo customer database, grades it and shows what to try next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.engine import DEFAULT_ENGINE

if TYPE_CHECKING:
    from tierwise.plugins.run import Run

DATABASE = "demo.db"


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
    say(f"{'made' if demo.is_new else 'found'} {demo.database}: {demo.about}")
    if every:
        _grade_all(session, demo.database, demo.overlay)
        return
    from tierwise.cli.grading import grade_database, print_grading
    from tierwise.plugins.run import choose_engine

    loaded = load(demo.policy, overlay=demo.overlay, plugins=session.plugins)
    with grade_database(session, loaded, str(demo.database), None, demo.as_of, choose_engine(loaded, DEFAULT_ENGINE)) as run:
        say("")
        print_grading(session, run, 5)
        key = _interesting(run)
        _explain(session, run, key)
    _next_steps(folder, demo.policy, demo.as_of.isoformat(), key)


def _interesting(run: Run) -> str:
    """Return the first customer whose payment level fell below the grade: there is something to explain."""
    from tierwise.core.outcome import Determined

    first = ""
    for result in run.grading.rows(500):
        first = first or result.key
        outcomes = list(result.outcomes.values())
        if all(isinstance(outcome, Determined) for outcome in outcomes[:4]):
            return result.key
    return first


def _explain(session: Session, run: Run, key: str) -> None:
    from tierwise.cli.explanation import print_explanation
    from tierwise.plugins.run import explain_subject

    row = run.bound.facts.row(key)
    outputs = [decision.name for decision in run.grading.outputs[:1]]
    say("\nwhy one of them got it")
    print_explanation(explain_subject(run.bound, key, run.grading), row.name if row else None, key, session.language, "text", outputs)


def _grade_all(session: Session, database: Path, overlay: Path) -> None:
    from tierwise.cli.progress import working
    from tierwise.cli.table import text_table
    from tierwise.plugins.demo import grade_all

    lines = grade_all(session.plugins, database, overlay)
    with working("grading by every policy"):
        rows = [(line.policy, f"{line.subjects:,}", str(line.outputs), f"{line.determined:.0%}", line.said) for line in lines]
    for text in text_table(("policy", "subjects", "outputs", "determined", "most frequent outcome"), rows, right=(1, 2, 3), most=60):
        say(text)


def _next_steps(folder: Path, policy: str, as_of: str, key: str) -> None:
    database = folder / DATABASE
    overlay = folder / "sample-company.yaml"
    say(
        f"""
try next
  tierwise grade {database} --policy {policy} --overlay {overlay} --as-of {as_of} --format csv > grades.csv
  tierwise explain {database} {key} --policy {policy} --overlay {overlay} --as-of {as_of}
  tierwise grade {database} --policy big-customer-tiers --as-of {as_of}
  tierwise check big-customer-tiers
  tierwise show eight-class-visits
  tierwise demo {folder} --all"""
    )
