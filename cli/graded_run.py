"""What ``grade``, ``explain`` and ``demo`` share: opening with progress, and the page of a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tierwise.cli.distribution import distribution_lines, outcome_lines, row_documents
from tierwise.cli.line_formats import csv_head, csv_lines, json_lines
from tierwise.cli.output import write_rows
from tierwise.cli.row_columns import Column, documents, flat_columns, headings_of, page_columns, rows_of
from tierwise.cli.session import Session
from tierwise.cli.telling import spoken, tell, working
from tierwise.cli.text_tables import text_table
from tierwise.cli.visible import escaped, on_one_line, put, say
from tierwise.plugins.sentences.words import short_name

if TYPE_CHECKING:
    from tierwise.plugins.data_finding import DataFinding
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.grading import Grading
    from tierwise.plugins.policy import LoadedPolicy
    from tierwise.plugins.run import Bound, Run

__all__ = ["Shown", "bound_with_progress", "data_finding_lines", "grade_database", "print_grading", "show_data_findings", "write_grading"]


@contextmanager
def bound_with_progress(
    session: Session, loaded: LoadedPolicy, database: str, binding: str | None, as_of: date | None, ledger: str | None = None
) -> Iterator[Bound]:
    """Bind a database's facts, with a sign of life when it takes long; that the policy's own binding does not fit is told."""
    from tierwise.plugins.run import bound_database

    with ExitStack() as opened:
        with working(f"reading {database}"):
            bound = opened.enter_context(bound_database(loaded, database, binding, as_of, ledger))
        session.show_findings(bound.findings)
        yield bound


@contextmanager
def grade_database(
    session: Session,
    loaded: LoadedPolicy,
    database: str,
    binding: str | None,
    as_of: date | None,
    engine: Engine,
    ledger: str | None = None,
) -> Iterator[Run]:
    """Grade a database and say on stderr how its facts were bound and what is wrong with the data."""
    from tierwise.plugins.run import grade_bound

    with bound_with_progress(session, loaded, database, binding, as_of, ledger) as bound:
        with working(f"grading {database}"):
            run = grade_bound(bound, engine)
        yield run


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a run is shown.

    Attributes:
        grading: The results, of all subjects or of some.
        chosen_by: By what condition they were chosen, in words; empty for all.
        columns: The columns of rows that the user named; ``None`` where none was.
        language: The language of headings; ``None`` for names.
        hits: Whether rules are counted instead of rows shown.
    """

    grading: Grading
    chosen_by: str = ""
    columns: Sequence[Column] | None = None
    language: str | None = None
    hits: bool = False


def print_grading(session: Session, run: Run, limit: int, shown: Shown | None = None) -> None:
    """Print the page of a run: what was graded, distributions, counts, data findings, first rows."""
    plan, facts = run.bound.loaded.plan, run.bound.facts
    shown = shown or Shown(run.grading)
    grading = shown.grading
    count, total = grading.count(), run.grading.count()
    of_total = spoken(f" of {total:,}") if shown.chosen_by else ""
    say(f"{session.text(plan.title)} ({plan.policy} {plan.version})")
    parts = [
        facts.location,
        f"{count:,}{of_total} × {spoken(plan.subject)}",
        *([spoken(f"as of {run.bound.as_of}")] if run.bound.as_of else []),
        spoken(f"facts by {run.bound.bound_by}"),
        spoken(f"engine {run.engine}"),
    ]
    say(" · ".join(parts))
    if shown.chosen_by:
        tell(f"only those with {shown.chosen_by}")
    unbound = [name for name in plan.facts if name not in facts.facts]
    if unbound:
        more = f" and {len(unbound) - 8} more" if len(unbound) > 8 else ""
        named = [short_name(name, plan.facts[name].label, session.language) for name in unbound[:8]]
        tell(f"not in this database: {', '.join(named)}{more}")
    shares = {decision.name: grading.distribution(decision.name) for decision in grading.outputs}
    for line in distribution_lines(grading, shares, session.text):
        say(line)
    say("")
    for line in outcome_lines(grading, shares):
        say(line)
    found = list(data_finding_lines(facts.findings))
    if found:
        tell("\nfindings about the data (these values count as missing; every row stays)")
        for line in found:
            say(f"  {line}")
    if shown.hits:
        tell("\nhow often each rule decided")
        write_rows(hit_rows(run, shown), HIT_COLUMNS, "text", right=(2, 3))
    elif limit and count:
        tell(f"\nfirst {min(limit, count)} of {count:,}")
        unknown = [name for name, some in shares.items() if all(share.reason is not None for share in some)]
        columns = shown.columns or page_columns(grading, unknown)
        rows = [[column.cell(row) for column in columns] for row in rows_of(grading, facts, columns, limit)]
        language = shown.language or (session.language if session.language == "zh" else None)  # in English a name is a word
        for line in text_table(headings_of(columns, language), rows, most=28):
            say(line)


