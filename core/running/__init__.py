"""Running a plan: the reference engine that defines the meaning, and what engines give back."""

from tierwise.core.running.decide import decide
from tierwise.core.running.evaluator import Evaluator

__all__ = ["Evaluator", "decide"]
