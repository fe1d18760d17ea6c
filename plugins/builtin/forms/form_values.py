"""How the values and keys of forms are written in YAML: a value that may be none, a list or a text; a key that is a word itself, never a name.

Every scalar of a policy arrives as text (``None`` for *none*); a form gives it a type when it compiles.
"""

from __future__ import annotations

from pydantic import BaseModel

from tierwise.core.environment import FormContext
from tierwise.core.language import read_literal
from tierwise.core.plan import Constant, Node
from tierwise.core.source import Written
from tierwise.core.types import Type

__all__ = ["WrittenValue", "given_output", "is_written", "word_of"]

WrittenValue = Written | list[Written] | None
"""A value: one text, a YAML list of texts, or none."""


def is_written(spec: BaseModel, key: str) -> bool:
    """Say whether an author gave a key at all, where none is a value of its own."""
    return key in spec.model_fields_set


def given_output(spec: BaseModel, key: str, name: str, context: FormContext) -> Node | None:
    """Return the value of the output ``name`` that an author gives under a key; ``None`` where the key is not there."""
    return context.output(name, getattr(spec, key), (*context.path, key)) if is_written(spec, key) else None


def word_of(key: Written, type: Type, context: FormContext) -> Constant | None:
    """Return the value of ``type`` that a key stands for; ``None`` when it is none, which is then reported at the key.

    Args:
        key: As written.
        type: What it has to be.
        context: The entry that compiles.
    """
    value, findings = read_literal(key, type, key.whole or context.span(context.path))
    for finding in findings:
        context.report(finding)
    return None if value is None else Constant(value, type)
