"""Ids that are empty or stand twice are found and counted, in whatever order the rows stand."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.plugins.binding.subject_rows import make_keys

WORDS = st.none() | st.sampled_from(["", "1", "10", "2", "a", "é"])
NUMBERS = st.none() | st.sampled_from([-1, 1, 2, 9, 10])


@pytest.mark.parametrize(("type", "values"), [("VARCHAR", WORDS), ("BIGINT", NUMBERS), ("DOUBLE", NUMBERS)])
@pytest.mark.parametrize("is_sorted", [True, False])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_wrong_with_ids(type: str, values: st.SearchStrategy[object], is_sorted: bool, data: st.DataObject) -> None:
    ids = data.draw(st.lists(values, max_size=6))
    if is_sorted:
        ids.sort(key=lambda id: (id is None, id))
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE rows (id {type})")
    if ids:
        connection.executemany("INSERT INTO rows VALUES (?)", [[id] for id in ids])

    findings = {f.code: f.count for f in make_keys(connection, "rows", "keyed", type, ("rows", "id"), is_primary=False)}
    keys = [key for (key,) in connection.execute("SELECT key FROM keyed").fetchall()]
    connection.close()

    repeated = sum(count - 1 for id, count in Counter(ids).items() if id is not None)
    assert findings == {code: n for code, n in (("subject-without-id", ids.count(None)), ("duplicate-subject", repeated)) if n}
    assert len(set(keys)) == len(keys) == len(ids)
    assert {str(id) for id in ids if id is not None} <= set(keys)
