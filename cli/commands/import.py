"""``tierwise import``: reads an exported workbook back as a policy or an overlay, and says what changed in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierwise.cli.options import Layers
from tierwise.cli.session import Session
from tierwise.cli.telling import tell
from tierwise.cli.visible import say
from tierwise.core.errors import PolicyError

if TYPE_CHECKING:
    from tierwise.plugins.policy import LoadedPolicy
    from tierwise.plugins.workbook.importing import ImportedWorkbook

MOST = 40
POLICY_FILE = "policy.yaml"


@click.command("import")
@click.argument("file", type=click.Path(), metavar="FILE.xlsx")
@click.argument("folder", type=click.Path(), required=False, metavar="[FOLDER]")
@click.pass_context
def command(context: click.Context, file: str, folder: str | None) -> None:
    """Read back a workbook that `tierwise export` made; say what changed, by cell, and whether the meaning did.

    Without FOLDER nothing is written. A policy in FOLDER is what the workbook is compared with, and keeps its comments where only values
    changed; without one, it is compared with the shipped policy of its name. An overlay becomes FOLDER/overlay.yaml. A workbook with errors
    is not written.

    \b
    Example:
      tierwise import tiers.xlsx
      tierwise import tiers.xlsx my-policy
    """
    from tierwise.cli.findings import summary
    from tierwise.core.finding import Severity
    from tierwise.plugins.workbook.importing import import_workbook

    session = Session.of(context)
    read = import_workbook(file, folder, session.plugins)
    session.show_findings(finding for finding in read.findings if finding.severity is not Severity.NOTE or finding.code == "hidden-rows")
    if read.has_errors:
        tell(f"{file}: {summary(read.findings)}; nothing is written")
        context.exit(1)
    _tell_changes(read, file)
    if folder is not None:
        before = _loaded(session, folder)
        _write(read, Path(folder))
        if before is not None and before.fingerprint != read.fingerprint and not read.is_overlay:
            _tell_difference(session, before, folder)


def _loaded(session: Session, folder: str) -> LoadedPolicy | None:
    """Return the policy of a folder as it is, ``None`` where there is none that can be loaded."""
    try:
        return session.load(os.path.join(folder, POLICY_FILE), Layers())
    except PolicyError:
        return None


def _tell_difference(session: Session, before: LoadedPolicy, folder: str) -> None:
    """Say which customers would be decided differently now."""
    from tierwise.cli.page_blocks import render_page
    from tierwise.plugins.impact.difference import difference_of
    from tierwise.plugins.impact.difference_page import difference_page

    after = _loaded(session, folder)
    if after is not None:
        say(render_page(difference_page(difference_of(before, after), session.language), "text"))


def _tell_changes(read: ImportedWorkbook, workbook: str) -> None:
    shown = [(file, change) for file, changes in read.changes.items() for change in changes]
    for file, change in shown[:MOST]:
        place = change.span.source.name if change.span is not None else file
        if change.before is None:
            tell(f"{place}: new: {change.path} = {change.after}")
        elif change.after is None:
            tell(f"{place}: gone: {change.path} (was {change.before})")
        else:
            say(f"{place}: {change.path}: {change.before} → {change.after}")
    if len(shown) > MOST:
        tell(f"and {len(shown) - MOST} more changes")
    if not read.fingerprint:
        return
    if read.is_overlay:
        tell(f"an overlay of {read.policy}: it fits the policy")
    elif read.fingerprint == read.before:
        tell(
            f"{read.policy}: the meaning is as it was exported{'; what changed is cosmetic' if shown else ''} (fingerprint {read.fingerprint[:12]})"
        )
    else:
        tell(f"{read.policy}: changed in meaning since it was exported (fingerprint {read.before[:12]} → {read.fingerprint[:12]})")
    if not read.compared_with and not read.is_overlay:
        tell(
            f"nothing to compare it with: `tierwise import {workbook} FOLDER` tells each change against the policy in a folder, and writes it there"
        )


def _write(read: ImportedWorkbook, folder: Path) -> None:
    from tierwise.cli.destination import write_file

    for name, text in read.files.items():
        target = folder / name
        if target.is_file() and target.read_bytes().removeprefix(b"\xef\xbb\xbf") == text.encode("utf-8"):
            tell(f"unchanged: {target}")
            continue
        write_file(str(target), text.encode("utf-8"), replace=True)
        tell(f"written: {target}{'; its comments are gone, since more than values changed' if name in read.lost_comments else ''}")
