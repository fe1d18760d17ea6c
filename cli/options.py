"""Options that several commands share, each spelled once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

__all__ = ["DateParameter", "as_of_option", "format_option", "ledger_option", "overlay_option", "policy_option"]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class DateParameter(click.ParamType[date]):
    """A calendar date written ``YYYY-MM-DD``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date, or fail as wrong usage."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is no date; write it as 2026-11-21", param, ctx)


as_of_option: Decorator = click.option(
    "--as-of",
    type=DateParameter(),
    metavar="DATE",
    help="The date of the run, such as 2026-11-21. Nothing reads the clock: without it, what depends on it is undetermined.",
)
policy_option: Decorator = click.option(
    "--policy", "policy_name", required=True, metavar="POLICY", help="A shipped policy's name, or the path of a folder or file."
)
overlay_option: Decorator = click.option(
    "--set", "overlay", type=click.Path(), metavar="FILE", help="An overlay file that fills local parameters and settles readings."
)
ledger_option: Decorator = click.option(
    "--ledger", type=click.Path(), default="tierwise-ledger.db", show_default=True, metavar="FILE", help="The SQLite file of saved runs."
)


def format_option(*forms: str) -> Decorator:
    """Return ``--format`` with these choices; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="How the data on stdout is written."
    )
