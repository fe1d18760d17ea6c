"""The precedence of the operators, from loose to tight."""

from __future__ import annotations

__all__ = ["ARGUMENT_WORDS", "CHAINED", "COMPARISONS", "LEVELS", "OR", "RELATION", "SUM", "Words"]

COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
LEVELS: tuple[tuple[str, ...], ...] = (("or",), ("and",), (*COMPARISONS, "between", "in"), ("+", "-"), ("*", "/"))
OR, RELATION, SUM = 0, 2, 3
"""Positions in ``LEVELS``."""
CHAINED = frozenset({"or", "and", "+", "*"})
"""Operators that take any number of parts."""
Words = tuple[str, ...]
"""Spellings of the enum values that may stand at a place."""
ARGUMENT_WORDS: dict[str, Words] = {"most per calendar": ("month", "quarter", "half-year", "year")}
"""Bare words that the arguments of a function may be."""
