"""A column is read as it stands only where every value fits, and comes to what entering each value comes to."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import tierwise
from tests.plugins.binding.test_entry import ENTRIES
from tierwise.core.errors import DataError
from tierwise.core.plan import CompareOp, Plan
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins import sql
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.entry import enter
from tierwise.plugins.binding.fit import fit_of
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.data_source import Source
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.facts import StoredNumbers, canonical_type
from tierwise.plugins.sql import column
from tierwise.plugins.sql_engine.comparisons import compare
from tierwise.plugins.sql_engine.terms import Term, constant

GRADE_JOB = Path(__file__).parents[3] / "benchmarks" / "policies" / "grade-job"
FLOATS = [
    *("0.0", "-0.0", "0.07", "1.1", "0.1+0.2", "1e-9", "1.0000000001", "1.00001", "123456789.12", "8300000000.21", "99999999999.99"),
    *(
        "1e12",
        "1e13",
        "3e14",
        "1e20",
        "-1e20",
        "0.005",
        "0.995",
        "1.005",
        "100.0",
        "100.0000001",
        "-0.004",
        "'nan'",
        "'inf'",
        "'-inf'",
        "NULL",
    ),
]
CELLS: dict[str, list[str]] = {
    "DOUBLE": [f"({value})::DOUBLE" for value in FLOATS],
    "BIGINT": [f"{value}::BIGINT" for value in ("0", "-1", "7", "100", "101", "9223372036854775807", "NULL")],
    "UTINYINT": ["0::UTINYINT", "255::UTINYINT", "NULL::UTINYINT"],
    "HUGEINT": ["0::HUGEINT", "170141183460469231731687303715884105727::HUGEINT"],
    **{
        kind: [f"({value})::{kind}" for value in ("0", "0.1", "-0.1", "0.994", "0.996", "1.005", "99.9", "NULL", f"'{most}'", f"'-{most}'")]
        for kind, most in (
            ("DECIMAL(5,1)", "9999.9"),
            ("DECIMAL(10, 3)", "9999999.999"),
            ("DECIMAL(38,0)", "9" * 38),
            ("DECIMAL(38,20)", f"{'9' * 18}.{'9' * 20}"),
            ("DECIMAL(30,28)", f"99.{'9' * 28}"),
        )
    },
    "VARCHAR": [f"{word}::VARCHAR" for word in ("'A'", "' A'", "'a级'", "'甲'", "''", "'B '", "NULL")],
    "BOOLEAN": ["true", "false", "NULL::BOOLEAN"],
    "DATE": [f"DATE '{day}'" for day in ("2024-02-29", "0001-01-01", "9999-12-31", "10000-01-01", "0001-01-01 (BC)", "infinity")],
}
TYPES: list[Type] = [
    *(NumberType(scale) for scale in (0, 2, 4, 12, 20)),
    NumberType(2, low=Decimal(0), high=Decimal(100)),
    NumberType(0, low=Decimal("0.5"), high=Decimal("100.5")),
    NumberType(2, low=Decimal("-0.004"), high=Decimal("0.995")),
    EnumType(("A", "B", "甲"), (("a级", "A"),)),
    EnumType((" A", "B")),
    TextType(),
    BooleanType(),
    DateType(),
]


@pytest.mark.parametrize("raw_type", CELLS)
def test_what_is_said_to_fit_is_what_each_value_enters_as(raw_type: str) -> None:
    connection, compared = in_memory(), 0
    cells = CELLS[raw_type] + [cell for cell, *_ in ENTRIES if cell.endswith(f"::{raw_type}")]
    connection.execute(f"CREATE TABLE stored AS SELECT unnest([{', '.join(cells)}]) AS x")
    for type in TYPES:
        fit = fit_of(type, column("x"), raw_type)
        if fit is None:
            continue
        entered = enter(column("x"), raw_type, type)
        holds, value, problem = (tree.sql("duckdb") for tree in (fit.holds, entered.value, entered.problem))
        read = f"CASE WHEN {holds} THEN {fit.value.sql('duckdb')} END"
        differs = f"{holds} AND ({read})::{canonical_type(type)} IS DISTINCT FROM ({value})::{canonical_type(type)}"
        found = connection.execute(
            f"SELECT x, {problem}, {holds} FROM stored WHERE ({differs}) OR ({holds} AND ({problem}) IS NOT NULL)"
        ).fetchall()
        assert found == [], (type, found)
        compared += connection.execute(f"SELECT count(*) FROM stored WHERE {holds}").fetchall()[0][0]
    assert compared


@pytest.mark.parametrize("scale", [0, 2, 4])
@pytest.mark.parametrize("raw_type", ["DOUBLE", "BIGINT"])
def test_stored_numbers_compare_as_their_decimals_do(raw_type: str, scale: int) -> None:
    connection, type = in_memory(), NumberType(scale)
    step = Decimal(1).scaleb(-scale if raw_type == "DOUBLE" else 0)
    borders = [Decimal(text) for text in ("0", "1", "-1", "0.5", "0.3", "100.004", "100.00049", "99999.995", "8300000000.21", "-0.00001")]
    numbers = {(border / step).to_integral_value() * step + side * step for border in borders for side in (-1, 0, 1)}
    rows = ", ".join(f"({number}::DECIMAL(38, 4), ({number})::{raw_type})" for number in sorted(numbers))
    connection.execute(f"CREATE TABLE numbers AS SELECT exact::DECIMAL(18, {scale}) AS f, x AS s FROM (VALUES {rows}) AS of(exact, x)")
    plain = Term(column("f"), type, None, 18 - scale, scale)
    stored = Term(column("f"), type, None, 18 - scale, scale, stored=StoredNumbers("s", raw_type == "DOUBLE"))
    ops: tuple[CompareOp, ...] = ("<", "<=", ">", ">=", "=", "!=")
    for border in (constant(border, type) for border in borders):
        for op in ops:
            for sides in ((0, 1), (1, 0)):
                trees = [compare(op, *((term, border)[side] for side in sides)) for term in (plain, stored)]
                differ = " IS DISTINCT FROM ".join(map(sql.printed, trees))
                assert connection.execute(f"SELECT f, s FROM numbers WHERE {differ}").fetchall() == [], (op, sql.printed(border.sql))


def customers(rows: int, holes: str) -> str:
    """Return the query of customers who stand on borders and one step beside; ``holes`` says where a value is missing."""
    cells = {
        "annual_sales": "[1000000, 500000, 200000, 50000][1 + i % 4] + (i % 3 - 1) * 0.01",
        "on_time_rate": "least(1, [0.95, 0.85, 0.7][1 + i % 3] + (i % 5 - 2) * 0.0001)",
        "margin": "[0.3, 0.2, 0.1, 0][1 + i % 4] + (i % 7 - 3) * 0.0001",
        "order_count": "[60, 24, 8][1 + i % 3] + i % 2 - 1",
        "years_active": "[10, 5, 2][1 + i % 3] - i % 2",
        "sales_mode": "['exclusive', 'mixed', 'other'][1 + i % 3]",
        "share_of_wallet": "[0.6, 0.4, 0.2, 0.05][1 + i % 4] + (i % 3 - 1) * 0.0001",
        "fame": "['high', 'medium', 'low'][1 + i % 3]",
        "late_payments_this_quarter": "i % 4",
    }
    types = {
        "order_count": "BIGINT",
        "years_active": "INTEGER",
        "late_payments_this_quarter": "TINYINT",
        "sales_mode": "VARCHAR",
        "fame": "VARCHAR",
    }
    shown = [
        f"CASE WHEN NOT ({holes.format(n=n)}) THEN ({cell})::{types.get(name, 'DOUBLE')} END AS {name}"
        for n, (name, cell) in enumerate(cells.items())
    ]
    return f"SELECT i AS customer_id, {', '.join(shown)} FROM range(1, {rows} + 1) AS numbers(i)"


@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
@pytest.mark.parametrize("holes", ["false", "(i * 7 + {n} * 11) % 10 = 0"])
def test_what_is_graded_as_stored_is_what_is_decided_one_by_one(
    kind: str, holes: str, tmp_path: Path, opened: Callable[[Path | str], Source]
) -> None:
    query, path = customers(60, holes), tmp_path / f"customers.{kind}"
    if kind == "parquet":
        duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    else:
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"CREATE TABLE customers AS {query}")
    policy = tierwise.load(str(GRADE_JOB))
    facts = bind(opened(path), policy.plan)
    assert len(facts.stored.numbers) == 7, "all numbers are compared as they are stored"
    found_rows = duckdb.execute(query)
    names = [name for name, *_ in found_rows.description or ()]
    rows = found_rows.fetchall()
    given = {str(row[0]): {name: value for name, value in zip(names[1:], row[1:], strict=True) if value is not None} for row in rows}
    found = {result.key: result.outcomes for result in grade(policy.plan, policy.environment, facts, None).rows()}
    assert found == {key: policy.decide(one).outcomes for key, one in given.items()}


def test_a_value_that_does_not_fit_is_told_and_the_other_columns_are_read_as_they_stand(
    plan_of: Callable[..., Plan], tmp_path: Path, opened: Callable[[Path | str], Source]
) -> None:
    path = tmp_path / "customers.parquet"
    duckdb.execute(
        f"COPY (SELECT * FROM (VALUES (1, 0.5::DOUBLE, 7), (2, 0.123, 8)) AS of(id, share, orders)) TO '{path}' (FORMAT parquet)"
    )
    facts = bind(opened(path), plan_of(share=NumberType(2), orders=NumberType(0)))
    assert [(finding.fact, finding.code, finding.count) for finding in facts.findings] == [("share", "off-scale", 1)]
    assert {subject.key: subject.facts for subject in facts.subjects()} == {
        "1": {"share": Decimal("0.50"), "orders": Decimal(7)},
        "2": {"orders": Decimal(8)},
    }


def test_a_parquet_file_that_changes_while_it_is_read_is_refused(
    plan_of: Callable[..., Plan], tmp_path: Path, opened: Callable[[Path | str], Source]
) -> None:
    path = tmp_path / "customers.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS id, 0.5::DOUBLE AS share, DATE '2026-01-01' AS since) TO '{path}' (FORMAT parquet)")
    facts = bind(opened(path), plan_of(share=NumberType(2), since=DateType()))
    (only,) = facts.subjects()
    assert only.facts == {"share": Decimal("0.50"), "since": date(2026, 1, 1)}
    os.utime(path, ns=(1, 1))
    with pytest.raises(DataError, match="was changed while it was read"):
        facts.row("1")
