"""The built-in functions of the policy language by their subjects, and their reference page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tierwise.core.environment import Function
from tierwise.plugins.builtin.functions.date_functions import DATES
from tierwise.plugins.builtin.functions.list_functions import LISTS
from tierwise.plugins.builtin.functions.map_functions import MAPS
from tierwise.plugins.builtin.functions.number_functions import NUMBERS
from tierwise.plugins.builtin.functions.scale_functions import SCALES
from tierwise.plugins.builtin.functions.text_functions import TEXTS
from tierwise.plugins.builtin.functions.working_days import WORKING_DAYS

__all__ = ["BUILTIN_FUNCTIONS", "functions_reference"]

SUBJECTS: Mapping[str, tuple[Function, ...]] = MappingProxyType(
    {
        "Numbers": NUMBERS,
        "Lists and sets": LISTS,
        "Maps": MAPS,
        "Dates and durations": DATES,
        "Working days": WORKING_DAYS,
        "Ordered words": SCALES,
        "Texts": TEXTS,
    }
)

BUILTIN_FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {function.name: function for functions in SUBJECTS.values() for function in functions}
)
"""Function name to function."""


def functions_reference(say: Callable[[str], str] = str) -> str:
    """Return the reference of all built-in functions in Markdown, one table a subject, as ``docs/language.md`` holds it.

    Args:
        say: Says a text of the reference in the reader's language.
    """
    parts = []
    for subject, functions in SUBJECTS.items():
        rows = [f"| `{function.signature}` | {say(function.about)} |" for function in functions]
        parts.append("\n".join([f"### {say(subject)}", "", f"| {say('function')} | {say('gives')} |", "| --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"
