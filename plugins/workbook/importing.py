"""A workbook back as files: checked as the policy or overlay that it is, and compared with what it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tierwise.core.checking import check
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, has_errors
from tierwise.core.policy import Policy, policy_of
from tierwise.core.policy.document import plain
from tierwise.core.source import Source
from tierwise.plugins.cases.read_cases import cases_of
from tierwise.plugins.loading import policy_files
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import check_policy
from tierwise.plugins.workbook.changes import Change, changes_between
from tierwise.plugins.workbook.policy_workbook import WorkbookTexts, documents_of
from tierwise.plugins.workbook.reading import WorkbookFiles, read_files
from tierwise.plugins.yaml_text.yaml_patching import patched
from tierwise.plugins.yaml_text.yaml_writing import yaml_text

__all__ = ["ImportedWorkbook", "import_workbook"]

OVERLAY = "overlay.yaml"


@dataclass(frozen=True, slots=True)
class ImportedWorkbook:
    """What a workbook gives.

    Attributes:
        policy: The name of the policy that it is, or that its overlay belongs to.
        is_overlay: Whether it is an overlay.
        files: File to text; one that says the same as before is as it was.
        findings: About cells, and what the checks of the policy say.
        changes: What is not as it was, by file; nothing where there is nothing to compare with.
        compared_with: What it was compared with; empty for nothing.
        fingerprint: Of what came back; empty with errors.
        before: The fingerprint that it had when it was exported.
        lost_comments: Files whose comments are gone because they were written anew.
    """

    policy: str
    is_overlay: bool
    files: Mapping[str, str]
    findings: tuple[Finding, ...]
    changes: Mapping[str, tuple[Change, ...]]
    compared_with: str
    fingerprint: str
    before: str
    lost_comments: tuple[str, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something has to be mended before it can be used."""
        return has_errors(self.findings)


def import_workbook(path: str, folder: str | None, plugins: Plugins) -> ImportedWorkbook:
    """Read a workbook that was exported.

    Args:
        path: The workbook.
        folder: A folder with a policy that it is compared with, and whose comments are kept; else a shipped policy of its name.
        plugins: The plugins.

    Raises:
        DataError: It is no workbook, or none that was exported.
        PolicyError: The policy that it is compared with cannot be read.
    """
    read = read_files(path)
    if read.about.get("workbook") == "overlay":
        return _overlay(path, read, folder, plugins)
    compared, texts = _earlier(read.about.get("policy", ""), folder, plugins)
    before = documents_of(texts, {})
    files: dict[str, str] = {}
    lost = []
    for name, document in read.documents.items():
        old = texts.get(name)
        files[name], keeps = _text(name, document.root, old, before.get(name))
        if old is not None and not keeps and any(line.lstrip().startswith("#") for line in old.splitlines()):
            lost.append(name)
    findings, fingerprint = _checked(read, files, plugins) if not has_errors(read.findings) else ((), "")
    changes = {name: changes_between(before.get(name), document.root) for name, document in read.documents.items()} if compared else {}
    return ImportedWorkbook(
        read.about.get("policy", ""),
        False,
        files,
        (*read.findings, *findings),
        changes,
        compared,
        fingerprint,
        read.about.get("fingerprint", ""),
        tuple(lost),
    )


def _earlier(name: str, folder: str | None, plugins: Plugins) -> tuple[str, Mapping[str, str]]:
    """Return what a workbook is compared with and its texts: the policy of the folder, else the shipped one of its name."""
    shipped = plugins.policies()
    if folder is not None and (Path(folder) / "policy.yaml").is_file():
        return folder, policy_files(Path(folder), {})
    return (name, policy_files(name, shipped)) if name in shipped and folder is None else ("", {})


def _text(name: str, root: Any, old: str | None, before: Any) -> tuple[str, bool]:
    """Return the text of a file, and whether it is the old one with no more than its values changed."""
    if not name.endswith(".yaml"):
        return str(root), True
    if old is not None:
        kept = patched(old, before, root)
        if kept is not None:
            return kept, True
    return yaml_text(plain(root)), False


def _checked(read: WorkbookFiles, files: Mapping[str, str], plugins: Plugins) -> tuple[tuple[Finding, ...], str]:
    environment = plugins.environment()
    try:
        policy = policy_of(files, environment.limits, WorkbookTexts(read.documents), sections=environment.section_keys)
        checked = check(policy, environment)
        about_cases = _cases(policy, read)
    except PolicyError as error:
        return error.findings or (Finding.error("wrong-shape", str(error), None, error.help),), ""
    findings = (*checked.findings, *about_cases)
    return findings, "" if has_errors(findings) else checked.require_plan().fingerprint


def _cases(policy: Policy, read: WorkbookFiles) -> tuple[Finding, ...]:
    if "cases.yaml" not in read.documents:
        return ()
    try:
        cases_of(policy, read.documents["cases.yaml"])
    except PolicyError as error:
        return error.findings
    return ()


def _overlay(path: str, read: WorkbookFiles, folder: str | None, plugins: Plugins) -> ImportedWorkbook:
    """Read an overlay; where its policy is known it is checked with it."""
    from tierwise.plugins.workbook.overlay_workbook import overlay_types

    name = read.about.get("policy", "")
    findings: tuple[Finding, ...] = read.findings
    fingerprint = ""
    if name in plugins.policies():
        read = read_files(path, overlay_types(check_policy(name, plugins=plugins).policy))
        findings = read.findings
    document = read.documents.get(OVERLAY)
    if document is None:
        findings = (*findings, Finding.error("empty-file", f"the workbook holds no `{OVERLAY}`"))
    elif name in plugins.policies() and not has_errors(findings):
        environment = plugins.environment()
        files = policy_files(name, plugins.policies())
        try:
            policy = policy_of(
                files, environment.limits, WorkbookTexts(read.documents), Source(OVERLAY, ""), files.shown(), environment.section_keys
            )
            checked = check(policy, environment)
            findings = (*findings, *(found for found in checked.findings if found.span is not None and found.span.source.is_cell))
            fingerprint = "" if has_errors(findings) else checked.require_plan().fingerprint
        except PolicyError as error:
            findings = (*findings, *error.findings)
    files_ = {OVERLAY: yaml_text(plain(document.root))} if document is not None else {}
    return ImportedWorkbook(name, True, files_, findings, {}, "", fingerprint, read.about.get("fingerprint", ""), ())
