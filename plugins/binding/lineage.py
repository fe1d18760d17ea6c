"""Who stands above whom among the subjects: groups of companies, regions in regions; and what about it cannot be known.

From the links (a row's id and that of the row above it) two relations are made, over all rows of the subjects' table. ``PAIRS`` holds, for every
row, each row above it with its level: itself at level 0, its parent at 1. ``LINEAGE`` holds, for every row, its ``top``, and why the way up
(``fault``) or down (``fault below``) ends before its end: a parent that is no row, several parents, a circle, more levels than were said. Up to
that level, ``known`` and ``known below``, all is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlglot import exp

from tierwise.core.types import TextType
from tierwise.plugins.binding.entry.enter_words import as_id
from tierwise.plugins.binding.room import InDuckdb, Whereabouts
from tierwise.plugins.binding.written import Format, written
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.sql import alias, all_of, case, cast, column, integer, is_known, select, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FAULT", "KNOWN", "LINEAGE", "PAIRS", "WAYS", "Lineage", "Way", "fault_of"]

LINEAGE, PAIRS = "tierwise_lineage", "tierwise_pairs"
FAULT, KNOWN = {"up": "fault", "down": "fault below", "group": "fault of group"}, {"up": "known", "down": "known below"}


class Way(StrEnum):
    """Whose rows count for a subject: those of rows above it, of rows under it, of all that have the same top."""

    UP = "up"
    DOWN = "down"
    GROUP = "group"


WAYS: Mapping[str, tuple[Way, int, int | None]] = {
    "parent": (Way.UP, 1, 1),
    "above": (Way.UP, 1, None),
    "top": (Way.UP, 0, None),
    "below": (Way.DOWN, 1, None),
    "branch": (Way.DOWN, 0, None),
    "group": (Way.GROUP, 0, None),
}
"""Each word for the rows of relatives, with the way to them, the first level and the last."""


def fault_of(way: Way, last: int | None) -> exp.Expr:
    """Return, by columns of ``LINEAGE``, why what is so many levels away is not known; NULL where it is."""
    fault = column(FAULT[way])
    if last is None or way is Way.GROUP:
        return fault
    return case((exp.GT(this=integer(last), expression=column(KNOWN[way])), fault))


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where it is written who stands above whom.

    Attributes:
        subjects: The table of the subjects, and its column with their id.
        links: The table with the links, often the same, its column with a subject's id, and the one with that of the row above.
        form: How the ids of the rows above are written.
        levels: The most levels above a row.
    """

    subjects: tuple[SourceTable, Column]
    links: tuple[SourceTable, Column, Column]
    form: Format
    levels: int

    def reads(self) -> Mapping[str, set[str]]:
        """Return the columns that are read, by table."""
        (subjects, id), (links, key, parent) = self.subjects, self.links
        read = {subjects.name: {id.name}}
        read.setdefault(links.name, set()).update((key.name, parent.name))
        return read

    def make(self, room: InDuckdb) -> list[DataFinding]:
        """Make the relations, and return what is wrong with the links."""
        connection, source = room.connection, room.source
        for name, query in (("nodes", self._nodes(source)), ("links", self._links(source))):
            connection.execute(f"CREATE OR REPLACE TABLE tierwise_{name} AS {query.sql('duckdb')}")
        connection.execute(_ENDS)
        _find_circles(connection)
        for statement in _STATEMENTS:
            connection.execute(statement.format(levels=self.levels))
        findings = self._findings(connection)
        for name in _BETWEEN:
            connection.execute(f"DROP TABLE {name}")
        return findings

    def _nodes(self, source: Whereabouts) -> exp.Select:
        subjects, id = self.subjects
        key = as_id(column(id.name), source.type_of(subjects.name, id))
        return select(alias(key, "id"), source=source.named(subjects.name)).where(is_known(key.copy()), copy=False).distinct()

    def _links(self, source: Whereabouts) -> exp.Select:
        links, key, parent = self.links
        above = written(column(parent.name), source.type_of(links.name, parent), TextType(), self.form)
        id, up = as_id(column(key.name), source.type_of(links.name, key)), as_id(above.value, above.type)
        linked = all_of(is_known(id.copy()), is_known(up.copy()), exp.NEQ(this=cast(up.copy(), "VARCHAR"), expression=text("")))
        return select(alias(id, "id"), alias(up, "parent"), source=source.named(links.name)).where(linked, copy=False).distinct()

    def _findings(self, connection: DuckDBPyConnection) -> list[DataFinding]:
        links, _, parent = self.links
        found = connection.execute(_COUNTED).fetchall()
        return [
            DataFinding(code, _told(code, count, f"`{links.name}.{parent.name}`", self), count, "", links.name, parent.name, _shown(rows))
            for code, count, rows in found
        ]


