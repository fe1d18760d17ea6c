"""A session of Spark in which SQL means what the engines mean: of whoever runs Spark, or one of our own on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierwise.core.errors import DataError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["session"]

SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never another number
    "spark.sql.caseSensitive": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # no digit is dropped: what does not fit is an error
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.optimizer.collapseProjectAlwaysInline": "false",  # what several columns read is computed once
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.storeAssignmentPolicy": "ANSI",
}


def session() -> SparkSession:
    """Return a session of its own beside the active one, with settings of its own; without an active one Spark is started as it is configured.

    Raises:
        DataError: Spark is not installed, or cannot be started.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DataError("Spark is not installed", help="pip install 'tierwise[spark]'; it needs Java 17, too") from error
    try:
        active = SparkSession.getActiveSession() or SparkSession.builder.appName("tierwise").getOrCreate()
    except (PySparkException, OSError) as error:
        raise DataError(
            f"Spark cannot be started: {str(error).splitlines()[0]}", help="it needs Java 17; `java -version` shows yours"
        ) from error
    own = active.newSession()
    for name, value in SETTINGS.items():
        own.conf.set(name, value)
    return own
