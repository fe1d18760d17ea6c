"""Loads plugins and asks them: one typed method for each hook, and errors that name the plugin at fault."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pluggy

from tierwise.core.errors import PluginError
from tierwise.plugins import NAME, hookspecs
from tierwise.plugins.builtin import MODULES
from tierwise.plugins.guard import bounded, forget, guarded, one_line, said, shown, unfit_part

if TYPE_CHECKING:  # nothing heavy is imported before a hook is called
    from importlib.resources.abc import Traversable

    import click

    from tierwise.core.environment import Check, Environment, Form, Function, Kind, Section
    from tierwise.core.plan import Plan
    from tierwise.plugins.data_source import SourceOpener
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.grading import Grading
    from tierwise.plugins.watch_engine import WatchEngine

__all__ = ["PluginInfo", "Plugins"]

OBSERVERS = "tierwise_graded"
"""The one hook whose answers mean nothing."""


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One plugin as ``tierwise plugins`` lists it.

    Attributes:
        hooks: The hooks it answers, without the prefix; empty when it is disabled.
        origin: The module (or, for a registered object, its type) it was loaded from.
        disabled: It was turned off and not even imported.
    """

    name: str
    version: str
    hooks: tuple[str, ...]
    origin: str
    disabled: bool = False

    def __str__(self) -> str:
        return f"`{self.name}` {self.version}".rstrip()


