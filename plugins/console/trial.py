"""One customer tried on a draft: the outcomes, the rules that decide, and the rules that miss with their distance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from tierwise.core.explaining import Explanation
from tierwise.core.finding import Finding
from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, EnumType, ListType, MapType, RecordType, SetType
from tierwise.core.values import to_json
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import Bound, bound_database, explain_subject
from tierwise.plugins.sentences.lines import Line, lines_of
from tierwise.plugins.sentences.phrases import phrase
from tierwise.plugins.sentences.words import label_text, miss_text, outcome_text

__all__ = ["FactField", "Hit", "Tried", "fact_fields", "subject_facts", "try_facts", "try_subject"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule of a decision came to for this customer: ``met`` it decides, ``maybe`` it may, else it misses, by ``text``."""

    decision: str
    rule: str
    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try.

    Attributes:
        outcomes: The label of each output and what it is.
        hits: Rules that decide or miss.
        lines: The explanation as sentences with indentation.
        findings: Facts that do not fit.
        document: Output to outcome as JSON, as ``decide`` gives it.
    """

    outcomes: tuple[tuple[str, str, bool], ...]
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactField:
    """A fact as a field of a form: its name, label, unit, the words it may be (none for any text) and what stands in it."""

    name: str
    label: str
    unit: str
    words: tuple[tuple[str, str], ...]
    value: str


def fact_fields(
    loaded: LoadedPolicy, words: Mapping[str, Mapping[str, str]], given: Mapping[str, str], language: str
) -> tuple[FactField, ...]:
    """Return the facts of a policy as fields; facts of other facts' records are written as JSON."""
    return tuple(_field(fact, words.get(fact.name, {}), given.get(fact.name, ""), language) for fact in loaded.plan.facts.values())


def _field(fact: Fact, words: Mapping[str, str], value: str, language: str) -> FactField:
    choices: tuple[tuple[str, str], ...] = ()
    if isinstance(fact.type, EnumType):
        choices = tuple((word, words.get(word, word)) for word in fact.type.values)
    elif isinstance(fact.type, BooleanType):
        choices = (("true", phrase("yes", language)), ("false", phrase("no", language)))
    more = (("null", phrase("none", language)),) if fact.nullable and choices else ()
    unit = getattr(fact.type, "unit", "") or ""
    return FactField(
        fact.name,
        label_text(fact.label, language) or fact.name,
        unit,
        (*choices, *more),
        value,
    )


def try_facts(loaded: LoadedPolicy, given: Mapping[str, str], as_of: date | None, language: str) -> Tried:
    """Decide one customer by facts that a person typed; an empty field is a missing fact, ``null`` says that there is none."""
    facts = {name: _value(loaded.plan.facts[name], text) for name, text in given.items() if text.strip() and name in loaded.plan.facts}
    _, findings = read_facts(loaded.plan, facts)
    return _tried(loaded.explain(facts, as_of), language, tuple(findings))


def _value(fact: Fact, text: str) -> Any:
    text = text.strip()
    if text == "null":
        return None
    if isinstance(fact.type, BooleanType):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(fact.type, ListType | SetType | MapType | RecordType):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def try_subject(bound: Bound, key: str, language: str) -> Tried:
    """Decide one customer of a database."""
    return _tried(explain_subject(bound, key), language, ())


@contextmanager
def subject_facts(loaded: LoadedPolicy, database: str, as_of: date | None, word: str) -> Iterator[tuple[Bound, str, dict[str, str]]]:
    """Give the customer of a database whom people call so, and the facts that are known as a person would type them."""
    with bound_database(loaded, database, None, as_of) as bound:
        key = bound.facts.key_of(word) or word
        subject = bound.subject(key)
        yield bound, key, {name: _typed(value) for name, value in subject.facts.items()}


def _typed(value: Any) -> str:
    shown = to_json(value)
    return shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)


def _tried(explanation: Explanation, language: str, findings: tuple[Finding, ...]) -> Tried:
    hits: list[Hit] = []
    outcomes = []
    for trace in explanation.decisions.values():
        hits += [Hit(trace.name, rule.id, "met" if rule.met else "maybe") for rule in trace.given]
        for rule in trace.missed:
            misses = [miss_text(miss, language) for test in rule.failing for miss in test.misses]
            hits.append(Hit(trace.name, rule.id, "missed", "; ".join(misses)))
        if trace.is_output:
            label = label_text(trace.label, language) or trace.name
            outcomes.append((label, outcome_text(trace.outcome, trace.type, language), hasattr(trace.outcome, "value")))
    document = {name: outcome_document(outcome) for name, outcome in explanation.outcomes.items()}
    return Tried(tuple(outcomes), tuple(hits), tuple(lines_of(explanation, language)), findings, document)
