"""The engine of the embedded database: a plan as one layered query, and the reference engine for the rows that SQL leaves open."""

from __future__ import annotations

from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import grade

__all__ = ["grade"]
