"""``tierwise readiness``: which missing facts keep how many customers undetermined, and which to collect first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.options import (
    Layers,
    as_of_option,
    binding_option,
    chosen_outputs,
    format_option,
    layers_options,
    policy_option,
    report_option,
)
from tierwise.cli.session import Session
from tierwise.cli.visible import say

if TYPE_CHECKING:
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.readiness import FactToCollect, OutputReadiness, Readiness

_COUNTS = ("subjects", "blocks", "alone", "first", "likely")


@click.command("readiness")
@click.argument("database", metavar="DATABASE")
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Only this output; may be repeated.")
@report_option
@format_option("text", "markdown", "csv", "json")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    outputs: tuple[str, ...],
    report: str | None,
    form: str,
) -> None:
    """Say which missing facts block how many customers, and in which order to collect them.

    An outcome is counted with the facts that it hangs on: with all of them known, no fact keeps it open. The first fact in the list decides the
    most outcomes by itself, each further one the most together with those before it: found by filling in, for 300 customers, what others have
    (likely). Beside a fact stand the texts that did not read.

    \b
    Example:
      tierwise readiness demo/demo.db --policy big-customer-tiers --as-of 2026-06-30
    """
    from tierwise.cli.graded_run import grade_database
    from tierwise.plugins.engine import DEFAULT_ENGINE
    from tierwise.plugins.filling import filling_of
    from tierwise.plugins.readiness import readiness_of
    from tierwise.plugins.run import choose_engine

    session = Session.of(context)
    if report is not None:
        from tierwise.cli.reporting import refuse_report

        refuse_report(report, [database])
    loaded = session.load(policy_name, layers)
    chosen = chosen_outputs(outputs, loaded.plan) or [decision for decision in loaded.plan.outputs if not decision.population]
    with grade_database(session, loaded, database, binding, as_of, choose_engine(loaded, DEFAULT_ENGINE)) as run:
        found = readiness_of(loaded.plan, chosen, run.grading.rows(), run.bound.facts.findings, filling_of(run))
    if report is not None:
        from tierwise.cli.reporting import write_page

        write_page(report, _blocks(found, session, session.text(loaded.plan.title)), session.language, [run.bound])
    _print(found, session, form)


def _print(found: Readiness, session: Session, form: str) -> None:
    from tierwise.cli.output import write_json, write_rows
    from tierwise.plugins.sentences.words import reason_word, short_name

    outputs = [_output(output) for output in found.outputs]
    facts = [_fact(fact, session) for fact in found.facts]
    if form == "json":
        write_json({"subjects": found.subjects, "outputs": outputs, "facts": [_document(fact) for fact in found.facts]})
        return
    columns = ("fact", "label", "subjects", "blocks", "alone", "first", "likely", "stored")
    if form == "csv":
        write_rows(facts, columns, form)
        return
    told = [
        {
            **row,
            "output": short_name(output.output.name, output.output.label, session.language),
            "otherwise": ", ".join(f"{reason_word(reason, session.language)} {count:,}" for reason, count in output.otherwise.items()),
        }
        for row, output in zip(outputs, found.outputs, strict=True)
    ]
    write_rows(told, ("output", "determined", "by_facts", "otherwise"), form, right=(1, 2))
    say("")
    write_rows(facts, columns, form, right=(2, 3, 4, 5, 6))


def _blocks(found: Readiness, session: Session, title: str) -> list[Block]:
    """Return what is printed as the blocks of a page."""
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.sentences.phrases import phrase, words_of

    words = words_of("readiness", session.language)
    outputs = tuple(
        (
            session.text(output.output.label) or output.output.name,
            str(output.determined),
            str(output.by_facts),
            ", ".join(
                f"{phrase('reason tie' if reason == 'tie' else str(reason), session.language)} ({count})"
                for reason, count in output.otherwise.items()
            ),
        )
        for output in found.outputs
    )
    facts = tuple(
        (row["label"] or row["fact"], *(str(row[name]) for name in _COUNTS), row["stored"])
        for row in (_fact(fact, session) for fact in found.facts)
    )
    return [
        Block(f"{title}: {words['title']}", 1),
        Block(words["about"].format(count=found.subjects)),
        Block(words["outputs"], 2),
        Block("", header=tuple(words[name] for name in ("output", "determined", "by_facts", "otherwise")), rows=outputs),
        Block(words["facts"], 2),
        Block("", header=tuple(words[name] for name in ("fact", *_COUNTS, "stored")), rows=facts),
    ]


def _output(output: OutputReadiness) -> dict[str, Any]:
    otherwise = {str(reason): count for reason, count in output.otherwise.items()}
    return {"output": output.output.name, "determined": output.determined, "by_facts": output.by_facts, "otherwise": otherwise}


def _fact(fact: FactToCollect, session: Session) -> dict[str, Any]:
    stored = [f"{key}: {value}" for finding in fact.unread for key, value in finding.examples]
    counts = {name: getattr(fact, name) for name in _COUNTS}
    return {"fact": fact.fact, "label": session.text(fact.label), **counts, "stored": "; ".join(stored)}


def _document(fact: FactToCollect) -> dict[str, Any]:
    stored = [
        {"code": finding.code, "count": finding.count, "examples": [{"key": key, "stored": value} for key, value in finding.examples]}
        for finding in fact.unread
    ]
    counts = {name: getattr(fact, name) for name in _COUNTS}
    return {"fact": fact.fact, "label": dict(fact.label), **counts, "stored": stored}
