"""The policies at hand: those of a folder, which may be changed, and those that ship; nothing outside them has a name here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path

from tierwise.core.errors import PolicyError
from tierwise.core.source import Source
from tierwise.plugins.console.kept_documents import document_of
from tierwise.plugins.loading import MAIN, SLUG, PolicyFiles, policy_files, read_file_of
from tierwise.plugins.manager import Plugins

__all__ = ["OVERLAY_START", "Entry", "PolicyTexts", "Shelf"]

MOST_ENTRIES = 500
MOST_OVERLAYS = 50
HEAD_LINES = 50
OVERLAY_START = re.compile(r"\ufeff?(\s*(#.*)?\n)*overlay\s*:")
"""How the text of an overlay starts, after blank lines and comments."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A policy at hand.

    Attributes:
        name: Its name in addresses.
        location: What it is loaded by: a path, or the name of a shipped one.
        folder: Where its files are written; ``None`` for one that ships.
    """

    name: str
    location: str
    folder: Path | None

    @property
    def is_own(self) -> bool:
        """Whether it may be changed."""
        return self.folder is not None


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The texts of a policy at one moment.

    Attributes:
        files: Relative name to text, as ``policy_files`` has them.
        overlays: The same of the overlays beside it.
    """

    files: Mapping[str, str]
    overlays: Mapping[str, str]

    @property
    def all(self) -> Mapping[str, str]:
        """Both by their names."""
        return {**self.files, **self.overlays}


class Shelf:
    """Finds policies by the names that it gives them."""

    def __init__(self, root: Path | None, plugins: Plugins) -> None:
        """Remember where to look.

        Args:
            root: A folder of policies, or the folder of one; ``None`` for shipped ones alone.
            plugins: They ship policies.
        """
        self._root = None if root is None else root.resolve()
        self._shipped: Mapping[str, Traversable] = plugins.policies()

    @property
    def folder(self) -> Path | None:
        """The folder of the policies; ``None`` where there is none."""
        return self._root

    def shipped(self) -> tuple[Entry, ...]:
        """Return those that ship, by name."""
        return tuple(Entry(name, name, None) for name in self._shipped)

    def own(self) -> tuple[Entry, ...]:
        """Return those of the folder, by name."""
        return tuple(self._own())

    def _own(self) -> Iterator[Entry]:
        root = self._root
        if root is None or not root.is_dir():
            return
        if (root / MAIN).is_file():
            yield Entry(root.name, str(root), root)
            return
        found = sorted(path for path in root.iterdir() if not path.name.startswith(".") and (path / MAIN).is_file())
        for path in found[:MOST_ENTRIES]:
            if path.resolve().parent == root:  # a link may lead elsewhere
                yield Entry(path.name, str(path), path)

    def find(self, name: str, own: bool) -> Entry | None:
        """Return a policy by its name; ``None`` when there is none."""
        if own:
            return next((entry for entry in self._own() if entry.name == name), None)
        return Entry(name, name, None) if name in self._shipped else None

    def title(self, entry: Entry, language: str) -> str:
        """Return what people call a policy, read from the head of its file alone; empty where that does not say it."""
        folder = entry.folder or self._shipped[entry.name]
        try:
            with (folder / MAIN).open("r", encoding="utf-8") as stream:
                head = [line for line in islice(stream, HEAD_LINES) if line.startswith("title:")]
        except (OSError, UnicodeDecodeError):
            return ""
        document = document_of(head[0]) if head else None
        title = document.root.get("title") if document is not None and isinstance(document.root, dict) else ""
        return str(title.get(language) or title.get("en") or "") if isinstance(title, dict) else str(title or "")

    def texts(self, entry: Entry) -> PolicyTexts:
        """Read all files of a policy.

        Raises:
            PolicyError: One of them cannot be read.
        """
        files: PolicyFiles = policy_files(entry.location, {} if entry.is_own else self._shipped)
        return PolicyTexts(dict(files), dict(_overlays(files.folder)))

    def copy(self, name: str, new: str) -> Entry:
        """Copy a shipped policy into the folder, under a name of its own.

        Raises:
            PolicyError: There is none of that name, the new name is none, taken, or there is no folder of policies.
        """
        if self._root is None or (self._root / MAIN).is_file():
            raise PolicyError(
                "there is no folder for further policies", help="start the console with a folder that holds a folder for each policy"
            )
        if name not in self._shipped:
            raise PolicyError(f"there is no policy `{name}`")
        if not SLUG.fullmatch(new) or len(new) > 80:
            raise PolicyError(f"`{new}` is no name of a folder", help="write small letters, digits and hyphens: `our-tiers`")
        target = self._root / new
        if target.exists():
            raise PolicyError(f"there is a policy `{new}` already")
        texts = self.texts(Entry(name, name, None)).all
        half = self._root / f".{new}.new"
        shutil.rmtree(half, ignore_errors=True)
        for file, text in texts.items():
            (half / file).parent.mkdir(parents=True, exist_ok=True)
            (half / file).write_text(text, encoding="utf-8", newline="")
        half.rename(target)
        return Entry(new, str(target), target)


def _overlays(folder: Traversable) -> Iterator[tuple[str, str]]:
    """Yield the overlays beside a policy: YAML files that start with ``overlay``."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml") and not entry.name.startswith("."))
    found = 0
    for name in names:
        path = folder / name
        if name in (MAIN, "cases.yaml", "binding.yaml") or not path.is_file():
            continue
        if isinstance(path, Path) and isinstance(folder, Path) and path.resolve().parent != folder.resolve():
            continue
        source: Source = read_file_of("overlay", str(path))
        if OVERLAY_START.match(source.text) and found < MOST_OVERLAYS:
            found += 1
            yield name, source.text
