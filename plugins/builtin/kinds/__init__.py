"""Gives the kinds of modules that ship with Tierwise, one file each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Kind


@hookimpl
def tierwise_kinds() -> Iterable[Kind]:
    # Here, because the kinds bring pydantic and `--help` needs none.
    from tierwise.plugins.builtin.kinds.plain import PlainModule

    return (PlainModule(),)
