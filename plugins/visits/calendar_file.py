"""A plan of visits as a calendar (iCalendar, RFC 5545): one event a visit, with an id that stays the same from plan to plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.visits.visit_plan import Visit, VisitPlan

__all__ = ["calendar_file"]

LINE_BYTES = 75
"""A line may have so many bytes (RFC 5545, section 3.1); what is longer goes on after a blank."""


def calendar_file(plan: VisitPlan, policy: str, made_on: date, language: str) -> bytes:
    """Return the calendar.

    Args:
        plan: The visits.
        policy: The name of the policy: a part of the ids of events.
        made_on: The date of the run, which stands as the time at which the events were made; nothing reads the clock.
        language: ``en`` or ``zh``.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tierwise//visits//EN", "CALSCALE:GREGORIAN"]
    for visit in plan.visits:
        lines += _event(visit, policy, made_on, language)
    return b"".join(part + b"\r\n" for line in (*lines, "END:VCALENDAR") for part in _folded(line))


def _event(visit: Visit, policy: str, made_on: date, language: str) -> Iterator[str]:
    words = words_of("visits", language)
    what = visit.cadence.label.get(language) or visit.cadence.name
    told = [f"{words['key']}: {visit.key}", f"{words['due']}: {visit.due.isoformat() if visit.due else words['never']}"]
    told += [f"{words['owner']}: {visit.owner}"] if visit.owner else []
    yield "BEGIN:VEVENT"
    yield f"UID:{_id(visit, policy)}@tierwise"
    yield f"DTSTAMP:{made_on:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{visit.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{visit.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'{visit.name or visit.key} · {what}')}"
    yield f"DESCRIPTION:{_escaped(chr(10).join(told))}"
    if visit.owner:
        yield f"CATEGORIES:{_escaped(visit.owner)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _id(visit: Visit, policy: str) -> str:
    """Return an id that hangs on what the visit is, not on when the plan was made: a calendar that has it changes it instead of adding one."""
    when = visit.due.isoformat() if visit.due else "never"
    return sha256(f"{policy}\x1f{visit.key}\x1f{visit.cadence.name}\x1f{when}".encode()).hexdigest()[:32]


def _escaped(text: str) -> str:
    shown = "".join(sign if sign >= " " or sign == "\n" else " " for sign in text)
    return shown.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """Divide a line between its characters."""
    part, is_first = b"", True
    for sign in line:
        encoded = sign.encode("utf-8", "replace")
        if len(part) + len(encoded) > LINE_BYTES - (0 if is_first else 1):
            yield part if is_first else b" " + part
            part, is_first = b"", False
        part += encoded
    yield part if is_first else b" " + part
