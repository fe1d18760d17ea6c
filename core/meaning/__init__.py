"""Running a plan: the reference engine that defines the meaning."""

from tierwise.core.meaning.decide import decide, decide_population
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.subjects import PopulationOutcomes, Subject

__all__ = ["Evaluator", "PopulationOutcomes", "Subject", "decide", "decide_population"]
