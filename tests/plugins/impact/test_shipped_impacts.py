"""A policy against itself moves nobody and costs nothing, for every policy that ships; and SQL writes classes as Python does."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from tierwise.core.errors import DataError
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.grading import CLASS, Tabled
from tierwise.plugins.impact import compare, policies_compared
from tierwise.plugins.impact.grading_parts import GradingPart
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.outcome_class import class_of
from tierwise.plugins.policy import load
from tierwise.plugins.sql import printed


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo_database(path, customers=120)
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize("is_joined", [False, True], ids=["decided at once", "joined"])
@pytest.mark.parametrize("name", shipped_policies())
def test_a_policy_against_itself_moves_nobody_and_every_delta_is_zero(name: str, is_joined: bool, demo: str) -> None:
    policy = load(name)
    own = files("tierwise") / "policies" / name / "binding.yaml"
    bindings = (str(own), None) if is_joined and own.is_file() else (None, None)
    try:
        with policies_compared(policy, policy, demo, as_of=date(2026, 6, 30), bindings=bindings) as sides:
            impact = compare(*sides).impact()
            results = sides[1].results
            assert isinstance(results, GradingPart) is not (bindings[0] is not None)
            whole = results.whole if isinstance(results, GradingPart) else results
            assert isinstance(whole, Tabled)
            table = whole.connection.execute(printed(whole.classes()))
            columns = [column[0] for column in table.description or ()]
            classes = {row[0]: dict(zip(columns, row, strict=True)) for row in table.fetchall()}
            for row in results.rows():
                assert {CLASS + output: class_of(outcome) for output, outcome in row.outcomes.items()}.items() <= classes[row.key].items()
    except DataError as error:
        assert "no table" in str(error), "only a policy whose subject the demo database does not have is left out"
        return
    assert (impact.any_moved, impact.subjects) == (0, impact.compared)
    assert all(cell.before == cell.after for found in impact.outputs.values() for cell in found.matrix)
    assert all(found.delta == 0 for found in impact.measures.values())
