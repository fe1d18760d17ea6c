"""Keeps a policy in service: when its files change they are read and checked beside it, and then take its place whole, or are refused and told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tierwise.core.errors import PolicyError, TierwiseError
from tierwise.core.finding import Finding
from tierwise.plugins.loading import policy_paths
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, load

__all__ = ["InService", "Refused", "Wanted", "take_into_service"]

Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file its path, when it was written, its size, and its number on the disk: another file under its name has another one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be served.

    Attributes:
        name_or_path: A shipped policy's name, or the path of a folder or file.
        overlays: Files over it, the later one holds.
        settings: Parameter or reading to its value.
    """

    name_or_path: str
    overlays: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def load(self, plugins: Plugins) -> LoadedPolicy:
        """Read and check it.

        Raises:
            TierwiseError: It cannot be run.
        """
        loaded = load(self.name_or_path, overlay=self.overlays, settings=self.settings, plugins=plugins)
        loaded.prepare()
        return loaded

    def files(self, plugins: Plugins) -> Iterator[Path]:
        """Yield the files that it hangs on, as they are now; nothing where they cannot be listed."""
        try:
            yield from policy_paths(self.name_or_path, plugins.policies())
        except PolicyError:
            return
        yield from map(Path, self.overlays)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the files as they are now do not serve.

    Attributes:
        message: Why, in one line.
        help: What to do about it.
        findings: What was found in them.
    """

    message: str
    help: str
    findings: tuple[Finding, ...]

    @classmethod
    def by(cls, error: TierwiseError) -> Refused:
        """Return what an error says."""
        return cls(str(error), error.help, error.findings if isinstance(error, PolicyError) else ())


class InService:
    """A policy in service under its name. ``loaded`` and ``refused`` are replaced whole; whoever answers a request reads ``loaded`` once.

    Attributes:
        name: The policy's own name, which it keeps.
        loaded: The policy that decides now.
        refused: Why its files as they are now do not serve; ``None`` when they are what serves.
        swaps: How often it was replaced.
    """

    def __init__(self, wanted: Wanted, plugins: Plugins) -> None:
        self._wanted = wanted
        self._plugins = plugins
        self._seen = self._tried = self._signature()
        self.loaded = wanted.load(plugins)
        self.name = self.loaded.plan.policy
        self.refused: Refused | None = None
        self.swaps = 0

    def look(self) -> bool:
        """Look at the files, and put them in service once they have rested since the last look; say whether anything became of it.

        A policy of several files is saved one file after the other: what is read between two of them would be neither the old nor the new. Call it
        from one thread at a time.
        """
        now = self._signature()
        rested, self._seen = now == self._seen, now
        if not rested or now == self._tried:
            return False
        try:
            loaded: LoadedPolicy | Refused = self._named(self._wanted.load(self._plugins))
        except TierwiseError as error:
            loaded = Refused.by(error)
        except Exception as error:  # noqa: BLE001  whatever is wrong with them, the one in service goes on
            loaded = Refused(f"a defect of tierwise, not of your files: {type(error).__name__}: {error}", "", ())
        if self._signature() != now:
            return False  # it was written while it was read
        self._tried = now
        if isinstance(loaded, Refused):
            self.refused = loaded
        else:
            self.loaded, self.refused = loaded, None
            self.swaps += 1
        return True

    def _named(self, loaded: LoadedPolicy) -> LoadedPolicy:
        if loaded.plan.policy != self.name:
            raise PolicyError(f"the file is now policy `{loaded.plan.policy}`, not `{self.name}`", help="start another service for it")
        return loaded

    def _signature(self) -> Signature:
        found = []
        for file in self._wanted.files(self._plugins):
            try:
                at = os.stat(file)
            except OSError:
                continue  # it is gone; its absence is a change, too
            found.append((str(file), at.st_mtime_ns, at.st_size, at.st_ino))
        return tuple(sorted(found))


def take_into_service(wanted: Sequence[Wanted], plugins: Plugins) -> dict[str, InService]:
    """Load policies for service, by their names.

    Raises:
        TierwiseError: One of them cannot be run, or two have the same name.
    """
    found: dict[str, InService] = {}
    for one in wanted:
        serving = InService(one, plugins)
        if serving.name in found:
            raise PolicyError(f"policy `{serving.name}` is given twice", help="serve each under one name")
        found[serving.name] = serving
    return found
