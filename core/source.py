"""Where a text came from: a named source, a span of lines and columns in it, and texts that know where their words stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol, Self

__all__ = ["Path", "Places", "Source", "Span", "Written", "joined", "written"]

Path = tuple[str | int, ...]
"""Where a value stands in a document, such as ``("modules", "tier", "decisions", "tier", "table")``."""


@dataclass(frozen=True)
class Source:
    """A named text, such as one file of a policy.

    Attributes:
        name: What messages call it, such as ``policy.yaml``; never an absolute path that the user did not type.
        text: Its whole content.
        is_cell: Whether it is one cell of a sheet: its name, such as ``tier!C7``, is then all there is to say of a place in it.
    """

    name: str
    text: str
    is_cell: bool = False

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines without their ends."""
        return tuple(self.text.splitlines())

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1) without its end, or an empty text past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source, from ``(line, column)`` up to but not including ``(end_line, end_column)``.

    Lines and columns count from 1; columns count characters, not bytes and not terminal cells.
    """

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def at(cls, source: Source, line: int, column: int, length: int = 1) -> Span:
        """Return the span of ``length`` characters on one line."""
        return cls(source, line, column, line, column + max(length, 1))

    @property
    def place(self) -> str:
        """``file:line:column``, as editors and compilers write it; for a cell of a sheet its address."""
        return self.source.name if self.source.is_cell else f"{self.source.name}:{self.line}:{self.column}"

    @property
    def text(self) -> str:
        """The text it covers."""
        lines = [self.source.line(number) for number in range(self.line, self.end_line + 1)]
        lines[-1] = lines[-1][: self.end_column - 1]
        lines[0] = lines[0][self.column - 1 :]
        return "\n".join(lines)


class Places(Protocol):
    """Where the values of a document stand."""

    def span(self, path: Path) -> Span:
        """Return where a value stands; for what does not stand there, where the nearest thing around it stands."""

    def key_span(self, path: Path) -> Span:
        """Return where a mapping key stands; for what is no key, ``span(path)``."""


class Written(str):
    """A text that knows where it stands: one that an author wrote, a part of one, or one put together of such (``written``, ``joined``).

    What Python makes of it otherwise (an f-string, ``strip``) is a plain text, which has no place.
    """

    __slots__ = ("_pieces",)
    _pieces: tuple[_Piece, ...]

    def __new__(cls, text: str = "", pieces: tuple[_Piece, ...] = ()) -> Self:
        """Make a text of pieces; without any it has no place."""
        new = super().__new__(cls, text)
        new._pieces = pieces
        return new

    @classmethod
    def at(cls, text: str, span: Span | None) -> Written:
        """Return a text that stands at a span; what YAML did to it in between (folding, indentation, escapes) is followed."""
        return cls(text) if span is None else cls(text, (_Piece(0, len(text), _Scalar(text, span), 0),))

    @classmethod
    def of(cls, text: str, span: Span) -> Written:
        """Return a text as it is when it knows its place, else as one that stands at ``span``."""
        return text if isinstance(text, Written) and text._pieces else cls.at(text, span)

    @property
    def whole(self) -> Span | None:
        """Where all of it stands; for a text put together, the first words of an author in it; ``None`` where there are none."""
        if not self._pieces:
            return None
        first = self._pieces[0]
        return first.scalar.whole if first.covers_all and len(self._pieces) == 1 else self.span(0, len(self))

    @property
    def text(self) -> str:
        """The text alone."""
        return str(self)

    def span(self, start: int, end: int) -> Span:
        """Return where ``self[start:end]`` stands: the first author's words in it, else the nearest before it, else the nearest behind.

        Raises:
            LookupError: It has no place.
        """
        within = [piece for piece in self._pieces if piece.start < end and start < piece.end]
        if not within:
            return self._nearest(start, end)
        first = within[0]
        last = [piece for piece in within if piece.scalar is first.scalar][-1]
        return first.scalar.span(first.offset + max(start - first.start, 0), last.offset + min(end, last.end) - last.start)

    def _nearest(self, start: int, end: int) -> Span:
        """Return a place for what no author wrote, or for the end of a text."""
        if not self._pieces:
            raise LookupError("a text without a place")
        if len(self._pieces) == 1 and self._pieces[0].covers_all:
            return self._pieces[0].scalar.span(start, end)
        before = [piece for piece in self._pieces if piece.end <= start]
        piece = before[-1] if before else self._pieces[0]
        return piece.scalar.span(piece.offset, piece.offset + piece.end - piece.start)

    def part(self, start: int, end: int) -> Written:
        """Return ``self[start:end]`` with its place."""
        pieces = (piece.cut(start, end) for piece in self._pieces)
        return Written(self[start:end], tuple(piece for piece in pieces if piece is not None))

    def stripped(self) -> Written:
        """Return it without blanks around it, with its place."""
        start = len(self) - len(self.lstrip())
        return self.part(start, max(len(self.rstrip()), start))

    def split_lines(self) -> list[Written]:
        """Return its lines, divided by line feeds, with their places."""
        found, start, first = [], 0, 0
        for line in self.split("\n"):
            end = start + len(line)
            while first < len(self._pieces) and self._pieces[first].end < start:
                first += 1
            last = first
            while last < len(self._pieces) and self._pieces[last].start <= end:
                last += 1
            pieces = (piece.cut(start, end) for piece in self._pieces[first:last])
            found.append(Written(line, tuple(piece for piece in pieces if piece is not None)))
            start = end + 1
        return found

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema  # here, because everything imports this module and `--help` needs no pydantic

        return core_schema.no_info_plain_validator_function(_read, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "string"}


def written(template: str, *parts: object) -> Written:
    """Put a text together, such as ``written("{} in ({})", keys.by, word)``; parts that know their place keep it.

    Args:
        template: A text with ``{}`` where a part goes.
        parts: What goes there.
    """
    between = template.split("{}")
    assert len(between) == len(parts) + 1, f"`{template}` does not hold {len(parts)} parts"
    return _together([between[0], *(text for pair in zip(parts, between[1:], strict=True) for text in pair)])


def joined(separator: str, parts: Iterable[object]) -> Written:
    """Return the parts with a separator between them; those that know their place keep it."""
    return _together([text for part in parts for text in (separator, part)][1:])


def _together(parts: Iterable[object]) -> Written:
    texts: list[str] = []
    pieces: list[_Piece] = []
    length = 0
    for part in parts:
        if isinstance(part, Written):
            pieces += [piece.moved(length) for piece in part._pieces]
        texts.append(str(part))
        length += len(texts[-1])
    return Written("".join(texts), tuple(pieces))


def _read(raw: object) -> Written:
    from pydantic_core import PydanticKnownError

    if isinstance(raw, str):
        return raw if isinstance(raw, Written) else Written(raw)
    raise PydanticKnownError("string_type")


class _Piece(NamedTuple):
    """``text[start:end]`` is what an author's scalar holds from ``offset`` on."""

    start: int
    end: int
    scalar: _Scalar
    offset: int

    @property
    def covers_all(self) -> bool:
        return self.start == 0 and self.offset == 0 and self.end == len(self.scalar.text)

    def moved(self, by: int) -> _Piece:
        return _Piece(self.start + by, self.end + by, self.scalar, self.offset)

    def cut(self, start: int, end: int) -> _Piece | None:
        """Return what is left of it in ``text[start:end]``; an empty text keeps the place where it would stand."""
        first, last = max(self.start, start), min(self.end, end)
        if first > last or (first == last and start != end):
            return None
        return _Piece(first - start, last - start, self.scalar, self.offset + first - self.start)


