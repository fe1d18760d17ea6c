"""Facts of rows above and below a subject are what a walk over the links gives, and missing, with the reason, where the links do not tell."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook

from tierwise.core.errors import PolicyError
from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import NumberType
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.data_source import Source
from tierwise.plugins.facts import FactTable

Opened = Callable[[Path | str], Source]
Plans = Callable[..., Plan]
Row = tuple[str, str | None, int | None]

NUMBER = NumberType(2)
NULLABLE = (NUMBER, {"nullable": True})
HEAD = "binding: 1\npolicy: sample\nsubject: {table: firms, key: id, parent: up, levels: %d}\nfacts:\n"
FACTS = """\
  of_parent: {column: amount, of: parent}
  of_above: {column: amount, of: above}
  of_above_2: {column: amount, of: above, levels: 2}
  of_top: {column: amount, of: top}
  below: {table: bills, key: firm, aggregate: sum, column: open, of: below}
  children: {table: bills, key: firm, aggregate: sum, column: open, of: below, levels: 1}
  branch: {table: bills, key: firm, aggregate: sum, column: open, of: branch}
  whole: {table: bills, key: firm, aggregate: sum, column: open, of: group}
  members: {table: firms, key: id, aggregate: count, of: group}
"""
TREE: list[Row] = [("H", None, 100), ("S1", "H", None), ("S2", "H", 0), ("G1", "S1", 7), ("X", None, None), ("Z", "Q", 5)]
BILLS = [("S1", 50), ("S2", 40), ("G1", 5), ("H", 0), ("G1", 1), ("Z", 3)]


def sample(plan_of: Plans) -> Plan:
    ones = ("of_parent", "of_above", "of_above_2", "of_top")
    return plan_of(**dict.fromkeys(ones, NULLABLE), **dict.fromkeys(("below", "children", "branch", "whole", "members"), NUMBER))


def write_sqlite(folder: Path, firms: list[Row], bills: list[tuple[str, int]]) -> Path:
    with sqlite3.connect(folder / "firms.db") as connection:
        connection.execute("CREATE TABLE firms (id TEXT, up TEXT, amount NUMERIC)")
        connection.execute("CREATE TABLE bills (firm TEXT, open NUMERIC)")
        connection.executemany("INSERT INTO firms VALUES (?, ?, ?)", firms)
        connection.executemany("INSERT INTO bills VALUES (?, ?)", bills)
    connection.close()
    return folder / "firms.db"


def write_duckdb(folder: Path, firms: list[Row], bills: list[tuple[str, int]]) -> Path:
    with duckdb.connect(str(folder / "firms.duckdb")) as connection:
        connection.execute("CREATE TABLE firms (id VARCHAR, up VARCHAR, amount DECIMAL(9, 2))")
        connection.execute("CREATE TABLE bills (firm VARCHAR, open INTEGER)")
        connection.executemany("INSERT INTO firms VALUES (?, ?, ?)", firms)
        connection.executemany("INSERT INTO bills VALUES (?, ?)", bills)
    return folder / "firms.duckdb"


def write_parquet(folder: Path, firms: list[Row], bills: list[tuple[str, int]]) -> Path:
    tables = folder / "tables"
    tables.mkdir()
    with duckdb.connect(str(write_duckdb(folder, firms, bills))) as connection:
        for name in ("firms", "bills"):
            connection.execute(f"COPY {name} TO '{tables / name}.parquet'")
    return tables


def write_csv(folder: Path, firms: list[Row], bills: list[tuple[str, int]]) -> Path:
    tables = folder / "texts"
    tables.mkdir()
    for name, head, rows in (("firms", "id,up,amount", firms), ("bills", "firm,open", bills)):
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        (tables / f"{name}.csv").write_text("\n".join((head, *lines, "")), encoding="utf-8")
    return tables


def write_excel(folder: Path, firms: list[Row], bills: list[tuple[str, int]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, head, rows in (("firms", ("id", "up", "amount"), firms), ("bills", ("firm", "open"), bills)):
        sheet = book.create_sheet(name)
        for row in (head, *rows):
            sheet.append(row)
    book.save(folder / "firms.xlsx")
    return folder / "firms.xlsx"


def facts_of(table: FactTable) -> dict[str, dict[str, Any]]:
    return {subject.key: {name: subject.facts.get(name, "missing") for name in table.facts} for subject in table.subjects()}


def bound(opened: Opened, plan: Plan, location: Path, binding: str) -> FactTable:
    return bind(opened(location), plan, read_binding(TextSource("b.yaml", binding), plan))


@pytest.mark.parametrize("write", [write_sqlite, write_duckdb, write_parquet, write_csv, write_excel])
def test_a_group_of_companies_means_the_same_in_every_source(
    write: Callable[..., Path], plan_of: Plans, opened: Opened, tmp_path: Path
) -> None:
    table = bound(opened, sample(plan_of), write(tmp_path, TREE, BILLS), HEAD % 10 + FACTS)
    missing = "missing"
    order = list(table.facts)
    rows = {key: [facts[name] for name in order] for key, facts in facts_of(table).items()}
    # parent, nearest above with an amount, the same within two levels, top; bills below, of children, of the branch, of the group; members
    assert rows == {
        "H": [None, None, None, 100, 96, 90, 96, 96, 4],
        "S1": [100, 100, 100, 100, 6, 6, 56, 96, 4],
        "S2": [100, 100, 100, 100, 0, 0, 40, 96, 4],
        "G1": [None, 100, 100, 100, 0, 0, 6, 96, 4],
        "X": [None, None, None, None, 0, 0, 0, 0, 1],
        "Z": [missing, missing, missing, missing, 0, 0, 3, missing, missing],
    }
    found = {(finding.code, finding.fact): finding.examples for finding in table.findings if finding.code == "unknown-parent"}
    assert set(found) == {("unknown-parent", name) for name in ("", "of_parent", "of_above", "of_above_2", "of_top", "whole", "members")}
    assert set(found.values()) == {(("Z", "Q"),)}


class Walk:
    """The meaning of the words, by walking along the links."""

    def __init__(self, firms: list[Row], bills: list[tuple[str, int]], levels: int) -> None:
        self.up: dict[str, set[str]] = {id: set() for id, _, _ in firms}
        self.amount: dict[str, int | None] = {}
        self.levels, self.bills = levels, bills
        for id, parent, amount in firms:
            self.amount.setdefault(id, amount)
            if parent and parent != id:
                self.up[id].add(parent)

    def above(self, id: str) -> tuple[list[str], bool]:
        """Return the rows above, as far as they are known, and whether those are all."""
        found: list[str] = []
        here = id
        while not self.in_circle(here):
            parents = self.up[here]
            if not parents:
                return found, True
            parent = next(iter(parents))
            if len(parents) > 1 or parent not in self.up or len(found) == self.levels:
                return found, False
            found.append(parent)
            here = parent
        return found, False

    def in_circle(self, id: str) -> bool:
        """Say whether the links lead back, however long the way around."""
        here = id
        for _ in self.up:
            parents = self.up.get(here, set())
            if len(parents) != 1:
                return False
            here = next(iter(parents))
            if here == id:
                return True
        return False

    def facts(self, id: str) -> dict[str, Any]:
        chain, whole = self.above(id)
        own, all_bills = self.amount, {key: sum(open for firm, open in self.bills if firm == key) for key in self.up}
        known = [own[a] for a in chain]
        nearest = next((a for a in known if a is not None), None)
        nearest_2 = next((a for a in known[:2] if a is not None), None)
        top = chain[-1] if chain else id
        under = {key: self.above(key)[0].index(id) + 1 for key in self.up if id in self.above(key)[0]}
        open_ends = self.open_below(id)
        group = [key for key in self.up if self.above(key)[1] and (self.above(key)[0] or [key])[-1] == top]
        ends = whole and self.open_below(top) is None

        def total(levels: dict[str, int], most: int | None, itself: bool) -> Any:
            if open_ends is not None and (most is None or most > open_ends):
                return "missing"
            return sum(all_bills[key] for key, level in levels.items() if most is None or level <= most) + itself * all_bills[id]

        return {
            "of_parent": known[0] if known else None if whole else "missing",
            "of_above": nearest if nearest is not None or whole else "missing",
            "of_above_2": nearest_2 if nearest_2 is not None or whole or len(known) >= 2 else "missing",
            "of_top": own[top] if whole else "missing",
            "below": total(under, None, False),
            "children": total(under, 1, False),
            "branch": total(under, None, True),
            "whole": sum(all_bills[key] for key in group) if ends else "missing",
            "members": len(group) if ends else "missing",
        }

    def open_below(self, id: str) -> int | None:
        """Return up to which level all that is below is known; ``None``: to the end."""
        if self.in_circle(id):
            return 0
        ends = []
        for key, parents in self.up.items():
            for parent in parents & self.up.keys():
                chain = [parent, *self.above(parent)[0]]
                if len(parents) > 1 and id in chain:
                    ends.append(chain.index(id))
                if len(chain) > self.levels and chain[self.levels] == id and not self.in_circle(key):
                    ends.append(self.levels)
        return min(ends, default=None)


@pytest.mark.parametrize("seed", range(12))
def test_random_links_give_what_a_walk_over_them_gives(seed: int, plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    draw = random.Random(seed)
    ids = [f"F{i}" for i in range(draw.randint(1, 30))]
    levels = draw.choice([1, 2, 3, 10])
    firms: list[Row] = []
    for i, id in enumerate(ids):
        tame: list[str | None] = [*ids[:i]] or [None]
        parent = draw.choice([*tame, *tame, draw.choice(ids), None, *(["unknown"] if draw.random() < 0.2 else [])])
        firms.append((id, parent, draw.choice([None, 0, draw.randint(1, 99)])))
    links = [(id, parent) for id, parent, _ in firms if parent] + [
        (draw.choice(ids), draw.choice(ids)) for _ in range(draw.choice([0, 0, 1]))
    ]
    bills = [(draw.choice(ids), draw.randint(0, 99)) for _ in range(40)]
    walk = Walk([*firms, *((id, parent, None) for id, parent in links)], bills, levels)
    location = write_sqlite(tmp_path, firms, bills)
    with sqlite3.connect(location) as connection:
        connection.execute("CREATE TABLE links (child TEXT, above TEXT)")
        connection.executemany("INSERT INTO links VALUES (?, ?)", links)
    connection.close()
    head = (HEAD % levels).replace("parent: up", "parent: {table: links, key: child, column: above}")
    table = bound(opened, sample(plan_of), location, head + FACTS)
    assert facts_of(table) == {id: {name: walk.facts(id)[name] for name in table.facts} for id in ids}


@pytest.mark.parametrize(
    "firms, code, message, examples",
    [
        (
            [("A", "B", 1), ("B", "A", 1), ("C", "B", 1)],
            "parent-cycle",
            "leads 2 rows back to themselves",
            (("A", "A → B → A"), ("B", "B → A → B")),
        ),
        (
            [*((f"N{i:02}", f"N{(i + 1) % 12:02}", 1) for i in range(12)), ("X", "N00", 1)],
            "parent-cycle",
            "leads 12 rows back to themselves",
            tuple((f"N{i:02}", " → ".join(f"N{(i + step) % 12:02}" for step in range(11)) + " → …") for i in range(3)),
        ),
        ([("A", "A", 1), ("B", "A", 1)], "own-parent", "names the row itself for 1 row: it counts as the top of its group", (("A", "A"),)),
        (
            [("A", "B", 1), ("A", "C", 1), ("B", None, 1), ("C", None, 1)],
            "several-parents",
            "names several rows above 1 row",
            (("A", "B / C"),),
        ),
        ([("A", "Q", 1), ("B", "Q", 1)], "unknown-parent", "names no row of `firms` for 2 rows", (("A", "Q"), ("B", "Q"))),
        ([("A", None, 1), ("B", "A", 1), ("C", "B", 1)], "parent-depth", "1 row of `firms` has more than 1 level above", (("C", "B"),)),
    ],
)
def test_links_that_do_not_tell_are_found(
    firms: list[Row],
    code: str,
    message: str,
    examples: tuple[tuple[str, str], ...],
    plan_of: Plans,
    opened: Opened,
    tmp_path: Path,
) -> None:
    location = write_sqlite(tmp_path, firms, [])
    table = bound(opened, sample(plan_of), location, HEAD % (1 if code == "parent-depth" else 10) + FACTS)
    (finding,) = [finding for finding in table.findings if finding.code == code and not finding.fact]
    assert message in finding.message and finding.examples == examples


def test_a_top_that_names_itself_is_a_top(plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    location = write_sqlite(tmp_path, [("A", "A", 5), ("B", "A", 1)], [("B", 3)])
    facts = facts_of(bound(opened, sample(plan_of), location, HEAD % 10 + FACTS))
    assert facts["A"]["of_parent"] is None and facts["A"]["of_top"] == 5 and facts["A"]["whole"] == facts["B"]["whole"] == Decimal(3)


def test_rows_that_are_nobodys_are_found_among_those_of_relatives(plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    location = write_sqlite(tmp_path, [("A", None, 5), ("B", "A", 1)], [("B", 3), ("lost", 1)])
    table = bound(opened, sample(plan_of), location, HEAD % 10 + FACTS)
    found = [(finding.code, finding.count, finding.examples) for finding in table.findings]
    assert found == [("orphan-rows", 1, (("lost", ""),))]


@pytest.mark.parametrize(
    "binding, message",
    [
        (HEAD.replace(", parent: up, levels: %d", "") + FACTS, "nobody says which row is above which"),
        (HEAD % 10 + "  of_top: {column: amount, of: below}\n", "which may be many rows"),
        (HEAD % 10 + "  of_top: {column: amount, of: top, levels: 2}\n", "has `levels` without"),
        (HEAD % 10 + "  below: {table: bills, key: firm, aggregate: count, of: all}\n", "a row counts for every subject"),
        (HEAD % 0 + FACTS, "levels"),
        (HEAD % 101 + FACTS, "levels"),
    ],
)
def test_what_makes_no_sense_is_said_with_its_place(binding: str, message: str, plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    location = write_sqlite(tmp_path, TREE, BILLS)
    with pytest.raises(PolicyError) as refusal:
        bound(opened, sample(plan_of), location, binding)
    finding = refusal.value.findings[0]
    assert message in finding.message and finding.span is not None


def test_rows_of_all_count_for_every_subject(plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    location = write_sqlite(tmp_path, TREE, BILLS)
    binding = HEAD % 10 + "  whole: {table: bills, aggregate: sum, column: open, of: all, where: {open: '> 3'}}\n"
    table = bound(opened, plan_of(whole=NUMBER), location, binding)
    assert {key: facts["whole"] for key, facts in facts_of(table).items()} == dict.fromkeys(("H", "S1", "S2", "G1", "X", "Z"), 95)
    assert table.findings == ()


def test_a_row_that_the_subject_points_to_is_reached_via_its_own_table(plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("id,account_id\n1,X\n2,Y\n3,\n4,Q\n", encoding="utf-8")
    (tmp_path / "accounts.csv").write_text("id,credit\nX,500\nY,5\nZ,9\n", encoding="utf-8")
    binding = (
        "binding: 1\npolicy: sample\nsubject: {table: contacts, key: id}\nfacts:\n"
        "  credit: {table: accounts, via: {table: contacts, key: {id: account_id}}, key: id, aggregate: max, column: credit}\n"
    )
    table = bound(opened, plan_of(credit=NUMBER), tmp_path, binding)
    assert {key: facts["credit"] for key, facts in facts_of(table).items()} == {"1": 500, "2": 5, "3": "missing", "4": "missing"}
    assert [(finding.code, finding.fact, finding.examples) for finding in table.findings] == [("unknown-row", "credit", (("4", "Q"),))]
