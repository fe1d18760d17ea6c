"""Gives every test here each engine in turn that a plugin registers, but for the reference engine, which is what they are compared with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tierwise.plugins.engine import REFERENCE_ENGINE, Engine
from tierwise.plugins.manager import Plugins
from tierwise.plugins.sql_engine import asking

ELSEWHERE = {"postgres", "spark"} - set(os.environ.get("TIERWISE_ENGINES", "").split())
"""Engines that need a server or a cluster, which takes long to ask: each run tries a little of them in ``test_elsewhere.py``, and all of this folder
when ``TIERWISE_ENGINES`` names them."""

ENGINES = {name: engine for name, engine in Plugins().engines().items() if name not in {REFERENCE_ENGINE, *ELSEWHERE}}


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
