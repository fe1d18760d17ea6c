"""Rows with equal keys come to the same outcome: the claim on which it rests that alike rows are asked about once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.plans import GRADES, SAFE, USAGE, compare, decision, declared, grade, plan_of
from tierwise.core.meaning import Evaluator
from tierwise.core.plan import Arithmetic, Compare, Conditional, Constant, FactRef, Node, Plan
from tierwise.core.types import NumberType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.duckdb_tables import rows_of
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.keys import keys_of
from tierwise.plugins.sql_engine.places import Stage
from tierwise.plugins.sql_engine.staging import ROW, staging_of

SUBJECTS = 60


def keys(plan: Plan, subjects: Sequence[Mapping[str, Any]], node: Node) -> list[tuple[Any, ...]]:
    """Return the keys of each subject."""
    table = fact_table(plan, subjects)
    staging = staging_of(plan, rows_of(table), list(plan.facts), AS_OF)
    stage = Stage("staged")
    table.connection.execute(sql.create("staged", sql.select(*sql.named(staging.columns), source=sql.table(table.relation))))
    compiler = Compiler(plan, ENVIRONMENT, staging.terms, {})
    compiler.decisions()
    columns = [(ROW, sql.column(ROW)), *((f"k{n}", key) for n, key in enumerate(keys_of(plan, node, compiler, {})))]
    found = table.connection.execute(sql.printed(compiler.layers.query(stage.rows(), columns))).fetchall()
    return [tuple(map(repr, key)) for _, *key in sorted(found)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_subjects_with_equal_keys_have_one_outcome(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    subjects = random_subjects(random, plan, SUBJECTS, missing=0.5)
    evaluator = Evaluator(plan, ENVIRONMENT)
    for output in plan.outputs:
        seen: dict[tuple[Any, ...], Any] = {}
        for facts, key in zip(subjects, keys(plan, subjects, output.node), strict=True):
            outcome = evaluator.decide(output.name, {"as_of": AS_OF, **facts})
            assert seen.setdefault(key, outcome) == outcome


TOTAL = Arithmetic("+", (USAGE, FactRef("bonus", NumberType(2))), NumberType(2))
BONUS = declared(FactRef("bonus", NumberType(2)))


@pytest.mark.parametrize(
    ("node", "groups"),
    [
        (Conditional(compare(USAGE, ">", 10), grade("A"), grade("B"), GRADES), 4),  # below, at, above; missing
        (Compare(">", TOTAL, Constant(Decimal(10), NumberType())), 3),  # true, false; unknown whatever the bonus is
        (Conditional(SAFE, grade("A"), grade("B"), GRADES), 1),  # missing everywhere
    ],
)
def test_subjects_that_the_outcome_cannot_tell_apart_share_their_keys(node: Node, groups: int) -> None:
    plan = plan_of(facts=[declared(USAGE), BONUS, declared(SAFE)], decisions=[decision("d", node.type, node)])
    subjects: list[dict[str, Any]] = [{"usage": Decimal(n), "bonus": Decimal(0)} for n in range(20)] + [
        {"bonus": Decimal(1)},
        {"bonus": Decimal(2)},
    ]

    assert len(set(keys(plan, subjects, node))) == groups
