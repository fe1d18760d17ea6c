"""YAML texts as documents: what was read is kept, and of a text that differs from one in a few lines only the entry with these lines is read anew.

Most changes of a draft are such: a cell of a table, a value, a row. Reading a whole policy takes longer than a person wants to wait for each key.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Source, Span, Written
from tierwise.plugins.yaml_text.characters import check_text
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["LineChange", "document_of", "line_change", "read_kept", "spliced", "value_at"]

KEPT, TRIED = 256, 8
MOST_ENTRIES = 4
"""How many entries around a change are read before the whole text is."""
Read = tuple[Document | None, list[Finding]]
_kept: OrderedDict[tuple[str, str], Read] = OrderedDict()
_last: dict[str, deque[Document]] = {}
_lock = threading.Lock()


def document_of(text: str, name: str = "") -> Document | None:
    """Return a YAML text as a document, ``None`` where it has errors.

    Args:
        text: The text.
        name: What messages call the file; empty for a text that is no whole file.
    """
    document, findings = read_kept(text, name)
    return None if findings else document


def read_kept(text: str, name: str = "") -> Read:
    """Return what ``read_document`` gives for a text."""
    with _lock:
        if (text, name) in _kept:
            _kept.move_to_end((text, name))
            return _kept[text, name]
        last = tuple(_last.get(name, ())) if name else ()
    document = next((found for one in last if (found := spliced(one, text)) is not None), None)
    read: Read = read_document(Source(name, text), Limits()) if document is None else (document, [])
    with _lock:
        _kept[text, name] = read
        if read[0] is not None and not read[1]:
            _last.setdefault(name, deque(maxlen=TRIED)).appendleft(read[0])
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        while len(_last) > KEPT:
            del _last[next(iter(_last))]
    return read


def value_at(root: Any, path: Path) -> Any:
    """Return what stands at a path; ``None`` where nothing does."""
    for part in path:
        if isinstance(root, dict):
            root = root.get(part)
        elif isinstance(root, list) and isinstance(part, int) and 0 <= part < len(root):
            root = root[part]
        else:
            return None
    return root


# ---- a text that differs in a few lines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineChange:
    """Which lines differ: those behind ``before`` and up to ``old`` became those up to ``new``."""

    before: int
    old: int
    new: int

    @property
    def shift(self) -> int:
        """By how many lines that moves what stands behind."""
        return self.new - self.old


def spliced(document: Document, text: str) -> Document | None:
    """Return the document of a text that differs from another's inside one entry of a mapping; ``None`` where that is not certain.

    An entry in the block style stands on lines of its own, and what stands on them does not reach what stands behind: the next line that is not blank is
    indented no more than its key. So these lines, read by themselves, give the same entry.
    """
    text = text.removeprefix("\ufeff")
    old, new = document.source.text.split("\n"), text.split("\n")
    change = line_change(old, new)
    if change is None:
        return document
    source = Source(document.source.name, text)
    if check_text(source, Limits()) or any(line.startswith(("---", "...", "%")) for line in new[change.before : change.new]):
        return None
    for path, first, last in _entries_around(document, old, change):
        entry = _read_entry(source, new, path, first, last + change.shift)
        if entry is not None and entry.keys[path[-1:]].column == document.keys[path].column:
            return _grafted(document, source, path, entry, change)
    return None


def line_change(old: list[str], new: list[str]) -> LineChange | None:
    """Return which lines differ, ``None`` where none do."""
    if old == new:
        return None
    most = min(len(old), len(new))
    before = next((at for at in range(most) if old[at] != new[at]), most)
    behind = next((at for at in range(most - before) if old[-1 - at] != new[-1 - at]), most - before)
    return LineChange(before, len(old) - behind, len(new) - behind)


def _entries_around(document: Document, lines: list[str], change: LineChange) -> Iterator[tuple[Path, int, int]]:
    """Yield the entries that hold the lines that differ, from the innermost outwards: each with its path, its first line and its last."""
    on_line = {span.line: path for path, span in document.keys.items() if not lines[span.line - 1][: span.column - 1].strip()}
    indent, found = Limits().file_bytes, 0
    for number in range(min(change.before + (change.old > change.before), len(lines)), 0, -1):
        path = on_line.get(number)
        if path is None or document.keys[path].column >= indent:
            continue
        indent = document.keys[path].column
        if any(_is_flow(document, lines, path[:length]) for length in range(1, len(path))):
            continue
        last = max(span.end_line for inner, span in document.spans.items() if inner[: len(path)] == path)
        while last < len(lines) and (not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip(" ")) >= indent):
            last += 1
        if last >= change.old:
            yield path, number, last
            found += 1
            if found == MOST_ENTRIES:
                return


def _is_flow(document: Document, lines: list[str], path: Path) -> bool:
    """Whether a value is written in the flow style, which does not go by lines."""
    span = document.keys.get(path)
    at, line = (span.end_column, span.line) if span is not None else (document.span(path).column, document.span(path).line)
    return lines[line - 1][at - 1 :].lstrip("\"': ").startswith(("{", "["))


def _read_entry(source: Source, lines: list[str], path: Path, first: int, last: int) -> Document | None:
    """Return the lines of an entry as a document of their own, with all places as they are in the whole; ``None`` where they are no such entry."""
    limits = Limits()
    alone = "\n" * (first - 1) + "\n".join(lines[first - 1 : last]) + "\n" * (last < len(lines))
    entry, findings = read_document(Source(source.name, alone), replace(limits, depth=limits.depth - len(path) + 1))
    if findings or entry is None or not isinstance(entry.root, dict) or list(entry.root) != [path[-1]]:
        return None
    return entry


def _grafted(document: Document, source: Source, path: Path, entry: Document, change: LineChange) -> Document | None:
    """Return a document with another entry, and what stands behind it moved by as many lines as the entry became longer."""
    spans = _with_entry(document.spans, entry.spans, path, source, change)
    keys = _with_entry(document.keys, entry.keys, path, source, change)
    if len(spans) > Limits().nodes:
        return None
    first = keys[path].line
    for around in (path[:length] for length in range(len(path))):
        if around not in keys and spans[around].line == first:  # what has no key of its own stands at its first line, which is the entry's
            spans[around] = replace(spans[around], end_column=len(source.line(first).rstrip()) + 1)

    def placed(value: Any, at: Path) -> Any:
        if isinstance(value, dict):
            return {Written.at(key, keys[(*at, key)]): placed(item, (*at, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [placed(item, (*at, number)) for number, item in enumerate(value)]
        return value if value is None else Written.at(value, spans[at])

    return Document(source, placed(_with(document.root, path, entry.root[path[-1]]), ()), spans, keys)


def _with_entry(old: Mapping[Path, Span], new: Mapping[Path, Span], path: Path, source: Source, change: LineChange) -> dict[Path, Span]:
    """Return places with those of an entry in the room of the old ones, in the order of the file."""
    found: dict[Path, Span] = {}
    is_put = False
    for at, span in old.items():
        if at[: len(path)] != path:
            by = change.shift if span.line > change.before and span.line > change.old else 0
            found[at] = Span(source, span.line + by, span.column, span.end_line + by, span.end_column)
        elif not is_put:
            is_put = True
            for inner, place in new.items():
                if inner:
                    found[(*path[:-1], *inner)] = replace(place, source=source)
    return found


def _with(root: Any, path: Path, value: Any) -> Any:
    """Return a root with another value at a path; what is not on the way is the same."""
    if not path:
        return value
    copy: Any = dict(root) if isinstance(root, dict) else list(root)
    copy[path[0]] = _with(root[path[0]], path[1:], value)
    return copy
