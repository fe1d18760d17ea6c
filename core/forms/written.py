"""How the values of forms are written in YAML: a value that may be none, a list or a text, and a key that is left out.

Every scalar of a policy arrives as text (``None`` for *none*); a form gives it a type when it compiles.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator

__all__ = ["UNWRITTEN", "Text", "Unwritten", "Written"]


def _in_every_language(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Text = Annotated[dict[str, str], BeforeValidator(_in_every_language)]
"""A text for people, by language, for keys that are written on into decisions."""

Written = str | list[str] | None
"""A value: one text, a YAML list of texts, or none."""


class Unwritten:
    """Stands for a key that the author left out, where none is a value of its own."""

    def __repr__(self) -> str:
        return "(not written)"


UNWRITTEN: Final = Unwritten()
