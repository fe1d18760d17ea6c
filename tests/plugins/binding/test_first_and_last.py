"""`last` and `first` give the row that stands first; rows that stand first together and differ give no answer, and name two values."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import TextType
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.data_source import Source

Row = tuple[str | None, str | None]
DAYS = st.sampled_from(["2026-01-01", "2026-1-1", "2026-01-02", "2026-01-03 10:00:00", "2027-01-01", None])
WORDS = st.sampled_from(["a", "b", "c", None])
BINDING = """
binding: 1
policy: sample
subject: {{table: customers}}
facts:
  one: {{table: rows, aggregate: {kind}, column: one, by: day}}
  two: {{table: rows, aggregate: {kind}, column: two, by: day}}
"""


def expected(rows: list[Row], kind: str) -> tuple[str | None, str | None]:
    """Return the value, and the two values that an ambiguous row names."""
    read = [((day or "").replace("-1-1", "-01-01"), word) for day, word in rows if day and day < "2026-11-22"]
    if not read:
        return None, None
    front = (max if kind == "last" else min)(day for day, _ in read)
    words = {word for day, word in read if day == front}
    if len(words) == 1:
        return words.pop(), None
    ordered = sorted(words, key=lambda word: (word is None, word or ""), reverse=kind == "last")[:2]
    known = sorted(word for word in ordered if word)
    return None, f"{known[0]} / {known[-1]}"


@pytest.mark.parametrize("kind", ["last", "first"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(DAYS, WORDS, WORDS), max_size=6))
def test_the_row_that_stands_first(
    rows: list[tuple[str | None, str | None, str | None]],
    kind: str,
    tmp_path: Path,
    opened: Callable[[Path], Source],
    plan_of: Callable[..., Plan],
) -> None:
    path = tmp_path / "x.db"
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE customers (id TEXT PRIMARY KEY); CREATE TABLE rows (id TEXT, day DATE, one TEXT, two TEXT);")
        connection.executescript("INSERT INTO customers VALUES ('a'), ('b'); INSERT INTO rows VALUES ('b', '2026-01-01', 'x', 'y');")
        connection.executemany("INSERT INTO rows VALUES ('a', ?, ?, ?)", rows)
    connection.close()
    plan = plan_of(one=TextType(), two=TextType())
    source = opened(path)

    table = bind(source, plan, read_binding(TextSource("binding.yaml", BINDING.format(kind=kind)), plan), date(2026, 11, 21))
    facts = {s.key: s.facts for s in table.subjects()}
    found = {f.fact: f.examples for f in table.findings if f.code == "ambiguous-row"}
    source.close()

    assert facts["b"] == {"one": "x", "two": "y"}
    for fact, at in (("one", 1), ("two", 2)):
        value, named = expected([(row[0], row[at]) for row in rows], kind)
        assert facts["a"].get(fact) == value
        assert found.get(fact) == (None if named is None else (("a", named),))
