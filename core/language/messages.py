"""Every finding of the policy language in one place: one function a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.core.source import Span

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


SHOWN = 5
LONGEST = 60


def quoted(word: str) -> str:
    """Return the author's own words in backticks, on one line and not too long."""
    line = " ".join(word.split())
    return f"`{line if len(line) <= LONGEST else line[: LONGEST - 1] + '…'}`"


def listed(words: Iterable[str]) -> str:
    """Return up to five words in backticks, then how many more there are."""
    every = list(words)
    shown = ", ".join(quoted(word) for word in every[:SHOWN])
    return shown if len(every) <= SHOWN else f"{shown} and {len(every) - SHOWN} more"


def syntax(span: Span, message: str, help: str = "") -> Finding:
    """The text follows no rule of the grammar."""
    return Finding.error("syntax", message, span, help)


def too_long(span: Span, length: int, limit: int) -> Finding:
    """The text is longer than any honest expression."""
    return Finding.error(
        "expression-too-long", f"this expression has {length} characters, {limit} are allowed", span, "split it into decisions"
    )


def too_deep(span: Span, limit: int) -> Finding:
    """Brackets or operators nest too deep."""
    return Finding.error("expression-too-deep", f"this expression nests deeper than {limit} levels", span, "split it into decisions")


def unknown_name(span: Span, name: str, choices: Iterable[str], text_expected: bool = False) -> Finding:
    """A word that is no name in scope."""
    help = suggest(name, choices) or (f'a text needs quotes: `"{name}"`' if text_expected else "")
    return Finding.error("unknown-name", f"there is no fact, parameter, reading or decision {quoted(name)}", span, help)


def unknown_word(span: Span, word: str, values: Iterable[str], names: Iterable[str] = ()) -> Finding:
    """A word that is neither an allowed value nor a name."""
    allowed = list(values)
    help = suggest(word, allowed) or suggest(word, names)
    return Finding.error("unknown-value", f"{quoted(word)} is not one of the allowed values {listed(allowed)}", span, help)


def ambiguous_word(span: Span, word: str) -> Finding:
    """A word that is a value of the column and a name in scope."""
    message = f"{quoted(word)} is an allowed value here and also the name of a fact or decision"
    return Finding.error("ambiguous-word", message, span, f'write `"{word}"` for the value, or put the name in backquotes')


def unknown_field(span: Span, name: str, fields: Iterable[str]) -> Finding:
    """A field that the record does not have."""
    known = list(fields)
    return Finding.error("unknown-field", f"there is no field {quoted(name)}; the fields are {listed(known)}", span, suggest(name, known))


def unknown_function(span: Span, name: str, functions: Iterable[str]) -> Finding:
    """A function that does not exist."""
    return Finding.error("unknown-function", f"there is no function {quoted(name)}", span, FUNCTIONS.get(name) or suggest(name, functions))


def wrong_arguments(span: Span, name: str, problem: str, signature: str = "") -> Finding:
    """A function called with something it does not take."""
    return Finding.error("wrong-arguments", f"{quoted(name)}: {problem}", span, f"its form is `{signature}`" if signature else "")


def type_mismatch(span: Span, found: str, demanded: str, help: str = "") -> Finding:
    """A value of one type where another is demanded."""
    return Finding.error("type-mismatch", f"this is {article(found)}, but {article(demanded)} is needed", span, help)


def not_comparable(span: Span, left: str, right: str, help: str = "") -> Finding:
    """Two types that cannot be compared or computed with each other."""
    return Finding.error("type-mismatch", f"{article(left)} and {article(right)} do not go together here", span, help)


def enum_order(span: Span, operator: str) -> Finding:
    """An ordering sign between words."""
    help = "write `at least(x, y)`, `better than(x, y)`, `at most(x, y)` or `worse than(x, y)`"
    return Finding.error("enum-order", f"words are not compared by {quoted(operator)}", span, help)


def unit_mismatch(span: Span, left: str, right: str) -> Finding:
    """Two numbers that count different things."""
    return Finding.error("unit-mismatch", f"a number in {quoted(left)} and one in {quoted(right)} do not go together here", span)


def unit_twice(span: Span, unit: str, declared: str) -> Finding:
    """A multiple such as 万 on a number that is already counted in 万."""
    message = f"{quoted(unit)} is written here, but this number is already counted in {quoted(declared)}"
    return Finding.error("unit-twice", message, span, f"leave {quoted(unit)} out, or declare the plain unit")


def finer_than_scale(span: Span, digits: int, scale: int) -> Finding:
    """A literal that no value can equal."""
    message = f"this number has {digits} digits after the point, but the values it is compared with have {scale}: none can equal it"
    return Finding.warning("literal-finer-than-scale", message, span)


