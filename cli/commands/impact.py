"""``tierwise impact``: says who moves when a policy changes, why, and what it costs; a broken gate is exit code 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.options import (
    Layers,
    as_of_option,
    baseline_layers_options,
    binding_option,
    format_option,
    layers_options,
    ledger_option,
    report_option,
)
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import say
from tierwise.plugins.engine import DEFAULT_ENGINE

if TYPE_CHECKING:
    from tierwise.core.plan import Plan
    from tierwise.plugins.impact import Comparison, Impact, Side
    from tierwise.plugins.impact.gates import Gate, GateResult
    from tierwise.plugins.policy import LoadedPolicy

NAMED = 20
"""How many movers the forms for people name."""


@click.command("impact")
@click.argument("database", metavar="[DATABASE]", required=False)
@click.option("--policy", "policy_name", metavar="POLICY", help="A shipped policy's name, or the path of a folder or file.")
@click.option("--against", "against", metavar="POLICY", help="The baseline; without it the same policy as it stands.")
@layers_options
@baseline_layers_options
@binding_option
@click.option("--against-binding", type=click.Path(), metavar="FILE", help="As --binding, of the baseline; else the same.")
@as_of_option
@click.option(
    "--by", metavar="NAMES", help="Split by facts, outputs or columns of the customers' table, as the baseline has them: `region,owner`."
)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="GATE",
    help="A limit such as 'demotions <= 2%' or 'delta(credit_exposure) <= 500000'; may be repeated.",
)
@click.option("--movers", "limit", type=click.IntRange(0), metavar="N", help="How many movers are named [default: 20; json and csv: all].")
@click.option("--runs", nargs=2, type=int, metavar="RUN RUN", help="Compare two saved runs instead: the baseline, then the new one.")
@ledger_option
@click.option(
    "--engine", "engine_name", default=DEFAULT_ENGINE, show_default=True, metavar="NAME", help="The engine that runs both policies."
)
@report_option
@format_option("text", "json", "markdown", "csv", "html")
@click.pass_context
def command(
    context: click.Context,
    database: str | None,
    policy_name: str | None,
    against: str | None,
    layers: Layers,
    against_layers: Layers,
    binding: str | None,
    against_binding: str | None,
    as_of: date | None,
    by: str | None,
    gates: tuple[str, ...],
    limit: int | None,
    runs: tuple[int, int] | None,
    ledger: str,
    engine_name: str,
    report: str | None,
    form: str,
) -> int:
    """Say what a changed policy does to the customers of a database: who is promoted and demoted, why, and what it costs.

    The policy proposed is compared with a baseline: another policy (--against), or the same one with other overlays and settings. A broken
    gate is exit code 1.

    \b
    Example:
      tierwise impact demo/demo.db --policy scorecard-100-rights --set a_at_least=80 --as-of 2026-06-30
    """
    from tierwise.plugins.subject_columns import names_of_groups

    session = Session.of(context)
    if report is not None:
        from tierwise.cli.reporting import refuse_report

        refuse_report(report, [database] if database is not None else [ledger])
    wanted = _read_gates(gates)
    names = names_of_groups(by)
    with ExitStack() as opened:
        if runs is not None:
            if database is not None or names:
                raise click.UsageError("`--runs` compares what is saved: it takes no database and no `--by`")
            new = None if policy_name is None else session.load(policy_name, layers)
            sides = opened.enter_context(_saved(ledger, runs, new))
        else:
            if database is None or policy_name is None:
                raise click.UsageError("name a database and `--policy`, or two saved runs with `--runs`")
            new = session.load(policy_name, layers)
            old = session.load(against or policy_name, against_layers)
            sides = opened.enter_context(
                _graded(
                    session,
                    old,
                    new,
                    database,
                    as_of=as_of,
                    by=names,
                    bindings=(against_binding or binding, binding),
                    engine=engine_name,
                    layers=(str(against_layers), str(layers)),
                    ledger=ledger,
                )
            )
        return _told(session, sides, new, names, wanted, limit, form, report)


def _read_gates(texts: tuple[str, ...]) -> list[Gate]:
    from tierwise.plugins.impact.gates import GateError, read_gate

    try:
        return [read_gate(text) for text in texts]
    except GateError as error:
        raise _wrong_gate(error) from error


def _wrong_gate(error: Any) -> click.UsageError:
    return click.UsageError(f"{error}" + (f"; {error.help}" if error.help else ""))


@contextmanager
def _saved(ledger: str, runs: tuple[int, int], policy: LoadedPolicy | None) -> Iterator[tuple[Side, Side]]:
    from tierwise.plugins.impact import runs_compared
    from tierwise.plugins.ledger import Ledger

    with Ledger(ledger) as book:
        yield runs_compared(book, *runs, policy)


@contextmanager
def _graded(
    session: Session,
    old: LoadedPolicy,
    new: LoadedPolicy,
    database: str,
    **more: Any,
) -> Iterator[tuple[Side, Side]]:
    """Grade by both, and tell why a policy's own binding was not used."""
    from tierwise.cli.telling import working
    from tierwise.plugins.impact import policies_compared

    with ExitStack() as opened:
        with working(f"grading {database} twice"):
            sides = opened.enter_context(policies_compared(old, new, database, **more))
        session.show_findings(dict.fromkeys(finding for side in sides if side.bound is not None for finding in side.bound.findings))
        yield sides


