"""The worker process: reads a batch of tasks a line, answers a line; one thread, nothing kept between two batches.

``{"batch": 7, "tasks": [["count", 2, [[at, limit], …]], …]}`` is answered by ``{"batch": 7, "matches": [[[0, 1]], …]}`` or ``{"batch": 7, "error": "…"}``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tierwise.plugins.builtin.watch_durable.rulesets import ANSWER, Rulesets, Session, answer_rule, count_rule
from tierwise.plugins.watch_engine import Match

__all__ = ["main", "matches_of"]

AT_ONCE = 100


def main() -> None:
    """Answer until the other side closes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a library prints must not reach the answers
    rulesets = Rulesets()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: dict[str, Any] = {"matches": [matches_of(rulesets, *task) for task in asked["tasks"]]}
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps({"batch": asked["batch"], **answer}) + "\n")
        answers.flush()


def matches_of(rulesets: Rulesets, form: str, count: int, marks: list[tuple[int, int]]) -> list[Match]:
    """Return the matches of one task."""
    if form == "answer":
        return _answered(rulesets.session(answer_rule()), marks)
    if count == 1:
        return _each(rulesets, len(marks))
    return _counted(rulesets, count, marks)


def _answered(session: Session, marks: list[tuple[int, int]]) -> list[Match]:
    """Post an opener and the answer that is in time; else one that only uses the opener up (see ``_leave``)."""
    (_, limit), (at, _) = marks
    session.post(0)
    in_time = at <= limit
    found = session.post(1 if in_time else -1, ANSWER)
    session.close()
    return found if in_time else []


def _each(rulesets: Rulesets, length: int) -> list[Match]:
    found: list[Match] = []
    for start in range(0, length, AT_ONCE):
        session = rulesets.session(count_rule(1))
        found += session.post_all(range(start, min(start + AT_ONCE, length)))
        session.close()
    return found


def _counted(rulesets: Rulesets, count: int, marks: list[tuple[int, int]]) -> list[Match]:
    """Post events in order. durable-rules never forgets a waiting event: when one drops out of the window, the others go to a new session."""
    found: list[Match] = []
    session = rulesets.session(count_rule(count))
    waiting: list[int] = []
    for number, (at, _) in enumerate(marks):
        inside = [earlier for earlier in waiting if at <= marks[earlier][1]]
        if len(inside) < len(waiting):
            _leave(session, count - len(waiting))
            session = rulesets.session(count_rule(count))
            for earlier in inside:
                session.post(earlier)
        matches = session.post(number)
        found += matches
        waiting = [] if matches else [*inside, number]
    _leave(session, count - len(waiting) if waiting else 0)
    return found


def _leave(session: Session, lacking: int) -> None:
    """Close a session whose events have all been used up: to delete a state in which some still wait crashes durable-rules, now and then."""
    for number in range(lacking):
        session.post(-1 - number)
    session.close()


if __name__ == "__main__":
    main()
