"""Cases: facts and the outcome they must have, read from ``cases.yaml``, from a JSON list of examples or from a CSV file.

Facts and expected values stay as written (texts, lists, mappings, ``None``); who runs a case reads them by their declared types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import Field, model_validator

from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, Severity
from tierwise.core.language import suggest
from tierwise.core.language.messages import listed
from tierwise.core.limits import Limits
from tierwise.core.outcome import UNDETERMINED, Reason
from tierwise.core.plan import POPULATION, SUBJECT_KEY
from tierwise.core.policy.document import Document, plain
from tierwise.core.policy.model import Policy
from tierwise.core.policy.texts import Flag, Part, Text
from tierwise.core.policy.validation import validate
from tierwise.core.source import Path, Source, Span, Written
from tierwise.plugins.cases.case_rows import AS_OF_COLUMN, RowCase, RowTable, read_rows
from tierwise.plugins.cases.unreachable import UNREACHABLE, unreachable_in
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["Case", "cases_of", "read_cases"]

_CASES = "cases"
_ABOUT = ("reasons", "candidates", "by_customer")
_IDENTITY = (SUBJECT_KEY, "customer_name")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Case:
    """One example.

    Attributes:
        id: Its name, unique in the file.
        as_of: The date of the decision, or ``None``.
        facts: Fact name to value as written; ``population`` holds a list of them.
        expected: Output to value or ``undetermined``, beside ``reasons``, ``candidates`` and ``by_customer`` as written.
        why: What the case shows.
        engines: The engines it is kept to; empty for all.
        span: Where it stands.
        is_confirmed: A person says that it is right; else the policy's own outcome was written down, for a person to confirm.
    """

    id: str
    as_of: date | None
    facts: Mapping[str, Any]
    expected: Mapping[str, Any]
    why: Text | None
    engines: tuple[str, ...]
    span: Span
    is_confirmed: bool = True

    @property
    def is_population(self) -> bool:
        """Whether the case is about many subjects at once."""
        return POPULATION in self.facts


class _WrittenCase(Part):
    id: str = Field(min_length=1)
    as_of: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    expected: dict[str, Any] = Field(default_factory=dict)
    rows: Written | None = None
    why: Text | None = None
    engines: list[str] = Field(default_factory=list)
    why_engines: Text | None = None
    unconfirmed: Flag = False

    @model_validator(mode="after")
    def _expects_something(self) -> _WrittenCase:
        if not self.expected and self.rows is None:
            raise ValueError("needs `expected`, or `rows` that say what is expected")
        return self


class _Expected(Part):
    reasons: dict[str, Reason] = Field(default_factory=dict)
    candidates: dict[str, list[Any]] = Field(default_factory=dict)


def read_cases(policy: Policy, source: Source, limits: Limits | None = None) -> tuple[Case, ...]:
    """Read the cases of a policy.

    Args:
        policy: The policy they are about.
        source: ``cases.yaml``, a JSON list of examples, or a CSV file of one case a row.
        limits: Bounds on the file.

    Returns:
        The cases in the order of the file.

    Raises:
        PolicyError: The file has errors; all of them are in the exception.
    """
    if source.name.lower().endswith(".csv"):
        return _cases_of_rows(policy, source)
    document, findings = read_document(source, limits or Limits())
    if document is None or findings:
        raise PolicyError(f"`{source.name}` cannot be read", findings)
    return cases_of(policy, document)


def cases_of(policy: Policy, document: Document) -> tuple[Case, ...]:
    """Read the cases of a document; result and errors are those of ``read_cases``."""
    reader = _CaseReader(policy, document)
    cases = tuple(reader.cases())
    if reader.findings:
        raise PolicyError(f"`{document.source.name}` cannot be read", reader.findings)
    return cases


def _cases_of_rows(policy: Policy, source: Source) -> tuple[Case, ...]:
    """Read the cases of a CSV file, one a row."""
    table = read_rows(source)
    findings = [*table.findings, *_unknown_facts(policy, table)]
    start = Span.at(source, 1, 1)
    cases = [_case_of_row(Case("", None, {}, {}, None, (), start), row, findings) for row in table.rows]
    findings += _duplicates(cases)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise PolicyError(f"`{source.name}` cannot be read", findings)
    return tuple(cases)


def _case_of_row(shared: Case, row: RowCase, findings: list[Finding]) -> Case:
    """Return the case of one row: what it gives goes over what all rows share."""
    span = row.span or shared.span
    facts = {**shared.facts, **row.facts}
    day = facts.pop(AS_OF_COLUMN, None)
    as_of = shared.as_of if day is None else _date(day)
    if day is not None and as_of is None:
        findings.append(Finding.error("wrong-value", f"`as_of` must be a date such as `2026-11-21`, not `{day}`", span))
    expected = {**shared.expected, **row.expected}
    for about in ("reasons", "candidates"):
        joined = {**shared.expected.get(about, {}), **row.expected.get(about, {})}
        kept = {output: said for output, said in joined.items() if expected.get(output) == UNDETERMINED}
        expected = {**{key: value for key, value in expected.items() if key != about}, **({about: kept} if kept else {})}
    for reason in row.expected.get("reasons", {}).values():
        if reason not in list(Reason):
            findings.append(Finding.error("unknown-reason", f"`{reason}` is no reason", span, suggest(reason, list(Reason)) or ""))
    if not any(key not in _ABOUT for key in expected):
        findings.append(Finding.error("missing-key", f"row `{row.id}` expects nothing", span))
    why = Text.model_validate(row.note) if row.note else shared.why
    id = f"{shared.id}/{row.id}" if shared.id else row.id
    return replace(shared, id=id, as_of=as_of, facts=facts, expected=expected, why=why, span=span)


def _unknown_facts(policy: Policy, table: RowTable) -> Iterator[Finding]:
    for header in table.headers:
        if header not in policy.facts and header != AS_OF_COLUMN:
            yield Finding.error("unknown-fact", f"the policy has no fact `{header}`", header.whole, suggest(header, policy.facts))


def _duplicates(cases: Iterable[Case]) -> Iterator[Finding]:
    first: dict[str, Span] = {}
    for case in cases:
        if case.id in first:
            related = (("first given here", first[case.id]),)
            yield Finding.error("duplicate-case", f"there are two cases `{case.id}`", case.span, related=related)
        first.setdefault(case.id, case.span)


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(str(text)) else None
    except ValueError:
        return None


@dataclass
class _CaseReader:
    policy: Policy
    document: Document
    findings: list[Finding] = field(default_factory=list)

    def cases(self) -> Iterator[Case]:
        root = self.document.root
        path: Path = ()
        if isinstance(root, dict):
            for key in root:
                if key not in (_CASES, UNREACHABLE):
                    self._report("unknown-key", f"there is no key `{key}` here", (key,), suggest(key, [_CASES, UNREACHABLE]))
            self.findings += unreachable_in(self.document)[1]
            root, path = root.get(_CASES), (_CASES,)
        if not isinstance(root, list) or not root:
            self._report("wrong-shape", "`cases` demands a list of cases", path, "start with `cases:` and `- id: …`")
            return
        cases = [case for index, raw in enumerate(root) for case in self._cases_in(raw, (*path, index))]
        self.findings += _duplicates(cases)
        yield from cases

    def _cases_in(self, raw: Any, path: Path) -> Iterator[Case]:
        """Yield the case that stands there, or one for each of its rows."""
        written, found = validate(_WrittenCase, raw, path, self.document)
        self.findings += found
        if written is None:
            return
        if written.engines and written.why_engines is None:
            self._report("missing-key", f"case `{written.id}` is kept to some engines and demands `why_engines`", (*path, "engines"))
        as_of = self._as_of(written.as_of, (*path, "as_of"))
        self._check_facts(written.facts, (*path, "facts"))
        self._check_expected(written.expected, (*path, "expected"))
        span = self.document.span((*path, "id"))
        facts, expected = plain(written.facts), plain(written.expected)
        case = Case(written.id, as_of, facts, expected, written.why, tuple(written.engines), span, not written.unconfirmed)
        if written.rows is None:
            yield case
            return
        table = self._rows(written.rows, (*path, "rows"))
        self.findings += [*table.findings, *_unknown_facts(self.policy, table)]
        yield from [_case_of_row(case, row, self.findings) for row in table.rows]

    def _rows(self, rows: Written, path: Path) -> RowTable:
        """Return the rows of a text, or of a file in ``tables/``."""
        if "\n" in rows.strip() or not rows.strip().endswith(".csv"):
            return read_rows(rows)
        source = self.policy.sources.get(rows.strip())
        if source is None:
            self._report("missing-file", f"there is no file `{rows.strip()}` beside the policy", path, "put it into `tables/`")
            return RowTable((), (), ())
        return read_rows(source)

    def _as_of(self, text: str | None, path: Path) -> date | None:
        day = None if text is None else _date(text)
        if text is not None and day is None:
            self._report("wrong-value", f"`as_of` must be a date such as `2026-11-21`, not `{text}`", path)
        return day

    def _check_facts(self, facts: Mapping[str, Any], path: Path, more: tuple[str, ...] = (POPULATION,)) -> None:
        for name, value in facts.items():
            if name not in self.policy.facts and name not in more:
                hint = suggest(name, self.policy.facts)
                self.findings.append(
                    Finding.error("unknown-fact", f"the policy has no fact `{name}`", self.document.key_span((*path, name)), hint)
                )
            if name == POPULATION and POPULATION in more:
                self._check_population(value, (*path, name))

    def _check_population(self, members: Any, path: Path) -> None:
        if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
            self._report("wrong-shape", f"`{POPULATION}` demands a list of facts, one item a subject", path)
            return
        for index, member in enumerate(members):
            if not isinstance(member.get(SUBJECT_KEY), str):
                self._report("missing-key", f"a subject of a population demands `{SUBJECT_KEY}`", (*path, index))
            self._check_facts(member, (*path, index), _IDENTITY)

    def _check_expected(self, expected: Mapping[str, Any], path: Path) -> None:
        about = {key: value for key, value in expected.items() if key in ("reasons", "candidates")}
        read, found = validate(_Expected, about, path, self.document)
        self.findings += found
        for key in about if read is not None else ():
            for output in getattr(read, key):
                if expected.get(output) != UNDETERMINED:
                    message = f"`{key}` names `{output}`, which is not expected to be `{UNDETERMINED}`"
                    undetermined = [name for name, value in expected.items() if value == UNDETERMINED and name not in _ABOUT]
                    hint = suggest(output, undetermined) or (f"undetermined are {listed(undetermined)}" if undetermined else "")
                    self._report("reason-without-outcome", message, (*path, key, output), hint)
        by_customer = expected.get("by_customer", {})
        if not isinstance(by_customer, dict):
            self._report("wrong-shape", "`by_customer` demands a customer and what is expected of it on each line", (*path, "by_customer"))
            return
        for customer, outcomes in by_customer.items():
            if isinstance(outcomes, dict):
                self._check_expected(outcomes, (*path, "by_customer", customer))
            else:
                self._report("wrong-shape", f"`{customer}` demands output and value", (*path, "by_customer", customer))

    def _report(self, code: str, message: str, path: Path, help: str = "") -> None:
        self.findings.append(Finding.error(code, message, self.document.span(path), help))
