"""What authors of FEEL and of spreadsheets write that the language says otherwise: the word for each."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FUNCTIONS", "MEMBERS_OF_DURATIONS"]

FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(("today", "now", "TODAY", "NOW"), "write `as_of`, the date of the run; nothing reads the clock"),
    "decimal": "write `round half even(x, 2)`; other rounding is `round half up`, `round up`, `round down`, `floor`, `ceiling`",
    "round": "say how: `round half up(x, 2)`, `round half even(x, 2)`, `round up(x, 2)`, `round down(x, 2)`",
    "ROUND": "say how: `round half up(x, 2)`, `round half even(x, 2)`, `round up(x, 2)`, `round down(x, 2)`",
    "is": "write `a = b`",
    "not equal": "write `a != b`",
    **dict.fromkeys(("even", "odd"), "write `modulo(x, 2) = 0` or `modulo(x, 2) = 1`"),
    **dict.fromkeys(
        ("years and months duration", "months duration", "datediff", "DATEDIF"), "write `months between(a, b)` or `days between(a, b)`"
    ),
    **dict.fromkeys(("day of week", "WEEKDAY"), "write `weekday(x)`, Monday 1 to Sunday 7"),
    **dict.fromkeys(("month of year",), "write `month(x)`"),
    **dict.fromkeys(("time",), "there are no times of day by themselves: write `hour(x)` and `minute(x)` of a date and time"),
    **dict.fromkeys(("all", "and", "AND"), "write `a and b`, or `every x in list satisfies …`"),
    **dict.fromkeys(("any", "or", "OR"), "write `a or b`, or `some x in list satisfies …`"),
    **dict.fromkeys(("if", "IF", "IFS"), "write `if … then … else …`"),
    **dict.fromkeys(("len", "LEN", "size"), "write `string length(text)` or `count(list)`"),
    **dict.fromkeys(("concat", "CONCAT", "string join"), "write `a + b`, or `join(a, b, …)`"),
    **dict.fromkeys(
        ("matches", "replace", "split"), "there are no regular expressions: `contains`, `starts with`, `substring before` look into a text"
    ),
    **dict.fromkeys(("number", "string"), "the type of a fact is declared: nothing is converted in a formula"),
    **dict.fromkeys(("get or else",), "write `coalesce(x, y)`"),
    **dict.fromkeys(("append",), "write `concatenate(list, [x])`"),
}
"""Names of functions that there are not, and what to write instead."""

MEMBERS_OF_DURATIONS = (
    "write `days between(a, b)`, `months between(a, b)` or `hours between(a, b)` of the two dates; a length is compared with `7 days`"
)
