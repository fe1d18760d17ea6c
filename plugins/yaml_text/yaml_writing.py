"""Plain values (texts, lists, mappings, ``None``) to the YAML that reads back as the same; one line where a line holds it, else a block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["yaml_line", "yaml_scalar", "yaml_text"]

WIDTH = 140
_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`~=<]|-(?=[0-9])|<(?=[=\s])|~(?=.)")
_BREAKS_BLOCK = re.compile(r": |:$| #|[\t\n\r\ufeff\x85]")
_BREAKS_FLOW = re.compile(r"[,\[\]{}:#\"]")


def yaml_text(value: Any) -> str:
    """Return a document; every scalar of it is read as the text that it is here, and ``None`` as none."""
    if isinstance(value, dict | list) and value:
        return "\n".join(_block(value, 0)) + "\n"
    return yaml_line(value) + "\n"


def yaml_line(value: Any) -> str:
    """Return a value on one line, in the flow style for lists and mappings."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_scalar(str(key), in_flow=True)}: {yaml_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(yaml_line(item) for item in value) + "]"
    return yaml_scalar(value, in_flow=True)


def yaml_scalar(value: str | None, in_flow: bool) -> str:
    """Return a text as it is where YAML reads it so, else in double quotes."""
    if value is None:
        return "null"
    plain = bool(_PLAIN_START.match(value)) and value == value.strip() and value != "null" and not _BREAKS_BLOCK.search(value)
    if plain and not (in_flow and _BREAKS_FLOW.search(value)):
        return value
    return json.dumps(value, ensure_ascii=False)


def _block(value: Any, indent: int) -> Iterator[str]:
    before = " " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(f"{before}{yaml_scalar(str(key), in_flow=True)}:", item, indent, 2)
    else:
        for item in value:
            if isinstance(item, dict) and item and not _fits(item, indent):
                first, *more = _block(item, indent + 2)
                yield f"{before}- {first[indent + 2 :]}"
                yield from more
            else:
                yield from _entry(f"{before}-", item, indent, 2)


def _entry(head: str, item: Any, indent: int, deeper: int) -> Iterator[str]:
    if isinstance(item, str) and _is_text_block(item):
        yield f"{head} |" if item.endswith("\n") else f"{head} |-"
        yield from (f"{' ' * (indent + deeper)}{line}" if line else "" for line in item.removesuffix("\n").split("\n"))
    elif isinstance(item, dict | list) and item and not _fits(item, len(head)):
        yield head
        yield from _block(item, indent + deeper)
    elif isinstance(item, dict | list):
        yield f"{head} {yaml_line(item)}"
    else:
        yield f"{head} {yaml_scalar(item, in_flow=False)}"


def _is_text_block(text: str) -> bool:
    """Say whether a text of several lines can stand as they are: no line decides by its blanks where the block begins or ends."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    return (
        "\n" in text and bool(body) and lines[0][:1].strip() != "" and lines[-1].strip() != "" and not re.search(r"[\r\ufeff\x85]|\t", text)
    )


def _fits(value: Any, indent: int) -> bool:
    """Say whether a list or mapping is short and shallow enough for a line, and its brackets cannot be taken for those of YAML."""
    line = yaml_line(value)
    return len(line) + indent <= WIDTH and _depth(value) <= 2 and not any(_is_open(text) for text in _texts(value))


def _depth(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max(map(_depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


def _is_open(text: str) -> bool:
    return "\n" in text or text.count("(") > text.count(")")
