"""``tierwise init``: starts a policy of one's own from a customer list, or an overlay with all that a company must supply."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierwise.cli.session import Session
from tierwise.cli.telling import spoken, tell

if TYPE_CHECKING:
    from tierwise.plugins.new_policy import NewFact


@click.command("init")
@click.argument("folder", type=click.Path(), metavar="[FOLDER]", required=False)
@click.option(
    "--from", "database", type=click.Path(), metavar="FILE", help="A customer list (CSV, Excel, SQLite …) whose columns become facts."
)
@click.option(
    "--by", metavar="COLUMN", help="The number that decides the grade; asked for when left out, or the one called like an amount."
)
@click.option("--grades", metavar="A,B,C", help="The grades, best first.")
@click.option("--cuts", metavar="N,N", help="The least amount for each grade but the last; proposed from the list when left out.")
@click.option("--overlay", "overlay_of", metavar="POLICY", help="Start an overlay of a policy instead: all that a company must supply.")
@click.pass_context
def command(
    context: click.Context,
    folder: str | None,
    database: str | None,
    by: str | None,
    grades: str | None,
    cuts: str | None,
    overlay_of: str | None,
) -> None:
    """Start a policy of your own in FOLDER: one table over one column of your list, cases at its borders, and how the list is read.

    What is not said by an option is asked for, or chosen when there is nobody to ask. With --overlay, FOLDER is the overlay file.

    \b
    Example:
      tierwise init my-tiers --from customers.csv
      tierwise init my-tiers --from customers.csv --by annual_sales --grades A,B,C --cuts 500000,100000
      tierwise init company.yaml --overlay scorecard-100-rights
    """
    from tierwise.plugins.new_policy import NewFact, decisive, facts_of

    session = Session.of(context)
    if overlay_of is not None:
        _overlay(session, overlay_of, folder or "overlay.yaml")
        return
    if folder is None:
        raise click.UsageError("name the folder of the new policy, such as `tierwise init my-tiers --from customers.csv`")
    if database is None:
        facts = [NewFact("annual_sales", {"type": "number", "scale": "2", "min": "0", "unit": "元"})]
    else:
        from tierwise.plugins.data_source import open_source

        source = open_source(database, session.plugins.sources().values())
        try:
            facts = facts_of(source)
        finally:
            source.close()
    _write(session, Path(folder), database, facts, _chosen(facts, by, decisive(facts), database), grades, cuts)


def _chosen(facts: list[NewFact], by: str | None, proposed: NewFact | None, database: str | None) -> NewFact:
    """Return the fact that decides: the one that was named, asked for, or proposed."""
    numbers = {fact.name: fact for fact in facts if fact.is_number}
    if proposed is None:
        raise click.UsageError(f"`{database}` has no column of numbers to draw a border through")
    if by is None and len(numbers) > 1 and _is_asked():
        by = click.prompt(spoken("which number decides the grade"), default=proposed.name, type=click.Choice(list(numbers)))
    if by is not None and by not in numbers:
        raise click.UsageError(f"`{by}` is no column of numbers; there are {', '.join(f'`{name}`' for name in numbers)}")
    return proposed if by is None else numbers[by]


def _is_asked() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _write(
    session: Session, folder: Path, database: str | None, facts: list[NewFact], by: NewFact, grades: str | None, cuts: str | None
) -> None:
    from tierwise.cli.destination import write_file
    from tierwise.plugins.new_policy import NewPolicy, name_of_policy, proposed_cuts

    if grades is None and _is_asked():
        grades = click.prompt(spoken("the grades, best first"), default="A,B,C")
    names = _parts(grades or "A,B,C")
    if len(names) < 2 or len(set(names)) < len(names):
        raise click.UsageError("give two grades or more, each once: `--grades A,B,C`")
    proposed = proposed_cuts(by, len(names) - 1) if by.values else [str(10 ** (6 - index)) for index in range(len(names) - 1)]
    if cuts is None and _is_asked():
        cuts = click.prompt(spoken(f"the least {by.name} of {', '.join(names[:-1])}"), default=",".join(proposed))
    policy = NewPolicy(name_of_policy(folder.name), tuple(facts), by, tuple(names), tuple(_amounts(cuts, proposed, names)))
    for name, text in (("policy.yaml", policy.policy_text(session.language)), ("cases.yaml", policy.cases_text(session.language))):
        write_file(str(folder / name), text.encode("utf-8"), replace=False)
        tell(f"written: {folder / name}")
    if database is not None:
        _bind(session, folder, database)
    if by.unread:
        looked = len(by.values) + len(by.unread)
        tell(
            f"`{by.name}`: {len(by.unread)} of {looked} values that were looked at are no numbers, such as `{by.unread[0]}`; they count as missing"
        )
    run = f"\n  tierwise grade {database} --policy {_path(folder)} --report report.html" if database is not None else ""
    tell(
        f"\ntry next\n  tierwise check {_path(folder)}\n  tierwise test {_path(folder)}{run}\n  tierwise export {_path(folder)} {folder.name}.xlsx"
    )


def _path(folder: Path) -> str:
    """Return the folder as a command takes it: with a sign that it is no shipped policy's name."""
    return str(folder) if folder.is_absolute() or len(folder.parts) > 1 else f"./{folder}"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]


def _amounts(cuts: str | None, proposed: list[str], names: list[str]) -> list[str]:
    from decimal import Decimal, InvalidOperation
    from itertools import pairwise

    given = _parts(cuts) if cuts is not None else proposed
    try:
        amounts = [Decimal(cut.removesuffix("万")) * (10_000 if cut.endswith("万") else 1) for cut in given]
    except InvalidOperation:
        raise click.UsageError(f"`{cuts}` are no amounts; write `--cuts 500000,100000`") from None
    if len(amounts) != len(names) - 1 or any(one <= other for one, other in pairwise(amounts)):
        raise click.UsageError(f"{len(names)} grades demand {len(names) - 1} cuts, the highest first")
    return [f"{amount:f}" for amount in amounts]


def _bind(session: Session, folder: Path, database: str) -> None:
    from tierwise.cli.destination import write_file
    from tierwise.cli.telling import spoken, spoken_comments
    from tierwise.plugins.binding.draft_binding import bind_draft
    from tierwise.plugins.data_source import open_source
    from tierwise.plugins.policy import load

    loaded = load(folder, plugins=session.plugins)
    source = open_source(database, session.plugins.sources().values())
    try:
        text = spoken_comments(bind_draft(source, loaded.plan, spoken))
    finally:
        source.close()
    write_file(str(folder / "binding.yaml"), text.encode("utf-8"), replace=False)
    tell(f"written: {folder / 'binding.yaml'}")


def _overlay(session: Session, policy: str, file: str) -> None:
    from tierwise.cli.destination import write_file
    from tierwise.cli.options import Layers
    from tierwise.plugins.supply import overlay_draft, supply_of

    loaded = session.load(policy, Layers())
    supply = supply_of(loaded.policy, loaded.plan)
    write_file(file, overlay_draft(loaded.policy, supply, session.language).encode("utf-8"), replace=False)
    tell(f"written: {file}, to fill: {len(supply.parameters)} parameters, {len(supply.readings)} readings, {len(supply.tables)} tables")
