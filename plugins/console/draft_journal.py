"""Keeps drafts on the disk, in a folder beside the policies, so that a console that was stopped or killed forgets none.

A draft is a file of lines: what it is about, the texts from which it was begun, the first of its states, and then a line for each step: which lines of
which file became others, or which state holds now. A line is whole or, at the end of a file that was cut off, not there; a file is put in place whole.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tierwise.plugins.console.kept_documents import line_change
from tierwise.plugins.console.shelf import PolicyTexts

__all__ = ["FOLDER", "DraftAbout", "DraftJournal", "KeptDraft"]

FOLDER = ".tierwise-drafts"
MOST_BYTES = 16_000_000
"""Of one draft; of one that becomes larger only its present texts are kept, without the steps before."""
MOST_FILES = 200
"""Drafts; when there are more the one that was not changed for longest goes."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DraftAbout:
    """What a draft is: its name in addresses, the policy it is of, who began it, and when."""

    id: str
    policy: str
    user: str
    at: str


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as it stands on the disk.

    Attributes:
        about: What it is.
        base: What it was begun from, or was saved last.
        states: Its texts after each change.
        position: Which of them holds.
        layers: The overlays that are laid over it.
    """

    about: DraftAbout
    base: PolicyTexts
    states: Sequence[Texts]
    position: int
    layers: tuple[str, ...]


class DraftJournal:
    """The drafts of a folder. Nothing here fails for want of a disk: what cannot be written is not kept, and is said so by what is returned."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, draft: KeptDraft) -> bool:
        """Keep a draft as it is, whole; say whether it was."""
        lines: list[Any] = [asdict(draft.about), [dict(draft.base.files), dict(draft.base.overlays)], dict(draft.states[0])]
        lines += [_step(before, after) for before, after in zip(draft.states, draft.states[1:], strict=False)]
        lines.append(_turn(draft))
        text = "".join(map(_line, lines))
        if len(text) > MOST_BYTES and len(draft.states) > 1:
            return self.write(KeptDraft(draft.about, draft.base, draft.states[draft.position :][:1], 0, draft.layers))
        try:
            self._make_room()
            half = self._path(draft.about.id).with_suffix(".half")
            _write_through(half, text, "w")
            os.replace(half, self._path(draft.about.id))
        except OSError:
            return False
        return True

    def append_change(self, draft: KeptDraft) -> bool:
        """Keep the last change of a draft that is kept; say whether it was."""
        return self._append(draft, _step(draft.states[-2], draft.states[-1]))

    def append_turn(self, draft: KeptDraft) -> bool:
        """Keep which state of a draft holds now, and what is laid over it; say whether it was."""
        return self._append(draft, _turn(draft))

    def _append(self, draft: KeptDraft, step: Any) -> bool:
        path = self._path(draft.about.id)
        try:
            if path.stat().st_size > MOST_BYTES:
                return self.write(draft)
            _write_through(path, _line(step), "a")
        except OSError:
            return False
        return True

    def remove(self, id: str) -> None:
        """Forget a draft."""
        try:
            self._path(id).unlink(missing_ok=True)
        except OSError:
            return

    def all(self) -> Iterator[DraftAbout]:
        """Yield what drafts there are, the last changed first."""
        for path in reversed(self._files()):
            try:
                with path.open(encoding="utf-8") as stream:
                    yield DraftAbout(**json.loads(next(stream)))
            except (OSError, ValueError, TypeError, StopIteration):
                continue

    def read(self, id: str) -> KeptDraft | None:
        """Return a draft; ``None`` where there is none that can be read."""
        if not _ID.fullmatch(id):
            return None
        try:
            with self._path(id).open(encoding="utf-8", newline="") as stream:
                about, base, first = (json.loads(line) for line in islice(stream, 3))
                return _replayed(DraftAbout(**about), PolicyTexts(*base), first, stream)
        except (OSError, ValueError, TypeError, KeyError, IndexError):
            return None

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.jsonl"

    def _files(self) -> list[Path]:
        """Return the files of drafts, the last changed last."""
        try:
            return sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        except OSError:
            return []

    def _make_room(self) -> None:
        self._folder.mkdir(exist_ok=True)
        ignored = self._folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("# Drafts that the console keeps; what is saved stands in the policies.\n*\n", encoding="utf-8")
        for path in self._files()[: -MOST_FILES + 1]:
            path.unlink(missing_ok=True)


def _turn(draft: KeptDraft) -> dict[str, Any]:
    return {"at": draft.position, "layers": list(draft.layers)}


def _step(before: Texts, after: Texts) -> dict[str, Any]:
    """Return what became other: of each file the lines from which on, up to which, and what stands there now; of a new file its text."""
    found: dict[str, Any] = {}
    for name, text in after.items():
        if name not in before:
            found[name] = text
        elif before[name] != text:
            old, new = before[name].split("\n"), text.split("\n")
            change = line_change(old, new)
            assert change is not None, "INVARIANT: texts that differ have lines that differ"
            found[name] = [change.before, change.old, new[change.before : change.new]]
    return {"changed": found}


def _replayed(about: DraftAbout, base: PolicyTexts, first: Texts, lines: Iterator[str]) -> KeptDraft:
    states, position, layers = [dict(first)], 0, ()
    for line in lines:
        if not line.endswith("\n"):
            break  # it was being written
        step = json.loads(line)
        if "changed" in step:
            del states[position + 1 :]
            states.append({**states[-1], **{name: _text_after(states[-1], name, given) for name, given in step["changed"].items()}})
            position = len(states) - 1
        else:
            position, layers = step["at"], tuple(step["layers"])
            states[position]  # an index that is none is no draft
    return KeptDraft(about, base, states, position, layers)


def _text_after(state: Texts, name: str, given: Any) -> str:
    if isinstance(given, str):
        return given
    start, end, new = given
    lines = state[name].split("\n")
    lines[start:end] = new
    return "\n".join(lines)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _write_through(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
