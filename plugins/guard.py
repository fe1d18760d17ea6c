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
}

GUARDED = ("tierwise_forms", "tierwise_kinds")
"""What the core calls without knowing that it came from a plugin. Functions of the language promise not to raise."""


def missing_part(thing: Any, hook: str) -> str:
    """Return the first attribute that a thing lacks, or an empty text."""
    return next((part for part in PARTS.get(hook, ()) if not hasattr(thing, part)), "")


def guarded(thing: Any, plugin: str, title: str, hook: str) -> Any:
    """Return a thing that does the same, except that an exception in a method becomes a ``PluginError``.

    Args:
        thing: A form or a kind; anything else is returned as it is.
        plugin: The plugin's name.
        title: Its name and version, for the message.
        hook: The hook that gave it.
    """
    if hook not in GUARDED:
        return thing
    # A plain namespace, because `isinstance` with a protocol does not look through `__getattr__`.
    parts = {name: getattr(thing, name) for name in dir(thing) if not name.startswith("_")}
    for name, part in parts.items():
        if inspect.isroutine(part):
            parts[name] = _naming(part, f"{hook.removeprefix('tierwise_')[:-1]} `{thing.name}`", plugin, title, hook)
    return SimpleNamespace(**parts)


def _naming(method: Callable[..., Any], owner: str, plugin: str, title: str, hook: str) -> Callable[..., Any]:
    @wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            result = method(*arguments, **named)
            return list(result) if inspect.isgenerator(result) else result
        except TierwiseError:
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
