"""A draft: the texts of a policy while somebody changes them, with every state that they were in, so that all can be undone."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.plugins.console.draft_journal import DraftAbout, DraftJournal, KeptDraft
from tierwise.plugins.console.edits import Refused, applied
from tierwise.plugins.console.shelf import Entry, PolicyTexts, Shelf

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
        at: When it was begun.
        journal: Where it is kept while it differs from what was saved; ``None`` for a draft that is not.
        is_kept: Whether it stands there as it is now.
        states: The texts by file, after each change; the first is ``base``.
        position: Which of them holds now.
        layers: The overlays that are laid over the policy while it is tried.
        lock: Held while it is read or changed.
    """

    id: str
    entry: Entry
    base: PolicyTexts
    user: str
    at: str = ""
    journal: DraftJournal | None = None
    is_kept: bool = False
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
            self.position = len(self.states) - 1
            self._keep(DraftJournal.append_change)
            while len(self.states) > MOST_STATES or (self._bytes() > MOST_BYTES and len(self.states) > 2):
                del self.states[0]
                self.position -= 1
                self.is_kept = False  # its states are counted anew

    def _bytes(self) -> int:
        """Return about how much the states take; a text that did not change is counted once."""
        return sum(len(text) for text in {id(text): text for state in self.states for text in state.values()}.values())

    def undo(self) -> None:
        """Take the last change back."""
        with self.lock:
            self.position = max(self.position - 1, 0)
            self._keep(DraftJournal.append_turn)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        with self.lock:
            self.position = min(self.position + 1, len(self.states) - 1)
            self._keep(DraftJournal.append_turn)

    def lay_over(self, layers: tuple[str, ...]) -> None:
        """Lay other overlays over the policy while it is tried."""
        with self.lock:
            self.layers = layers
            self._keep(DraftJournal.append_turn)

    def saved(self, texts: PolicyTexts) -> None:
        """Take note that the present texts stand on the disk now; they can still be undone."""
        with self.lock:
            self.base = texts
            self.is_kept = False
            self._keep(DraftJournal.append_turn)

    def rebase(self, theirs: PolicyTexts, texts: Mapping[str, str]) -> None:
        """Begin from what others saved, with the changes of this draft put on top as one that can be undone."""
        with self.lock:
            self.base = theirs
            self.states = [dict(theirs.all), dict(texts)]
            self.position = 1
            self.is_kept = False
            self._keep(DraftJournal.append_change)

    @property
    def about(self) -> DraftAbout:
        """What it is."""
        return DraftAbout(self.id, self.entry.name, self.user, self.at)

    @property
    def is_lost(self) -> bool:
        """Whether it is to be kept, differs from what was saved, and could not be kept."""
        return self.journal is not None and not self.is_kept and bool(self.changed)

    def _keep(self, step: Callable[[DraftJournal, KeptDraft], bool]) -> None:
        """Keep it as it is now by a step where it is kept already, else whole; what does not differ from what was saved is not kept."""
        if self.journal is None:
            return
        if not self.changed:
            self.journal.remove(self.id)
            self.is_kept = False
            return
        kept = KeptDraft(self.about, self.base, self.states, self.position, self.layers)
        self.is_kept = (self.is_kept and step(self.journal, kept)) or self.journal.write(kept)


class Drafts:
    """The drafts that are open; of too many, those that were not used for longest go from the memory first, and stay in the journal."""

    def __init__(self, shelf: Shelf, journal: DraftJournal | None, now: Callable[[], str]) -> None:
        """Remember where drafts are kept.

        Args:
            shelf: The policies that they are of.
            journal: Where they are kept; ``None`` where nothing is written.
            now: The time, for people.
        """
        self._shelf = shelf
        self._journal = journal
        self._now = now
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, entry: Entry, texts: PolicyTexts, user: str) -> Draft:
        """Begin a draft."""
        draft = Draft(secrets.token_urlsafe(12), entry, texts, user, self._now(), self._journal if entry.is_own else None)
        with self._lock:
            self._put(draft)
        return draft

    def find(self, id: str, user: str) -> Draft:
        """Return a draft of a user.

        Raises:
            Refused: There is none: it was left for long, or belongs to another.
        """
        with self._lock:
            draft = self._drafts.get(id) or self._kept(id)
            if draft is None or draft.user != user:
                raise Refused("this draft is not open any more: open the policy anew")
            self._put(draft)
            return draft

    def unsaved(self, entry: Entry, texts: PolicyTexts, user: str) -> tuple[DraftAbout, ...]:
        """Return a user's drafts of a policy that differ from what stands on the disk, the last changed first; those that do not are forgotten."""
        with self._lock:
            open_ones = [draft.about for draft in self._drafts.values() if draft.journal is None and draft.changed]
        kept = self._journal.all() if self._journal is not None else ()
        found = [one for one in (*reversed(open_ones), *kept) if entry.is_own and (one.policy, one.user) == (entry.name, user)]
        return tuple(one for one in found if not self._is_settled(one, texts))

    def _is_settled(self, about: DraftAbout, texts: PolicyTexts) -> bool:
        """Whether all that a draft changes stands on the disk by now, as after somebody else approved it; then it is kept no longer."""
        with self._lock:
            draft = self._drafts.get(about.id) or self._kept(about.id)
        is_settled = draft is None or all(texts.all.get(name) == draft.files[name] for name in draft.changed)
        if is_settled and self._journal is not None:
            self._journal.remove(about.id)
        return is_settled

    def drop(self, id: str, user: str) -> Draft:
        """Throw a draft of a user away.

        Raises:
            Refused: There is none.
        """
        draft = self.find(id, user)
        with self._lock:
            self._drafts.pop(id, None)
        if self._journal is not None:
            self._journal.remove(id)
        return draft

    def _put(self, draft: Draft) -> None:
        self._drafts[draft.id] = draft
        self._drafts.move_to_end(draft.id)
        while len(self._drafts) > MOST_DRAFTS:
            self._drafts.popitem(last=False)

    def _kept(self, id: str) -> Draft | None:
        """Return a draft from the journal, as it was left."""
        kept = self._journal.read(id) if self._journal is not None else None
        entry = self._shelf.find(kept.about.policy, own=True) if kept is not None else None
        if kept is None or entry is None:
            return None
        draft = Draft(id, entry, kept.base, kept.about.user, kept.about.at, self._journal, True, list(kept.states), kept.position)
        draft.layers = kept.layers
        return draft
