"""Actions: what a rule says is to be done, with what caused it and the readings it hangs on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.plan import Named
from tierwise.core.values import to_json

__all__ = ["Action", "action_id"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done.

    Attributes:
        id: A hash over what makes it this action: the same events give the same id, in every run.
        do: The author's word for it.
        at: When it became due: the time of the last event, or of the deadline that passed.
        events: The ids of the events that caused it, in their order.
        readings: Reading to the words under which it is to be done; empty when it does not hang on a reading.
        missing: The expected events that did not come.
        lost: The parameter without a value on which it hangs whether it is late at all; empty for none.
        text: What it says to people.
    """

    id: str
    rule: str
    do: str
    level: str
    subject: str
    at: date
    events: tuple[str, ...]
    readings: Mapping[str, tuple[str, ...]]
    amount: Decimal | None
    unit: str
    missing: tuple[str, ...]
    lost: str
    text: Named

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return it as JSON; what does not apply is left out."""
        document: dict[str, Any] = {
            "id": self.id, "rule": self.rule, "do": self.do, "level": self.level, "subject": self.subject,
            "at": self.at.isoformat(), "events": list(self.events),
        }  # fmt: skip
        if self.readings:
            document["readings"] = {name: words[0] if len(words) == 1 else list(words) for name, words in self.readings.items()}
        if self.amount is not None:
            document |= {"amount": to_json(self.amount), **({"unit": self.unit} if self.unit else {})}
        if self.missing:
            document["missing"] = list(self.missing)
        if self.lost:
            document["undetermined"] = self.lost
        text = self.text.get(language) or self.text.get("en", "")
        return {**document, "text": text} if text else document


def action_id(*parts: Any) -> str:
    """Return the id of an action from what makes it the one it is."""
    return hashlib.sha256(_ENCODER.encode(parts).encode("ascii")).hexdigest()[:24]


_ENCODER = json.JSONEncoder(default=str)
