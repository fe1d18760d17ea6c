"""Running a plan: the reference engine that defines the meaning, and what engines give back."""

from tierwise.core.running.decide import Decider, decide, decide_population
from tierwise.core.running.evaluator import Evaluator
from tierwise.core.running.facts import read_as_of, read_facts
from tierwise.core.running.reference import ReferenceGrading, grade
from tierwise.core.running.result import Result, outcome_document
from tierwise.core.running.subjects import PopulationOutcomes, Subject

__all__ = [
    "Decider",
    "Evaluator",
    "PopulationOutcomes",
    "ReferenceGrading",
    "Result",
    "Subject",
    "decide",
    "decide_population",
    "grade",
    "outcome_document",
    "read_as_of",
    "read_facts",
]
