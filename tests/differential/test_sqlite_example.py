"""The engine of ``examples/plugin-sqlite-engine``, which has no decimals, dates or lists, gives what the reference engine gives."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlglot import exp

from tests.differential.comparing import differences
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.plugins import sql
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.policy import load
from tierwise.plugins.run import bound_database
from tierwise.plugins.sql_engine.facts_grading import facts_read
from tierwise.plugins.sql_engine.results import SqlGrading
from tierwise.plugins.testing import with_plugin


def _example() -> Any:
    """Return the module of the example, which is no part of the package."""
    name = "tierwise_sqlite_engine"
    spec = spec_from_file_location(name, Path(__file__).parents[2] / "examples" / "plugin-sqlite-engine" / name / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


EXAMPLE = _example()
IN_SQL = (3, 25, 41, 47, 63)
RANKED = (18, 28, 52)
"""Seeds of plans that read nothing but numbers, words, conditions and dates, and gather no rules in lists."""
SUBJECTS = 15


@pytest.mark.parametrize("seed", [*IN_SQL, *RANKED])
def test_sqlite_decides_random_plans_as_the_reference_engine_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    grade_in = EXAMPLE.grade_in

    def noting(*given: Any) -> Any:
        made.append(grade_in(*given))
        return made[-1]

    monkeypatch.setattr(EXAMPLE, "grade_in", noting)
    random = Random(seed)
    plan = random_plan(random, rankings=seed % 2 == 0)
    missing, as_of = random.choice([(0.15, AS_OF), (0.5, None)])

    assert all(EXAMPLE.SQLITE.holds(canonical_type(plan.facts[name].type)) for name in facts_read(plan)), "choose other seeds"
    assert differences(EXAMPLE.SqliteEngine(), plan, random_subjects(random, plan, SUBJECTS, missing), as_of) == []
    assert [type(grading) for grading in made] == [SqlGrading], "SQL decided it"


def test_a_database_is_graded_by_sqlite_once_the_plugin_is_there(tmp_path: Path) -> None:
    file = tmp_path / "demo.db"
    make_demo_database(file, customers=30)
    with with_plugin(EXAMPLE) as plugins, bound_database(loaded := load("abc-5-20-80-care"), str(file), None, AS_OF) as bound:
        engines = plugins.engines()
        graded = [list(engines[name].grade(loaded.plan, loaded.environment, bound.facts, AS_OF).rows()) for name in ("sqlite", "reference")]

    assert len(graded[0]) == 30
    assert graded[0] == graded[1]


def test_numbers_are_exact_where_those_of_sqlite_are_not() -> None:
    tables = EXAMPLE.SqliteTables()
    cells = [
        sql.binary(exp.Add, _number("0.1", 1), _number("0.2", 1)),
        sql.binary(exp.Mul, _number("9007199254740993", 0), _number("1000000007", 0)),
        sql.binary(exp.LT, _number("-2.5", 1), _number("-2.49", 2)),
        sql.equal(_number("2.50", 2), _number("2.5", 1)),
        sql.try_cast(_number("123.45", 2), "DECIMAL(4, 1)"),
        sql.try_cast(_number("123.45", 2), "DECIMAL(3, 1)"),
    ]
    ((total, product, is_less, is_same, rounded, too_long),) = tables.rows(sql.select(*sql.named(zip("abcdef", cells, strict=True))))

    assert str(total) == "0.3"
    assert product == 9007199254740993 * 1000000007
    assert (is_less, is_same) == (1, 1)
    assert str(rounded) == "123.5"
    assert too_long is None


def _number(text: str, scale: int) -> sql.Sql:
    return sql.cast(sql.text(text), f"DECIMAL(18, {scale})")
