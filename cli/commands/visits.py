"""``tierwise visits``: which visits a policy's cadence asks for between two days, and whether there is time for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.options import DateParameter, Layers, as_of_option, binding_option, format_option, layers_options, policy_option
from tierwise.cli.session import Session
from tierwise.cli.telling import tell

if TYPE_CHECKING:
    from tierwise.plugins.visits.visit_plan import Visit, VisitPlan

COLUMNS = ("day", "key", "name", "visit", "due", "owner")
NAMED = 20


@click.command("visits")
@click.argument("database", metavar="DATABASE")
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--from", "first", type=DateParameter(), required=True, metavar="DATE", help="The first day of the plan.")
@click.option("--to", "last", type=DateParameter(), required=True, metavar="DATE", help="The last day of the plan.")
@click.option("--owner", metavar="COLUMN", help="Whose a customer is: a fact, or a column of the customers' table.")
@click.option("--per-week", "capacity", type=click.IntRange(1), metavar="N", help="How many visits one owner has time for in a week.")
@click.option("--file", "file", type=click.Path(), metavar="FILE", help="Write the plan to FILE.xlsx or, for calendars, FILE.ics, too.")
@format_option("text", "markdown", "csv", "json")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    first: date,
    last: date,
    owner: str | None,
    capacity: int | None,
    file: str | None,
    form: str,
) -> None:
    """Plan the visits that a policy's cadence asks for: of whom, on which day, and how many an owner has in each week.

    What is overdue comes on the first day; a visit that comes late moves those after it. The date of the run is the first day, unless
    --as-of says another. An event of a calendar keeps its id from plan to plan.

    \b
    Example:
      tierwise visits demo/demo.db --policy closing-time-a-e --from 2026-07-01 --to 2026-07-31 --owner region --per-week 60
    """
    from tierwise.cli.reporting import refuse_report
    from tierwise.plugins.visits.planning import visits_of

    if last < first:
        raise click.BadParameter(f"`{last}` comes before `{first}`", param_hint="--to")
    if file is not None:
        refuse_report(file, [database], (".xlsx", ".ics"), "--file")
    session = Session.of(context)
    loaded = session.load(policy_name, layers)
    made_on = as_of or first
    plan, findings = visits_of(loaded, database, binding, made_on, (first, last), owner, capacity)
    session.show_findings(findings)
    if file is not None:
        _write(plan, file, loaded.plan.policy, made_on, session.language)
        tell(f"written to {file}", err=True)
    _print(plan, session.language, form)
    for whose, week, count in plan.too_many:
        tell(f"more than there is time for: `{whose}` has {count} visits in the week of {week}, {capacity} are possible", err=True)


def _print(plan: VisitPlan, language: str, form: str) -> None:
    from tierwise.cli.output import write_json, write_rows
    from tierwise.plugins.sentences.words import reason_word

    rows = (_row(visit, language) for visit in plan.visits)
    load = [{"owner": owner, "week": week.isoformat(), "visits": count} for (owner, week), count in sorted(plan.load.items())]
    if form == "json":
        write_json({"visits": list(rows), "load": load, "unknown": {str(reason): count for reason, count in plan.unknown.items()}})
    elif form == "csv":
        write_rows(rows, COLUMNS, form)
    else:
        write_rows(load, ("owner", "week", "visits"), form, right=(2,))
        tell(f"\n{len(plan.visits):,} visits, the first {min(NAMED, len(plan.visits))}")
        write_rows([row for row, _ in zip(rows, range(NAMED), strict=False)], COLUMNS, form)
        if plan.unknown:
            counts = ", ".join(f"{reason_word(reason, language)} {count:,}" for reason, count in sorted(plan.unknown.items()))
            tell(f"\nnot known whether or when: {counts}")


def _row(visit: Visit, language: str) -> dict[str, Any]:
    what = visit.cadence.label.get(language) or visit.cadence.name
    due = visit.due.isoformat() if visit.due is not None else ""
    return {"day": visit.day.isoformat(), "key": visit.key, "name": visit.name, "visit": what, "due": due, "owner": visit.owner}


def _write(plan: VisitPlan, file: str, policy: str, made_on: date, language: str) -> None:
    from tierwise.cli.destination import write_file
    from tierwise.plugins.visits.calendar_file import calendar_file
    from tierwise.plugins.visits.visit_workbook import visit_workbook

    is_calendar = file.lower().endswith(".ics")
    content = calendar_file(plan, policy, made_on, language) if is_calendar else visit_workbook(plan, _cells(plan, language), language)
    write_file(file, content, replace=True)


def _cells(plan: VisitPlan, language: str) -> Iterator[list[Any]]:
    for visit in plan.visits:
        row = _row(visit, language)
        yield [visit.day, row["key"], row["name"], row["visit"], visit.due, row["owner"]]
