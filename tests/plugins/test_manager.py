"""The manager: what it asks, in which order, and whom it blames."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tierwise.core.environment import Function
from tierwise.core.errors import PluginError
from tierwise.core.types import TextType
from tierwise.plugins import hookimpl
from tierwise.plugins.builtin import MODULES
from tierwise.plugins.manager import Plugins


def shout(name: str = "shout") -> Function:
    return Function(name, f"{name}(text) -> text", "The text in capitals.", lambda types: TextType(), str.upper)


class Shouting:
    """A plugin with one function."""

    __version__ = "1.2"

    def __init__(self, *names: str) -> None:
        self.names = names or ("shout",)

    @hookimpl
    def tierwise_functions(self) -> Iterable[Function]:
        return [shout(name) for name in self.names]


@pytest.fixture
def plugins() -> Plugins:
    return Plugins(entry_points=False)


def test_a_registered_plugin_is_asked(plugins: Plugins) -> None:
    plugins.register(Shouting(), "loud")

    assert "shout" in plugins.functions()


def test_an_unregistered_plugin_is_not_asked(plugins: Plugins) -> None:
    plugins.register(Shouting(), "loud")
    plugins.unregister("loud")

    assert "shout" not in plugins.functions()
    assert "loud" not in [info.name for info in plugins.listing()]


def test_two_plugins_with_one_name_for_a_thing_are_both_named_with_versions(plugins: Plugins) -> None:
    plugins.register(Shouting(), "loud")
    plugins.register(Shouting(), "louder", version="7.0")

    with pytest.raises(PluginError) as caught:
        plugins.functions()

    assert str(caught.value) == "plugins `loud` 1.2 and `louder` 7.0 both give `shout` for hook `tierwise_functions`"
    assert caught.value.plugin == "louder"
    assert "--disable-plugin louder" in caught.value.help


def test_one_plugin_that_gives_a_name_twice_is_named(plugins: Plugins) -> None:
    plugins.register(Shouting("shout", "shout"), "loud")

    with pytest.raises(PluginError, match="both give `shout`"):
        plugins.functions()


def test_a_plugin_that_raises_is_named_with_its_hook_and_the_way_out(plugins: Plugins) -> None:
    class Broken:
        @hookimpl
        def tierwise_kinds(self) -> Iterable[Any]:
            yield from ()
            raise ValueError("no\nluck")

    plugins.register(Broken(), "broken", "0.1")

    with pytest.raises(PluginError) as caught:
        plugins.kinds()

    assert str(caught.value) == "plugin `broken` 0.1 failed in hook `tierwise_kinds`: ValueError: no luck"
    assert (caught.value.plugin, caught.value.hook) == ("broken", "tierwise_kinds")
    assert caught.value.help == "run again with `--disable-plugin broken` to do without it"


@pytest.mark.parametrize("answer", [[object()], 5, ["text"]], ids=["no name", "not iterable", "a text"])
def test_an_answer_that_is_not_an_iterable_of_named_things_blames_the_plugin(plugins: Plugins, answer: Any) -> None:
    class Odd:
        @hookimpl
        def tierwise_engines(self) -> Any:
            return answer

    plugins.register(Odd(), "odd")

    with pytest.raises(PluginError, match="`odd`"):
        plugins.engines()


def test_a_hook_that_does_not_exist_is_an_error_not_silence(plugins: Plugins) -> None:
    class Misspelt:
        @hookimpl
        def tierwise_kind(self) -> Iterable[Any]:
            return ()

    with pytest.raises(PluginError, match=r"plugin `misspelt` does not fit: .*tierwise_kind"):
        plugins.register(Misspelt(), "misspelt")
    assert "misspelt" not in [info.name for info in plugins.listing()]


def test_an_argument_that_a_hook_does_not_have_is_an_error(plugins: Plugins) -> None:
    class Curious:
        @hookimpl
        def tierwise_graded(self, moon: str) -> None:
            return None

    with pytest.raises(PluginError, match="moon"):
        plugins.register(Curious(), "curious")


def test_a_plugin_name_is_taken_once(plugins: Plugins) -> None:
    plugins.register(Shouting(), "loud")

    with pytest.raises(PluginError, match="two plugins are called `loud`"):
        plugins.register(Shouting("whisper"), "loud")


@pytest.mark.parametrize("name", list(MODULES))
def test_a_disabled_builtin_is_listed_as_such_and_gives_nothing(name: str) -> None:
    [info] = [info for info in Plugins({name}, entry_points=False).listing() if info.name == name]

    assert info.disabled
    assert info.hooks == ()


def test_a_disabled_plugin_is_not_even_imported() -> None:
    code = (
        "import sys; from tierwise.plugins.manager import Plugins; Plugins({'kinds'}, entry_points=False); "
        "print('tierwise.plugins.builtin.kinds' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_disabling_what_is_not_there_suggests_what_is() -> None:
    with pytest.raises(PluginError) as caught:
        Plugins({"kindz"}, entry_points=False)

    assert str(caught.value) == "there is no plugin `kindz` to disable"
    assert caught.value.help == "did you mean `kinds`?"


def test_every_builtin_answers_at_least_one_hook(plugins: Plugins) -> None:
    assert [info.name for info in plugins.listing() if not info.hooks] == []
    assert [info.name for info in plugins.listing()] == list(MODULES)


def test_registering_the_builtins_imports_nothing_heavy() -> None:
    heavy = ["duckdb", "sqlglot", "pyarrow", "pandas", "numpy", "pydantic", "durable", "rich", "click"]
    code = f"import sys; from tierwise.plugins.manager import Plugins; Plugins(entry_points=False); print([m for m in {heavy} if m in sys.modules])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_building_the_environment_imports_no_database() -> None:
    code = (
        "import sys; from tierwise.plugins.manager import Plugins; Plugins(entry_points=False).environment(); "
        "print([m for m in ('duckdb', 'sqlglot', 'pyarrow', 'pandas', 'durable') if m in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_shipped_policies_are_found_by_the_name_of_their_folder(plugins: Plugins, tmp_path: Path) -> None:
    for name in ("beta", "alpha"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text("tierwise: 1\n", encoding="utf-8")
    (tmp_path / "notes").mkdir()

    class Shipping:
        @hookimpl
        def tierwise_policies(self) -> Iterable[Path]:
            return [tmp_path]

    plugins.register(Shipping(), "shipping")

    assert list(plugins.policies())[-2:] == ["alpha", "beta"]


INSTALLED = {
    "tierwise_loud.py": """
