"""What an author writes: a policy's files to a ``Policy``, with the place of every value.

``read_policy`` gives the policy, ``Policy.span(path)`` the place of a value; a text knows its own place (``Written``). ``validate`` reads a
form's or kind's own keys by its model.
"""

from tierwise.core.policy.bands import Band, Bands, read_bands
from tierwise.core.policy.csv_table import read_csv_table
from tierwise.core.policy.document import Document, read_document
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
from tierwise.core.policy.read import read_policy
from tierwise.core.policy.text_table import TableRow, TextTable, read_text_table
from tierwise.core.policy.texts import Text
from tierwise.core.policy.validation import validate

__all__ = [
    "Band",
    "Bands",
    "DecisionDeclaration",
    "Document",
    "FactDeclaration",
    "ModuleDeclaration",
    "OutputDeclaration",
    "Overlay",
    "ParameterDeclaration",
    "Policy",
    "ReadingDeclaration",
    "TableRow",
    "Text",
    "TextTable",
    "check_names",
    "read_bands",
    "read_csv_table",
    "read_document",
    "read_policy",
    "read_text_table",
    "validate",
]
