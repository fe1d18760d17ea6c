"""The signal that a part of an expression has an error which has already been reported."""

from __future__ import annotations

__all__ = ["Unsound"]


class Unsound(Exception):
    """A part has an error; its finding has been collected. Never leaves this package."""
