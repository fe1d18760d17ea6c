"""What a condition over an event reads of the policy's readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from tierwise.core.plan import ReadingRef

__all__ = ["readings_in"]


def readings_in(node: Any) -> Iterator[str]:
    """Yield the name of every reading that a node, or a part of it, mentions."""
    if isinstance(node, ReadingRef):
        yield node.name
    elif isinstance(node, tuple):
        for part in node:
            yield from readings_in(part)
    elif is_dataclass(node):
        for part in fields(node):
            yield from readings_in(getattr(node, part.name))
