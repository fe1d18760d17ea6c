"""What an author writes: a policy's files to a ``Policy``, with the place of every value.

``policy_of`` gives the policy, ``Policy.span(path)`` the place of a value; a text knows its own place (``Written``). ``validate`` reads a
form's or kind's own keys by its model.
"""

from tierwise.core.policy.document import Document
from tierwise.core.policy.model import FactDeclaration, Policy, Try
from tierwise.core.policy.read_policy import policy_of
from tierwise.core.policy.texts import SectionKeys, Text
from tierwise.core.policy.validation import validate

__all__ = [
    "Document",
    "FactDeclaration",
    "Policy",
    "SectionKeys",
    "Text",
    "Try",
    "policy_of",
    "validate",
]
