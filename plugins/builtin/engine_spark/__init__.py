"""The engine of a Spark cluster: what the engines share, spelled for it, over Parquet that the cluster reads and writes."""

from __future__ import annotations

from tierwise.plugins.builtin.engine_spark.spark_engine import grade

__all__ = ["grade"]
