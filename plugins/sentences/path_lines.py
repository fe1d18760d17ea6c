"""Says the ways to another grade as sentences with indentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from tierwise.core.outcome import Undetermined
from tierwise.core.plan import AS_OF, Plan
from tierwise.core.values import Duration, Value
from tierwise.plugins.paths.path import Change, Paths, Route
from tierwise.plugins.sentences.lines import Line
from tierwise.plugins.sentences.phrases import phrase
from tierwise.plugins.sentences.words import joined, label_in, name_text, outcome_text, value_text

__all__ = ["change_text", "lines_of_paths"]

MOST_ROUTES = 5


def lines_of_paths(paths: Paths, plan: Plan, changeable: Iterable[str], language: str = "en", most: int = MOST_ROUTES) -> Iterator[Line]:
    """Yield the ways of one subject as sentences, each with its indentation.

    Args:
        paths: The ways.
        plan: The policy, for what it calls its facts.
        changeable: The facts that may change.
        language: ``en`` or ``zh``.
        most: How many routes of each sort are told, of one fact and of several.
    """
    of = paths.output.type

    def named(names: Iterable[str]) -> str:
        return joined((name_text(name, label_in(plan, name) if language == "zh" else {}, language) for name in names), language)

    yield 0, name_text(paths.output.name, paths.output.label, language)
    yield 1, phrase("path here", language, value=outcome_text(paths.present, of, language))
    if isinstance(paths.present, Undetermined) and paths.present.needs:
        yield 2, phrase("settle", language, names=named(paths.present.needs))
    if not paths.wanted:
        yield 1, phrase("path best", language)
    else:
        wanted = value_text(paths.wanted[-1], of, language)
        yield 1, phrase("path wanted" if len(paths.wanted) > 1 else "path to", language, value=wanted)
        yield from _routes(paths.up, paths, phrase("path none", language, names=named(changeable)), language, most)
    if not isinstance(paths.present, Undetermined):
        yield 1, phrase("path lose", language)
        yield from _routes(paths.lose, paths, phrase("path safe", language, names=named(changeable)), language, most)
    if paths.not_searched:
        yield 1, phrase("path not searched", language, names=named(paths.not_searched))
    if not paths.is_proved:
        yield 1, phrase("path not proved", language)


def _routes(routes: tuple[Route, ...], paths: Paths, otherwise: str, language: str, most: int) -> Iterator[Line]:
    if not routes:
        yield 2, otherwise
    single = [route for route in routes if len(route.changes) == 1]
    several = [route for route in routes if len(route.changes) > 1]
    for some in (single, several):
        for route in some[:most]:
            changes = phrase("path and", language).join(change_text(change, language, route.until) for change in route.changes)
            yield 2, phrase("path gives", language, changes=changes, value=outcome_text(route.outcome, paths.output.type, language))
            for move in route.gains:
                before, after = (outcome_text(outcome, move.type, language) for outcome in (move.before, move.after))
                yield 3, phrase("path gain", language, name=name_text(move.output, move.label, language), before=before, after=after)
        if len(some) > most:
            yield 2, phrase("more", language, count=len(some) - most)


def change_text(change: Change, language: str, until: date | None = None) -> str:
    """Return what changes: from what, to what, by how much; of items that are added also until when they count."""
    name = name_text(change.fact, change.label, language)
    if isinstance(change.before, tuple) and isinstance(change.after, tuple):
        added = change.after[len(change.before) :]
        words = {"name": name, "count": len(added), "day": value_text(added[0], None, language)}
        if until is None:
            return phrase("path items", language, **words)
        return phrase("path items until", language, **words, until=value_text(until, None, language))
    before, after = (value_text(value, change.type, language) for value in (change.before, change.after))
    if change.by is None:
        return phrase("path change", language, name=name, before=before, after=after)
    if change.fact == AS_OF:
        return phrase("path later", language, after=after, by=value_text(change.by, None, language))
    key = "path fall" if _is_negative(change.by) else "path rise"
    return phrase(key, language, name=name, before=before, after=after, by=value_text(_without_sign(change.by), change.type, language))


def _is_negative(by: Value) -> bool:
    return (isinstance(by, Decimal) and by < 0) or (isinstance(by, Duration) and min(by.months, by.seconds) < 0)


def _without_sign(by: Value) -> Value:
    if isinstance(by, Duration):
        return by.times(-1) if _is_negative(by) else by
    return abs(by) if isinstance(by, Decimal) else by
