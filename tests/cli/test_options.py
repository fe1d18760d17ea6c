"""``--overlay`` and ``--set`` mean the same on every command that takes a policy."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import click
import pytest

from tests.command_line import POLICY, tierwise
from tierwise.cli.main import COMMANDS
from tierwise.plugins.ledger import Ledger

LAYERED = {
    "visits",
    "borders",
    "path",
    "readiness",
    "serve",
    "diff",
    "impact",
    "bind",
    "check",
    "decide",
    "explain",
    "grade",
    "show",
    "test",
    "watch",
}
FACTS = '{"amount": 60, "judged_good": true}'


@pytest.fixture
def bordered(small: Path) -> Path:
    """Give the small policy a border that every company may move between 50 and 100."""
    text = POLICY.replace("modules:", "parameters: {border: {type: integer, value: 50, adjustable: {min: 50, max: 100}}}\nmodules:")
    (small / "small.yaml").write_text(text.replace("50万", "border"), encoding="utf-8")
    for name, border in (("group", 70), ("branch", 90)):
        (small / f"{name}.yaml").write_text(f"overlay: 1\npolicy: small\nparameters: {{border: {border}}}\n", encoding="utf-8")
    return small


def tier(*options: str) -> str:
    done = tierwise("decide", "small.yaml", "--facts", "-", "--format", "json", *options, stdin=FACTS)
    assert done.code == 0, done.err
    return str(json.loads(done.out)["outputs"]["tier"]["value"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_takes_a_policy_takes_layers(name: str) -> None:
    command: click.Command = import_module(f"tierwise.cli.commands.{name}").command
    options = {option for parameter in command.params for option in parameter.opts}

    assert ({"--overlay", "--set"} <= options) == (name in LAYERED)


def test_layers_change_what_is_decided(bordered: Path) -> None:
    assert tier() == "甲"
    assert tier("--overlay", "group.yaml") == "丙"
    assert tier("--overlay", "group.yaml", "--set", "border=60") == "甲"


def test_two_overlays_that_differ_are_told_on_stderr(bordered: Path) -> None:
    done = tierwise("decide", "small.yaml", "--facts", "-", "--overlay", "group.yaml", "--overlay", "branch.yaml", stdin=FACTS)

    assert "branch.yaml:3:22: note[overlay-overruled]" in done.err
    assert "parameters: {border: 70}   (group.yaml)" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--set", "border=101"), 3, "--set:1:8: error[out-of-bounds]: parameter `border` may be between `50` and `100`, not `101`"),
        (("--set", "bordr=60"), 3, "did you mean `border`?"),
        (("--set", "group.yaml"), 2, "`group.yaml` is no NAME=VALUE; an overlay file is given by `--overlay`"),
        (("--set", "border=60", "--set", "border=70"), 2, "`--set border=…` is given twice"),
    ],
)
def test_what_is_set_wrongly_is_refused_with_its_place(bordered: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = tierwise("decide", "small.yaml", "--facts", "-", *words, stdin=FACTS)

    assert done.code == code
    assert said in done.err


def test_a_saved_run_keeps_what_lay_over_the_policy(bordered: Path) -> None:
    done = tierwise(
        "grade",
        "customers.csv",
        "--policy",
        "small.yaml",
        "--overlay",
        "group.yaml",
        "--overlay",
        "branch.yaml",
        "--set",
        "border=60",
        "--save",
    )

    assert done.code == 0, done.err
    with Ledger("tierwise-ledger.db") as ledger:
        [run] = ledger.runs()
    assert (run.record.overlay, run.record.settings) == ("group.yaml, branch.yaml", "border=60")
