"""Gives the forms of decisions, which the core defines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Form


@hookimpl
def tierwise_forms() -> Iterable[Form]:
    from tierwise.core.forms import BUILTIN_FORMS  # here, because `--help` needs no pydantic

    return BUILTIN_FORMS.values()
