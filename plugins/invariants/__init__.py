"""Promises of a policy in a manager's words, each proved over all facts or refuted by customers whom the policy itself decides."""

from tierwise.plugins.invariants.proof import Proof, Proved, findings_of_proofs, prove
from tierwise.plugins.invariants.section import Invariant, InvariantsSection, invariants_of

__all__ = ["Invariant", "InvariantsSection", "Proof", "Proved", "findings_of_proofs", "invariants_of", "prove"]
