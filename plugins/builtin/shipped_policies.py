"""Gives the policies that ship with Tierwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@hookimpl
def tierwise_policies() -> Iterable[Traversable]:
    from importlib.resources import files  # here, because only a look-up by name needs it

    return (files("tierwise") / "policies",)
