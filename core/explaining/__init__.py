"""Explaining outcomes: which rule, which values, what was missed and by how much; a policy in a reader's words."""

from tierwise.core.explaining.explain import explain
from tierwise.core.explaining.explanation import Explanation
from tierwise.core.explaining.lines import lines_of

__all__ = ["Explanation", "explain", "lines_of"]