def _find_circles(connection: DuckDBPyConnection) -> None:
    """Make the table of rows in circles, however long: those that are still arrived at after more steps than there are links."""
    connection.execute(_AROUND)
    ((links,),) = connection.execute("SELECT count(*) FROM tierwise_around").fetchall()
    steps, left = 1, links
    while left and steps <= links:
        connection.execute(_TWICE_AS_FAR)
        ((left,),) = connection.execute("SELECT count(*) FROM tierwise_around").fetchall()
        steps *= 2


def _told(code: str, count: int, where: str, lineage: Lineage) -> str:
    subjects, one = lineage.subjects[0].name, count == 1
    rows = "1 row" if one else f"{count} rows"
    match code:
        case "unknown-parent":
            return f"{where} names no row of `{subjects}` for {rows}: what is above {'it' if one else 'them'} is not known"
        case "several-parents":
            return f"{where} names several rows above {rows}: which is meant is not known"
        case "parent-cycle":
            return f"{where} leads {rows} back to {'itself' if one else 'themselves'}: nothing is known of who is above or below"
        case "own-parent":
            return f"{where} names the row itself for {rows}: {'it counts' if one else 'they count'} as the top of {'its' if one else 'their'} group"
        case _:
            levels = f"{lineage.levels} level{'s' * (lineage.levels != 1)}"
            return f"{rows} of `{subjects}` {'has' if one else 'have'} more than {levels} above: raise `levels` of `subject` when that is right"


