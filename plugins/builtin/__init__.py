"""The built-in plugins: name to module, in the order in which they are registered. A module here imports nothing heavy until it is asked."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MODULES"]

MODULES: Mapping[str, str] = {
    "functions": "tierwise.plugins.builtin.functions",
    "forms": "tierwise.plugins.builtin.forms",
    "kinds": "tierwise.plugins.builtin.kinds",
    "checks": "tierwise.plugins.builtin.checks",
    "policies": "tierwise.plugins.builtin.shipped_policies",
    "sqlite": "tierwise.plugins.builtin.source_sqlite",
    "duckdb": "tierwise.plugins.builtin.source_duckdb",
    "parquet": "tierwise.plugins.builtin.source_parquet",
    "csv": "tierwise.plugins.builtin.source_csv",
    "postgres": "tierwise.plugins.builtin.source_postgres",
    "excel": "tierwise.plugins.builtin.source_excel",
    "engines": "tierwise.plugins.builtin.engines",
    "sections": "tierwise.plugins.builtin.sections",
    "watch-durable": "tierwise.plugins.builtin.watch_durable",
    "watch-reference": "tierwise.plugins.builtin.watch_reference",
}