def write_grading(run: Run, shown: Shown, form: str) -> None:
    """Write the results in a format for programs: a row for every subject, or for every rule."""
    grading, facts = shown.grading, run.bound.facts
    if shown.hits:
        write_rows(hit_rows(run, shown), HIT_COLUMNS, form)
    elif _is_written_in_bulk(run, shown, form):
        return
    elif shown.columns is None and form in ("json", "jsonl"):
        write_rows(row_documents(grading, facts.problems_of), ["key", "name", "outputs", "findings"], form)
    else:
        columns = shown.columns or flat_columns(grading)
        headings = headings_of(columns, shown.language)
        write_rows(documents(rows_of(grading, facts, columns), columns, headings), headings, form)


def _is_written_in_bulk(run: Run, shown: Shown, form: str) -> bool:
    """Write the results by the engine itself where it can, and where nothing but key, name and outcomes is asked for."""
    from tierwise.plugins.grading import Writing

    is_plain = shown.columns is None and shown.language is None and not sys.stdout.isatty()
    if not is_plain or not isinstance(shown.grading, Writing):
        return False
    if form == "jsonl" and not any(finding.fact for finding in run.bound.facts.findings):
        head, line_form = "", json_lines(shown.grading)
    elif form == "csv":
        head, line_form = csv_head(shown.grading), csv_lines(shown.grading)
    else:
        return False
    lines = shown.grading.lines(line_form)
    if lines is None:
        return False
    put(head)
    for some in lines:
        put(some.decode())
    return True


HIT_COLUMNS = ("output", "rule", "decided", "possible")


def hit_rows(run: Run, shown: Shown) -> Iterator[dict[str, Any]]:
    """Yield how often each rule decided, as rows."""
    from tierwise.plugins.rule_hits import count_hits

    return (asdict(hits) for hits in count_hits(run.bound.loaded.plan, shown.grading))


def show_data_findings(findings: Iterable[DataFinding], error_format: str) -> None:
    """Write what is wrong with the data to stderr, for who reads the results by a program."""
    if error_format == "json":
        for finding in findings:
            say(escaped(json.dumps({**asdict(finding), "severity": "warning"}, ensure_ascii=False)), err=True)
        return
    for line in data_finding_lines(findings):
        say(line, err=True)


def data_finding_lines(findings: Iterable[DataFinding]) -> Iterator[str]:
    """Yield a line for each data finding, with up to three examples, and one for what would mend it."""
    for finding in findings:
        examples = "; ".join(f"{key}: {value}" if value else key for key, value in finding.examples)
        told = f"[{finding.code}] {spoken(finding.message)} ({finding.count:,})" + (f" {spoken('e.g.')} {examples}" if examples else "")
        yield on_one_line(told)
        if finding.help:
            yield on_one_line(f"  {spoken('help')}: {spoken(finding.help)}")
