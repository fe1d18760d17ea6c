"""Gives the functions of the policy language, which the core defines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Function


@hookimpl
def tierwise_functions() -> Iterable[Function]:
    from tierwise.core.language import BUILTIN_FUNCTIONS  # here, because `--help` needs no parser

    return BUILTIN_FUNCTIONS.values()
