"""What the checker says: findings are values, collected, sorted and capped; nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tierwise.core.source import Span

__all__ = ["Finding", "Severity", "has_errors", "sorted_findings"]


class Severity(StrEnum):
    """How much a finding matters: an error stops the policy, a warning does not, a note is acknowledged."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that its author can mend.

    Attributes:
        code: A slug from ``plugins/codes.py``; it is also the heading of its page in ``docs/findings.md``.
        severity: Error, warning or note.
        message: One line, lower case, no full stop, the author's words in backticks.
        span: Where it is; ``None`` only for what has no place in a file, such as a database row.
        help: What to do about it, with one suggestion; empty when the message says it all.
        related: Other places, each with a short label.
        witness: An example subject, fact name to JSON value, that shows the fault.
        row: The cells of the inputs of a rule that would mend it, where a rule of the table could.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    help: str = ""
    related: tuple[tuple[str, Span], ...] = ()
    witness: tuple[tuple[str, Any], ...] = field(default=())
    row: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.message.splitlines()) > 1:  # the author's words may hold line ends, such as a key of YAML
            object.__setattr__(self, "message", " ".join(self.message.split()))

    def __str__(self) -> str:
        place = f"{self.span.source.name}:{self.span.line}:{self.span.column}: " if self.span else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}" + (f"; {self.help}" if self.help else "")

    @classmethod
    def error(cls, code: str, message: str, span: Span | None = None, help: str = "", **more: Any) -> Finding:
        """Make a finding of severity error."""
        return cls(code, Severity.ERROR, message, span, help, **more)

    @classmethod
    def warning(cls, code: str, message: str, span: Span | None = None, help: str = "", **more: Any) -> Finding:
        """Make a finding of severity warning."""
        return cls(code, Severity.WARNING, message, span, help, **more)

    @classmethod
    def note(cls, code: str, message: str, span: Span | None = None, help: str = "", **more: Any) -> Finding:
        """Make a finding of severity note: something the author has acknowledged."""
        return cls(code, Severity.NOTE, message, span, help, **more)


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by file, line and column; those of one place keep their order, those without a place come last. Repeats are dropped."""

    def place(finding: Finding) -> tuple[Any, ...]:
        span = finding.span
        if span is None:
            return (1, "", 0, 0)
        return (0, span.source.name, span.line, span.column)

    unique = {(f.code, f.severity, f.message, f.span): f for f in findings}
    return tuple(sorted(unique.values(), key=place))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Say whether any finding is an error."""
    return any(f.severity is Severity.ERROR for f in findings)
