"""How the values of forms are written in YAML: a value that may be none, a list or a text, and a key that is left out.

Every scalar of a policy arrives as text (``None`` for *none*); a form gives it a type when it compiles.
"""

from __future__ import annotations

from pydantic import BaseModel

from tierwise.core.source import Written

__all__ = ["WrittenValue", "is_written"]

WrittenValue = Written | list[Written] | None
"""A value: one text, a YAML list of texts, or none."""


def is_written(spec: BaseModel, key: str) -> bool:
    """Say whether an author gave a key at all, where none is a value of its own."""
    return key in spec.model_fields_set
