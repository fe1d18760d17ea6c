"""What the checker says of the texts of a draft, with each finding at its row and cell, and the row that would close a gap."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, Severity, has_errors, sorted_findings
from tierwise.core.limits import Limits
from tierwise.core.policy import Document, Policy, policy_of
from tierwise.core.source import Path, Source
from tierwise.plugins.cases.read_cases import cases_of, read_cases
from tierwise.plugins.console.edits import tables_in
from tierwise.plugins.console.kept_documents import document_of, read_kept
from tierwise.plugins.console.written_table import WrittenTable
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.yaml_text.characters import check_text

__all__ = ["CheckedTexts", "Checker", "Placed", "placed"]

CASES = "cases.yaml"
KEPT = 40
UNDECIDED = "undetermined(gap)"


@dataclass(frozen=True, slots=True)
class CheckedTexts:
    """What came of the texts.

    Attributes:
        findings: Everything found, by place.
        checked: The policy; ``None`` where it cannot be read.
        loaded: The policy, ready to decide; ``None`` with errors.
    """

    findings: tuple[Finding, ...]
    checked: CheckedPolicy | None
    loaded: LoadedPolicy | None

    @property
    def policy(self) -> Policy | None:
        """The policy as it was read; ``None`` where it cannot be."""
        return None if self.checked is None else self.checked.policy


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding at its place.

    Attributes:
        finding: The finding.
        file: Its file; empty where it has no place.
        table: The path of the table that it stands in, ``None`` outside of tables.
        row: The row of the table, -1 for the header; ``None`` for all of it.
        cell: The cell of the row; ``None`` for all of it.
        new_row: The cells of a row that would close a gap, as the table's columns are; none where it does not.
    """

    finding: Finding
    file: str = ""
    table: Path | None = None
    row: int | None = None
    cell: int | None = None
    new_row: tuple[str, ...] = ()


class Checker:
    """Checks texts; what was checked last is kept, for a page asks several times about the same."""

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins
        self._kept: OrderedDict[tuple[Any, ...], CheckedTexts] = OrderedDict()
        self._lock = Lock()

    def check(self, files: Mapping[str, str], own: Sequence[str], layers: Sequence[str] = ()) -> CheckedTexts:
        """Check a policy with some overlays over it.

        Args:
            files: The texts by name.
            own: Those of them that are the policy; the others are overlays.
            layers: The overlays to lay over it, the later ones win.
        """
        key = (tuple((name, files[name]) for name in own if name in files), tuple((name, files[name]) for name in layers if name in files))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._checked(dict(key[0]), [Source(name, text) for name, text in key[1]])
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _checked(self, files: Mapping[str, str], overlays: Sequence[Source]) -> CheckedTexts:
        environment = self.plugins.environment()
        try:
            policy = policy_of(files, environment.limits, _KeptReader(), overlays, sections=environment.section_keys)
        except PolicyError as error:
            return CheckedTexts(error.findings or (Finding.error("wrong-shape", str(error), help=error.help),), None, None)
        checked = check(policy, environment)
        findings = checked.findings
        if CASES in files:
            try:
                known = document_of(files[CASES], CASES)
                cases_of(policy, known) if known is not None else read_cases(policy, Source(CASES, files[CASES]))
            except PolicyError as error:
                findings = sorted_findings((*findings, *error.findings))
        loaded = None if checked.plan is None or has_errors(checked.findings) else LoadedPolicy.of(checked, self.plugins)
        return CheckedTexts(findings, checked, loaded)


class _KeptReader:
    """Reads YAML; a text that was read before is not read again."""

    def check(self, source: Source, limits: Limits) -> list[Finding]:
        return check_text(source, limits)

    def document(self, source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
        return read_kept(source.text, source.name)


def placed(checked: CheckedTexts, files: Mapping[str, str]) -> list[Placed]:
    """Return the findings with the rows and cells at which they stand."""
    return [_placed(finding, files) for finding in checked.findings]


def _placed(finding: Finding, files: Mapping[str, str]) -> Placed:
    span = finding.span
    if span is None or span.source.name not in files:
        return Placed(finding)
    file = span.source.name
    for table in tables_in(files[file], file):
        first = min([table.first, *((table.written_header.first,) if table.written_header else ())])
        last = table.rows[-1].last if table.rows else first
        if first <= span.line <= last:
            at = table.at(span.line, span.column)
            is_whole = span.end_line > span.line or at is None
            row, cell = (None, None) if is_whole or at is None else at
            return Placed(finding, file, table.path, row, cell)
    table_of_it = _table_below(finding, files[file], file)
    if table_of_it is not None:
        return Placed(finding, file, table_of_it.path, new_row=_new_row(finding, table_of_it))
    return Placed(finding, file)


def _table_below(finding: Finding, text: str, file: str) -> WrittenTable | None:
    """Return the first table of the decision at whose name a finding stands: what is said of a whole table stands there."""
    document = document_of(text, file)
    if document is None or finding.span is None or not (finding.row or finding.witness):
        return None
    place = (finding.span.line, finding.span.column)
    decision = next((path for path, span in document.keys.items() if (span.line, span.column) == place), None)
    if decision is None:
        return None
    return next((table for table in tables_in(text, file) if table.path[: len(decision)] == decision), None)


def _new_row(finding: Finding, table: WrittenTable) -> tuple[str, ...]:
    """Return the row that closes a gap: its outcome stays open until somebody says it; points have to be written."""
    width = table.inputs - table.has_ids
    if len(finding.row) != width or finding.severity is Severity.NOTE:
        return ()
    used = {row.cells[0] for row in table.rows if row.cells}
    number = next(number for number in range(1, len(table.rows) + 2) if f"new-{number}" not in used)
    ids = (f"new-{number}",) if table.has_ids else ()
    if table.written_header is None:
        return (*finding.row, "0")
    outputs = sum(not name.startswith("#") for name in table.header[table.inputs :])
    return (*ids, *finding.row, *[UNDECIDED] * outputs)
