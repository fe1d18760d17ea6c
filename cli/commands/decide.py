"""``tierwise decide``: decides for one subject, or a population, from a file of facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from tierwise.cli.options import Layers, as_of_option, format_option, layers_options
from tierwise.cli.session import Session
from tierwise.cli.streams import read_input
from tierwise.cli.visible import say


@click.command("decide")
@click.argument("policy", metavar="POLICY")
@click.option("--facts", "facts_file", required=True, metavar="FILE|-", help="A JSON file of facts by name, or - for standard input.")
@layers_options
@as_of_option
@format_option("text", "json")
@click.pass_context
def command(context: click.Context, policy: str, facts_file: str, layers: Layers, as_of: date | None, form: str) -> None:
    """Decide for one subject from a JSON file of facts.

    \b
    Example:
      echo '{"annual_usage_yuan": 500000, "usage_size": "large", "payment_reputation": "good"}' |
        tierwise decide big-customer-tiers --facts -
    """
    from tierwise.cli.output import write_json, write_rows

    session = Session.of(context)
    loaded = session.load(policy, layers)
    result = loaded.decide(_read(session, facts_file), as_of)
    session.show_findings(result.findings)
    document = result.to_dict()
    if form == "json":
        write_json(document)
        return
    write_rows(_rows(document["outputs"]), ["output", "value", "undetermined", "candidates"], "text")
    for key, outputs in document.get("by_customer", {}).items():
        say(f"\n{key}")
        write_rows(_rows(outputs), ["output", "value", "undetermined", "candidates"], "text")


def _rows(outputs: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "output": name,
            "value": ("none" if outcome["value"] is None else outcome["value"]) if "value" in outcome else "",
            "undetermined": outcome.get("undetermined", ""),
            "candidates": outcome.get("candidates", []),
        }
        for name, outcome in outputs.items()
    ]


def _read(session: Session, name: str) -> dict[str, Any]:
    from tierwise.core.errors import DataError
    from tierwise.core.finding import Finding
    from tierwise.plugins.json_text import NoJsonError, read_json

    shown = "standard input" if name == "-" else f"`{name}`"
    try:
        read = read_json(read_input() if name == "-" else Path(name).read_bytes())
    except FileNotFoundError as error:
        raise DataError(f"no file `{name}`") from error
    except IsADirectoryError as error:
        raise DataError(f"`{name}` is a directory, not a file of facts") from error
    except NoJsonError as error:
        raise DataError(f"{shown} is no JSON: {error}", help='write {"fact": value, …}') from error
    if not isinstance(read.value, dict):
        raise DataError(f"{shown} must hold one object of facts by name", help='write {"fact": value, …}')
    session.show_findings(
        Finding.warning("duplicate-key", f"`{key}` is given more than once in {shown}; the last counts", help="give it once")
        for key in read.repeated
    )
    return read.value
