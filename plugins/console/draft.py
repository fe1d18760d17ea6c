"""A draft: the texts of a policy while somebody changes them, with every state that they were in, so that all can be undone."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.plugins.console.edits import Refused, applied
from tierwise.plugins.console.shelf import Entry, PolicyTexts

__all__ = ["Draft", "Drafts"]

MOST_STATES = 500
MOST_BYTES = 40_000_000
MOST_DRAFTS = 100


@dataclass
class Draft:
    """What one page of the editor changes.

    Attributes:
        id: Its name in addresses; nobody can guess it.
        entry: The policy.
        base: What stood on the disk when it was begun, or was saved last.
        user: Who began it.
        states: The texts by file, after each change; the first is ``base``.
        position: Which of them holds now.
        layers: The overlays that are laid over the policy while it is tried.
        lock: Held while it is read or changed.
    """

    id: str
    entry: Entry
    base: PolicyTexts
    user: str
    states: list[Mapping[str, str]] = field(default_factory=list)
    position: int = 0
    layers: tuple[str, ...] = ()
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.states = self.states or [dict(self.base.all)]

    @property
    def files(self) -> Mapping[str, str]:
        """The texts as they are now."""
        return self.states[self.position]

    @property
    def overlays(self) -> tuple[str, ...]:
        """The names of the overlays among the files."""
        return tuple(name for name in self.files if "/" not in name and name not in self.base.files)

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that differ from what was saved."""
        saved = self.base.all
        return tuple(name for name, text in self.files.items() if saved.get(name) != text)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.position > 0

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return self.position < len(self.states) - 1

    def tried(self, edit: Any) -> Mapping[str, str]:
        """Return the texts as they would be after a change.

        Raises:
            Refused: It cannot be made.
        """
        return applied(edit, self.files)

    def change(self, edit: Any) -> None:
        """Make a change; what was taken back before is gone.

        Raises:
            Refused: It cannot be made.
        """
        with self.lock:
            after = self.tried(edit)
            if after == self.files:
                return
            del self.states[self.position + 1 :]
            self.states.append(after)
            while len(self.states) > MOST_STATES or (self._bytes() > MOST_BYTES and len(self.states) > 2):
                del self.states[0]
            self.position = len(self.states) - 1

    def _bytes(self) -> int:
        """Return about how much the states take; a text that did not change is counted once."""
        return sum(len(text) for text in {id(text): text for state in self.states for text in state.values()}.values())

    def undo(self) -> None:
        """Take the last change back."""
        with self.lock:
            self.position = max(self.position - 1, 0)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        with self.lock:
            self.position = min(self.position + 1, len(self.states) - 1)

    def saved(self, texts: PolicyTexts) -> None:
        """Take note that the present texts stand on the disk now; they can still be undone."""
        with self.lock:
            self.base = texts

    def rebase(self, theirs: PolicyTexts, texts: Mapping[str, str]) -> None:
        """Begin from what others saved, with the changes of this draft put on top as one that can be undone."""
        with self.lock:
            self.base = theirs
            self.states = [dict(theirs.all), dict(texts)]
            self.position = 1


class Drafts:
    """The drafts that are open; those that were not used for longest go first when there are too many."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, entry: Entry, texts: PolicyTexts, user: str) -> Draft:
        """Begin a draft."""
        draft = Draft(secrets.token_urlsafe(12), entry, texts, user)
        with self._lock:
            self._drafts[draft.id] = draft
            while len(self._drafts) > MOST_DRAFTS:
                self._drafts.popitem(last=False)
        return draft

    def find(self, id: str, user: str) -> Draft:
        """Return a draft of a user.

        Raises:
            Refused: There is none: it was left for long, or belongs to another.
        """
        with self._lock:
            draft = self._drafts.get(id)
            if draft is None or draft.user != user:
                raise Refused("this draft is not open any more: open the policy anew")
            self._drafts.move_to_end(id)
            return draft
