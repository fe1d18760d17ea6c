"""How a stored value enters a fact: exactly, or not at all, with the reason why. In DuckDB SQL."""

from __future__ import annotations

from tierwise.plugins.binding.entry.enter_values import enter
from tierwise.plugins.binding.entry.entered import Entered

__all__ = ["Entered", "enter"]
