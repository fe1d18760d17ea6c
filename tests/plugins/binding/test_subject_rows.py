"""Ids that are empty or stand twice are found and counted, in whatever order the rows stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.core.plan import Plan
from tierwise.core.types import NumberType
from tierwise.plugins.binding.binding_file import Binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.room import InDuckdb
from tierwise.plugins.binding.subject_rows import make_keys
from tierwise.plugins.builtin.source_duckdb import DuckdbSource
from tierwise.plugins.data_source import Source


def room(connection: duckdb.DuckDBPyConnection) -> InDuckdb:
    """Return a connection as where a binding is worked out."""
    return InDuckdb(DuckdbSource("made", "made", connection, "memory"))


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

    findings = {f.code: f.count for f in make_keys(room(connection), "rows", "keyed", {"id": type}, ("rows", "id"), is_primary=False)}
    keys = [key for (key,) in connection.execute("SELECT key FROM keyed").fetchall()]
    connection.close()

    repeated = sum(count - 1 for id, count in Counter(ids).items() if id is not None)
    assert findings == {code: n for code, n in (("subject-without-id", ids.count(None)), ("duplicate-subject", repeated)) if n}
    assert len(set(keys)) == len(keys) == len(ids)
    assert {str(id) for id in ids if id is not None} <= set(keys)


def test_ids_are_matched_as_people_see_them(tmp_path: Path, opened: Callable[[Path | str], Source], plan_of: Callable[..., Plan]) -> None:
    (tmp_path / "customers.csv").write_text("id,name\nC1 ,Ann\n C2,Bo\nC3,Cy\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text("id,amount\n C1,5\nC2,7\nC3  ,9\n", encoding="utf-8")
    told = {
        "subject": {"table": "customers", "key": "id", "name": "name"},
        "facts": {"sales": {"table": "orders", "aggregate": "sum", "column": "amount"}},
    }
    binding = Binding.model_validate({"binding": "1", "policy": "sample", **told})
    facts = bind(opened(tmp_path), plan_of(sales=NumberType(0)), binding)
    assert {subject.key: subject.facts["sales"] for subject in facts.subjects()} == {"C1": 5, "C2": 7, "C3": 9}
    assert [(finding.code, finding.table) for finding in facts.findings] == [("padded-id", "customers"), ("padded-id", "orders")]
    assert [facts.key_of(word) for word in ("C1", " C2 ", "Cy", "nobody")] == ["C1", "C2", "C3", None]


def test_ids_in_other_widths_are_matched_and_stay_as_they_are_written(
    tmp_path: Path, opened: Callable[[Path | str], Source], plan_of: Callable[..., Plan]
) -> None:
    (tmp_path / "customers.csv").write_text("id,name,rep\nＣ１,Ann,甲（北京）\nC2\u200b,Bo,乙\nC3,Cy,乙\nc1,Di,乙\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text("no,id,amount\n１,C1,5\n2,Ｃ２,7\n3,C3\u00a0,9\n4,Ｃ９,1\n", encoding="utf-8")
    (tmp_path / "lines.csv").write_text("no,qty\n1,2\n２,3\n3 ,4\n", encoding="utf-8")
    told = {
        "subject": {"table": "customers", "key": "id", "name": "name"},
        "facts": {
            "sales": {"table": "orders", "aggregate": "sum", "column": "amount"},
            "qty": {"table": "lines", "via": {"table": "orders", "key": "no"}, "aggregate": "sum", "column": "qty"},
        },
    }
    binding = Binding.model_validate({"binding": "1", "policy": "sample", **told})
    facts = bind(opened(tmp_path), plan_of(sales=NumberType(0), qty=NumberType(0)), binding)
    found = {subject.key: (subject.facts["sales"], subject.facts["qty"]) for subject in facts.subjects()}
    # capital letters are not blanks or widths: c1 is somebody else
    assert found == {"Ｃ１": (5, 2), "C2\u200b": (7, 3), "C3": (9, 4), "c1": (0, 0)}
    codes = sorted((finding.code, finding.table, finding.count) for finding in facts.findings)
    assert codes == [("orphan-rows", "orders", 1), ("padded-id", "orders", 1), ("wide-id", "customers", 2), ("wide-id", "orders", 2)]
    assert [facts.key_of(word) for word in ("C1", "Ｃ２", "C3", "c1")] == ["Ｃ１", "C2\u200b", "C3", "c1"]


def test_two_ids_that_look_the_same_are_two_subjects_and_told(
    tmp_path: Path, opened: Callable[[Path | str], Source], plan_of: Callable[..., Plan]
) -> None:
    (tmp_path / "c.csv").write_text("id,sales\nA1,5\nＡ１,7\n", encoding="utf-8")
    facts = bind(opened(tmp_path / "c.csv"), plan_of(sales=NumberType(0)), None)
    assert len({subject.key for subject in facts.subjects()}) == 2
    assert {finding.code for finding in facts.findings} == {"wide-id", "duplicate-subject"}


MARKED = st.none() | st.sampled_from(["a", "a #2", "a #3", "a ##2", "a #2 #2", "(no id)", "(no id) #2", "# 2", "A"])


@settings(max_examples=80, deadline=None)
@given(st.lists(MARKED, max_size=9))
def test_what_we_put_behind_an_id_is_never_an_id_of_the_data(ids: list[str | None]) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE rows (id VARCHAR)")
    if ids:
        connection.executemany("INSERT INTO rows VALUES (?)", [[id] for id in ids])
    found = make_keys(room(connection), "rows", "keyed", {"id": "VARCHAR"}, ("rows", "id"), is_primary=False)
    keys = [key for (key,) in connection.execute("SELECT key FROM keyed").fetchall()]
    connection.close()
    assert len(set(keys)) == len(keys) == len(ids)
    assert {id for id in ids if id is not None} <= set(keys)
    for finding in found:
        if finding.code == "duplicate-subject":
            assert finding.message.split("`")[3] in keys, "the example is one that is there"


def test_ids_that_look_like_ours_are_saved(tmp_path: Path, opened: Callable[[Path | str], Source], plan_of: Callable[..., Plan]) -> None:
    (tmp_path / "customers.csv").write_text("id,sales\na,1\na,2\na #2,3\n", encoding="utf-8")
    facts = bind(opened(tmp_path / "customers.csv"), plan_of(sales=NumberType(0)))
    assert {subject.key: subject.facts["sales"] for subject in facts.subjects()} == {"a": 1, "a ##2": 2, "a #2": 3}
    assert "each is kept, as `a ##2` and so on" in facts.findings[0].message
