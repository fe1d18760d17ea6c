"""The seam for strangers, and the built-in plugins that use it.

A plugin is an installed package with an entry point and one function for each hook it answers. A whole plugin::

    # tierwise_shout.py
    from tierwise.core.environment import Function
    from tierwise.core.types import TextType
    from tierwise.plugins import hookimpl

    @hookimpl
    def tierwise_functions():
        yield Function("shout", "shout(text) -> text", "The text in capitals.", lambda types: TextType(), str.upper, {"duckdb": "upper({0})"})

    # pyproject.toml
    [project.entry-points.tierwise]
    shout = "tierwise_shout"

``plugins/hookspecs.py`` lists the hooks, ``docs/plugins.md`` is the tutorial, ``plugins/testing.py`` is the test kit.
"""

from __future__ import annotations

from pluggy import HookimplMarker

__all__ = ["NAME", "hookimpl"]

NAME = "tierwise"
"""The project name that pluggy knows, and the group of the entry points."""

hookimpl = HookimplMarker(NAME)
"""Marks a function of a plugin as the answer to the hook of the same name."""
