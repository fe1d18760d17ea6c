"""Writes what a policy watches as text in one way only, without what is for people to read; what an action says is part of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from tierwise.core.plan.canonical import node_text, type_text
from tierwise.plugins.watching.rule import ActionPlan, Count, Duty, EventKind, Lost, Silence, WatchRule

__all__ = ["watch_text"]


def watch_text(kinds: Mapping[str, EventKind], rules: Sequence[WatchRule]) -> str:
    """Return kinds of events and rules as text, a line for everything that counts."""
    lines = ["watch", *(line for kind in kinds.values() for line in _kind(kind)), *(line for rule in rules for line in _rule(rule))]
    return "".join(f"{line}\n" for line in lines)


def _kind(kind: EventKind) -> Iterator[str]:
    yield from ("", f"events {kind.name}")
    for name, type_ in kind.fields.items():
        yield f"  {name}: {type_text(type_)}{', nullable' if name in kind.nullable else ''}"
    for table in kind.tables.values():
        yield f"  from {_json(table.model_dump(mode='json'))}"


def _rule(rule: WatchRule) -> Iterator[str]:
    yield from ("", f"rule {rule.name}", f"  on {', '.join(rule.kinds)}")
    if rule.condition is not None:
        yield f"  when {node_text(rule.condition)}"
    yield from (f"  per {node_text(part)}" for part in rule.per)
    match rule.form:
        case Count() as count:
            told = (("within", count.within), ("calendar", count.calendar), ("reading", count.reading), ("again", count.again))
            resets = ", ".join(count.resets)
            yield f"  count {count.count}{''.join(f', {word} {value}' for word, value in told if value is not None)}"
            yield from (f"  reset {resets}" for _ in count.resets[:1])
        case Duty() as duty:
            yield f"  by {f'{duty.by.parameter} ({duty.by.reason})' if isinstance(duty.by, Lost) else duty.by}"
            for expected in duty.expected:
                condition = "" if expected.condition is None else f" when {node_text(expected.condition)}"
                yield f"  expect {expected.name} on {', '.join(expected.kinds)}{condition}"
        case Silence() as silence:
            yield f"  silence {silence.length}"
        case _:
            assert_never(rule.form)
    yield f"  action {_action(rule.action)}"
    if rule.met is not None:
        yield f"  met {_action(rule.met)}"


def _action(action: ActionPlan) -> str:
    amount = None if action.amount is None else node_text(action.amount)
    return _json({"do": action.do, "say": action.say, "level": action.level, "amount": amount, "unit": action.unit, "post": action.post})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
