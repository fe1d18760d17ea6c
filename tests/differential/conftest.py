"""Gives every test here each engine in turn that a plugin registers, but for the reference engine, which is what they are compared with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.differential.comparing import ENGINES
from tierwise.plugins.engine import Engine
from tierwise.plugins.sql_engine import asking


@pytest.fixture(scope="package", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine that is not the reference."""
    return ENGINES[request.param]


@pytest.fixture(autouse=True, scope="package")
def rows_asked_together() -> Iterator[None]:
    """Have DuckDB tell alike rows apart although the populations of these tests are small; by themselves few rows are asked about one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "FEW_ASKED", 0)
        yield
