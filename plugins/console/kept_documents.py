"""YAML texts as documents: what was read is kept, and a text that differs from one by lines of a text block is not read anew as a whole.

Most changes of a draft are such: a cell of a table. Reading a whole policy takes longer than a person wants to wait for each key.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Source, Span, Written
from tierwise.plugins.yaml_text.characters import check_text
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["document_of", "spliced", "value_at"]

KEPT, TRIED = 256, 8
_kept: OrderedDict[tuple[str, str], Document | None] = OrderedDict()
_last: dict[str, deque[Document]] = {}
_lock = threading.Lock()


def document_of(text: str, name: str = "") -> Document | None:
    """Return a YAML text as a document, ``None`` where it has errors.

    Args:
        text: The text.
        name: What messages call the file; empty for a text that is no whole file.
    """
    with _lock:
        if (text, name) in _kept:
            _kept.move_to_end((text, name))
            return _kept[text, name]
        last = tuple(_last.get(name, ())) if name else ()
    document = next((found for one in last if (found := spliced(one, text)) is not None), None)
    if document is None:
        found, findings = read_document(Source(name, text), Limits())
        document = None if findings else found
    with _lock:
        _kept[text, name] = document
        if document is not None:
            _last.setdefault(name, deque(maxlen=TRIED)).appendleft(document)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        while len(_last) > KEPT:
            del _last[next(iter(_last))]
    return document


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


def spliced(document: Document, text: str) -> Document | None:
    """Return the document of a text that differs from another's in lines of one text block alone; ``None`` where it differs in more."""
    text = text.removeprefix("\ufeff")
    old, new = document.source.text.split("\n"), text.split("\n")
    if len(old) != len(new):
        return None
    different = [number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other]
    if not different:
        return document
    source = Source(document.source.name, text)
    path = _block_with(document, different[0], different[-1])
    if path is None or check_text(source, Limits()):
        return None
    block = _changed(document.span(path), value_at(document.root, path), different, source)
    if block is None:
        return None
    assert block.whole is not None, "INVARIANT: it was made with its place"
    spans: Mapping[Path, Span] = {**document.spans, path: block.whole}
    return Document(source, _with(document.root, path, block), spans, document.keys)


def _block_with(document: Document, first: int, last: int) -> Path | None:
    """Return the path of the text block that holds these lines."""
    for path, span in document.spans.items():
        if span.line <= first and last <= span.end_line:
            value = value_at(document.root, path)
            if isinstance(value, Written) and "\n" in value:
                return path
    return None


def _changed(span: Span, value: Written, different: Sequence[int], source: Source) -> Written | None:
    """Return a text block with other lines; ``None`` where it is not written line by line, or its lines would be read otherwise."""
    lines = value.split("\n")
    indent = span.column - 1
    for number, line in enumerate(lines):
        written = span.source.line(span.line + number)
        if line and (written[indent:] != line or written[:indent].strip()):
            return None
    for number in different:
        written = source.line(number)
        inside = number - span.line
        if (
            inside >= len(lines)
            or not lines[inside].strip()
            or not written.strip()
            or written[:indent].strip()
            or written[indent : indent + 1] in " \t"
        ):
            return None
        lines[inside] = written[indent:]
    end = len(source.line(span.end_line)) + 1 if different[-1] == span.end_line else span.end_column
    return Written.at("\n".join(lines), Span(source, span.line, span.column, span.end_line, end))


def _with(root: Any, path: Path, value: Any) -> Any:
    """Return a root with another value at a path; what is not on the way is the same."""
    if not path:
        return value
    copy: Any = dict(root) if isinstance(root, dict) else list(root)
    copy[path[0]] = _with(root[path[0]], path[1:], value)
    return copy
