"""The columns that a row of results may have: id and name, facts, and of every output its value, reason, candidates, needs and rules."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import click

from tierwise.cli.output import outcome_shown, outcome_text
from tierwise.core.language.suggest import suggest
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Decision, Fact, Named, Plan
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Grading
from tierwise.plugins.sentences.phrases import words_of

__all__ = ["Column", "Row", "choose_columns", "documents", "flat_columns", "headings_of", "page_columns", "rows_of"]

FACTS, OUTPUTS = "facts", "outputs"
"""What stands for all facts, and for all outputs with what is open of them; a fact or output of that name goes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """What columns read: a result, and the facts of its subject when a column asks for one."""

    result: SubjectResult
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: What ``--columns`` calls it.
        label: What people call it, by language.
        read: Gives the JSON value of its cell.
        of_fact: Whether it reads a fact.
        shown: Gives what people see in its cell, where that is more than the value.
    """

    name: str
    label: Named
    read: Callable[[Row], Any]
    of_fact: bool = False
    shown: Callable[[Row], str] | None = None

    def cell(self, row: Row) -> str:
        """Return what people see in the cell of a row."""
        return cell_text(self.read(row)) if self.shown is None else self.shown(row)


def choose_columns(text: str, plan: Plan) -> list[Column]:
    """Return the columns that a user names, separated by commas.

    Raises:
        click.BadParameter: There is no such column, or one is named twice.
    """
    of_facts = {fact.name: list(_of_fact(fact)) for fact in plan.facts.values()}
    outputs = [list(_of_output(decision)) for decision in plan.outputs if not decision.population]
    known = {column.name: column for columns in (_about_subjects(), *of_facts.values(), *outputs) for column in columns}
    groups = {FACTS: [columns[0] for columns in of_facts.values()], OUTPUTS: [column for columns in outputs for column in columns[:2]]}
    chosen: list[Column] = []
    for name in next(csv.reader([text], skipinitialspace=True), []):
        chosen += groups.get(name.strip(), []) if name.strip() not in known else [known[name.strip()]]
        if name.strip() not in {*known, *groups}:
            help = suggest(name, known) or f"columns are key, name, {FACTS}, {OUTPUTS}, and each fact and output by its name"
            raise click.BadParameter(f"there is no column `{name.strip()}`; {help}", param_hint="--columns")
    twice = next((column.name for column in chosen if chosen.count(column) > 1), None)
    if twice is not None or not chosen:
        raise click.BadParameter(f"the column `{twice}` is named twice" if twice else "it names no column", param_hint="--columns")
    return chosen


def flat_columns(grading: Grading) -> list[Column]:
    """Return the columns of a table of results: id, name, and each output with what is open of it."""
    return [*_about_subjects(), *(column for decision in grading.outputs for column in islice(_of_output(decision), 2))]


def headings_of(columns: Sequence[Column], language: str | None) -> list[str]:
    """Return what stands above columns: their names, or what they are called in a language; one that two would share has the name, too."""
    if language is None:
        return [column.name for column in columns]
    labels = [column.label.get(language) or column.name for column in columns]
    return [label if labels.count(label) == 1 else f"{label} ({column.name})" for label, column in zip(labels, columns, strict=True)]


def rows_of(grading: Grading, facts: FactTable, columns: Sequence[Column], limit: int | None = None) -> Iterator[Row]:
    """Yield the results, each with the facts of its subject where a column reads one."""
    results = grading.rows(limit)
    if not any(column.of_fact for column in columns):
        yield from (Row(result, {}) for result in results)
        return
    subjects = facts.subjects()  # in the order of the keys, too
    for result in results:
        yield Row(result, next(subject.facts for subject in subjects if subject.key == result.key))


def page_columns(grading: Grading, undetermined: Collection[str]) -> list[Column]:
    """Return the columns of a page's first rows: id, name and the outputs, without some."""
    outputs = [next(_of_output(decision)) for decision in grading.outputs if decision.name not in undetermined]
    return [*_about_subjects(), *outputs]


def documents(rows: Iterable[Row], columns: Sequence[Column], headings: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield rows as JSON values by heading."""
    for row in rows:
        yield {heading: column.read(row) for heading, column in zip(headings, columns, strict=True)}


def _about_subjects() -> list[Column]:
    return [
        Column("key", _words("key"), lambda row: row.result.key),
        Column("name", _words("name"), lambda row: row.result.name),
    ]


def _of_fact(fact: Fact) -> Iterator[Column]:
    def value(row: Row) -> Any:
        return to_json(row.facts.get(fact.name))

    def state(row: Row) -> str | None:
        return "missing" if fact.name not in row.facts else "none" if row.facts[fact.name] is None else None

    name = _apart(fact.name, FACTS)
    yield Column(name, fact.label, value, of_fact=True)
    yield Column(f"{name}?", _with(fact.label, "?"), state, of_fact=True)


def _of_output(decision: Decision) -> Iterator[Column]:
    def of(read: Callable[[Outcome], Any]) -> Callable[[Row], Any]:
        return lambda row: read(row.result.outcomes[decision.name])

    name = _apart(decision.name, OUTPUTS)
    yield Column(name, decision.label, of(_value), shown=of(lambda outcome: outcome_shown(outcome, decision.type)))
    yield Column(f"{name}?", _with(decision.label, "?"), of(_open))
    for part, read in _PARTS.items():
        words = _words(part)
        label = {language: f"{label} {words.get(language, part)}" for language, label in decision.label.items()}
        yield Column(f"{name}.{part}", label, of(read))


def _value(outcome: Outcome) -> Any:
    return to_json(outcome.value) if isinstance(outcome, Determined) else None


def _open(outcome: Outcome) -> str | None:
    return None if isinstance(outcome, Determined) else outcome_text(outcome).removeprefix("? ")


_PARTS: Mapping[str, Callable[[Outcome], Any]] = {
    "reason": lambda outcome: None if isinstance(outcome, Determined) else outcome.reason.value,
    "candidates": lambda outcome: [] if isinstance(outcome, Determined) else to_json(outcome.candidates),
    "needs": lambda outcome: [] if isinstance(outcome, Determined) else list(outcome.needs),
    "rules": lambda outcome: list(outcome.rules),
}


def _apart(name: str, group: str) -> str:
    """Return what a fact or output is called that is named like a column of all subjects."""
    return f"{group}.{name}" if name in ("key", "name") else name


def _words(column: str) -> Named:
    return {language: words_of("columns", language)[column] for language in ("en", "zh")}


def _with(label: Named, suffix: str) -> Named:
    return {language: text + suffix for language, text in label.items()}
