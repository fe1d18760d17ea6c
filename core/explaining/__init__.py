"""Explaining outcomes: which rule, which values, what was missed and by how much; a policy in a reader's words."""

from tierwise.core.explaining.explain import explain
from tierwise.core.explaining.explanation import Explanation
from tierwise.core.explaining.lines import lines_of
from tierwise.core.explaining.population import explain_member, explain_ranked

__all__ = ["Explanation", "explain", "explain_member", "explain_ranked", "lines_of"]
