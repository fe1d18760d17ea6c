"""A mistake of a plugin is called that, wherever it comes to light."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tierwise.core.environment import DeclaringForm
from tierwise.core.errors import DataError, PluginError
from tierwise.core.finding import Finding
from tierwise.core.policy.texts import Part
from tierwise.plugins import hookimpl
from tierwise.plugins.builtin import MODULES
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import policy_from, with_plugin

POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: Small
source: a test
subject: customer
facts: {usage: {type: number, scale: 0}}
modules:
  main:
    kind: fragile
    decisions:
      large: {type: boolean, formula: usage > 5}
"""


class Fragile:
    """A kind that raises where it is told to."""

    name = "fragile"
    title = {"zh": "易碎", "en": "Fragile"}  # noqa: RUF012  # nothing writes to it
    about = "Breaks."
    keys = Part

    def __init__(self, where: str, error: Exception) -> None:
        self.where, self.error = where, error

    def decisions(self, module: str, keys: Part) -> dict[str, Any]:
        """Raise when told to."""
        if self.where == "decisions":
            raise self.error
        return {}

    def check(self, keys: Part, context: Any) -> Iterable[Finding]:
        """Raise while the findings are read, when told to."""
        yield from ()
        if self.where == "check":
            raise self.error


class Giving:
    """A plugin that gives one kind."""

    __version__ = "2.0"

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    @hookimpl
    def tierwise_kinds(self) -> Iterable[Any]:
        return [self.kind]


@pytest.mark.parametrize("where", ["decisions", "check"])
def test_a_kind_that_raises_names_its_plugin(where: str) -> None:
    with with_plugin(Giving(Fragile(where, KeyError("late"))), "brittle") as plugins, pytest.raises(PluginError) as caught:
        policy_from(POLICY, plugins)

    assert str(caught.value) == f"plugin `brittle` 2.0 failed in `{where}` of kind `fragile`: KeyError: 'late'"
    assert (caught.value.plugin, caught.value.hook) == ("brittle", "tierwise_kinds")


class Broken:
    """An engine and an opener of sources that raise where they are told to."""

    name = kind = "broken"
    about = "Breaks."
    location = connection = type_of = named = load = close = None

    def __init__(self, where: str, error: Exception) -> None:
        self.where, self.error = where, error

    def opens(self, location: str) -> bool:
        return location.endswith(".broken")

    def open(self, location: str) -> Any:
        self._break("open")
        return self

    def tables(self) -> Any:
        self._break("tables")

    def grade(self, *_: Any) -> Any:
        self._break("grade")

    def _break(self, where: str) -> None:
        if self.where == where:
            raise self.error

    @hookimpl
    def tierwise_sources(self) -> Iterable[Any]:
        return [self]

    @hookimpl
    def tierwise_engines(self) -> Iterable[Any]:
        return [self]


@pytest.mark.parametrize("where", ["open", "tables"])
def test_a_source_that_raises_names_its_plugin(where: str) -> None:
    with with_plugin(Broken(where, KeyError("late")), "brittle") as plugins, pytest.raises(PluginError) as caught:
        plugins.sources()["broken"].open("a.broken").tables()
    assert str(caught.value) == f"plugin `brittle` failed in `{where}` of source `broken`: KeyError: 'late'"


def test_a_file_that_a_source_cannot_read_is_no_mistake_of_its_plugin() -> None:
    with with_plugin(Broken("open", PermissionError(13, "denied", "a.broken"))) as plugins, pytest.raises(PermissionError):
        plugins.sources()["broken"].open("a.broken")


def test_an_engine_that_raises_names_its_plugin() -> None:
    with with_plugin(Broken("grade", ZeroDivisionError()), "brittle") as plugins, pytest.raises(PluginError) as caught:
        plugins.engines()["broken"].grade(None, None, None, None)  # type: ignore[arg-type]
    assert str(caught.value) == "plugin `brittle` failed in `grade` of engine `broken`: ZeroDivisionError"
    assert caught.value.hook == "tierwise_engines"


def test_an_error_of_ours_passes_through() -> None:
    with with_plugin(Giving(Fragile("check", DataError("no")))) as plugins, pytest.raises(DataError, match="no"):
        policy_from(POLICY, plugins)


def test_a_kind_that_does_not_raise_works_as_it_is() -> None:
    with with_plugin(Giving(Fragile("nowhere", KeyError()))) as plugins:
        assert policy_from(POLICY, plugins).findings == ()


@pytest.mark.parametrize("lacking", ["title", "about", "keys", "decisions", "check"])
def test_a_kind_that_lacks_a_part_names_its_plugin(lacking: str) -> None:
    parts = {name: None for name in ("title", "about", "keys", "decisions", "check") if name != lacking}
    half = type("Half", (), {"name": "half", **parts})()

    with (
        with_plugin(Giving(half), "half-done") as plugins,
        pytest.raises(PluginError, match=f"gave `half` for hook `tierwise_kinds` without `{lacking}`"),
    ):
        plugins.kinds()


def test_a_form_that_declares_its_outputs_still_does() -> None:
    schedule = Plugins(entry_points=False).forms()["schedule"]
    given = type(
        "Daily", (), {part: getattr(schedule, part) for part in ("about", "model", "compile", "declares", "labels")} | {"name": "daily"}
    )

    class Forming:
        @hookimpl
        def tierwise_forms(self) -> Iterable[Any]:
            return [given()]

    with with_plugin(Forming()) as plugins:
        assert isinstance(plugins.forms()["daily"], DeclaringForm)


def test_a_plugin_that_leaves_the_interpreter_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tierwise_quitter.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    (tmp_path / "quitter-1.0.dist-info").mkdir()
    (tmp_path / "quitter-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: quitter\nVersion: 1.0\n", encoding="utf-8")
    (tmp_path / "quitter-1.0.dist-info" / "entry_points.txt").write_text("[tierwise]\nquitter = tierwise_quitter\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(PluginError, match=r"plugin `quitter` 1\.0 cannot be loaded from tierwise_quitter: SystemExit: 0"):
        Plugins()
    assert "tierwise_quitter" not in sys.modules


def test_one_plugin_under_two_names_is_an_error() -> None:
    plugin = Giving(Fragile("nowhere", KeyError()))

    with with_plugin(plugin, "one") as plugins, pytest.raises(PluginError, match="plugin `two` does not fit"):
        plugins.register(plugin, "two")


def test_what_is_built_in_is_given_as_it_is() -> None:
    kinds = Plugins(entry_points=False).kinds()

    assert "kinds" in MODULES
    assert type(kinds["value-tier"]).__name__ == "ValueTier"
