"""What a change of a policy does to a population: who moves, why, and what it costs."""

from tierwise.plugins.impact.comparison import Comparison, compare
from tierwise.plugins.impact.impact import Group, Impact, MeasureImpact, Move, Mover, OutputImpact
from tierwise.plugins.impact.sides import Side, policies_compared, runs_compared

__all__ = [
    "Comparison",
    "Group",
    "Impact",
    "MeasureImpact",
    "Move",
    "Mover",
    "OutputImpact",
    "Side",
    "compare",
    "policies_compared",
    "runs_compared",
]
