"""The engine of a PostgreSQL server: what the engines share, spelled for it, over tables that live as long as the connection."""

from __future__ import annotations

from tierwise.plugins.builtin.engine_postgres.postgres_engine import grade

__all__ = ["grade"]
