"""What ``grade``, ``explain`` and ``demo`` share: opening with progress, and the page of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from tierwise.cli.distribution import distribution_lines, first_rows, outcome_lines
from tierwise.cli.progress import working
from tierwise.cli.session import Session
from tierwise.cli.visible import escaped, on_one_line, say

if TYPE_CHECKING:
    from tierwise.plugins.facts import DataFinding
    from tierwise.plugins.policy import LoadedPolicy
    from tierwise.plugins.run import Bound, Run

__all__ = ["bound_with_progress", "data_finding_lines", "grade_database", "print_grading", "show_data_findings"]


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
    engine_name: str,
    ledger: str | None = None,
) -> Iterator[Run]:
    """Grade a database and say on stderr how its facts were bound and what is wrong with the data."""
    from tierwise.plugins.run import choose_engine, grade_bound

    engine = choose_engine(loaded, engine_name)
    with bound_with_progress(session, loaded, database, binding, as_of, ledger) as bound:
        with working(f"grading {database}"):
            run = grade_bound(bound, engine)
        yield run


def print_grading(session: Session, run: Run, limit: int) -> None:
    """Print the page of a run: what was graded, distributions, counts, data findings, first rows."""
    plan, facts = run.bound.loaded.plan, run.bound.facts
    count = run.grading.count()
    as_of = f" · as of {run.bound.as_of}" if run.bound.as_of else ""
    say(f"{session.text(plan.title)} ({plan.policy} {plan.version})")
    say(f"{facts.location} · {count:,} × {plan.subject}{as_of} · facts by {run.bound.bound_by} · engine {run.engine}")
    unbound = [name for name in plan.facts if name not in facts.facts]
    if unbound:
        more = f" and {len(unbound) - 8} more" if len(unbound) > 8 else ""
        say(f"not in this database: {', '.join(unbound[:8])}{more}")
    shares = {decision.name: run.grading.distribution(decision.name) for decision in run.grading.outputs}
    for line in distribution_lines(run.grading, shares, session.text):
        say(line)
    say("")
    for line in outcome_lines(run.grading, shares):
        say(line)
    found = list(data_finding_lines(facts.findings))
    if found:
        say("\nfindings about the data (these values count as missing; every row stays)")
        for line in found:
            say(f"  {line}")
    if limit and count:
        say(f"\nfirst {min(limit, count)} of {count:,}")
        for line in first_rows(run.grading, shares, limit):
            say(line)


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
        said = f"[{finding.code}] {finding.message} ({finding.count:,})" + (f" e.g. {examples}" if examples else "")
        yield on_one_line(said)
        if finding.help:
            yield on_one_line(f"  help: {finding.help}")