def scale_too_fine(span: Span, digits: int, scale: int, literal: bool = False) -> Finding:
    """A result with more digits than its declaration keeps."""
    help = "write fewer digits, or declare a larger scale" if literal else f"write `round half up(…, {scale})`, or declare a larger scale"
    return Finding.error("scale-too-fine", f"this has {digits} digits after the point, but {scale} are declared", span, help)


def out_of_range(span: Span, value: str, low: str | None, high: str | None) -> Finding:
    """A constant outside its declared minimum or maximum."""
    bound = f"at least {low}" if low is not None else f"at most {high}"
    return Finding.error("out-of-range", f"{quoted(value)} is outside its declared range: it must be {bound}", span)


def quotient_without_scale(span: Span) -> Finding:
    """A bare quotient as a result."""
    message = "a quotient needs a scale: it may stand only in a comparison or inside a rounding function"
    return Finding.error("quotient-without-scale", message, span, "write `round half up(a / b, 2)`")


def empty_interval(span: Span) -> Finding:
    """An interval whose ends are in the wrong order."""
    return Finding.error("empty-interval", "no value lies in this interval: its lower end is not below its upper end", span)


def none_not_allowed(span: Span) -> Finding:
    """A value that must not be none."""
    return Finding.error("none-not-allowed", "there is no value here, but one is needed", span, "give a value, or declare `nullable: true`")


def untyped(span: Span) -> Finding:
    """A null or an empty list whose type nothing tells."""
    return Finding.error("untyped-value", "nothing tells what type of value this is", span)


def undetermined_inside(span: Span) -> Finding:
    """``undetermined(…)`` inside a larger expression."""
    message = "`undetermined(…)` may stand only as a whole value or as a branch of `if`"
    return Finding.error("undetermined-inside", message, span)


def unknown_reason(span: Span, word: str, reasons: Iterable[str]) -> Finding:
    """A reason code that does not exist."""
    known = list(reasons)
    return Finding.error(
        "unknown-reason", f"{quoted(word)} is not a reason; the reasons are {', '.join(known)}", span, suggest(word, known)
    )


def number_with_comma(span: Span, text: str) -> Finding:
    """Digits grouped by commas."""
    joined = text.replace(",", "")
    return Finding.error(
        "number-with-comma",
        f"{quoted(text)} reads as a list of numbers",
        span,
        f"did you mean `{joined}`? a list has a space after each comma",
    )


def number_with_underscore(span: Span, text: str) -> Finding:
    """Digits grouped by underscores."""
    return Finding.error("number-with-underscore", f"{quoted(text)} is not a number", span, f"did you mean `{text.replace('_', '')}`?")


def number_too_long(span: Span, limit: int) -> Finding:
    """More digits than any engine keeps."""
    return Finding.error("number-too-long", f"this number has more than {limit} digits", span)


def unknown_unit(span: Span, number: str, unit: str, units: Iterable[str]) -> Finding:
    """Letters after a number that are no unit."""
    help = suggest(unit, units) or f"write `{number}`; the unit belongs to the declaration of the fact"
    return Finding.error("unknown-unit", f"{quoted(unit)} is not a unit of numbers", span, help)


def bad_literal(span: Span, text: str, demanded: str, help: str = "") -> Finding:
    """A literal that does not read as what it should be."""
    return Finding.error("bad-literal", f"{quoted(text)} is not {article(demanded)}", span, help)


def named_argument(span: Span, name: str) -> Finding:
    """An argument with its name, as FEEL has it."""
    return syntax(span, f"arguments have no names here, but {quoted(name)} stands before one", "write the arguments alone, in their order")


def dash_between(span: Span, low: str, high: str) -> Finding:
    """A cell such as ``30万-100万``, which is a difference."""
    return Finding.error("dash-between-numbers", "a dash between two numbers subtracts them", span, f"did you mean `[{low}..{high})`?")


def bad_escape(span: Span, escape: str) -> Finding:
    """A backslash before something that it means nothing before."""
    help = 'a backslash itself is written `\\\\`; `\\"`, `\\n`, `\\r`, `\\t`, `\\u0041` and `\\U01F40E` are the escapes'
    return Finding.error("bad-escape", f"`{escape}` stands for no character", span, help)


def full_width(span: Span, sign: str, plain: str) -> Finding:
    """A full-width sign read as its ASCII form."""
    return Finding.note("full-width-sign", f"the full-width {quoted(sign)} is read as `{plain}`", span)


def article(noun: str) -> str:
    """Return a noun with its article."""
    return f"an {noun}" if noun[:1] in "aeio" else f"a {noun}"
