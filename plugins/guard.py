"""Keeps a plugin's mistakes its own: what it gives has the parts that are needed, and an exception in one of them names the plugin."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any

from tierwise.core.errors import PluginError, TierwiseError

__all__ = ["guarded", "missing_part", "one_line", "said"]

PARTS: Mapping[str, tuple[str, ...]] = {
    "tierwise_functions": ("signature", "about", "type_of", "python", "sql"),
    "tierwise_forms": ("about", "model", "compile"),
    "tierwise_kinds": ("title", "about", "keys", "decisions", "check"),
    "tierwise_sources": ("about", "opens", "open"),
    "tierwise_engines": ("about", "grade"),
    "tierwise_sections": ("about", "keys", "compile"),
    "tierwise_watch_engines": ("about", "unusable", "matcher"),
}

OWNERS: Mapping[str, str] = {
    "tierwise_forms": "form",
    "tierwise_kinds": "kind",
    "tierwise_sources": "source",
    "tierwise_engines": "engine",
    "tierwise_sections": "section",
    "tierwise_watch_engines": "engine",
}
"""What is called by those who do not know that it came from a plugin. Functions of the language promise not to raise."""

OPENED = {"tierwise_sources": "open", "tierwise_watch_engines": "matcher"}
"""The method of a thing whose result is guarded, too."""


def missing_part(thing: Any, hook: str) -> str:
    """Return the first attribute that a thing lacks, or an empty text."""
    return next((part for part in PARTS.get(hook, ()) if not hasattr(thing, part)), "")


def guarded(thing: Any, plugin: str, title: str, hook: str) -> Any:
    """Return a thing that does the same, except that an exception in a method becomes a ``PluginError``.

    Args:
        thing: A form, kind, engine or opener of sources; anything else is returned as it is.
        plugin: The plugin's name.
        title: Its name and version, for the message.
        hook: The hook that gave it.
    """
    if hook not in OWNERS:
        return thing
    return _guarded(thing, f"{OWNERS[hook]} `{thing.name}`", plugin, title, hook)


def _guarded(thing: Any, owner: str, plugin: str, title: str, hook: str) -> Any:
    # A plain namespace, because `isinstance` with a protocol does not look through `__getattr__`.
    parts = {name: getattr(thing, name) for name in dir(thing) if not name.startswith("_")}
    for name, part in parts.items():
        if inspect.isroutine(part):
            parts[name] = _naming(part, owner, plugin, title, hook)
    return SimpleNamespace(**parts)


def _naming(method: Callable[..., Any], owner: str, plugin: str, title: str, hook: str) -> Callable[..., Any]:
    @wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            result = method(*arguments, **named)
            if method.__name__ == OPENED.get(hook):
                return _guarded(result, owner, plugin, title, hook)
            return list(result) if inspect.isgenerator(result) else result
        except (TierwiseError, OSError):  # a file that cannot be read is no mistake of the plugin
            raise
        except Exception as error:
            raise PluginError(one_line(f"plugin {title} failed in `{method.__name__}` of {owner}: {said(error)}"), plugin, hook) from error

    return call


def said(error: BaseException) -> str:
    """Return an exception in words: its type, and its message if it has one."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split())
