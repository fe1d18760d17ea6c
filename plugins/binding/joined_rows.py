"""The query of the facts: the rows of the subjects, each with the aggregates of its child rows, as cells of the supplied facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlglot import exp

from tierwise.plugins.binding.fact_supply import Supply
from tierwise.plugins.binding.last_run import LAST_RUN
from tierwise.plugins.binding.layout import Layout
from tierwise.plugins.binding.lineage import FAULT, KNOWN, LINEAGE, Way
from tierwise.plugins.sql import TRUE, alias, column, equal, identifier, select, subquery

__all__ = ["GROUP", "KEYED", "TIED", "fact_cells", "fact_columns", "joined_rows", "problem_column", "with_readings"]

KEYED, GROUP, TIED = "tierwise_keyed", "tierwise_group", "_tied"


def fact_columns(supplies: Iterable[Supply]) -> Mapping[str, str]:
    """Return the name of each fact's column in a ``FactTable``: its own, unless that is taken."""
    columns: dict[str, str] = {}
    taken = {"key", "name"}
    for supply in supplies:
        word = supply.fact.name
        while word.casefold() in taken:
            word += "_"
        taken |= {word.casefold(), f"{word}__none".casefold()}
        columns[supply.fact.name] = word
    return columns


def problem_column(position: int) -> str:
    """Return the name of the column with what is wrong with a supply; no fact is called so."""
    return f"problem {position}"


def fact_cells(supplies: Iterable[Supply], columns: Mapping[str, str]) -> Iterator[exp.Expr]:
    """Yield the cells of the supplied facts, and of what may be wrong with them."""
    for i, supply in enumerate(supplies):
        yield alias(supply.value, columns[supply.fact.name])
        if supply.none is not None:
            yield alias(supply.none, f"{columns[supply.fact.name]}__none")
        if not supply.is_proved:
            yield alias(supply.problem, problem_column(i))


def joined_rows(layout: Layout, supplies: Sequence[Supply], cells: Sequence[exp.Expr]) -> exp.Select:
    """Return the query of cells. What they use of the named expressions and readings of the supplies is computed once, below them."""
    own = ("key", "id", *(["name"] if layout.name else []), *(bound.alias for bound in layout.columns))
    source = exp.Table(this=identifier(KEYED), alias=exp.TableAlias(this=identifier("s")))
    relations = list(_relations(layout))
    rows = select(
        *(column(name, "s") for name in own), *(column(word, name) for name, given, _ in relations for word in given), source=source
    )
    for name, _, on in relations:
        rows.append("joins", exp.Join(this=exp.Table(this=identifier(name)), on=on, side="LEFT"))
    return with_readings(rows, supplies, cells)


def with_readings(rows: exp.Select, supplies: Sequence[Supply], cells: Sequence[exp.Expr]) -> exp.Select:
    """Return the query of cells over some rows, with what they use of the named expressions and readings of the supplies below them."""
    named = _used(cells, (supply.named for supply in supplies))
    readings = _used((*cells, *named), (supply.readings for supply in supplies))
    if readings:
        rows.set("expressions", [*rows.expressions, *readings])
        rows = select(exp.Star(), source=subquery(rows, "rows"))
    rows.set("expressions", [*rows.expressions, *named])
    return select(*cells, source=subquery(rows, "rows"))


def _relations(layout: Layout) -> Iterator[tuple[str, Sequence[str], exp.Expr]]:
    """Yield the relations of the child rows, their columns that are for the facts, and which of their rows is the subject's."""
    if layout.lineage is not None:
        yield LINEAGE, (*FAULT.values(), *KNOWN.values()), equal(column("id", LINEAGE), column("id", "s"))
    if layout.last_run is not None:
        yield LAST_RUN, layout.last_run.columns(), equal(column("key", LAST_RUN), column("key", "s"))
    for number, group in enumerate(layout.groups):
        known_by = column("top", LINEAGE) if group.way is Way.GROUP else column("id", "s")
        for name, given in (
            (f"{GROUP}{number}", group.given()),
            *([(f"{GROUP}{number}{TIED}", group.given_again())] if group.asks_again else []),
        ):
            yield name, given, equal(column("id", name), known_by.copy()) if group.key else TRUE


def _used(cells: Iterable[exp.Expr], named: Iterable[Mapping[str, exp.Expr]]) -> list[exp.Expr]:
    """Return those of the named expressions that cells use."""
    used = {found.name for cell in cells for found in cell.find_all(exp.Column)}
    return [alias(cell, name) for some in named for name, cell in some.items() if name in used]
