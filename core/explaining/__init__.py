"""Explaining outcomes: which rule, which values, what was missed and by how much."""

from tierwise.core.explaining.explain import MOST_MISSED, explain
from tierwise.core.explaining.explanation import Explanation

__all__ = ["MOST_MISSED", "Explanation", "explain"]
