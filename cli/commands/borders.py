"""``tierwise borders``: how many customers stand near each border of a policy, and what moving it does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
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
    from tierwise.core.plan import Plan
    from tierwise.plugins.paths.borders import BorderCount
    from tierwise.plugins.policy_page import Block


class ShareParameter(click.ParamType[Decimal]):
    """A share written ``5%``."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the share, more than 0 and at most 1, or fail as wrong usage."""
        if isinstance(value, Decimal):
            return value
        try:
            share = Decimal(value.strip().removesuffix("%")) / 100
        except InvalidOperation:
            share = Decimal(0)
        if not (share.is_finite() and 0 < share <= 1):
            self.fail(f"`{value}` is no share; write it as 5%", param, ctx)
        return share


@click.command("borders")
@click.argument("database", metavar="DATABASE")
@policy_option
@binding_option
@layers_options
@as_of_option
@click.option("--output", "outputs", multiple=True, metavar="NAME", help="Only borders on which this output hangs; may be repeated.")
@click.option("--near", type=ShareParameter(), default="5%", show_default=True, metavar="SHARE", help="How near is near.")
@click.option("--move", type=ShareParameter(), default="1%", show_default=True, metavar="SHARE", help="By how much a border is moved.")
@report_option
@format_option("text", "markdown", "html", "csv", "json")
@click.pass_context
def command(
    context: click.Context,
    database: str,
    policy_name: str,
    binding: str | None,
    layers: Layers,
    as_of: date | None,
    outputs: tuple[str, ...],
    near: Decimal,
    move: Decimal,
    report: str | None,
    form: str,
) -> None:
    """Count who stands near each border that a number is compared with, and who moves when the border does.

    Of each border the customers within 5 % below and above it, a picture of where they stand, and how many get another outcome when it is
    moved down or up by 1 %: the database is graded again with the border there. The cuts of rankings are borders, too: a share of all, or a rank.

    \b
    Example:
      tierwise borders demo/demo.db --policy big-customer-tiers --as-of 2026-06-30
    """
    from tierwise.cli.graded_run import bound_with_progress
    from tierwise.plugins.engine import DEFAULT_ENGINE
    from tierwise.plugins.paths.borders import border_counts
    from tierwise.plugins.run import choose_engine

    session = Session.of(context)
    if report is not None:
        from tierwise.cli.reporting import refuse_report

        refuse_report(report, [database])
    loaded = session.load(policy_name, layers)
    chosen = chosen_outputs(outputs, loaded.plan) or [decision for decision in loaded.plan.outputs if not decision.population]
    with bound_with_progress(session, loaded, database, binding, as_of) as bound:
        counts = list(border_counts(bound, choose_engine(loaded, DEFAULT_ENGINE), chosen, near, move))
    if report is not None or form == "html":
        from tierwise.cli.reporting import page_text, write_page

        blocks = _blocks(counts, loaded.plan, session)
        if report is not None:
            write_page(report, blocks, session.language, [bound])
        if form == "html":
            say(page_text(blocks, session.language, [bound]))
            return
    _print(counts, loaded.plan, session, form)


def _print(counts: list[BorderCount], plan: Plan, session: Session, form: str) -> None:
    from tierwise.cli.output import write_json, write_rows

    if form == "json":
        write_json({"borders": [_document(count) for count in counts]})
        return
    rows = [_row(count, plan, session) for count in counts]
    picture = () if form == "csv" else ("where they stand",)
    write_rows(rows, ("border", "label", "below", "on it", "above", *picture, "moved down", "moved up"), form, right=(2, 3, 4))


def _blocks(counts: list[BorderCount], plan: Plan, session: Session) -> list[Block]:
    """Return what is printed as the blocks of a page."""
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.sentences.phrases import words_of

    words = words_of("borders", session.language)
    shown = ("border", "label", "below", "on it", "above", "where they stand", "moved down", "moved up")
    rows = tuple(
        tuple(row[name] if isinstance(row[name], str) else str(row[name]) for name in shown)
        for row in (_row(count, plan, session) for count in counts)
    )
    return [
        Block(f"{session.text(plan.title)}: {words['title']}", 1),
        Block(words["about"]),
        Block("", header=tuple(words[name] for name in shown), rows=rows),
    ]


def _row(count: BorderCount, plan: Plan, session: Session) -> dict[str, Any]:
    from tierwise.plugins.sentences.border_lines import StandingText, border_text, number_text
    from tierwise.plugins.sentences.words import name_in

    border = count.border
    moves = {}
    for key, moved in (("moved down", count.lower), ("moved up", count.higher)):
        changed = ", ".join(f"{name_in(plan, output, session.language)} {number:,}" for output, number in moved.changed.items())
        moves[key] = f"{number_text(border, moved.to, session.language)}: {changed}"
    return {
        "border": border_text(border, session.language),
        "label": session.text(border.label),
        "below": count.below,
        "on it": count.at,
        "above": count.above,
        "where they stand": StandingText(count.parts),
        **moves,
    }


def _document(count: BorderCount) -> dict[str, Any]:
    from tierwise.core.values import to_json

    return {
        "about": count.border.about,
        "value": to_json(count.border.value),
        **({} if count.border.cut is None else {"cut": to_json(count.border.cut)}),
        "outputs": list(count.border.outputs),
        "at": count.at,
        "below": count.below,
        "above": count.above,
        "parts": list(count.parts),
        "lower": {"to": to_json(count.lower.to), "changed": dict(count.lower.changed)},
        "higher": {"to": to_json(count.higher.to), "changed": dict(count.higher.changed)},
    }
