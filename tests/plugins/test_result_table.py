"""Results stand in a table with types as the outcomes are, whether the engine writes them or row by row, in each of the files."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow
import pytest

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.core.errors import DataError
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Constant, Decision
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType
from tierwise.core.values import to_json
from tierwise.plugins.builtin.engine_duckdb import duckdb_engine, grade
from tierwise.plugins.grading import Grading
from tierwise.plugins.result_table import FORMATS, write_table
from tierwise.plugins.sql_engine import asking


def expected(outcome: Outcome, decision: Decision) -> tuple[Any, ...]:
    if isinstance(outcome, Determined):
        plain = isinstance(decision.type, BooleanType | DateType | EnumType | NumberType | TextType) or outcome.value is None
        value = outcome.value if plain else json.dumps(to_json(outcome.value), ensure_ascii=False)
        return value, None, None, list(outcome.rules)
    return None, outcome.reason.value, [json.dumps(to_json(one), ensure_ascii=False) for one in outcome.candidates], list(outcome.rules)


def read_back(path: Path, form: str) -> list[tuple[Any, ...]]:
    if form == "arrow":
        table = pyarrow.ipc.open_file(path).read_all()
        return [tuple(row.values()) for row in table.to_pylist()]
    with duckdb.connect(str(path) if form == "duckdb" else ":memory:", read_only=form == "duckdb") as connection:
        return connection.execute(f"FROM {'results' if form == 'duckdb' else repr(str(path))}").fetchall()


@pytest.mark.parametrize("most", [0, 10**9], ids=["by the engine", "row by row"])
@pytest.mark.parametrize("seed", range(1, 4))
def test_each_row_holds_what_its_outcomes_are(seed: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb_engine, "MANY", most)
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    random = Random(seed)
    plan = random_plan(random, rankings=seed % 2 == 0)
    grading = grade(plan, ENVIRONMENT, fact_table(plan, random_subjects(random, plan, 60, missing=0.3)), AS_OF)
    rows = [
        (row.key, row.name, *(cell for decision in grading.outputs for cell in expected(row.outcomes[decision.name], decision)))
        for row in grading.rows()
    ]
    for form in FORMATS:
        path = tmp_path / f"out.{form}"
        path.touch()
        write_table(grading, path, form)
        assert read_back(path, form) == rows


class OneNumber:
    """A grading of one subject."""

    def __init__(self, type: NumberType, value: Decimal) -> None:
        self.outputs = (Decision("x", type, Constant(value, type), {"en": "x", "zh": "x"}, "m", "formula"),)
        self.value = value

    def rows(self, limit: int | None = None) -> Any:
        yield SubjectResult("k", None, {"x": Determined(self.value)})


def test_a_number_that_no_column_holds_is_not_written_as_another(tmp_path: Path) -> None:
    grading: Grading = OneNumber(NumberType(scale=2), Decimal("1e37"))  # type: ignore[assignment]  # as much of one as is read
    with pytest.raises(DataError, match="does not fit its column"):
        write_table(grading, tmp_path / "out.parquet", "parquet")


def test_a_number_of_more_digits_than_columns_have_stands_as_a_text(tmp_path: Path) -> None:
    value = Decimal("0." + "1" * 45)
    grading: Grading = OneNumber(NumberType(scale=45), value)  # type: ignore[assignment]  # as much of one as is read
    write_table(grading, tmp_path / "out.parquet", "parquet")
    assert Decimal(json.loads(read_back(tmp_path / "out.parquet", "parquet")[0][2])) == value
