"""Reads the tests of a cell, and of ``x in (…)``: values, comparisons, intervals, ``not(…)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierwise.core.language.grammar import COMPARISONS, OR, SUM, Words
from tierwise.core.language.syntax import Comparison, Interval, Test, Tests

if TYPE_CHECKING:
    from tierwise.core.language.parse import Parser

__all__ = ["interval_ahead", "read_cell", "read_test", "read_tests"]


def read_cell(parser: Parser) -> Tests | None:
    """Read the whole text as a cell; ``None`` for ``-`` and for nothing.

    Raises:
        SyntaxProblem: It is none.
    """
    if parser.scan.at_end() or (parser.scan.plain.strip() == "-" and "-" not in parser.words):
        return None
    tests = read_tests(parser, parser.words)
    parser.expect_end()
    return tests


def read_tests(parser: Parser, words: Words) -> Tests:
    """Read tests separated by commas."""
    start = parser.scan.skip_space()
    found = [read_test(parser, words)]
    while parser.scan.accept(","):
        found.append(read_test(parser, words))
    return Tests((start, parser.scan.position), tuple(found))


def read_test(parser: Parser, words: Words, level: int = OR) -> Test:
    """Read one test: ``not(…)``, an interval, a comparison, or an expression."""
    parser.deeper()
    found = _test(parser, words, level)
    parser.depth -= 1
    return found


def _test(parser: Parser, words: Words, level: int) -> Test:
    start = parser.scan.skip_space()
    if _negated_tests_ahead(parser, words):
        return _negated_tests(parser, words)
    if parser.scan.peek("]") or (any(parser.scan.peek(sign) for sign in "([") and interval_ahead(parser)):
        return _interval(parser)
    if operator := parser.scan.accept_operator(COMPARISONS):
        of = parser.operation(SUM, words)
        return Comparison((start, of.at[1]), operator, of)
    return parser.operation(level, words)


def _negated_tests_ahead(parser: Parser, words: Words) -> bool:
    start = parser.scan.position
    if parser.word_here(words) or not parser.scan.keyword("not"):
        return False
    plain = parser.scan.plain
    opening = start + len("not") + len(plain[start + len("not") :]) - len(plain[start + len("not") :].lstrip())
    if not plain.startswith("(", opening):
        return False
    # `not(a) and b` is an expression, `not(a), b` are two tests.
    behind = plain[_bracket_end(parser, opening) + 1 :].lstrip()[:1]
    return behind in ("", ",", ")")


def _negated_tests(parser: Parser, words: Words) -> Tests:
    start = parser.scan.position
    parser.scan.accept_keyword("not")
    parser.scan.expect("(")
    inner = read_tests(parser, words)
    parser.scan.expect(")", " after the tests of `not`")
    return Tests((start, parser.scan.position), inner.tests, negated=True)


def _interval(parser: Parser) -> Interval:
    start = parser.scan.skip_space()
    opening = parser.scan.plain[start]
    parser.scan.take(1)
    low = parser.operation(SUM, ())
    parser.scan.expect("..", " between the two ends of the interval")
    parser.high_end = True
    high = parser.operation(SUM, ())
    parser.high_end = False
    closing = parser.scan.plain[parser.scan.skip_space() :][:1]
    if closing not in ("]", ")", "["):
        raise parser.scan.problem("the closing bracket of the interval is missing")
    parser.scan.take(1)
    return Interval((start, parser.scan.position), low, high, opening == "[", closing == "]")


def interval_ahead(parser: Parser) -> bool:
    """Say whether ``..`` stands inside the bracket that comes next, without reading what is in it."""
    opening = parser.scan.skip_space()
    return _bracket_end(parser, opening, stop_at="..") < _bracket_end(parser, opening)


def _bracket_end(parser: Parser, opening: int, stop_at: str = "") -> int:
    """Return where the bracket at ``opening`` closes, or where ``stop_at`` stands directly inside it, whichever is first."""
    depth, position, plain = 0, opening + 1, parser.scan.plain
    while position < len(plain):
        sign = plain[position]
        if sign in '"`':
            position = max(plain.find(sign, position + 1), position)
        elif sign in "([":
            depth += 1
        elif depth == 0 and (sign in ")]" or (stop_at and plain.startswith(stop_at, position))):
            return position
        elif sign in ")]":
            depth -= 1
        position += 1
    return position
