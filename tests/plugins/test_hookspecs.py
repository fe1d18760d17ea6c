"""Each hook, from a plugin that answers it to the method of the manager that asks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from tierwise.core.environment import Function
from tierwise.core.policy.texts import Part
from tierwise.core.types import TextType
from tierwise.plugins import hookimpl, hookspecs
from tierwise.plugins.guard import CONTRACTS
from tierwise.plugins.manager import Plugins

PLAN: Any = SimpleNamespace(policy="a-policy")
GRADING: Any = SimpleNamespace(outputs=())
AS_OF = date(2026, 11, 21)
SOUND: Mapping[str, Any] = {"title": {"zh": "甲", "en": "A"}, "about": "About.", "keys": Part}
"""What a part of a thing may be; any other may be anything that can be called."""
THINGS = ("forms", "kinds", "sections", "checks", "sources", "engines", "watch_engines")


class Recorder:
    """A plugin that answers every hook with one thing and writes down that it was called."""

    def __init__(self, name: str, log: list[str], policies: Path) -> None:
        self.name, self.log, self.folder = name, log, policies

    def said(self, hook: str) -> list[Any]:
        self.log.append(f"{self.name}.{hook}")
        parts = CONTRACTS[f"tierwise_{hook}"].parts if hook in THINGS else ()
        return [SimpleNamespace(name=f"{self.name}-{hook}", **{name: SOUND.get(name, print) for name in parts}) if hook in THINGS else hook]

    @hookimpl
    def tierwise_functions(self) -> Iterable[Function]:
        self.said("functions")
        return [Function(f"{self.name}-functions", "f() -> text", "Nothing.", lambda types: TextType(), str)]

    @hookimpl
    def tierwise_forms(self) -> Iterable[Any]:
        return self.said("forms")

    @hookimpl
    def tierwise_kinds(self) -> Iterable[Any]:
        return self.said("kinds")

    @hookimpl
    def tierwise_sections(self) -> Iterable[Any]:
        return self.said("sections")

    @hookimpl
    def tierwise_checks(self) -> Iterable[Any]:
        return self.said("checks")

    @hookimpl
    def tierwise_sources(self) -> Iterable[Any]:
        return self.said("sources")

    @hookimpl
    def tierwise_engines(self) -> Iterable[Any]:
        return self.said("engines")

    @hookimpl
    def tierwise_watch_engines(self) -> Iterable[Any]:
        return self.said("watch_engines")

    @hookimpl
    def tierwise_policies(self) -> Iterable[Path]:
        self.said("policies")
        return [self.folder]

    @hookimpl
    def tierwise_commands(self) -> Iterable[click.Command]:
        self.said("commands")
        return [click.Command(f"{self.name}-commands")]

    @hookimpl
    def tierwise_graded(self, plan: Any, as_of: date | None, grading: Any) -> None:
        self.log.append(f"{self.name}.graded({plan.policy}, {as_of}, {grading.outputs})")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def plugins(log: list[str], tmp_path: Path) -> Plugins:
    plugins = Plugins(entry_points=False)
    for name in ("one", "two"):
        folder = tmp_path / name / f"{name}-policies"
        folder.mkdir(parents=True)
        (folder / "policy.yaml").write_text("tierwise: 1\n", encoding="utf-8")
        plugins.register(Recorder(name, log, tmp_path / name), name)
    return plugins


@pytest.mark.parametrize("hook", ["functions", "forms", "kinds", "checks", "sources", "engines", "policies", "commands"])
def test_a_hook_collects_what_every_plugin_gives_in_order_of_registration(plugins: Plugins, log: list[str], hook: str) -> None:
    found = getattr(plugins, hook)()

    assert list(found)[-2:] == [f"one-{hook}", f"two-{hook}"]
    assert log == [f"one.{hook}", f"two.{hook}"]


def test_graded_tells_every_observer_about_the_run(plugins: Plugins, log: list[str]) -> None:
    plugins.graded(PLAN, AS_OF, GRADING)

    assert log == ["one.graded(a-policy, 2026-11-21, ())", "two.graded(a-policy, 2026-11-21, ())"]


def test_the_environment_asks_five_hooks_once_each(plugins: Plugins, log: list[str]) -> None:
    environment = plugins.environment()

    assert log == [
        "one.functions",
        "two.functions",
        "one.forms",
        "two.forms",
        "one.kinds",
        "two.kinds",
        "one.sections",
        "two.sections",
        "one.checks",
        "two.checks",
    ]
    assert "two-kinds" in environment.kinds


def test_the_recorder_answers_every_hook_there_is(plugins: Plugins) -> None:
    hooks = {name.removeprefix("tierwise_") for name in vars(hookspecs) if name.startswith("tierwise_")}

    assert {frozenset(info.hooks) for info in plugins.listing() if info.name in ("one", "two")} == {frozenset(hooks)}
