"""Has DuckDB tell alike rows apart although the populations of these tests are small; by themselves few rows are asked about one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tierwise.plugins.builtin.engine_duckdb import asking


@pytest.fixture(autouse=True, scope="package")
def rows_asked_together() -> Iterator[None]:
    """Lower the number of rows up to which each is asked about alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "FEW_ASKED", 0)
        yield
