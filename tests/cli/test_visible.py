"""What comes from data is shown, never acted on by the terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import tierwise.cli
from tierwise.cli.visible import escaped, on_one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 客户 é\t\n", "plain 客户 é\t\n"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("a\rb", "a␍b"),
        ("\x07\x7f\x00", "␇␡␀"),
        ("\x9b31m", "<U+009B>31m"),
        ("abc\u202edcba", "abc<U+202E>dcba"),
    ],
)
def test_a_sign_that_a_terminal_acts_on_is_shown_as_the_sign_it_is(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_text_that_stands_in_a_line_stays_in_it() -> None:
    assert on_one_line("A\nerror: forged") == "A␤error: forged"


def test_json_means_the_same_to_a_program() -> None:
    text = "a\x1b\x9b\u202e"
    written = escaped(json.dumps({"name": text}, ensure_ascii=False))
    assert json.loads(written) == {"name": text}
    assert visible(written) == written


def test_no_command_writes_text_past_what_makes_it_visible() -> None:
    past = {
        f"{file.name}: {line.strip()}"
        for file in Path(tierwise.cli.__path__[0]).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bclick\.echo\(|\bprint\(", line)
    }
    assert past == {
        "visible.py: click.echo(visible(text), err=err, nl=nl)",
        "watching.py: click.echo(action_line(action, session.language, form))",  # visible, or JSON
        "session.py: click.echo(rendered, err=True)",  # its parts are visible, its colours are ours
        "main.py: click.echo(render_error(error, error_format, asked_language(words)), err=True)",  # likewise
    }
