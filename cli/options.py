"""Options that several commands share, each spelled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any

import click

__all__ = ["DateParameter", "Layers", "as_of_option", "format_option", "layers_options", "ledger_option", "policy_option"]

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


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a policy: overlay files in order, and what is set for a try."""

    overlays: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


class SettingParameter(click.ParamType[tuple[str, str]]):
    """A parameter or reading and its value, written ``NAME=VALUE``."""

    name = "setting"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return name and value, or fail as wrong usage."""
        name, sign, text = value.partition("=")
        if not sign or not name.strip():
            self.fail(f"`{value}` is no NAME=VALUE; an overlay file is given by `--overlay`", param, ctx)
        return name.strip(), text.strip()


def layers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--overlay`` and ``--set`` to a command, which takes them as one argument ``layers``."""

    @click.option(
        "--overlay",
        "overlays",
        multiple=True,
        type=click.Path(),
        metavar="FILE",
        help="An overlay file that fills parameters and local tables and settles readings; may be repeated, the later one holds.",
    )
    @click.option(
        "--set",
        "settings",
        multiple=True,
        type=SettingParameter(),
        metavar="NAME=VALUE",
        help="One parameter or reading for a try, over all overlays; may be repeated.",
    )
    @wraps(command)
    def with_layers(*arguments: Any, overlays: tuple[str, ...], settings: tuple[tuple[str, str], ...], **more: Any) -> Any:
        given = dict(settings)
        if len(given) < len(settings):
            twice = next(name for name, _ in settings if [other for other, _ in settings].count(name) > 1)
            raise click.UsageError(f"`--set {twice}=…` is given twice")
        return command(*arguments, layers=Layers(overlays, given), **more)

    return with_layers


as_of_option: Decorator = click.option(
    "--as-of",
    type=DateParameter(),
    metavar="DATE",
    help="The date of the run, such as 2026-11-21. Nothing reads the clock: without it, what depends on it is undetermined.",
)
policy_option: Decorator = click.option(
    "--policy", "policy_name", required=True, metavar="POLICY", help="A shipped policy's name, or the path of a folder or file."
)
ledger_option: Decorator = click.option(
    "--ledger", type=click.Path(), default="tierwise-ledger.db", show_default=True, metavar="FILE", help="The SQLite file of saved runs."
)


def format_option(*forms: str) -> Decorator:
    """Return ``--format`` with these choices; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="How the data on stdout is written."
    )
