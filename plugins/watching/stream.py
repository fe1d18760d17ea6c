"""Reads events from JSON lines as they come; a bad line is a finding with its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Protocol

from tierwise.core.finding import Finding
from tierwise.plugins.json_text import NoJsonError, read_json
from tierwise.plugins.watching.entering import BadEvent, enter_event
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan

__all__ = ["LineReader", "Readable"]

LONGEST = 1_000_000
CHUNK = 1 << 18
MOST_FINDINGS = 100


class Readable(Protocol):
    """Bytes as they come: what is there now, at least one; none at the end."""

    def read1(self, size: int, /) -> bytes:
        """Return up to so many bytes."""


class LineReader:
    """Events in batches: what has arrived by the time it is asked. ``findings`` tells of lines that are no events."""

    def __init__(self, plan: WatchPlan, stream: Readable) -> None:
        self._plan, self._stream = plan, stream
        self._number = 0
        self._bad = 0
        self._found: list[Finding] = []
        self._strange: Counter[str] = Counter()

    def batches(self, until: date | None = None) -> Iterator[list[Event]]:
        """Yield the events of all lines that have arrived, until the stream ends; none after the day ``until``."""
        for events in self._batches():
            yield [event for event in events if until is None or event.at.isoformat()[:10] <= until.isoformat()]

    def _batches(self) -> Iterator[list[Event]]:
        rest, skipping = b"", False
        while part := self._stream.read1(CHUNK):
            *lines, rest = (rest + part).split(b"\n")
            if skipping and lines:  # the tail of a line that was too long
                del lines[0]
                skipping = False
            yield [event for line in lines if (event := self._event(line)) is not None]
            if len(rest) > LONGEST:
                if not skipping:
                    self._number += 1
                    self._report(f"is longer than {LONGEST} bytes")
                rest, skipping = b"", True
        if rest and not skipping and (event := self._event(rest)) is not None:
            yield [event]

    def findings(self) -> list[Finding]:
        """Return what was wrong, the first hundred lines of it."""
        found = list(self._found)
        if self._bad > len(found):
            found.append(Finding.warning("bad-event", f"{self._bad - len(found)} more lines hold faults of this sort"))
        for kind, count in self._strange.most_common(10):
            found.append(Finding.note("unwatched-event", f"{count} events are of kind `{kind}`, which the policy does not watch"))
        return found

    def _event(self, line: bytes) -> Event | None:
        self._number += 1
        if not line.strip():
            return None
        try:
            read = read_json(line)
            raw = read.value
            if not isinstance(raw, dict):
                raise BadEvent("is no JSON object")
            entered = enter_event(raw, self._plan)
        except BadEvent as error:
            self._report(str(error))
            return None
        except NoJsonError as error:
            self._report(f"is no JSON: {error}")
            return None
        for key in read.repeated:
            self._report(f"gives `{key}` more than once; the last counts", "duplicate-key")
        if entered is None:
            kind = str(raw["kind"])
            self._strange[kind if len(self._strange) < 1_000 or kind in self._strange else "…"] += 1
            return None
        for said in entered.unfit:
            self._report(said, "bad-value")
        return entered.event

    def _report(self, said: str, code: str = "bad-event") -> None:
        self._bad += 1
        if len(self._found) < MOST_FINDINGS:
            self._found.append(Finding.warning(code, f"line {self._number}: {said}"))