def _shown(rows: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((id, stored) for id, _, stored in (row.partition("\t") for row in rows))


_BETWEEN = ("tierwise_around", "tierwise_ends", "tierwise_raw", "tierwise_broken", "tierwise_links", "tierwise_nodes")
_ENDS = """CREATE OR REPLACE TABLE tierwise_ends AS
    SELECT id, min(parent) AS parent, count(*) AS parents, min(parent) || ' / ' || max(parent) AS several
    FROM tierwise_links WHERE id <> parent GROUP BY id"""
"""One link a row; a row that names itself has none above it."""
_AROUND = """CREATE OR REPLACE TABLE tierwise_around AS
    SELECT e.id, e.parent AS "to" FROM tierwise_ends e JOIN tierwise_nodes n ON n.id = e.id JOIN tierwise_nodes m ON m.id = e.parent
    WHERE e.parents = 1"""
_TWICE_AS_FAR = """CREATE OR REPLACE TABLE tierwise_around AS
    SELECT a.id, b."to" FROM tierwise_around a JOIN tierwise_around b ON b.id = a."to" """
_STATEMENTS = (
    # a circle is followed once around, or to the last level
    """CREATE OR REPLACE TABLE tierwise_raw AS
    WITH RECURSIVE up(id, above, level) AS (
      SELECT id, id, 0 FROM tierwise_nodes
      UNION ALL
      SELECT up.id, e.parent, up.level + 1 FROM up
      JOIN tierwise_ends e ON e.id = up.above AND e.parents = 1 JOIN tierwise_nodes n ON n.id = e.parent
      WHERE up.level < {levels} AND (up.level = 0 OR up.above <> up.id)
    ) SELECT id, above, level FROM up""",
    # rows whose own link leads nowhere
    """CREATE OR REPLACE TABLE tierwise_broken AS
    SELECT id, 'unknown-parent:' || parent AS fault FROM tierwise_ends
      WHERE parents = 1 AND id IN (SELECT id FROM tierwise_nodes) AND parent NOT IN (SELECT id FROM tierwise_nodes)
    UNION ALL
    SELECT id, 'several-parents:' || several FROM tierwise_ends WHERE parents > 1 AND id IN (SELECT id FROM tierwise_nodes)
    UNION ALL
    SELECT c.id, 'parent-cycle:' || (
      SELECT string_agg(r.above, ' → ' ORDER BY r.level) || if(max_by(r.above, r.level) = c.id, '', ' → …') FROM tierwise_raw r WHERE r.id = c.id
    ) FROM (SELECT DISTINCT "to" AS id FROM tierwise_around) c""",
    """CREATE OR REPLACE TABLE tierwise_lineage AS
    WITH known AS (
      SELECT r.id, min(r.level) AS known, arg_min(b.fault, r.level) AS fault
      FROM tierwise_raw r JOIN tierwise_broken b ON b.id = r.above GROUP BY r.id
    ), deep AS (
      SELECT r.id, r.above FROM tierwise_raw r JOIN tierwise_ends e ON e.id = r.above WHERE r.level = {levels}
    ), ways AS (
      SELECT n.id, coalesce(k.known, CASE WHEN d.id IS NOT NULL THEN {levels} END) AS known,
        coalesce(k.fault, CASE WHEN d.id IS NOT NULL THEN 'parent-depth:' || d.above END) AS fault
      FROM tierwise_nodes n LEFT JOIN known k USING (id) LEFT JOIN deep d ON d.id = n.id
    ), tops AS (
      SELECT w.id, w.known, w.fault, CASE WHEN w.fault IS NULL THEN r.top END AS top
      FROM ways w LEFT JOIN (SELECT id, arg_max(above, level) AS top FROM tierwise_raw GROUP BY id) r USING (id)
    ), below AS (
      SELECT id, 0 AS known, fault FROM tierwise_broken WHERE starts_with(fault, 'parent-cycle:')
      UNION ALL
      SELECT r.above, r.level, b.fault FROM tierwise_broken b JOIN tierwise_links l ON l.id = b.id JOIN tierwise_raw r ON r.id = l.parent
        WHERE starts_with(b.fault, 'several-parents:')
      UNION ALL
      SELECT r.above, {levels}, 'parent-depth:' || r.id
      FROM tierwise_raw r JOIN tierwise_ends e ON e.parent = r.id WHERE r.level = {levels} AND e.id IN (SELECT id FROM tierwise_nodes)
    ), ended AS (
      SELECT id, min(known) AS known, arg_min(fault, known) AS fault FROM below GROUP BY id
    )
    SELECT t.id, t.top, t.fault, t.known, e.fault AS "fault below", e.known AS "known below",
      coalesce(t.fault, g.fault) AS "fault of group"
    FROM tops t LEFT JOIN ended e ON e.id = t.id LEFT JOIN ended g ON g.id = t.top""",
    """CREATE OR REPLACE TABLE tierwise_pairs AS
    SELECT r.id, r.above, r.level, r.above IS NOT DISTINCT FROM l.top AS is_top
    FROM tierwise_raw r JOIN tierwise_lineage l USING (id) WHERE l.known IS NULL OR r.level <= l.known""",
)
_COUNTED = """
    WITH told AS (
      SELECT split_part(fault, ':', 1) AS code, id, substr(fault, instr(fault, ':') + 1) AS stored FROM tierwise_broken
      UNION ALL
      SELECT 'own-parent', id, parent FROM tierwise_links WHERE id = parent AND id IN (SELECT id FROM tierwise_nodes)
      UNION ALL
      SELECT 'parent-depth', id, substr(fault, instr(fault, ':') + 1) FROM tierwise_lineage WHERE starts_with(fault, 'parent-depth:')
    ) SELECT code, count(*), min(id || chr(9) || stored, 3) FROM told GROUP BY code ORDER BY code"""
