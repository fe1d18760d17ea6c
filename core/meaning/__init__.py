"""Running a plan: the reference engine that defines the meaning, and what engines give back."""

from tierwise.core.meaning.decide import Decider, decide, decide_population
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.facts import read_as_of, read_facts
from tierwise.core.meaning.result import Result, outcome_document
from tierwise.core.meaning.subjects import PopulationOutcomes, Subject

__all__ = [
    "Decider",
    "Evaluator",
    "PopulationOutcomes",
    "Result",
    "Subject",
    "decide",
    "decide_population",
    "outcome_document",
    "read_as_of",
    "read_facts",
]
