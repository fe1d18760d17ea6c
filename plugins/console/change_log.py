"""The log of what was saved, proposed and approved: one JSON line each beside the policy, only ever appended to, each with the hash of the one before.

A line that was changed or taken away later breaks the chain, and ``read_log`` says where.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["LOG", "Done", "LogEntry", "file_changes", "log_line", "read_log", "sha256"]

LOG = "changes.jsonl"
FIRST = "0" * 64

Done = Literal["saved", "proposed", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line.

    Attributes:
        id: What it is about: a change, from its proposal to its approval.
        at: When, in ISO 8601 with the offset.
        who: The user.
        did: What the user did.
        why: The reason that was given.
        author: Who made the change that is approved or rejected.
        files: File to the hashes of its text before and after, and the lines that differ.
        previous: The hash of the line before.
    """

    id: str
    at: str
    who: str
    did: Done
    why: str
    author: str
    files: Mapping[str, Any]
    previous: str = FIRST


def sha256(text: str) -> str:
    """Return the hash of a text in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """Return, for each file that differs, the hashes of its texts and the lines that differ."""
    found = {}
    for name, text in after.items():
        old = before.get(name)
        if old != text:
            lines = difflib.unified_diff((old or "").splitlines(), text.splitlines(), lineterm="", n=0)
            found[name] = {"before": None if old is None else sha256(old), "after": sha256(text), "diff": list(lines)[2:]}
    return found


def log_line(folder: Path, entry: LogEntry) -> str:
    """Return the line of an entry, chained to the last line that stands in the log."""
    lines = _lines(folder)
    previous = sha256(lines[-1]) if lines else FIRST
    return json.dumps({**asdict(entry), "previous": previous}, ensure_ascii=False, sort_keys=True)


def read_log(folder: Path) -> tuple[tuple[LogEntry, ...], int | None]:
    """Return what stands in the log, and the number of the first line that is not what was written (``None`` where all are)."""
    found: list[LogEntry] = []
    broken: int | None = None
    previous = FIRST
    for number, line in enumerate(_lines(folder), 1):
        try:
            entry = LogEntry(**json.loads(line))
        except (ValueError, TypeError):
            broken = broken or number
            continue
        if entry.previous != previous:
            broken = broken or number
        previous = sha256(line)
        found.append(entry)
    return tuple(found), broken


def _lines(folder: Path) -> list[str]:
    path = folder / LOG
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line] if path.is_file() else []
