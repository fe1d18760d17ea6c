"""Options that several commands share, each spelled once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tierwise.core.plan import Decision, Plan

__all__ = [
    "DateParameter",
    "Layers",
    "MemoryParameter",
    "as_of_option",
    "baseline_layers_options",
    "binding_option",
    "check_outputs",
    "chosen_outputs",
    "format_option",
    "layers_options",
    "ledger_option",
    "policy_option",
    "report_option",
]

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

    def __str__(self) -> str:
        """Return them in words; an empty text when there are none."""
        return ", ".join((*self.overlays, *(f"{name}={value}" for name, value in self.settings.items())))


class SettingParameter(click.ParamType[tuple[str, str]]):
    """A parameter or reading and its value, written ``NAME=VALUE``."""

    name = "setting"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return name and value, or fail as wrong usage."""
        name, sign, text = value.partition("=")
        if not sign or not name.strip():
            self.fail(f"`{value}` is no NAME=VALUE; an overlay file is given by `--overlay`", param, ctx)
        return name.strip(), text.strip()


class MemoryParameter(click.ParamType[str]):
    """A size of memory, such as ``2GB``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the size as DuckDB reads it, or fail as wrong usage."""
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?\s?[MGT]i?B", value, re.IGNORECASE):
            self.fail(f"`{value}` is no size of memory; write it like `500MB` or `2GB`", param, ctx)
        size: str = value
        return size


def layers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--overlay`` and ``--set`` to a command, which takes them as one argument ``layers``."""
    return _layers(
        "layers",
        "",
        "An overlay file that fills parameters and local tables and settles readings; may be repeated, the later one holds.",
        "One parameter or reading for a try, over all overlays; may be repeated.",
    )(command)


def baseline_layers_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--against-overlay`` and ``--against-set`` to a command, which takes what lies over the baseline as ``against_layers``."""
    return _layers("against_layers", "against-", "As --overlay, over the baseline.", "As --set, over the baseline.")(command)


def _layers(argument: str, prefix: str, overlay_help: str, set_help: str) -> Decorator:
    """Return what adds the two options, which a command takes as one argument."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.option(f"--{prefix}overlay", f"{argument}_overlays", multiple=True, type=click.Path(), metavar="FILE", help=overlay_help)
        @click.option(f"--{prefix}set", f"{argument}_settings", multiple=True, type=SettingParameter(), metavar="NAME=VALUE", help=set_help)
        @wraps(command)
        def with_layers(*arguments: Any, **more: Any) -> Any:
            settings: tuple[tuple[str, str], ...] = more.pop(f"{argument}_settings")
            given = dict(settings)
            if len(given) < len(settings):
                twice = next(name for name, _ in settings if [other for other, _ in settings].count(name) > 1)
                raise click.UsageError(f"`--{prefix}set {twice}=…` is given twice")
            layers = Layers(more.pop(f"{argument}_overlays"), given)
            return command(*arguments, **more, **{argument: layers})

        return with_layers

    return decorate


as_of_option: Decorator = click.option(
    "--as-of",
    type=DateParameter(),
    metavar="DATE",
    help="The date of the run, such as 2026-11-21. Nothing reads the clock: without it, what depends on it is undetermined.",
)
binding_option: Decorator = click.option(
    "--binding", type=click.Path(), metavar="FILE", help="How the facts come from the database; else the policy's own, else equal names."
)
policy_option: Decorator = click.option(
    "--policy", "policy_name", required=True, metavar="POLICY", help="A shipped policy's name, or the path of a folder or file."
)
ledger_option: Decorator = click.option(
    "--ledger", type=click.Path(), default="tierwise-ledger.db", show_default=True, metavar="FILE", help="The SQLite file of saved runs."
)


report_option: Decorator = click.option(
    "--report", "report", type=click.Path(), metavar="FILE", help="Write it for people, too: FILE.html, one page that prints, or FILE.xlsx."
)


def format_option(*forms: str) -> Decorator:
    """Return ``--format`` with these choices; the first is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="How the data on stdout is written."
    )


def chosen_outputs(named: Iterable[str], plan: Plan) -> list[Decision]:
    """Return the outputs about single subjects that ``--output`` names; none when it names none.

    Raises:
        click.BadParameter: One of them is none of the policy's.
    """
    named = tuple(named)
    known = {decision.name: decision for decision in plan.outputs if not decision.population}
    check_outputs(named, known)
    return [known[output] for output in named]


def check_outputs(named: Iterable[str], known: Collection[str]) -> None:
    """Refuse what ``--output`` names and is no output.

    Raises:
        click.BadParameter: One of them is none of the known.
    """
    for output in named:
        if output not in known:
            from tierwise.core.language.suggest import suggest

            told = suggest(output, known) or "the outputs are " + ", ".join(known)
            raise click.BadParameter(f"no output `{output}`; {told}", param_hint="--output")