class Plugins:
    """The plugins of one run: the built-ins and, unless told otherwise, every installed package with an entry point."""

    def __init__(self, disabled: Collection[str] = (), entry_points: bool = True) -> None:
        """Load the plugins.

        Args:
            disabled: Names of plugins to do without; they are not even imported.
            entry_points: Whether installed packages are looked for; without them there are only the built-ins.

        Raises:
            PluginError: A plugin cannot be loaded, answers a hook that does not exist, or a disabled name is no plugin.
        """
        self._manager = pluggy.PluginManager(NAME)
        self._manager.add_hookspecs(hookspecs)
        self._infos: dict[str, PluginInfo] = {}
        self._disabled = frozenset(disabled)
        self._collected: dict[str, dict[str, Any]] = {}
        self._givers: dict[str, dict[str, str]] = {}
        for name, module in MODULES.items():
            self._load(name, _own_version(), module, partial(importlib.import_module, module))
        for point in _installed() if entry_points else ():
            self._load(point.name, point.dist.version if point.dist else "", point.value, point.load)
        self._refuse_unknown(self._disabled)

    def register(self, plugin: object, name: str, version: str = "", origin: str = "") -> None:
        """Add a plugin by hand: a module, or any object with ``@hookimpl`` functions.

        Raises:
            PluginError: The name is taken, or the plugin answers a hook that does not exist or with other arguments.
        """
        if name in self._infos:
            raise PluginError(f"two plugins are called `{name}`: {self._infos[name].origin} and {origin}", name)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:  # ValueError: it is registered under another name
            if self._manager.has_plugin(name):
                self._manager.unregister(name=name)
            raise PluginError(one_line(f"plugin `{name}` does not fit: {error}"), name) from error
        hooks = tuple(caller.name.removeprefix("tierwise_") for caller in self._manager.get_hookcallers(plugin) or ())
        where = origin or getattr(plugin, "__name__", type(plugin).__name__)
        self._collected.clear()
        self._infos[name] = PluginInfo(name, version or str(getattr(plugin, "__version__", "")), tuple(sorted(hooks)), where)

    def unregister(self, name: str) -> None:
        """Take a plugin out again."""
        self._manager.unregister(name=name)
        self._collected.clear()
        self._infos.pop(name, None)

    def listing(self) -> tuple[PluginInfo, ...]:
        """Return every plugin in the order of registration, the disabled ones included."""
        return tuple(self._infos.values())

    def others(self) -> tuple[str, ...]:
        """Return name and version of every plugin in use that is not built in."""
        used = (info for info in self._infos.values() if not info.disabled and info.name not in MODULES)
        return tuple(f"{info.name} {info.version}".rstrip() for info in used)

    # ---- one method for each hook ------------------------------------------------------------------------------------------

    def functions(self) -> Mapping[str, Function]:
        """Return the functions of the policy language by name."""
        return self._collect("tierwise_functions")

    def forms(self) -> Mapping[str, Form]:
        """Return the forms by name."""
        return self._collect("tierwise_forms")

    def kinds(self) -> Mapping[str, Kind]:
        """Return the kinds of modules by name."""
        return self._collect("tierwise_kinds")

    def sections(self) -> Mapping[str, Section]:
        """Return the sections of a policy beside facts and modules, by name."""
        return self._collect("tierwise_sections")

    def checks(self) -> Mapping[str, Check]:
        """Return the checks of a policy that compiled by name, in the order in which they run."""
        return self._collect("tierwise_checks")

    def sources(self) -> Mapping[str, SourceOpener]:
        """Return the openers of data by name, in the order in which they are asked."""
        return self._collect("tierwise_sources")

    def engines(self) -> Mapping[str, Engine]:
        """Return the engines by name."""
        return self._collect("tierwise_engines")

    def watch_engines(self) -> Mapping[str, WatchEngine]:
        """Return the engines that match events by name, in the order in which they are preferred."""
        return self._collect("tierwise_watch_engines")

    def commands(self) -> Mapping[str, click.Command]:
        """Return the commands that plugins add, by name."""
        return self._collect("tierwise_commands")

    def policies(self) -> Mapping[str, Traversable]:
        """Return the folder of every shipped policy by its name, sorted within each plugin."""
        return self._collect("tierwise_policies", _policy_folders)

    def graded(self, plan: Plan, as_of: date | None, grading: Grading) -> None:
        """Tell every observer about a run."""
        for _ in self._answers(OBSERVERS, plan=plan, as_of=as_of, grading=grading):
            pass

    def environment(self) -> Environment:
        """Return everything a policy may use, with the default limits.

        Raises:
            PluginError: A plugin raised, or two plugins give the same name.
        """
        from tierwise.core.environment import Environment  # here, because it brings pydantic and `--help` needs none

        return Environment(
            self.functions(), self.forms(), self.kinds(), self.sections(), self.checks(), givers=self._givers["tierwise_functions"]
        )

    # ---- the steps ---------------------------------------------------------------------------------------------------------

    def _load(self, name: str, version: str, origin: str, load: Callable[[], object]) -> None:
        if name in self._disabled:
            self._infos[name] = PluginInfo(name, version, (), origin, disabled=True)
            return
        try:
            plugin = load()
        except (Exception, SystemExit) as error:
            raise PluginError(one_line(f"plugin `{name}` {version} cannot be loaded from {origin}: {said(error)}"), name) from error
        self.register(plugin, name, version, origin)

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        for name in sorted(set(names) - set(self._infos)):
            near = get_close_matches(name, self._infos, n=1)
            help = f"did you mean `{near[0]}`?" if near else f"plugins are {', '.join(f'`{known}`' for known in self._infos)}"
            raise PluginError(f"there is no plugin `{name}` to disable", name, help=help)

    def _collect(
        self,
        hook: str,
        spread: Callable[[Any], Iterable[Any]] = lambda value: (value,),
    ) -> Mapping[str, Any]:
        if hook not in self._collected:
            self._collected[hook] = self._ask(hook, spread)
        return self._collected[hook]

    def _ask(self, hook: str, spread: Callable[[Any], Iterable[Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        givers: dict[str, PluginInfo] = {}
        for info, values in self._answers(hook, partial(_things, spread=spread)):
            for value in values:
                try:
                    name, thing = _named(value, info, hook)
                except PluginError:
                    raise
                except (Exception, SystemExit) as error:  # an attribute of it may run code
                    raise PluginError(one_line(f"plugin {info} failed in hook `{hook}`: {said(error)}"), info.name, hook) from error
                if name in found:
                    raise PluginError(f"plugins {givers[name]} and {info} both give `{name}` for hook `{hook}`", info.name, hook)
                found[name] = thing
                givers[name] = info
        self._givers[hook] = {name: f"{info.name} {info.version}".rstrip() for name, info in givers.items() if info.name not in MODULES}
        return found

    def _answers(self, hook: str, read: Callable[[Any], Any] = lambda answer: answer, **arguments: Any) -> Iterator[tuple[PluginInfo, Any]]:
        """Call one plugin at a time, so that an exception has a name to it."""
        plugins = {name: plugin for name, plugin in self._manager.list_name_plugin() if plugin is not None}
        for info in tuple(self._infos.values()):
            if hook.removeprefix("tierwise_") not in info.hooks:
                continue
            others = [plugin for name, plugin in plugins.items() if name != info.name]
            caller = self._manager.subset_hook_caller(hook, others)
            try:
                answer = [read(value) for value in caller(**arguments)]
            except PluginError:
                raise
            except (Exception, SystemExit) as error:
                raise PluginError(one_line(f"plugin {info} failed in hook `{hook}`: {said(error)}"), info.name, hook) from error
            if not answer and hook != OBSERVERS:  # pluggy leaves out who returns nothing
                raise PluginError(f"plugin {info} gave nothing for hook `{hook}`, where a list is needed", info.name, hook)
            for value in answer:
                yield info, value


def _named(value: Any, info: PluginInfo, hook: str) -> tuple[str, Any]:
    """Return the name of what a plugin gave, and the thing itself, guarded unless it is ours."""
    name = getattr(value, "name", "")
    if not isinstance(name, str) or not name:
        message = f"plugin {info} gave {shown(value)} for hook `{hook}`, where a thing with a `name` is needed"
        raise PluginError(one_line(message), info.name, hook)
    if info.name in MODULES:
        return name, value
    if unfit := unfit_part(value, hook):
        raise PluginError(one_line(f"plugin {info} gave `{name}` for hook `{hook}` {unfit}"), info.name, hook)
    return name, guarded(value, info.name, str(info), hook)


def _things(answer: Any, spread: Callable[[Any], Iterable[Any]]) -> list[Any]:
    """Return what a plugin gave for a hook, one by one."""
    if not isinstance(answer, Iterable) or isinstance(answer, str):
        forget(answer)
        raise TypeError(f"it gave {shown(answer)}, where a list is needed")
    return [part for value in bounded(answer) for part in spread(value)]


def _installed() -> list[metadata.EntryPoint]:
    return sorted(metadata.entry_points(group=NAME), key=lambda point: point.name)


def _own_version() -> str:
    from tierwise import __version__  # here, because the package may re-export names that use this module

    return __version__


def _policy_folders(root: Traversable) -> Iterable[Traversable]:
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder `{root}`")
    return sorted((folder for folder in root.iterdir() if folder.joinpath("policy.yaml").is_file()), key=lambda folder: folder.name)