class _Scalar:
    """A text of an author's and the span of all of it."""

    __slots__ = ("_places", "_starts", "text", "whole")

    def __init__(self, text: str, whole: Span) -> None:
        self.text = text
        self.whole = whole
        self._starts: list[int] = []
        self._places: list[tuple[int, int] | None] = []

    def span(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]``; never over the end of a line."""
        if not self._starts:
            self._place_lines()
        index = bisect_right(self._starts, start) - 1
        place = self._places[index]
        if place is None:
            return self._aligned(start, end) or self.whole
        line_end = self._starts[index + 1] - 1 if index + 1 < len(self._starts) else len(self.text)
        if end > line_end > start:
            end = start + len(self.text[start:line_end].rstrip())
        column = place[1] + start - self._starts[index]
        return Span(self.whole.source, place[0], column, place[0], column + end - start)

    def _place_lines(self) -> None:
        """Find every line of the text in the source: where it is folded or escaped there is none."""
        offset = 0
        for index, line in enumerate(self.text.split("\n")):
            number = self.whole.line + index
            source = self.whole.source.line(number)
            place: tuple[int, int] | None = None
            if index == 0 and source.startswith(line, self.whole.column - 1):
                place = (number, self.whole.column)
            elif index and number <= self.whole.end_line and source.endswith(line):
                place = (number, len(source) - len(line) + 1)
            self._starts.append(offset)
            self._places.append(place)
            offset += len(line) + 1

    def _aligned(self, start: int, end: int) -> Span | None:
        """Follow the text through the file: blank space may differ (folding, indentation), and escapes may have gone."""
        begin: tuple[int, int] | None = None
        line, column = self.whole.line, self.whole.column - 1
        last = (line, column)
        for offset in range(min(end, len(self.text))):
            sign = self.text[offset]
            if sign.isspace():
                continue
            place = _next(self.whole.source, line, column, sign)
            if place is None:
                return None
            if offset >= start:
                begin = begin or place
                if place[0] == begin[0]:
                    last = place
            line, column = place[0], place[1] + 1
        return None if begin is None else Span.at(self.whole.source, begin[0], begin[1] + 1, last[1] - begin[1] + 1)


_ESCAPES = "\\'"
"""Signs that YAML takes away inside quotes."""


def _next(source: Source, line: int, column: int, sign: str) -> tuple[int, int] | None:
    """Return where ``sign`` stands, from a place on, with only blank space and escapes before it."""
    while line <= len(source.lines):
        text = source.line(line)
        for position in range(column, len(text)):
            here = text[position]
            if here == sign and not (sign in _ESCAPES and text[position + 1 : position + 2] == sign):
                return line, position
            if not here.isspace() and here not in _ESCAPES:
                return None
        line, column = line + 1, 0
    return None
