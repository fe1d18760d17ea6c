"""The compiled policy: a short list of immutable node types, and the ordered decisions made of them.

Every form compiles to these nodes; every engine reads only these nodes. A backend is one readable file over them. The meaning of each
node is written here once, next to it; ``core/running/evaluate.py`` is that meaning in plain Python, and it decides.

Three-valued logic throughout: a part that hangs on something missing is *unknown*. ``and``, ``or``, ``not`` are Kleene's. Arithmetic,
comparisons and calls on an unknown argument are unknown. A comparison (``<`` ``<=`` ``>`` ``>=``, ``Within``) with *none* is false;
``=`` and ``!=`` treat none as a value like any other (none equals none only).
"""

from __future__ import annotations

from tierwise.core.plan.arithmetic import Arithmetic, Call, Quotient, Round, RoundMode
from tierwise.core.plan.cadence import Overdue
from tierwise.core.plan.classes import Agree, Collected, Labels, Prefer
from tierwise.core.plan.lists import Filter, Project, Quantified, Sorted
from tierwise.core.plan.node import Node
from tierwise.core.plan.plan import Decision, Fact, Named, Plan, Reading
from tierwise.core.plan.rankings import Cut, CutBy, Position, RankCut, Ranking
from tierwise.core.plan.references import Constant, DecisionRef, FactRef, FieldRef, ItemRef, ReadingRef, Undecided
from tierwise.core.plan.tables import Acknowledgement, HitPolicy, Pick, Rule, Table
from tierwise.core.plan.tests import Compare, CompareOp, Conditional, InSet, Logic, Not, Within

__all__ = [
    "Acknowledgement",
    "Agree",
    "Arithmetic",
    "Call",
    "Collected",
    "Compare",
    "CompareOp",
    "Conditional",
    "Constant",
    "Cut",
    "CutBy",
    "Decision",
    "DecisionRef",
    "Fact",
    "FactRef",
    "FieldRef",
    "Filter",
    "HitPolicy",
    "InSet",
    "ItemRef",
    "Labels",
    "Logic",
    "Named",
    "Node",
    "Not",
    "Overdue",
    "Pick",
    "Plan",
    "Position",
    "Prefer",
    "Project",
    "Quantified",
    "Quotient",
    "RankCut",
    "Ranking",
    "Reading",
    "ReadingRef",
    "Round",
    "RoundMode",
    "Rule",
    "Sorted",
    "Table",
    "Undecided",
    "Within",
]
