"""Runs a rule that demands that events follow an event in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tierwise.plugins.watch_engine import Match, Task
from tierwise.plugins.watching.deadlines import Deadlines
from tierwise.plugins.watching.event import FOREVER, Event, first_second, last_second, moment_of, time_after
from tierwise.plugins.watching.event_json import event_of, stored
from tierwise.plugins.watching.firing import Arrival, Firing, Key
from tierwise.plugins.watching.rule import Duty, Lost

__all__ = ["DutyRun"]


@dataclass
class _Open:
    """One duty: what opened it, and the events that have answered it, by the number of the expected event."""

    opener: Event
    limit: int
    answers: dict[int, Event] = field(default_factory=dict)
    told: bool = False


@dataclass
class _Subject:
    """The open duties of a key, and answers so late in time that a duty of the same day may still come."""

    duties: list[_Open] = field(default_factory=list)
    recent: list[tuple[int, Event]] = field(default_factory=list)


class DutyRun:
    """The open duties of one rule under one variant."""

    def __init__(self, duty: Duty, has_met: bool) -> None:
        self.late = 0
        self._duty, self._has_met = duty, has_met
        self._subjects: dict[Key, _Subject] = {}
        self._deadlines = Deadlines()
        self._asked: list[tuple[_Open, int, Event]] = []
        self._touched: dict[Key, None] = {}
        self._batch: dict[Key, None] = {}

    def gather(self, arrivals: Sequence[Arrival], before: int) -> list[Task]:
        """Open duties and look for the first answer to each expected event; what comes after all deadlines answers nothing."""
        self._asked, self._batch = [], {}
        for arrival in sorted(arrivals, key=lambda one: one.event.order):
            subject = self._subjects.setdefault(arrival.key, _Subject())
            self._batch[arrival.key] = None
            if arrival.role:
                subject.recent.append((arrival.role - 1, arrival.event))
                continue
            limit = FOREVER if isinstance(self._duty.by, Lost) else time_after(arrival.event.at, self._duty.by)
            if limit < before:
                self.late += 1
                continue
            subject.duties.append(_Open(arrival.event, limit))
            self._deadlines.add(limit, arrival.key)
        for key in self._batch:
            self._touched[key] = None
            self._asked += self._questions(self._subjects[key])
        return [
            Task("answer", 2, ((first_second(duty.opener.at), duty.limit), (first_second(answer.at), duty.limit)))
            for duty, _, answer in self._asked
        ]

    def conclude(self, matches: Sequence[Sequence[Match]], now: int) -> list[Firing]:
        """Close what is answered and what is too late."""
        for (duty, number, answer), found in zip(self._asked, matches, strict=True):
            if found:
                duty.answers[number] = answer
        firings: list[Firing] = []
        for key in self._batch:
            subject = self._subjects[key]
            firings += self._met(subject)
            subject.recent = [(number, event) for number, event in subject.recent if last_second(event.at) >= now]
            self._forget(key)
        for key in self._deadlines.passed(now):
            firings += self._missed(key, now)
        return firings

    def finish(self) -> list[Firing]:
        """Tell, once, of every open duty for which it is not known how long it may take."""
        lost = self._duty.by
        if not isinstance(lost, Lost):
            return []
        firings = []
        for key, subject in self._subjects.items():
            for duty in subject.duties:
                if not duty.told:
                    duty.told = True
                    self._touched[key] = None
                    firings.append(Firing((duty.opener,), duty.opener.at, missing=self._missing(duty), lost=lost))
        return firings

    def changed(self) -> dict[Key, Any]:
        """Return the duties of each key that changed."""
        touched, self._touched = self._touched, {}
        return {key: _state(self._subjects[key]) if key in self._subjects else None for key in touched}

    def settle(self) -> None:
        """Forget what changed: nobody keeps it."""
        self._touched.clear()

    def restore(self, key: Key, state: Any) -> None:
        """Put the duties of a key back."""
        duties = [
            _Open(event_of(raw["opener"]), raw["limit"], {int(n): event_of(e) for n, e in raw["answers"].items()}, raw["told"])
            for raw in state["duties"]
        ]
        self._subjects[key] = _Subject(duties, [(number, event_of(raw)) for number, raw in state["recent"]])
        for duty in duties:
            self._deadlines.add(duty.limit, key)

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _questions(self, subject: _Subject) -> Iterator[tuple[_Open, int, Event]]:
        for duty in subject.duties:
            for number in range(len(self._duty.expected)):
                if number not in duty.answers:
                    answer = next((e for n, e in subject.recent if n == number and _may_answer(duty, e)), None)
                    if answer is not None:
                        yield duty, number, answer

    def _met(self, subject: _Subject) -> Iterator[Firing]:
        for duty in [duty for duty in subject.duties if len(duty.answers) == len(self._duty.expected)]:
            subject.duties.remove(duty)
            if self._has_met:
                answers = sorted(duty.answers.values(), key=lambda event: event.order)
                yield Firing((duty.opener, *answers), answers[-1].at, met=True)

    def _missed(self, key: Key, now: int) -> Iterator[Firing]:
        subject = self._subjects.get(key, _Subject())
        for duty in [duty for duty in subject.duties if duty.limit < now]:
            subject.duties.remove(duty)
            yield Firing((duty.opener,), moment_of(duty.limit, duty.opener.at), missing=self._missing(duty))
        self._forget(key)

    def _missing(self, duty: _Open) -> tuple[str, ...]:
        return tuple(one.name for number, one in enumerate(self._duty.expected) if number not in duty.answers)

    def _forget(self, key: Key) -> None:
        self._touched[key] = None
        subject = self._subjects.get(key)
        if subject is not None and not subject.duties and not subject.recent:
            del self._subjects[key]


def _may_answer(duty: _Open, event: Event) -> bool:
    """Say whether an event is not surely before the opener: one that is known to the day may be at any time of it."""
    return event.id != duty.opener.id and last_second(event.at) >= first_second(duty.opener.at)


def _state(subject: _Subject) -> dict[str, Any] | None:
    duties = [
        {"opener": stored(d.opener), "limit": d.limit, "answers": {str(n): stored(e) for n, e in d.answers.items()}, "told": d.told}
        for d in subject.duties
    ]
    recent = [[number, stored(event)] for number, event in subject.recent]
    return {"duties": duties, "recent": recent} if duties or recent else None
