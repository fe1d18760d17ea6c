"""Cuts the text of an expression into its smallest parts: signs, words, names, numbers, texts. Knows no grammar."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from decimal import Decimal

from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.scope import KEYWORDS, Phrases
from tierwise.core.language.syntax import Name, Number, Place, Text, Time
from tierwise.core.language.units import EXACT, MULTIPLES, TIMES, duration_of, plain
from tierwise.core.source import Written
from tierwise.core.values import Duration

__all__ = ["Scanner", "SyntaxProblem", "read_iso"]

WIDE = dict(zip("，、（）［］＞＜＝％＋－＊／．：“”＂？０１２３４５６７８９", ',,()[]><=%+-*/.:"""?0123456789', strict=True))
SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}
MOST_DIGITS = 38

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
UNDERSCORED = re.compile(r"[0-9]+(?:_[0-9]+)+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![0-9])")
WORD = re.compile(r"[^\W\d]\w*")
VALUE_WORD = re.compile(r"\w[\w+\-/·]*")
KEYWORD = re.compile(rf"(?:{'|'.join(sorted(KEYWORDS))})(?!\w)")
ESCAPES = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
CODE_POINT = re.compile(r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{6})")
UNITS = Phrases([*MULTIPLES, *TIMES])
ISO_DURATION = re.compile(
    r"(-?)P(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?)?"
)


