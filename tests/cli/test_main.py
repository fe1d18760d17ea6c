"""What holds for every command: its help, colour, languages, and that the group starts it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import tierwise as package
from tests.command_line import tierwise
from tierwise.cli.main import COMMANDS


def test_the_version() -> None:
    assert tierwise("--version").out == f"tierwise, version {package.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_what_it_does_and_shows_an_example(command: str) -> None:
    done = tierwise(command, "--help")
    about = done.out.partition("Options:")[0].strip()

    assert done.code == 0
    assert re.search(rf"Example:\n(.*\n)*? +.*tierwise {command}\b([^\n]*\\\n)*[^\n]*$", about), about
    assert done.out == tierwise(command, "-h").out


def test_short_help_is_not_cut_off() -> None:
    commands = tierwise("--help").out.partition("Commands:\n")[2]

    assert [line.split()[0] for line in commands.splitlines()] == list(COMMANDS)


@pytest.mark.parametrize("variable", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}])
def test_what_goes_into_a_pipe_has_no_colour(small: Path, monkeypatch: pytest.MonkeyPatch, variable: dict[str, str]) -> None:
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    said = tierwise("check", "big-customer-tiers").said + tierwise("grade", "customers.csv", "--policy", "small.yaml").said

    assert "\x1b" not in said


def test_the_language_follows_the_locale_and_can_be_set(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "小例子" in tierwise("show", "small.yaml").out
    assert "A small example" in tierwise("--language", "en", "show", "small.yaml").out
    monkeypatch.setenv("TIERWISE_LANGUAGE", "en")
    assert "A small example" in tierwise("show", "small.yaml").out


@pytest.mark.parametrize("words", [["--error-format", "json"], ["--error-format=json"]])
def test_an_error_has_the_form_that_these_words_ask_for(words: list[str]) -> None:
    done = tierwise(*words, "check", "no-such-policy")

    assert done.code == 3
    assert json.loads(done.err)["error"] == "there is no policy `no-such-policy`"
