"""Saves a draft: all of its files or none, also under a kill; what others saved meanwhile is a conflict; a second person approves where the policy asks for it.

What is to be written is put down first, in a folder of its own beside the policy. That folder gets its final name in one step: before it nothing has
happened, after it everything has, for whoever comes next finishes the work. Each file is replaced in one step, too.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tierwise.core.policy.document import plain
from tierwise.plugins.approvals import CHANGES, NO_APPROVAL, ApprovalRule
from tierwise.plugins.console.change_log import LOG, LogEntry, file_changes, log_line, read_log, sha256
from tierwise.plugins.console.edits import Refused
from tierwise.plugins.console.kept_documents import document_of
from tierwise.plugins.console.shelf import Entry, PolicyTexts, Shelf

__all__ = ["Conflict", "Proposal", "Saved", "Saver", "approval_rule", "finish"]

PROPOSALS = "proposals"
HALF, WHOLE, DONE = ".tierwise-saving.half", ".tierwise-saving", ".tierwise-saving.done"
LOCK = ".tierwise.lock"
MOST_REASON = 2_000
_FILE = re.compile(r"[^/\\\0]+|tables/[^/\\\0]+\.csv")
_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class Saved:
    """The files stand on the disk; ``texts`` are those of the policy now."""

    texts: PolicyTexts


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a second person.

    Attributes:
        base: File to the hash of the text that the change is of; ``None`` for a new file.
        files: File to its text, of those that change.
    """

    id: str
    who: str
    why: str
    at: str
    base: Mapping[str, str | None]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else saved files since the draft was begun; nothing was written. ``theirs`` is what stands on the disk."""

    theirs: PolicyTexts


def approval_rule(text: str) -> ApprovalRule:
    """Return who approves changes of a policy, by the text of ``policy.yaml``; of one that cannot be read, anybody else where it mentions it."""
    document = document_of(text, "policy.yaml")
    if document is None:
        return ApprovalRule(re.search(rf"^{CHANGES}\s*:", text, re.MULTILINE) is not None)
    said = plain(document.root).get(CHANGES) if isinstance(document.root, dict) else None
    if said is None:
        return NO_APPROVAL
    if not isinstance(said, dict):
        return ApprovalRule(True)
    approvers = said.get("approvers")
    return ApprovalRule(said.get("approval", "none") != "none", tuple(approvers) if isinstance(approvers, list) else ())


class Saver:
    """Writes into the folders of policies."""

    def __init__(self, shelf: Shelf, now: Callable[[], str]) -> None:
        """Remember where policies are, and how to tell the time for the log."""
        self._shelf = shelf
        self._now = now

    def save(self, entry: Entry, base: PolicyTexts, files: Mapping[str, str], user: str, why: str) -> Saved | Proposal | Conflict:
        """Save a draft, or propose it where the policy asks for a second person.

        Args:
            entry: The policy.
            base: What the draft was begun from.
            files: Its texts.
            user: Who saves it.
            why: The reason.

        Raises:
            Refused: There is no reason or no user, nothing to save, or no place to save it.
        """
        why = _reason(why)
        folder = _folder(entry, user)
        with _alone(folder):
            finish(folder)
            now = self._shelf.texts(entry)
            after = {name: text for name, text in files.items() if base.all.get(name) != text}
            if not after:
                raise Refused("nothing has changed")
            if any(now.all.get(name) != base.all.get(name) for name in {*now.all, *base.all}):
                return Conflict(now)
            rules = [approval_rule(texts["policy.yaml"]) for texts in (now.files, files)]
            change = file_changes(now.all, after)
            id = secrets.token_hex(6)
            if any(rule.is_needed for rule in rules):
                hashes = {name: sha256(now.all[name]) if name in now.all else None for name in after}
                proposal = Proposal(id, user, why, self._now(), hashes, after)
                text = json.dumps(asdict(proposal), ensure_ascii=False)
                self._write(folder, {f"{PROPOSALS}/{id}.json": text}, LogEntry(id, proposal.at, user, "proposed", why, user, change))
                return proposal
            self._write(folder, after, LogEntry(id, self._now(), user, "saved", why, user, change))
            return Saved(self._shelf.texts(entry))

    def proposals(self, entry: Entry) -> tuple[Proposal, ...]:
        """Return what waits for a second person, oldest first."""
        if entry.folder is None or not (entry.folder / PROPOSALS).is_dir():
            return ()
        done = {line.id for line in read_log(entry.folder)[0] if line.did in ("approved", "rejected")}
        found = []
        for path in (entry.folder / PROPOSALS).glob("*.json"):
            proposal = _read_proposal(path)
            if proposal is not None and proposal.id not in done:
                found.append(proposal)
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))

    def decide(self, entry: Entry, id: str, user: str, why: str, approve: bool) -> Saved | Conflict:
        """Approve or reject a proposal; who made it may withdraw it, and not approve it.

        Raises:
            Refused: There is no such proposal, the user may not, or there is no reason.
        """
        why = _reason(why)
        folder = _folder(entry, user)
        with _alone(folder):
            finish(folder)
            proposal = next((one for one in self.proposals(entry) if one.id == id), None)
            if proposal is None:
                raise Refused("there is no such proposal any more")
            now = self._shelf.texts(entry)
            if not approve:
                self._close(folder, {}, LogEntry(id, self._now(), user, "rejected", why, proposal.who, {}))
                return Saved(now)
            rule = approval_rule(now.files["policy.yaml"])
            if not rule.admits(user, proposal.who):
                raise Refused(
                    "somebody else than its author has to approve a change" if user == proposal.who else "the policy names who may approve"
                )
            if any(_hash(now, name) != before for name, before in proposal.base.items()):
                return Conflict(now)
            change = file_changes(now.all, proposal.files)
            self._close(folder, proposal.files, LogEntry(id, self._now(), user, "approved", why, proposal.who, change))
            return Saved(self._shelf.texts(entry))

    def _close(self, folder: Path, files: Mapping[str, str], line: LogEntry) -> None:
        self._write(folder, files, line)
        (folder / PROPOSALS / f"{line.id}.json").unlink(missing_ok=True)

    def _write(self, folder: Path, files: Mapping[str, str], line: LogEntry) -> None:
        for name in files:
            if not (_FILE.fullmatch(name) or name.startswith(f"{PROPOSALS}/{line.id}")) or name.startswith("."):
                raise Refused(f"`{name}` is no file of a policy")
        try:
            _put_down(folder, files, log_line(folder, line))
            finish(folder)
        except OSError as error:
            raise Refused(f"it cannot be written: {error.strerror or error}") from error


def finish(folder: Path) -> None:
    """Finish what a process began that was ended while it saved; nothing to do otherwise."""
    whole = folder / WHOLE
    for over in (folder / HALF, folder / DONE):
        if over.is_dir():
            shutil.rmtree(over)
    if not whole.is_dir():
        return
    names = json.loads((whole / "names.json").read_text(encoding="utf-8"))
    for number, name in enumerate(names):
        written = whole / str(number)
        if written.is_file():
            (folder / name).parent.mkdir(exist_ok=True)
            os.replace(written, folder / name)
    _append(folder / LOG, (whole / "line").read_text(encoding="utf-8"))
    os.replace(whole, folder / DONE)
    shutil.rmtree(folder / DONE)


def _append(log: Path, line: str) -> None:
    """Append a line to the log, if it is not there; what a kill left of it is completed."""
    content = log.read_bytes() if log.is_file() else b""
    begun = content[content.rfind(b"\n") + 1 :]
    whole = line.encode() + b"\n"
    if content.endswith(whole):
        return
    with log.open("ab") as stream:
        stream.write(whole[len(begun) :] if whole.startswith(begun) else b"\n" + whole)
        stream.flush()
        os.fsync(stream.fileno())


def _put_down(folder: Path, files: Mapping[str, str], line: str) -> None:
    half = folder / HALF
    half.mkdir()
    for number, text in enumerate(files.values()):
        _write_through(half / str(number), text)
    _write_through(half / "names.json", json.dumps(list(files), ensure_ascii=False))
    _write_through(half / "line", line)
    os.replace(half, folder / WHOLE)


def _write_through(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _read_proposal(path: Path) -> Proposal | None:
    try:
        return Proposal(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _hash(texts: PolicyTexts, name: str) -> str | None:
    return sha256(texts.all[name]) if name in texts.all else None


def _folder(entry: Entry, user: str) -> Path:
    if entry.folder is None:
        raise Refused("a policy that ships is never changed: copy it first")
    if not user:
        raise Refused("nobody knows who you are: the proxy has to name the user")
    return entry.folder


def _reason(why: str) -> str:
    why = " ".join(why.split())
    if not why:
        raise Refused("a reason is asked for")
    if not why.isprintable():  # the log is read in terminals, where some of these act
        raise Refused("the reason holds a hidden character: type it anew")
    if len(why) > MOST_REASON:
        raise Refused(f"the reason is longer than {MOST_REASON:,} characters")
    return why


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one save at a time, of all processes that save here."""
    with _LOCK:
        try:
            import fcntl
        except ImportError:  # Windows has none; there one console a folder has to do
            yield
            return
        with (folder / LOCK).open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
