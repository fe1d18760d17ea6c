"""What is wrong with rows of a database: a value that tells where it is and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DataFinding"]


@dataclass(frozen=True, slots=True)
class DataFinding:
    """Something wrong with rows of the database; the rows stay, the values at fault are missing facts.

    Attributes:
        code: A slug from ``plugins/codes.py``, such as ``bad-number``.
        message: One line in words.
        count: How many subjects (or rows) it concerns.
        fact: The fact, or empty when it is about whole rows.
        table: Where the value stands.
        column: Where the value stands; empty for whole rows.
        examples: Up to three ``(key, value as stored)``.
        help: What would mend it, such as a line to add to the binding.
    """

    code: str
    message: str
    count: int
    fact: str = ""
    table: str = ""
    column: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    help: str = ""
