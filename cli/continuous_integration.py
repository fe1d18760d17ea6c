"""Writes findings and failed cases as systems of continuous integration read them: SARIF, JUnit XML, annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from tierwise import __version__
from tierwise.cli.visible import visible
from tierwise.core.finding import Finding, Severity, sorted_findings
from tierwise.core.source import Span
from tierwise.plugins.codes import CODES

__all__ = ["JUnitCase", "JUnitSuite", "github", "junit", "sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One test as JUnit knows it.

    Attributes:
        name: Its name, unique in its suite.
        failures: What failed, each a line that says it all; empty when it passed.
        skipped: Why it was not run, or an empty text.
        details: All that failed, with its reasons; the failures by themselves where it is empty.
    """

    name: str
    failures: tuple[str, ...] = ()
    skipped: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class JUnitSuite:
    """Tests that belong together."""

    name: str
    cases: tuple[JUnitCase, ...]


def sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return findings as a SARIF 2.1.0 log (OASIS standard, 2020): one run, a rule for each code that occurs."""
    ordered = sorted_findings(findings)
    codes = sorted({finding.code for finding in ordered})
    rules = [{"id": code, "shortDescription": {"text": CODES[code]}} for code in codes]
    driver = {"name": "tierwise", "version": __version__, "rules": rules}
    results = [_result(finding, codes.index(finding.code)) for finding in ordered]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": _said(finding)},
    }
    if finding.span is not None:
        result["locations"] = [_location(finding.span)]
    if finding.related:
        result["relatedLocations"] = [{**_location(span), "message": {"text": label}} for label, span in finding.related]
    if finding.witness:
        result["properties"] = {"witness": dict(finding.witness)}
    return result


def _location(span: Span) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(span.source.name)}}
    if not span.source.is_cell:
        place["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {"physicalLocation": place}


def github(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield findings as commands that a workflow of GitHub shows beside the lines of a change; a note is a notice."""
    levels: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    for finding in sorted_findings(findings):
        properties = {**_lines(finding.span), "title": finding.code}
        said = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
        yield f"::{levels[finding.severity]} {said}::{_escaped(_said(finding))}"


def _lines(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    if span.source.is_cell:
        return {"file": span.source.name}
    columns = {"col": span.column, "endColumn": span.end_column} if span.line == span.end_line else {}
    return {"file": span.source.name, "line": span.line, "endLine": span.end_line, **columns}


def _escaped(text: str, more: str = "") -> str:
    """Return a text in which what ends a command, or a part of it, is written by its number."""
    return "".join(f"%{ord(sign):02X}" if sign in "%\r\n" + more else sign for sign in visible(text))


def _said(finding: Finding) -> str:
    return f"{finding.message}\n{finding.help}" if finding.help else finding.message


def junit(suites: Sequence[JUnitSuite]) -> str:
    """Return test results as JUnit XML, as the systems that read it agree on it: suites, cases, failures, skipped ones."""
    root = Xml.Element("testsuites", _counts([case for suite in suites for case in suite.cases]))
    for suite in suites:
        element = Xml.SubElement(root, "testsuite", {"name": visible(suite.name), **_counts(suite.cases)})
        for case in suite.cases:
            _add_case(element, suite, case)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _add_case(element: Xml.Element, suite: JUnitSuite, case: JUnitCase) -> None:
    written = Xml.SubElement(element, "testcase", {"classname": visible(suite.name), "name": visible(case.name)})
    if case.failures:
        failure = Xml.SubElement(written, "failure", {"message": visible(case.failures[0])})
        failure.text = visible(case.details or "\n".join(case.failures))
    elif case.skipped:
        Xml.SubElement(written, "skipped", {"message": visible(case.skipped)})


def _counts(cases: Sequence[JUnitCase]) -> dict[str, str]:
    failed = sum(bool(case.failures) for case in cases)
    skipped = sum(bool(case.skipped and not case.failures) for case in cases)
    return {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": str(skipped)}
