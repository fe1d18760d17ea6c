"""How a run binds its facts: by the file that was named, by the policy's own binding where it fits, else by equal names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding, Severity
from tierwise.core.outcome import Determined
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import bound_database, choose_engine, grade_bound

POLICY = """\
tierwise: 1
policy: size
version: 1.0.0
title: size
facts: {usage: {type: integer}, orders: {type: integer}}
modules: {m: {kind: module, decisions: {large: {type: boolean, formula: usage >= 10 and orders > 1}}}}
"""
BINDING = """\
binding: 1
policy: size
subject: {table: people, key: number}
facts:
  usage: {column: used}
  orders: {table: bought, key: person, aggregate: count}
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "people.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            "CREATE TABLE people (number TEXT PRIMARY KEY, used INT, usage INT); INSERT INTO people VALUES ('1', 20, 1);"
            "CREATE TABLE bought (person TEXT); INSERT INTO bought VALUES ('1'), ('1');"
        )
    return path


def loaded(folder: Path, binding: str) -> LoadedPolicy:
    policy = folder / "size"
    policy.mkdir(exist_ok=True)
    (policy / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (policy / "binding.yaml").write_text(binding, encoding="utf-8")
    return load(policy)


def bound(policy: LoadedPolicy, database: Path, binding: str | None = None) -> tuple[str, tuple[Finding, ...]]:
    with bound_database(policy, str(database), binding, None) as found:
        return found.bound_by, found.findings


def test_a_binding_that_fits_is_used_and_nothing_is_told(tmp_path: Path, database: Path) -> None:
    assert bound(loaded(tmp_path, BINDING), database) == ("the policy's own binding", ())


@pytest.mark.parametrize(
    ("right", "wrong", "underlined", "message", "help"),
    [
        ("table: people", "table: peopel", "peopel", "has no table `peopel`", "did you mean `people`?"),
        ("table: bought", "table: bougth", "bougth", "has no table `bougth`", "did you mean `bought`?"),
        ("key: number", "key: numbre", "numbre", "table `people` has no column `numbre`", "did you mean `number`?"),
        (
            "aggregate: count",
            "aggregate: count, via: {table: peeple, key: number}",
            "peeple",
            "has no table `peeple`",
            "did you mean `people`?",
        ),
    ],
)
def test_a_binding_with_a_slip_is_not_used_and_a_warning_says_why(
    right: str, wrong: str, underlined: str, message: str, help: str, tmp_path: Path, database: Path
) -> None:
    bound_by, [finding] = bound(loaded(tmp_path, BINDING.replace(right, wrong, 1)), database)

    assert bound_by == "equal names"
    assert (finding.code, finding.severity, finding.help) == ("binding-not-used", Severity.WARNING, help)
    assert message in finding.message
    assert finding.span is not None
    assert (finding.span.text, finding.span.source.name) == (underlined, f"{tmp_path}/size/binding.yaml")


def test_a_binding_for_another_database_is_a_note(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("id,usage,orders\n1,20,2\n", encoding="utf-8")

    bound_by, [finding] = bound(loaded(tmp_path, BINDING), file)

    assert (bound_by, finding.severity) == ("equal names", Severity.NOTE)


def test_a_slip_in_a_binding_that_was_named_is_an_error(tmp_path: Path, database: Path) -> None:
    policy = loaded(tmp_path, BINDING)
    (tmp_path / "other.yaml").write_text(BINDING.replace("table: people", "table: peopel"), encoding="utf-8")

    with pytest.raises(DataError, match="has no table `peopel`"):
        bound(policy, database, str(tmp_path / "other.yaml"))


def test_the_binding_is_the_one_that_was_read_with_the_policy(tmp_path: Path, database: Path) -> None:
    policy = loaded(tmp_path, BINDING)
    (tmp_path / "size" / "binding.yaml").write_text("binding: 1\npolicy: another\n", encoding="utf-8")

    with bound_database(policy, str(database), None, None) as found:
        run = grade_bound(found, choose_engine(policy, "duckdb"))
        assert [result.outcomes["large"] for result in run.grading.rows()] == [Determined(True)]
