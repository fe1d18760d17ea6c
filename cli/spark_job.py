"""What `spark-submit` runs: a job that grades Parquet, or a table, on a cluster."""

from __future__ import annotations

from datetime import datetime

import click

from tierwise.cli.visible import say
from tierwise.core.errors import TierwiseError
from tierwise.plugins.builtin.engine_spark.job import grade_parquet
from tierwise.plugins.policy import load

__all__ = ["main"]


@click.command("grade-parquet")
@click.argument("policy")
@click.argument("source")
@click.argument("target")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The date of the run.")
@click.option("--key", default="", metavar="COLUMN", help="The column that tells subjects apart.")
def command(policy: str, source: str, target: str, as_of: datetime | None, key: str) -> None:
    """Grade SOURCE, Parquet or a table, by POLICY in Spark, and write Parquet at TARGET."""
    try:
        loaded = load(policy)
        grading, findings = grade_parquet(loaded.plan, loaded.environment, source, target, as_of.date() if as_of else None, key)
    except TierwiseError as error:
        raise click.ClickException(str(error)) from error
    for finding in findings:
        say(f"[{finding.code}] {finding.message}", err=True)
    for decision in grading.outputs:
        for share in grading.distribution(decision.name):
            say(f"{decision.name}\t{share.value if share.reason is None else share.reason.value}\t{share.count}")


def main() -> None:
    """Run the command."""
    command()


if __name__ == "__main__":
    main()
