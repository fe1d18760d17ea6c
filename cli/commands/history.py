"""``tierwise history``: lists saved runs, one subject's outcomes over time, or what changed between two runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.options import Layers, format_option, ledger_option
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import say

if TYPE_CHECKING:
    from tierwise.core.outcome import Outcome
    from tierwise.plugins.ledger import Ledger, SavedRun

NAMED = 20
"""How many who moved a page names."""


@click.command("history")
@click.argument("subject", required=False, metavar="[CUSTOMER]")
@click.option("--policy", "policy_name", metavar="POLICY", help="Only runs of this policy.")
@click.option("--compare", "pair", nargs=2, type=int, metavar="RUN RUN", help="What differs between two runs.")
@click.option("--output", "output", metavar="NAME", help="With --compare: only this output.")
@click.option(
    "--bring-in", "kept", type=click.Path(), metavar="FILE", help="Add the runs of another ledger, such as one kept beside this one."
)
@ledger_option
@format_option("text", "json", "jsonl", "csv", "markdown")
@click.pass_context
def command(
    context: click.Context,
    subject: str | None,
    policy_name: str | None,
    pair: tuple[int, int] | None,
    output: str | None,
    kept: str | None,
    ledger: str,
    form: str,
) -> None:
    """List saved runs and tries; with CUSTOMER, an id or a name, its outcomes in them; with --compare what changed between two: who moved where, and how many.

    With --compare, --policy says whose scales are the order of grades.

    \b
    Example:
      tierwise grade demo.db --policy big-customer-tiers --as-of 2026-06-30 --save
      tierwise history
    """
    from tierwise.cli.output import write_rows
    from tierwise.cli.run_saving import open_ledger

    with open_ledger(ledger, create=kept is not None) as book:
        for there, here in (book.bring_in(kept) if kept is not None else {}).items():
            tell(f"run {there} of {kept} is run {here} in {ledger}", err=True)
        if pair is not None and form in ("text", "markdown"):
            _print_comparison(Session.of(context), book, pair, policy_name, output, form)
            return
        if pair is not None:
            rows, columns = _changes(book, pair, output), ["key", "name", "output", f"run {pair[0]}", f"run {pair[1]}"]
        elif subject is not None:
            rows, columns = (
                _outcomes(book, subject, policy_name),
                ["run", "what", "as of", "policy", "version", "key", "name", "output", "outcome"],
            )
        else:
            rows, columns = (
                _runs(book, policy_name, Session.of(context).language),
                [
                    *("run", "what", "started", "policy", "version", "changed", "as of", "database", "with", "by", "why"),
                    *("subjects", "undetermined", "fingerprint"),
                ],
            )
        write_rows(rows, columns, form)


def _runs(book: Ledger, policy: str | None, language: str) -> list[dict[str, Any]]:
    """Return the runs, the latest first, each with whether its policy means something else than in the run of it before."""
    runs = book.runs(policy)
    last: dict[str, str] = {}
    changed = set()
    for run in reversed(runs):
        record = run.record
        if last.get(record.policy, record.fingerprint) != record.fingerprint:
            changed.add(run.run_id)
        if not record.is_try:
            last[record.policy] = record.fingerprint
    return [
        {
            "run": run.run_id,
            "what": _what(run),
            "started": run.record.started,
            "policy": run.record.policy,
            "version": run.record.version,
            "changed": run.run_id in changed,
            "as of": run.record.as_of,
            "database": run.record.source,
            "with": ", ".join(part for part in (run.record.overlay, run.record.settings) if part),
            "by": "; ".join(one.by for one in run.record.tries if one.by),
            "why": "; ".join(one.why.in_language(language) for one in run.record.tries if one.why),
            "subjects": run.subjects,
            "undetermined": run.undetermined,
            "fingerprint": run.record.fingerprint[:12],
        }
        for run in runs
    ]


def _what(run: SavedRun) -> str:
    return "try" if run.record.is_try else "run"


def _outcomes(book: Ledger, subject: str, policy: str | None) -> list[dict[str, Any]]:
    """Return the outcomes of the subject with that id; if nobody has it, of those whom people call so."""
    return _outcomes_of(book, subject, policy) or [row for key in book.keys_called(subject) for row in _outcomes_of(book, key, policy)]


def _outcomes_of(book: Ledger, key: str, policy: str | None) -> list[dict[str, Any]]:
    return [
        {
            "run": run.run_id,
            "what": _what(run),
            "as of": run.record.as_of,
            "policy": run.record.policy,
            "version": run.record.version,
            "key": key,
            "name": book.name(run.record.policy, key),
            "output": output,
            "outcome": _text(outcome),
        }
        for run, output, outcome in book.history(key, policy)
    ]


def _changes(book: Ledger, pair: tuple[int, int], output: str | None) -> list[dict[str, Any]]:
    first, second = pair
    policies = dict.fromkeys(book.run(run).record.policy for run in (second, first))
    return [
        {
            "key": change.key,
            "name": next((name for policy in policies if (name := book.name(policy, change.key)) is not None), None),
            "output": change.output,
            f"run {first}": _text(change.before),
            f"run {second}": _text(change.after),
        }
        for change in book.compare(first, second, output)
    ]


def _print_comparison(
    session: Session, book: Ledger, pair: tuple[int, int], policy_name: str | None, output: str | None, form: str
) -> None:
    """Print what changed between two runs as a page: matrices, and who moved."""
    from tierwise.cli.page_blocks import render_page
    from tierwise.plugins.impact import compare, runs_compared
    from tierwise.plugins.impact.movers import movers
    from tierwise.plugins.impact.page import impact_page

    policy = None if policy_name is None else session.load(policy_name, Layers())
    comparison = compare(*runs_compared(book, *pair, policy))
    impact = comparison.impact()
    outputs = {name: found for name, found in impact.outputs.items() if output in (None, name)}
    named = list(movers(comparison, session.language, NAMED, tuple(outputs)))
    moves = sum(found.moved for found in outputs.values())
    blocks = impact_page(
        replace(impact, outputs=outputs), named, (), moves - len(named), policy.plan if policy is not None else None, session.language
    )
    say(render_page(blocks, form))


def _text(outcome: Outcome | None) -> str:
    from tierwise.cli.output import outcome_text

    return "not there" if outcome is None else outcome_text(outcome)
