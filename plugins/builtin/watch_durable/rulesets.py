"""Rulesets of durable-rules, built as JSON and named by their content; and one session in one of them, deleted after use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from durable.engine import MessageNotHandledException, Ruleset

from tierwise.plugins.watch_engine import Match

__all__ = ["Rulesets", "Session", "answer_rule", "count_rule"]

OPENER, ANSWER = 1, 2
Definition = Mapping[str, Any]


def count_rule(count: int) -> Definition:
    """Return the rule that fires on so many messages and uses them up."""
    counted = {"count": count} if count > 1 else {}
    return {"enough": {"all": [{"m": {"role": OPENER}}], **counted, "run": "match"}}


def answer_rule() -> Definition:
    """Return the rule that fires on a message and its answer."""
    return {"answered": {"all": [{"opener": {"role": OPENER}}, {"answer": {"role": ANSWER}}], "run": "match"}}


class Rulesets:
    """The rulesets of this process. durable-rules cannot replace one, so each stays under the hash of what it says."""

    def __init__(self) -> None:
        self._known: dict[str, Ruleset] = {}
        self._sessions = 0
        self._found: list[Match] = []
        self._error: BaseException | None = None

    def get_action(self, name: str) -> Callable[[Any], None]:
        """Return the host's action, as durable-rules asks for it by name."""
        if name != "match":
            raise KeyError(name)
        return self._act

    def session(self, definition: Definition) -> Session:
        """Open a session with an id of its own."""
        text = json.dumps(definition, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()
        if name not in self._known:
            self._known[name] = Ruleset(name, self, json.loads(text))
        self._sessions += 1
        return Session(self, self._known[name], str(self._sessions))

    def taken(self) -> list[Match]:
        """Return what matched since the last call.

        Raises:
            Exception: The one that was raised in an action, where durable-rules had swallowed it.
        """
        found, self._found = self._found, []
        error, self._error = self._error, None
        if error is not None:
            raise error
        return found

    def _act(self, context: Any) -> None:
        try:
            self._found.append(tuple(sorted(_numbers(context))))
        except BaseException as error:  # noqa: BLE001 - durable-rules swallows it, even SystemExit; `taken` raises it
            self._error = error


class Session:
    """One session of one ruleset."""

    def __init__(self, owner: Rulesets, ruleset: Ruleset, id: str) -> None:
        self._owner, self._ruleset, self._id = owner, ruleset, id

    def post(self, number: int, role: int = OPENER) -> list[Match]:
        """Post one message and return what matches with it; nothing when it has to wait."""
        message = {"sid": self._id, "id": str(number), "role": role, "n": number}
        try:
            state = self._ruleset.assert_event(message)
        except MessageNotHandledException:  # no rule is waiting for it: no match, not an error
            return []
        return self._fired(state)

    def post_all(self, numbers: Iterable[int]) -> list[Match]:
        """Post messages that do not wait for each other, all at once; the matches are in the order of the messages."""
        messages = [{"sid": self._id, "id": str(number), "role": OPENER, "n": number} for number in numbers]
        return sorted(self._fired(self._ruleset.assert_events(messages)))

    def close(self) -> None:
        """Delete the state, so that memory stays flat."""
        self._ruleset.delete_state(self._id)

    def _fired(self, state: Any) -> list[Match]:
        if state:
            self._ruleset.do_actions(state, _raise)
        return self._owner.taken()


def _numbers(context: Any) -> Iterable[int]:
    matched = context.__dict__.get("m")
    if isinstance(matched, list):  # a rule with a count hands a list over
        return [int(message["n"]) for message in matched]
    return [int(message["n"]) for message in context.__dict__["_m"].values()]


def _raise(error: Any, _: Any) -> None:
    if error:
        raise error if isinstance(error, BaseException) else RuntimeError(str(error))
