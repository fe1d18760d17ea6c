"""Turns what fired under single variants into actions: what fires under every reading hangs on none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import prod
from typing import Any

from tierwise.core.meaning.unknown import Unknown
from tierwise.core.values import to_json
from tierwise.plugins.watching.action import Action, action_id
from tierwise.plugins.watching.compile_rules import PLACEHOLDER
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.event_conditions import Conditions
from tierwise.plugins.watching.firing import Firing
from tierwise.plugins.watching.rule import ActionPlan, Duty, Variant, WatchRule

__all__ = ["merged"]


def merged(policy: str, rule: WatchRule, firings: Sequence[Sequence[Firing]], conditions: Conditions) -> Iterator[tuple[Action, Firing]]:
    """Yield the actions of a batch in the order of their times.

    Args:
        policy: The policy's slug.
        rule: The rule.
        firings: For each of the rule's variants what fired under it.
        conditions: What amounts are evaluated by.
    """
    found: dict[Any, list[tuple[int, Firing, Decimal | None]]] = {}
    for number, (variant, fired) in enumerate(zip(rule.variants, firings, strict=True)):
        for firing in fired:
            amount = _amount(_action_of(rule, firing), firing.events[-1], variant, conditions)
            key = (tuple(event.id for event in firing.events), firing.at.isoformat(), firing.met, firing.missing, amount)
            found.setdefault(key, []).append((number, firing, amount))
    groups = sorted(found.values(), key=lambda group: (group[0][1].at.isoformat(), group[0][1].events[-1].order))
    for group in groups:
        _, firing, amount = group[0]
        for readings in _readings(rule, [number for number, _, _ in group]):
            yield _made(policy, rule, firing, amount, readings), firing


def _action_of(rule: WatchRule, firing: Firing) -> ActionPlan:
    return rule.met if firing.met and rule.met is not None else rule.action


def _amount(action: ActionPlan, event: Event, variant: Variant, conditions: Conditions) -> Decimal | None:
    if action.amount is None:
        return None
    value = conditions.value(action.amount, event, variant)
    return None if isinstance(value, Unknown) else value


def _readings(rule: WatchRule, numbers: Sequence[int]) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Yield the readings under which something fires; several times when one word for each does not say it."""
    if len(numbers) == len(rule.variants):
        yield {}
        return
    variants = [rule.variants[number] for number in numbers]
    names = rule.variants[0]
    words = {name: tuple(dict.fromkeys(variant[name] for variant in variants)) for name in names}
    if prod(map(len, words.values())) == len(variants):
        every = {name: len({variant[name] for variant in rule.variants}) for name in names}
        yield {name: found for name, found in words.items() if len(found) < every[name]}
        return
    for variant in variants:
        yield {name: (word,) for name, word in variant.items()}


def _made(policy: str, rule: WatchRule, firing: Firing, amount: Decimal | None, readings: Mapping[str, tuple[str, ...]]) -> Action:
    plan = _action_of(rule, firing)
    ids = tuple(event.id for event in firing.events)
    lost = firing.lost.parameter if firing.lost is not None else ""
    told = {name: list(words) for name, words in readings.items()}
    subject = firing.events[-1].subject
    id = action_id(policy, rule.name, plan.do, subject, ids, told, firing.missing, str(amount), lost)
    text = {language: _said(said, rule, firing, amount, language) for language, said in plan.say.items()}
    return Action(id, rule.name, plan.do, plan.level, subject, firing.at, ids, readings, amount, plan.unit, firing.missing, lost, text)


def _said(text: str, rule: WatchRule, firing: Firing, amount: Decimal | None, language: str) -> str:
    """Fill the places of a text."""
    if "{" not in text:
        return text
    event = firing.events[-1]
    labels = {one.name: one.label for one in rule.form.expected} if isinstance(rule.form, Duty) else {}
    values: dict[str, Any] = {
        **{name: _shown(value) for name, value in event.fields.items()},
        "subject": event.subject,
        "at": firing.at.isoformat(),
        "count": len(firing.events),
        "amount": "" if amount is None else to_json(amount),
        "missing": _listed((labels[name].get(language, name) for name in firing.missing), language),
    }
    return PLACEHOLDER.sub(lambda place: str(values.get(place[1], "")), text)


def _shown(value: Any) -> str:
    shown = to_json(value)
    return ", ".join(map(str, shown)) if isinstance(shown, list) else "" if shown is None else str(shown)


def _listed(words: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(words)