def _told(
    session: Session,
    sides: tuple[Side, Side],
    policy: LoadedPolicy | None,
    by: tuple[str, ...],
    gates: list[Gate],
    limit: int | None,
    form: str,
    report: str | None,
) -> int:
    """Compare, print, and return the exit code."""
    from tierwise.cli.telling import working
    from tierwise.plugins.impact import compare

    comparison = compare(*sides, by)
    _check_gates(gates, comparison)
    with working("comparing"):
        impact = comparison.impact()
    judged = [gate.judge(impact) for gate in gates]
    _print(session, comparison, impact, judged, limit, form, policy.plan if policy is not None else None, report)
    broken = [found for found in judged if not found.holds]
    for found in broken:
        tell(f"gate `{found.gate.text}` is broken: {found.text}", err=True)
    return 1 if broken else 0


def _check_gates(gates: list[Gate], comparison: Comparison) -> None:
    from tierwise.plugins.impact.gates import GateError

    try:
        for gate in gates:
            gate.about(comparison.outputs, tuple(measure.name for measure in comparison.measures))
    except GateError as error:
        raise _wrong_gate(error) from error


def _print(
    session: Session,
    comparison: Comparison,
    impact: Impact,
    gates: list[GateResult],
    limit: int | None,
    form: str,
    plan: Plan | None,
    report: str | None,
) -> None:
    from tierwise.cli.output import write_json, write_rows
    from tierwise.cli.page_blocks import render_page
    from tierwise.plugins.impact.json_document import impact_document, mover_document, mover_row
    from tierwise.plugins.impact.movers import movers
    from tierwise.plugins.impact.page import impact_page

    moves = sum(found.moved for found in impact.outputs.values())
    most = limit if limit is not None else None if form in ("json", "csv") else NAMED
    if report is not None:
        shown = list(movers(comparison, session.language, limit if limit is not None else NAMED))
        from tierwise.cli.reporting import write_page

        made_from = [side.bound for side in (comparison.old, comparison.new) if side.bound is not None]
        write_page(report, impact_page(impact, shown, gates, moves - len(shown), plan, session.language), session.language, made_from)
    named = movers(comparison, session.language, most)
    more = 0 if most is None else max(moves - most, 0)
    if form == "csv":
        write_rows(
            (mover_row(mover) for mover in named), ["key", "name", "output", "from", "to", "move", "ranking", "before", "after"], form
        )
        return
    if form == "json":
        write_json({**impact_document(impact, (), gates, more), "movers": map(mover_document, named)})
        return
    say(render_page(impact_page(impact, list(named), gates, more, plan, session.language), form, session.language))
