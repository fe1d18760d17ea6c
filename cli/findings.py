"""Writes findings and errors for people (``human``), for editors (``plain``) and for programs (``json``)."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.cells import cell_len

from tierwise.cli.visible import visible
from tierwise.core.errors import PluginError, PolicyError, TierwiseError
from tierwise.core.finding import Finding, Severity, sorted_findings
from tierwise.core.source import Span
from tierwise.plugins.sentences.catalogue import finding_in, said

if TYPE_CHECKING:
    from tierwise.plugins.people_names import Naming

__all__ = ["finding_document", "finding_text", "render_error", "render_findings", "summary"]

MOST = 100
LINE = "\n"
SUGGESTIONS = ("formula-is-", "hidden-rows")
"""Notes that say what to write; others give the reason why nothing has to be done."""
WIDEST = 160
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def render_findings(findings: Sequence[Finding], form: str, language: str = "en", naming: Naming | None = None) -> str:
    """Return the findings as text, sorted by place, at most 100 of them and then how many more there are.

    Args:
        findings: What was found.
        form: ``human``, ``plain`` or ``json``.
        language: In which people read them; programs go by the code, and get the message as the source says it.
        naming: How the policy is spoken of in that language, where that is known.
    """
    ordered = sorted_findings(findings)
    if form == "json":
        return "\n".join(json.dumps(finding_document(f), ensure_ascii=False) for f in ordered)
    shown = []
    for finding in ordered[:MOST]:
        spoken = finding_in(finding, language)
        called = spoken if naming is None else naming.finding(spoken)
        shown.append(_human(called, language, naming) if form == "human" else finding_text(called, language))
    if len(ordered) > MOST:
        shown.append(said(f"and {len(ordered) - MOST} more findings", language))
    return "\n".join(shown)


def render_error(error: TierwiseError, form: str, language: str = "en") -> str:
    """Return an error with its findings and its help."""
    if form == "json":
        head: dict[str, Any] = {"error": str(error), "help": error.help}
        if isinstance(error, PluginError):
            head |= {"plugin": error.plugin, "hook": error.hook}
        findings = [finding_document(f) for f in error.findings] if isinstance(error, PolicyError) else []
        return json.dumps(head | {"findings": findings}, ensure_ascii=False)
    parts = []
    if isinstance(error, PolicyError) and error.findings:
        parts.append(render_findings(error.findings, form, language))
    parts.append(f"{_coloured(said('error', language), Severity.ERROR)}: {visible(said(str(error), language))}")
    if error.help:
        parts.append(visible(f"  {said('help', language)}: {said(error.help, language)}"))
    return "\n".join(parts)


def summary(findings: Sequence[Finding], language: str = "en") -> str:
    """Return ``2 errors, 1 warning, 3 notes``, or ``no findings``."""
    counts = [(sum(f.severity is severity for f in findings), severity) for severity in Severity]
    told = [f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts if count]
    return said(", ".join(told) or "no findings", language)


def finding_text(finding: Finding, language: str = "en") -> str:
    """Return a finding as one line, as compilers write it."""
    place = f"{finding.span.place}: " if finding.span else ""
    help_ = f" ({said('help', language)}: {' '.join(finding.help.split(LINE))})" if finding.help else ""
    return visible(f"{place}{said(finding.severity, language)}[{finding.code}]: {finding.message}{help_}")


def _human(finding: Finding, language: str, naming: Naming | None) -> str:
    place = f"{finding.span.place}: " if finding.span else ""
    lines = [f"{place}{_coloured(f'{said(finding.severity, language)}[{finding.code}]', finding.severity)}: {visible(finding.message)}"]
    labelled = ([("", finding.span)] if finding.span else []) + list(finding.related)
    width = max((len(str(span.line)) for _, span in labelled), default=0)
    seen = set()
    for label, span in labelled:
        if (span.source.name, span.line, span.column) in seen and not label:
            continue
        seen.add((span.source.name, span.line, span.column))
        lines += _excerpt(label, span, width, finding.span)
    if finding.witness:
        raw = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in finding.witness)
        shown = ", ".join(raw) if naming is None else naming.example(finding)
        lines.append(visible(f"  {said('example', language)}: {shown}"))
    if finding.help:
        is_reason = finding.severity is Severity.NOTE and not finding.code.startswith(SUGGESTIONS)
        lines.append(f"  {said('why' if is_reason else 'help', language)}: {visible(finding.help).replace(LINE, LINE + '  ')}")
    return "\n".join(lines)


def _excerpt(label: str, span: Span, width: int, main: Span | None) -> list[str]:
    """Return the source line and an underline that aligns under wide characters too."""
    text = visible(span.source.line(span.line).expandtabs(1))
    if not text.strip():
        return []
    where = "" if main is None or span.source.name == main.source.name else f"   ({span.source.name})"
    end = span.end_column if span.end_line == span.line else len(text) + 1
    text, start, end = _window(text, span.column - 1, end - 1)
    before = cell_len(text[:start])
    length = max(cell_len(text[start:end]), 1)
    sign = "^" if not label else "-"
    return [f"  {span.line:>{width}} | {text}{where}", f"  {'':>{width}} | {' ' * before}{sign * length}{' ' + label if label else ''}"]


def _window(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Cut a very long line down to the part around what is underlined."""
    if len(text) <= WIDEST:
        return text, start, end
    first = max(0, min(start - WIDEST // 3, len(text) - WIDEST))
    head, tail = "…" if first else "", "…" if first + WIDEST < len(text) else ""
    shown = head + text[first : first + WIDEST] + tail
    moved = first - len(head)
    return shown, start - moved, min(end - moved, len(shown) - len(tail))


def _coloured(text: str, severity: Severity) -> str:
    import os

    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        return click.style(text, fg=COLOURS[severity], bold=True)
    return text


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return a finding in its JSON form."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        **_place(finding.span),
        "related": [{"label": label, **_place(span)} for label, span in finding.related],
        "witness": dict(finding.witness),
    }


def _place(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    return {"file": span.source.name, "line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}
