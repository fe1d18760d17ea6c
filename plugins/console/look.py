"""What the pages to look at show: the policies at hand, one policy, its results over the database, one customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from tierwise.core.errors import PolicyError
from tierwise.core.finding import Severity
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Undetermined
from tierwise.plugins.console.trial import Tried, try_subject
from tierwise.plugins.engine import DEFAULT_ENGINE
from tierwise.plugins.filling import filling_of
from tierwise.plugins.grading import Grading, Share
from tierwise.plugins.paths.database import changeable_facts, graded_outputs, paths_of_subject
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.readiness import Readiness, readiness_of
from tierwise.plugins.report.run_report import RunReport, run_report
from tierwise.plugins.run import bound_database, choose_engine, grade_bound, grade_by_default
from tierwise.plugins.sentences.lines import Line
from tierwise.plugins.sentences.path_lines import lines_of_paths
from tierwise.plugins.sentences.words import label_text, outcome_text

__all__ = ["CustomerPage", "Results", "SubjectRow", "customer_page", "readiness_in_short", "results_of"]

MOST_ROWS = 100
MOST_OUTPUTS = 6
MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject in the list: its key, its name, and its outcomes in words, with whether each is determined."""

    key: str
    name: str
    outcomes: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A graded database.

    Attributes:
        heads: The labels of the outputs in the list.
        rows: The first subjects that were asked for.
        found: How many there are of them.
        bound_by: How the facts were bound, in words.
        notes: What was found about the data or the binding.
    """

    report: RunReport
    readiness: Readiness
    heads: tuple[str, ...]
    rows: tuple[SubjectRow, ...]
    found: int
    bound_by: str
    notes: tuple[str, ...]


def results_of(loaded: LoadedPolicy, database: str, as_of: date | None, language: str, search: str = "") -> Results:
    """Grade a database and count.

    Args:
        loaded: The policy.
        database: Where the subjects are.
        as_of: The date of the run.
        language: ``en`` or ``zh``.
        search: A part of the id or the name of the subjects to list; all when empty.

    Raises:
        DataError: The database cannot be read.
        PolicyError: The policy's binding does not fit.
    """
    with bound_database(loaded, database, None, as_of) as bound:
        graded = grade_bound(bound, choose_engine(loaded, DEFAULT_ENGINE))
        run = replace(graded, grading=_ReadOnce(graded.grading))
        outputs = [decision for decision in loaded.plan.outputs if not decision.population]
        shown = outputs[:MOST_OUTPUTS]
        rows: list[SubjectRow] = []
        found, wanted = 0, search.strip().casefold()
        for result in run.grading.rows():
            if wanted and wanted not in result.key.casefold() and wanted not in (result.name or "").casefold():
                continue
            found += 1
            if len(rows) < MOST_ROWS:
                outcomes = [(result.outcomes[decision.name], decision.type) for decision in shown]
                texts = tuple((outcome_text(outcome, of, language), not isinstance(outcome, Undetermined)) for outcome, of in outcomes)
                rows.append(SubjectRow(result.key, result.name or "", texts))
        notes = [*(finding.message for finding in bound.findings), *(f"{one.message} ({one.count})" for one in bound.facts.findings)]
        return Results(
            run_report(run, run.grading, language),
            readiness_of(loaded.plan, outputs, run.grading.rows(), bound.facts.findings, filling_of(graded)),
            tuple(label_text(decision.label, language) or decision.name for decision in shown),
            tuple(rows),
            found,
            bound.bound_by,
            tuple(notes),
        )


class _ReadOnce:
    """A grading whose rows are kept once they were read, for several parts of a page read them; of very many subjects they are read anew."""

    def __init__(self, grading: Grading) -> None:
        self._grading = grading
        self.outputs, self.population = grading.outputs, grading.population
        self._rows: list[SubjectResult] | None = None

    def count(self) -> int:
        """Return the number of subjects."""
        return self._grading.count()

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return how often each value and each reason occurs."""
        return self._grading.distribution(output)

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""
        if self.count() > MOST_KEPT:
            return self._grading.rows(limit)
        if self._rows is None:
            self._rows = list(self._grading.rows())
        return islice(iter(self._rows), limit)


def readiness_in_short(loaded: LoadedPolicy, database: str, as_of: date | None) -> tuple[int, int]:
    """Return how many outcomes of a database are determined, and how many there are."""
    with bound_database(loaded, database, None, as_of) as bound:
        grading = choose_engine(loaded, DEFAULT_ENGINE).grade(loaded.plan, loaded.environment, bound.facts, as_of)
        shares = [share for output in grading.outputs for share in grading.distribution(output.name)]
        return sum(share.count for share in shares if share.reason is None), sum(share.count for share in shares)


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer: the outcomes and their explanation, and the ways up and down, each line with its indentation."""

    key: str
    name: str
    tried: Tried
    ways: tuple[Line, ...]
    no_ways: str


def customer_page(loaded: LoadedPolicy, database: str, as_of: date | None, word: str, language: str) -> CustomerPage:
    """Explain one customer, and find the smallest changes that lead to a better grade or lose the present one.

    Raises:
        DataError: The database has no such customer, or cannot be read.
    """
    with bound_database(loaded, database, None, as_of) as bound:
        key = bound.facts.key_of(word) or word
        subject = bound.subject(key)
        tried = try_subject(bound, key, language)
        ways: list[Line] = []
        why_not = ""
        try:
            changeable = changeable_facts(loaded.plan, {})
            grading = grade_by_default(bound) if loaded.plan.rankings else None
            for decision in graded_outputs(loaded):
                paths = paths_of_subject(bound, key, decision, None, changeable, grading)
                ways += lines_of_paths(paths, loaded.plan, changeable, language)
        except PolicyError as error:
            why_not = str(error)
        return CustomerPage(key, subject.name or "", tried, tuple(ways), why_not)


def counts_of(findings: tuple[object, ...]) -> Mapping[Severity, int]:
    """Return how many findings there are of each severity."""
    return {severity: sum(getattr(finding, "severity", None) is severity for finding in findings) for severity in Severity}
