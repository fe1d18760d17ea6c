"""Every command is documented, has help, and starts fast."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tierwise.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")


def options() -> list[tuple[str, click.Option]]:
    """Return every option of every command."""
    context = click.Context(cli)
    found = [("tierwise", option) for option in cli.params if isinstance(option, click.Option)]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        found += [(name, option) for option in command.params if isinstance(option, click.Option)]
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_reference_and_its_file_says_what_it_does(command: str) -> None:
    module = (ROOT / "cli" / "commands" / f"{command}.py").read_text(encoding="utf-8")

    assert f"\n### tierwise {command}\n" in PAGE
    assert module.startswith(f'"""``tierwise {command}``: ')


def test_the_docs_know_no_command_that_is_not_there() -> None:
    assert [line.removeprefix("### tierwise ") for line in PAGE.splitlines() if line.startswith("### tierwise ")] == list(COMMANDS)


@pytest.mark.parametrize(("command", "option"), options(), ids=lambda part: part if isinstance(part, str) else part.name)
def test_an_option_says_what_it_is_for(command: str, option: click.Option) -> None:
    assert option.help, f"{command} {option.opts}"
    assert all(name.startswith("--") for name in option.opts), "long names only: a script can be read"


@pytest.mark.parametrize("option", ["--overlay", "--set", "--as-of", "--ledger", "--policy", "--binding"])
def test_an_option_means_the_same_everywhere(option: str) -> None:
    other = {
        ("history", "--policy"),
        ("export", "--overlay"),
        ("init", "--overlay"),
    }  # it filters by it; they make one instead of taking one
    texts = {found.help for command, found in options() if option in found.opts and (command, option) not in other}

    assert len(texts) == 1