class SyntaxProblem(Exception):
    """Stops the reading of one text at its first syntax error."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Scanner:
    """A position in a text, and the smallest parts that may follow it."""

    def __init__(self, snippet: Written) -> None:
        self.snippet = snippet
        self.text = snippet.text
        # Same length as the text: full-width signs become ASCII, so that every offset still holds.
        self.plain = "".join(WIDE.get(sign, sign) for sign in self.text)
        self.position = 0
        self.notes: list[Finding] = []

    def place(self, start: int, end: int) -> Place:
        """Return the place from one offset to another."""
        return Place(self.snippet, start, end)

    def since(self, start: int) -> Place:
        """Return the place from an offset to here."""
        return Place(self.snippet, start, self.position)

    def skip_space(self) -> int:
        """Move past white space and return the new position."""
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1
        return self.position

    def at_end(self) -> bool:
        """Say whether only white space is left."""
        return self.skip_space() >= len(self.text)

    def peek(self, sign: str) -> bool:
        """Say whether a sign comes next."""
        return self.plain.startswith(sign, self.skip_space())

    def accept(self, sign: str) -> bool:
        """Move past a sign when it comes next."""
        if not self.peek(sign):
            return False
        self.take(len(sign))
        return True

    def expect(self, sign: str, after: str = "") -> None:
        """Move past a sign that must come next."""
        if not self.accept(sign):
            raise self.problem(f"`{sign}` is missing{after}")

    def keyword(self, word: str) -> bool:
        """Say whether a keyword comes next."""
        start = self.skip_space()
        following = self.text[start + len(word) : start + len(word) + 1]
        return self.text.startswith(word, start) and not (following.isalnum() or following == "_")

    def any_keyword(self) -> str:
        """Return the keyword that comes next, or an empty text."""
        found = KEYWORD.match(self.text, self.skip_space())
        return found.group() if found else ""

    def accept_keyword(self, word: str) -> bool:
        """Move past a keyword when it comes next."""
        if not self.keyword(word):
            return False
        self.position += len(word)
        return True

    def expect_keyword(self, word: str, after: str) -> None:
        """Move past a keyword that must come next."""
        if not self.accept_keyword(word):
            raise self.problem(f"`{word}` is missing {after}")

    def accept_operator(self, operators: tuple[str, ...]) -> str:
        """Move past the first of some operators that comes next and return its ASCII form, or an empty text."""
        start = self.skip_space()
        for operator in operators:
            if operator[0].isalpha():
                if self.text.startswith(operator, start) and self.accept_keyword(operator):
                    return operator
            elif self.plain.startswith(operator, start):
                self.take(len(operator))
                return operator
        sign = SIGNS.get(self.text[start : start + 1], "")
        if sign not in operators:
            return ""
        self.position += 1
        return sign

    def take(self, length: int) -> Place:
        """Move on by ``length`` characters that are meant as signs; the first full-width one is noted."""
        start, end = self.position, self.position + length
        self.position = end
        wide = next((i for i in range(start, end) if self.text[i] != self.plain[i]), None)
        if wide is not None and not self.notes:
            self.notes.append(messages.full_width(self.snippet.span(wide, wide + 1), self.text[wide], self.plain[wide]))
        return self.place(start, end)

    def word(self, pattern: re.Pattern[str] = WORD) -> Name | None:
        """Read a word that starts here."""
        found = pattern.match(self.text, self.skip_space())
        if not found:
            return None
        self.position = found.end()
        return Name(self.place(*found.span()), found.group())

    def backquoted(self) -> Name:
        """Read a name in backquotes."""
        start = self.position
        end = self.text.find("`", start + 1)
        if end < 0:
            raise self.problem("the closing backquote is missing", start)
        self.position = end + 1
        return Name(self.since(start), self.text[start + 1 : end], quoted=True)

    def quoted(self) -> Text:
        """Read a text in quotes, with FEEL's escapes (``ESCAPES``, ``\\u0041``, ``\\U01F40E``)."""
        start = self.position
        closing = '”"' if self.text[start] == "“" else self.text[start]
        self.take(1)
        parts: list[str] = []
        while self.position < len(self.text):
            sign = self.text[self.position]
            self.position += 1
            if sign in closing:
                return Text(self.since(start), "".join(parts))
            parts.append(self._escaped() if sign == "\\" and self.position < len(self.text) else sign)
        raise self.problem("the closing quote is missing", start)

    def _escaped(self) -> str:
        """Read what follows a backslash; two halves of a character beyond ``\\uFFFF`` (``\\uD83D\\uDCA9``) are one."""
        start = self.position - 1
        if (sign := ESCAPES.get(self.text[self.position])) is not None:
            self.position += 1
            return sign
        if found := CODE_POINT.match(self.text, start):
            halves = [int(part, 16) for part in found.groups() if part]
            code = 0x10000 + (halves[0] - 0xD800) * 0x400 + halves[1] - 0xDC00 if len(halves) > 1 else halves[0]
            if 0 < code <= sys.maxunicode and not 0xD800 <= code < 0xE000:
                self.position = found.end()
                return chr(code)
        raise SyntaxProblem(messages.bad_escape(self.snippet.span(start, start + 2), self.text[start : start + 2]))

    def number(self) -> Number | Time:
        """Read a number with its unit, a date, or a duration."""
        start = self.skip_space()
        if found := DATE.match(self.plain, start):
            self.take(found.end() - start)
            return Time(self.since(start), self.iso(found.group(), start))
        for pattern, message in ((GROUPED, messages.number_with_comma), (UNDERSCORED, messages.number_with_underscore)):
            if found := pattern.match(self.plain, start):
                raise SyntaxProblem(message(self.snippet.span(*found.span()), found.group()))
        found = NUMBER.match(self.plain, start)
        if not found:
            raise self.problem("a number is missing")
        if len(found.group()) > MOST_DIGITS:
            raise SyntaxProblem(messages.number_too_long(self.snippet.span(*found.span()), MOST_DIGITS))
        self.take(found.end() - start)
        return self._with_unit(Decimal(found.group()), start)

    def _with_unit(self, number: Decimal, start: int) -> Number | Time:
        end = self.position
        unit_at = self.skip_space()
        unit = UNITS.longest(self.plain, unit_at)
        if unit in MULTIPLES:
            self.take(len(unit))
            return Number(self.since(start), plain(EXACT.multiply(number, MULTIPLES[unit])), unit)
        if unit:
            self.take(len(unit))
            duration = duration_of(number, unit)
            if duration is None:
                raise SyntaxProblem(messages.bad_literal(self.since(start).span, self.text[start : self.position], "whole duration"))
            return Time(self.since(start), duration)
        self.position = end
        if unit_at == end and (word := WORD.match(self.text, end)):
            raise SyntaxProblem(
                messages.unknown_unit(self.snippet.span(*word.span()), self.text[start:end], word.group(), [*MULTIPLES, *TIMES])
            )
        return Number(self.place(start, end), plain(number))

    def iso(self, text: str, start: int) -> date | datetime | Duration:
        """Return the date, date and time or duration that an ISO text stands for."""
        value = read_iso(text)
        if value is None:
            span = self.snippet.span(start, max(self.position, start + 1))
            raise SyntaxProblem(
                messages.bad_literal(span, text, "date or duration", "write a date as `2024-01-31`, a duration as `P7D` or `P3M`")
            )
        return value

    def problem(self, message: str, start: int | None = None, help: str = "") -> SyntaxProblem:
        """Return a syntax error at ``start`` (default: here)."""
        at = self.skip_space() if start is None else start
        at = min(at, max(len(self.text.rstrip()) - 1, 0))
        return SyntaxProblem(messages.syntax(self.snippet.span(at, at + 1), message, help))


def read_iso(text: str) -> date | datetime | Duration | None:
    """Return what an ISO text stands for: a date, a date and time without a zone, a duration; ``None`` for anything else.

    Example:
        >>> str(read_iso("P1Y3M")), read_iso("2024-02-30")
        ('P15M', None)
    """
    if found := ISO_DURATION.fullmatch(text):
        sign = -1 if found.group(1) else 1
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        whole = Duration(years * 12 + months, ((weeks * 7 + days) * 24 + hours) * 3_600 + minutes * 60 + seconds)
        written = any(found.groups()[1:]) and not (whole.months and whole.seconds)
        return whole.times(sign) if written else None
    try:
        if len(text) == 10:
            return date.fromisoformat(text) if DATE.fullmatch(text) else None
        return datetime.fromisoformat(text) if DATE.fullmatch(text.replace(" ", "T")) else None
    except ValueError:
        return None
