"""The built-in sections of a policy beside facts and modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Section

__all__ = ["tierwise_sections"]


@hookimpl
def tierwise_sections() -> Iterable[Section]:
    """Give the sections ``changes``, ``invariants``, ``measures`` and ``watch``."""
    from tierwise.plugins.approvals import ChangesSection
    from tierwise.plugins.invariants.section import InvariantsSection
    from tierwise.plugins.measures import MeasuresSection
    from tierwise.plugins.watching.compile_rules import WatchSection

    return (ChangesSection(), InvariantsSection(), MeasuresSection(), WatchSection())
