"""Explaining outcomes: which rule, which values, what was missed and by how much."""

from tierwise.core.explaining.explain import explain, explain_member, explain_ranked
from tierwise.core.explaining.trace import Explanation

__all__ = ["Explanation", "explain", "explain_member", "explain_ranked"]
