"""Reads the words that stand as keys of a form: a class, a grade. A key is always the word itself, never a name."""

from __future__ import annotations

from tierwise.core.environment import FormContext
from tierwise.core.language import read_literal
from tierwise.core.plan import Constant
from tierwise.core.source import Written
from tierwise.core.types import Type

__all__ = ["word_of"]


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
