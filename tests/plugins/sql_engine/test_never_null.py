"""What is left of an expression without tests for NULL means the same wherever the columns named have values."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from tierwise.plugins import sql
from tierwise.plugins.sql import FALSE, NULL, TRUE, Sql
from tierwise.plugins.sql_engine.never_null import is_never_null, without_null_tests

A, B, X = (sql.column(name) for name in "abx")
"""The first two always have a value, the last may have none."""


def first(*branches: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    return sql.case(*branches, default=default)


EXPRESSIONS = {
    "a test of what has a value": (sql.is_null(A), "FALSE"),
    "a test of what may have none": (sql.is_null(X), '("x" IS NULL)'),
    "a test of a comparison": (sql.is_null(sql.all_of(A, sql.negate(B))), "FALSE"),
    "a test of what may be NULL by one side": (sql.is_known(sql.any_of(A, X)), None),
    "a branch that is never taken": (first((A, TRUE), (sql.is_null(A), NULL), (B, FALSE), (sql.is_null(B), NULL), default=TRUE), None),
    "a branch that is always taken": (first((X, FALSE), (sql.is_known(A), B), default=X), None),
    "all branches go": (first((sql.is_null(A), X), default=B), '"b"'),
    "no default is left": (first((sql.is_null(A), X)), "NULL"),
    "one side decides": (sql.all_of(sql.is_null(A), X), "FALSE"),
    "one side does not matter": (sql.any_of(X, sql.is_null(A)), '("x")'),
    "a negated test": (sql.any_of(sql.negate(sql.is_null(A)), X), "TRUE"),
    "tests in tests": (sql.is_null(first((sql.is_null(A), NULL), default=B)), "FALSE"),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_left_means_the_same(name: str) -> None:
    tree, expected = EXPRESSIONS[name]
    left = without_null_tests(tree, {"a", "b"})
    values = "SELECT * FROM (VALUES (TRUE), (FALSE)) AS a(a), (VALUES (TRUE), (FALSE)) AS b(b), (VALUES (TRUE), (FALSE), (NULL)) AS x(x)"
    query = sql.select(tree, left, source=sql.subquery(sql.select(sql.star(), source=sql.table("given")), "given"))
    found = duckdb.execute(f"WITH given AS ({values}) {sql.printed(query)}").fetchall()

    assert len(found) == 12
    assert all(before == after for before, after in found)
    assert expected is None or sql.printed(left) == expected


def test_what_is_said_to_have_a_value_has_one() -> None:
    numbers = [sql.column("a"), sql.integer(1), sql.cast(sql.text("1"), "INTEGER")]
    made = [sql.binary(kind, left, right) for kind, (left, right) in product(sql.COMPARISONS.values(), product(numbers, numbers))]
    assert all(is_never_null(tree, {"a"}) for tree in made)

    doubtful = [
        X,
        sql.try_cast(A, "INTEGER"),
        sql.call("nullif", A, A),
        first((A, B)),
        first((A, NULL), default=B),
        sql.binary(sql.COMPARISONS["="], A, X),
    ]
    assert not any(is_never_null(tree, {"a", "b"}) for tree in doubtful)


def test_a_tree_is_left_as_it_was() -> None:
    tree = first((sql.is_null(A), X), default=B)
    before = sql.printed(tree)
    without_null_tests(tree, {"a"})

    assert sql.printed(tree) == before
