"""The tables of a run in a session of Spark: each is computed once, and kept by the executors for as long as it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_spark.spark_dialect import SPARK
from tierwise.plugins.sql import Kind

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["SparkTables"]


class SparkTables:
    """``Tables`` as temporary views of one session.

    Args:
        session: The session.
    """

    dialect = SPARK

    def __init__(self, session: SparkSession) -> None:
        self.session = session

    def make(self, name: str, query: exp.Select, kind: Kind = "TABLE") -> None:
        """Compute the rows of a query and keep them under a name; a view is computed when it is read."""
        rows = self.session.sql(self.dialect.printed(query))
        self.keep(name, rows.localCheckpoint(eager=True) if kind == "TABLE" else rows)

    def drop(self, name: str, kind: Kind = "TABLE") -> None:
        """Let go of a table or view; Spark's cleaner frees what nobody refers to."""
        self.session.sql(f"DROP VIEW {self.named(name)}")

    def rows(self, query: exp.Select, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, one partition in memory at a time."""
        yield from self.session.sql(self.dialect.printed(query), args=list(parameters) or None).toLocalIterator(prefetchPartitions=True)

    def bring(self, name: str, rows: pyarrow.Table) -> None:
        """Send rows to the executors."""
        self.keep(name, self.session.createDataFrame(rows))

    def keep(self, name: str, rows: DataFrame) -> None:
        """Give rows a name."""
        rows.createOrReplaceTempView(self.named(name))

    def named(self, name: str) -> str:
        """Return how a query names a table."""
        return self.dialect.printed(sql.table(name))