from tierwise.core.environment import Function
from tierwise.plugins import hookimpl

@hookimpl
def tierwise_functions():
    return [Function("shout", "shout(text) -> text", "Capitals.", lambda types: types[0], str.upper)]
""",
    "tierwise_loud-3.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: tierwise-loud\nVersion: 3.1\n",
    "tierwise_loud-3.1.dist-info/entry_points.txt": "[tierwise]\nloud = tierwise_loud\n",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Path]:
    """A folder on the path that looks like an installed plugin."""
    for name, text in INSTALLED.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("tierwise_loud", None)


def test_an_installed_plugin_is_found_by_its_entry_point(installed: Path) -> None:
    plugins = Plugins()
    [info] = [info for info in plugins.listing() if info.name == "loud"]

    assert (info.version, info.hooks, info.origin) == ("3.1", ("functions",), "tierwise_loud")
    assert "shout" in plugins.functions()


def test_an_installed_plugin_is_left_alone_when_entry_points_are_off(installed: Path) -> None:
    assert "loud" not in [info.name for info in Plugins(entry_points=False).listing()]
    assert "tierwise_loud" not in sys.modules


def test_a_disabled_installed_plugin_is_not_imported(installed: Path) -> None:
    plugins = Plugins({"loud"})

    assert "tierwise_loud" not in sys.modules
    assert [info.disabled for info in plugins.listing() if info.name == "loud"] == [True]


def test_an_installed_plugin_that_cannot_be_imported_is_named(installed: Path) -> None:
    (installed / "tierwise_loud.py").write_text("import a_module_that_is_not_there\n", encoding="utf-8")

    with pytest.raises(PluginError, match=r"plugin `loud` 3\.1 cannot be loaded from tierwise_loud: ModuleNotFoundError"):
        Plugins()


def test_a_module_can_be_registered() -> None:
    module = ModuleType("by_hand")
    module.tierwise_functions = hookimpl(lambda: [shout("by hand")])  # type: ignore[attr-defined]  # a module made for the test
    plugins = Plugins(entry_points=False)
    plugins.register(module, "by-hand")

    assert "by hand" in plugins.functions()
    assert plugins.listing()[-1].origin == "by_hand"
