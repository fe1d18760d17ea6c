"""Gives the functions of the policy language, one file a subject. To add one, declare it in the file of its subject."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Function


@hookimpl
def tierwise_functions() -> Iterable[Function]:
    from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS  # here, because `--help` needs no functions

    return BUILTIN_FUNCTIONS.values()
