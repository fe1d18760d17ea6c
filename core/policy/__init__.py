"""What an author writes: a policy's files to a ``Policy``, with the place of every value.

``policy_of`` gives the policy, ``Policy.span(path)`` the place of a value; a text knows its own place (``Written``). ``validate`` reads a
form's or kind's own keys by its model.
"""

from tierwise.core.policy.document import Document, TextReader
from tierwise.core.policy.model import (
    DecisionDeclaration,
    FactDeclaration,
    ModuleDeclaration,
    OutputDeclaration,
    ParameterDeclaration,
    Policy,
    ReadingDeclaration,
)
from tierwise.core.policy.names import check_names
from tierwise.core.policy.overlay import Overlay
from tierwise.core.policy.read import policy_of
from tierwise.core.policy.texts import SectionKeys, Text
from tierwise.core.policy.validation import validate

__all__ = [
    "DecisionDeclaration",
    "Document",
    "FactDeclaration",
    "ModuleDeclaration",
    "OutputDeclaration",
    "Overlay",
    "ParameterDeclaration",
    "Policy",
    "ReadingDeclaration",
    "SectionKeys",
    "Text",
    "TextReader",
    "check_names",
    "policy_of",
    "validate",
]
