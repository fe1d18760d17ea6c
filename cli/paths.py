"""Prints the ways of one subject to another grade as indented sentences, as a Markdown list, or as JSON; and who of a database is one change away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tierwise.cli.output import write_json, write_rows
from tierwise.cli.telling import tell
from tierwise.cli.visible import on_one_line, say
from tierwise.core.outcome import UNDETERMINED, Reason
from tierwise.core.types import BooleanType, EnumType
from tierwise.core.values import to_json
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.paths.path import Paths, Route
from tierwise.plugins.sentences.path_lines import lines_of_paths
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.sentences.words import cell_value, name_in, reason_word

if TYPE_CHECKING:
    from tierwise.cli.session import Session
    from tierwise.core.plan import Decision, Plan
    from tierwise.plugins.paths.one_change import NearChange
    from tierwise.plugins.paths.path import Changeable
    from tierwise.plugins.run import Bound

__all__ = ["print_all", "print_paths"]


def print_paths(
    found: list[Paths], plan: Plan, changeable: Changeable, name: str | None, key: str, language: str, form: str, most: int
) -> None:
    """Print the ways of one subject for some outputs.

    Args:
        found: The ways, one for each output.
        plan: The policy.
        changeable: Which facts may change.
        name: What people call the subject.
        key: Its id.
        language: ``en`` or ``zh``.
        form: ``text``, ``markdown`` or ``json``.
        most: How many routes of each sort are told.
    """
    if form == "json":
        write_json({"key": key, "name": name, "outputs": {paths.output.name: _document(paths) for paths in found}})
        return
    head = on_one_line(" ".join(part for part in (key, name) if part))
    say(f"# {head}\n" if form == "markdown" else head)
    for paths in found:
        for indent, text in lines_of_paths(paths, plan, changeable, language, most):
            shown = on_one_line(text)
            say(f"{'  ' * indent}- {shown}" if form == "markdown" else f"{'  ' * (indent + 1)}{shown}")


def print_all(
    bound: Bound, outputs: Sequence[Decision], changeable: Changeable, session: Session, form: str, most: int, report: str | None = None
) -> None:
    """Print who is one change away from a better grade.

    Args:
        bound: The subjects.
        outputs: The outputs to look at; those without an order of words are left out.
        changeable: Which facts may move, and where to.
        session: How to print.
        form: ``text``, ``markdown``, ``csv``, ``jsonl`` or ``json``.
        most: How many subjects of each output the forms for people list; a workbook lists all.
        report: The file of a report for people, where one is asked for.
    """
    from tierwise.cli.telling import working
    from tierwise.plugins.engine import DEFAULT_ENGINE
    from tierwise.plugins.paths.one_change import one_change_away
    from tierwise.plugins.run import choose_engine

    graded = [output for output in outputs if isinstance(output.type, EnumType)]
    with working("grading"):
        found = one_change_away(bound, choose_engine(bound.loaded, DEFAULT_ENGINE), graded, changeable)
    if report is not None:
        from tierwise.cli.reporting import is_workbook, write_page
        from tierwise.plugins.report.near_changes_page import near_changes_page

        listed = None if is_workbook(report) else most
        write_page(report, near_changes_page(found, bound.loaded, bound.facts.count(), session.language, listed), session.language, [bound])
    is_for_people = form in ("text", "markdown")
    if is_for_people:
        tell(f"{found.subjects():,} of {bound.facts.count():,} are one change away\n")
        name = partial(name_in, bound.loaded.plan, language=session.language)
        ways = words_of("one change", session.language)
        counts = (
            {"output": name(output), "fact": name(fact), "direction": ways[direction], "customers": count}
            for output, fact, direction, count in found.counts()
        )
        write_rows(counts, ("output", "fact", "direction", "customers"), form, right=(3,))
        say("")
    changes = found.changes(most if is_for_people else None)
    rows = (_near_in_words(change, bound.loaded.plan, session.language) if is_for_people else _near(change) for change in changes)
    write_rows(rows, ("key", "name", "output", "now", "fact", "from", "to", "reaches"), form)
    for left in found.not_searched:
        tell(f"`{left.fact}` was not looked at for `{left.output}`: {left.why}", err=True)


def _near(change: NearChange) -> dict[str, Any]:
    return {
        "key": change.key,
        "name": change.name,
        "output": change.output,
        "now": change.before,
        "fact": change.fact,
        "from": change.present,
        "to": to_json(change.to),
        "reaches": change.after,
    }


def _near_in_words(change: NearChange, plan: Plan, language: str) -> dict[str, Any]:
    """Return the row of a change as people see it; what is undetermined now by its reason."""
    of, grade = plan.facts[change.fact].type, plan.decisions[change.output].type
    if isinstance(change.before, Mapping):
        now = f"? {reason_word(Reason(change.before[UNDETERMINED]), language)}"
    else:
        now = cell_value(change.before, grade, language)
    present = change.present == "true" if isinstance(of, BooleanType) else change.present
    return {
        **_near(change),
        "output": name_in(plan, change.output, language),
        "now": now,
        "fact": name_in(plan, change.fact, language),
        "from": cell_value(present, of, language),
        "to": cell_value(change.to, of, language),
        "reaches": cell_value(change.after, grade, language),
    }


def _document(paths: Paths) -> dict[str, Any]:
    return {
        "present": outcome_document(paths.present),
        "wanted": [to_json(value) for value in paths.wanted],
        "up": [_route(route) for route in paths.up],
        "lose": [_route(route) for route in paths.lose],
        "not_searched": list(paths.not_searched),
        "proved": paths.is_proved,
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "changes": [
            {"fact": c.fact, "from": to_json(c.before), "to": to_json(c.after), **({} if c.by is None else {"by": to_json(c.by)})}
            for c in route.changes
        ],
        "outcome": outcome_document(route.outcome),
        **({} if route.until is None else {"until": to_json(route.until)}),
        "gains": [
            {"output": move.output, "from": outcome_document(move.before), "to": outcome_document(move.after)} for move in route.gains
        ],
    }
