"""YAML text to a ``Document``: what a policy may not use (anchors, tags, several documents, keys that are not text) is a finding here.

An unquoted ``null``, ``~`` or nothing is ``None``; nothing later has to think of what YAML can do besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.policy import Document, Policy, SectionKeys, policy_of
from tierwise.core.source import Path, Source, Span, Written
from tierwise.plugins.yaml_text.characters import check_text, has_forbidden, inside
from tierwise.plugins.yaml_text.yaml_errors import syntax_finding

__all__ = ["read_document", "read_policy"]


def read_document(source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
    """Read one YAML document.

    Args:
        source: The file; a byte order mark at its start is ignored.
        limits: Bounds on its size, depth and number of nodes.

    Returns:
        The document and no finding; or findings of severity error, and the document as far as it could be understood or ``None``.
    """
    source = Source(source.name, source.text.removeprefix("\ufeff"))
    findings = check_text(source, limits)
    if findings:
        return None, findings
    reader = _Reader(source, limits)
    root: Any = None
    try:
        root = reader.document()
    except _Stop:
        return None, reader.findings
    # The parser raises YAMLError for what it foresees, but also OverflowError, ValueError, IndexError … on odd escapes and directives.
    except Exception as error:  # noqa: BLE001
        return None, [*reader.findings, syntax_finding(source, error, reader.line)]
    if root is None and not reader.findings:
        return None, [Finding.error("empty-file", f"`{source.name}` holds nothing", Span(source, 1, 1, 1, 1))]
    return Document(source, root, reader.spans, reader.keys), reader.findings


class _Stop(Exception):
    """The rest of the text is not worth reading; the finding that says why is already there."""


@dataclass
class _Reader:
    source: Source
    limits: Limits
    findings: list[Finding] = field(default_factory=list)
    spans: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    nodes: int = 0
    line: int = 1

    def __post_init__(self) -> None:
        self.lines = list(self.source.lines)
        self.events = self._checked_events()

    def document(self) -> Any:
        for event in self.events:
            if isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
                root = self._value(event, (), None)
                break
        else:
            return None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                self._report(
                    "several-documents", "a second document starts here; a file holds one", self._span(event), "remove the line `---`"
                )
                raise _Stop
        return root

    def _checked_events(self) -> Iterator[Any]:
        for event in YAML(typ="safe", pure=True).parse(self.source.text):
            self.line = event.start_mark.line + 1
            if getattr(event, "anchor", None) is not None:
                self._report(
                    "alias-not-allowed",
                    "anchors and aliases (`&name`, `*name`) are not allowed",
                    self._span(event),
                    "write the value out; text that starts with `&` or `*` needs quotes",
                )
            elif getattr(event, "tag", None) is not None:
                self._report(
                    "tag-not-allowed", "tags (`!name`) are not allowed", self._span(event), "text that starts with `!` needs quotes"
                )
            yield event

    def _value(self, event: Any, path: Path, key: Span | None) -> Any:
        self._count(event, path)
        if isinstance(event, AliasEvent):
            self.spans[path] = self._span(event)
            return None
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path, key)
        self.spans[path] = key or self._first_line(event)
        return self._mapping(event, path) if isinstance(event, MappingStartEvent) else self._sequence(path)

    def _count(self, event: Any, path: Path) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            self._report("too-many-values", f"the file holds more than {self.limits.nodes:,} values", self._span(event))
            raise _Stop
        if len(path) > self.limits.depth:
            self._report("too-deep", f"values are nested more than {self.limits.depth} levels deep", self._span(event))
            raise _Stop

    def _mapping(self, start: Any, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key, key_span = self._key(event, path)
            inner: Path = (*path, key)
            known = self.keys.get(inner)
            if known is not None:
                # Read and dropped under a path of its own, so that the first one keeps its place.
                self._report("duplicate-key", f"`{key}` is given twice", key_span, related=(("first given here", known),))
                inner = (*path, f"{key}\n{self.nodes}")
            self.keys[inner] = key_span
            given = next(self.events)
            value = self._value(given, inner, key_span)
            is_plain = start.flow_style and isinstance(given, ScalarEvent) and not given.style
            if is_plain and isinstance(value, str) and value.count("(") > value.count(")") and '"' not in value:
                self._report(
                    "text-cut-at-comma",
                    f"`{value}` ends at a comma or bracket of the YAML around it",
                    self.spans[inner],
                    "put the whole text in quotes",
                )
            if known is None:
                result[key] = value
        return result

    def _key(self, event: Any, path: Path) -> tuple[str, Span]:
        span = self._span(event)
        if isinstance(event, ScalarEvent) and event.value and not has_forbidden(event.value):
            if event.value == "<<" and not event.style:
                self._report("alias-not-allowed", "merge keys (`<<`) are not allowed", span, "write the values out")
            span = self._text_span(event)
            return Written.at(event.value, span), span
        self._report("key-not-text", "a key must be one text", span, "text that holds brackets, `?` or nothing at all needs quotes")
        key = f"\n{self.nodes}"
        self._value(event, (*path, key), span)
        return key, span

    def _sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            result.append(self._value(event, (*path, len(result)), None))
        return result

    def _scalar(self, event: Any, path: Path, key: Span | None) -> Written | None:
        if not event.style and event.value in ("", "null", "~"):
            self.spans[path] = key or self._span(event)
            return None
        self.spans[path] = span = self._text_span(event)
        if has_forbidden(event.value):
            self._report("character-not-allowed", "an escape in this text stands for a character that is not allowed", span)
        return Written.at(event.value, span)

    def _text_span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        if event.style in ("|", ">"):
            return self._block_span(event)
        if event.style and start.line == end.line:
            return self._at(start.line + 1, start.column + 2, end.line + 1, end.column)
        return self._span(event)

    def _block_span(self, event: Any) -> Span:
        """Span the lines of a text block, without its indentation and without the lines behind it."""
        first = event.start_mark.line + 2
        last = min(event.end_mark.line, len(self.lines))
        body = self.lines[first - 1 : last]
        while body and not body[-1].strip():
            body.pop()
        if not body:
            return self._span(event)
        indents = [len(line) - len(line.lstrip(" ")) for line in body if line.strip()]
        if event.style == "|":
            texts = [text for text in event.value.split("\n") if text]
            sources = [line for line in body if line.strip()]
            indents = [len(line) - len(text) for line, text in zip(sources, texts, strict=False)][:1] or indents
        column = min(indents) + 1
        return self._at(first, column, first + len(body) - 1, len(body[-1]) + 1)

    def _first_line(self, event: Any) -> Span:
        mark = event.start_mark
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return self._at(mark.line + 1, mark.column + 1, mark.line + 1, len(line.rstrip()) + 1)

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return self._at(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _at(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        return inside(self.source, line, column, end_line, end_column, self.lines)

    def _report(self, code: str, message: str, span: Span, help: str = "", **more: Any) -> None:
        self.findings.append(Finding.error(code, message, span, help, **more))
        if len(self.findings) >= self.limits.findings:
            raise _Stop


class _YamlReader:
    """Reads documents from YAML."""

    def check(self, source: Source, limits: Limits) -> list[Finding]:
        return check_text(source, limits)

    def document(self, source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
        return read_document(source, limits)


def read_policy(
    files: Mapping[str, str],
    limits: Limits,
    overlay: Source | Sequence[Source] | None = None,
    shown: Mapping[str, str] | None = None,
    sections: Mapping[str, type[SectionKeys]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Policy:
    """Read a policy from YAML; arguments, result and errors are those of ``policy_of``."""
    return policy_of(files, limits, _YamlReader(), overlay, shown, sections, settings)
