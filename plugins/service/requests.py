"""What a request to decide asks for, and how its body is refused in words (RFC 9457 problem details)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.plugins.json_text import NoJsonError, read_json

__all__ = ["MOST_SUBJECTS", "Asked", "Problem", "findings_document", "read_asked"]

MOST_SUBJECTS = 10_000
"""Of one request; who has more sends several, or grades a file."""
FACTS, SUBJECTS, AS_OF = "facts", "subjects", "as_of"


class Problem(Exception):
    """A request that is not answered.

    Attributes:
        status: The HTTP status.
        title: What sort of problem it is.
        detail: What is wrong with this request.
        help: One suggestion, or nothing.
        headers: What the answer has to say besides.
    """

    def __init__(self, status: int, title: str, detail: str, help: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.help, self.headers = status, title, detail, help, headers or {}

    def document(self) -> dict[str, Any]:
        """Return it as its JSON says it."""
        said = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return {**said, "help": self.help} if self.help else said


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks.

    Attributes:
        facts: Of one subject, or of a population (``{"population": [...]}``); ``None`` when there are many.
        subjects: The facts of each of many.
        as_of: The date of the decision as given.
        findings: What is odd about the text itself.
    """

    facts: Mapping[str, Any] | None
    subjects: list[Mapping[str, Any]]
    as_of: str | None
    findings: tuple[Finding, ...]


def read_asked(body: bytes, one_only: bool = False) -> Asked:
    """Read the body of a request.

    Args:
        body: ``{"facts": {…}}`` or ``{"subjects": [{…}, …]}``, each with ``"as_of": "2026-11-21"`` beside it where wanted.
        one_only: Many at once are not answered.

    Raises:
        Problem: It is something else.
    """
    try:
        text = read_json(body)
    except NoJsonError as error:
        raise Problem(400, "No JSON", f"the body is no JSON: {error}", _like(one_only)) from None
    given = text.value
    known = (FACTS, AS_OF) if one_only else (FACTS, SUBJECTS, AS_OF)
    if not isinstance(given, dict):
        raise _unfit("the body is no object", _like(one_only))
    for name in given:
        if name not in known:
            raise _unfit(f"the body has no member `{name[:80]}`", suggest(name, known) or _like(one_only))
    if (FACTS in given) + (SUBJECTS in given) != 1:
        raise _unfit("the body needs `facts`, or `subjects`, not both" if not one_only else "the body needs `facts`", _like(one_only))
    repeated = tuple(
        Finding.warning("duplicate-key", f"`{key}` is given more than once; the last counts", help="give it once") for key in text.repeated
    )
    return Asked(_facts(given), _subjects(given), _as_of(given), repeated)


def findings_document(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return findings as their JSON says them."""
    return [{"code": f.code, "severity": str(f.severity), "message": f.message, "help": f.help} for f in findings]


def _facts(given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    facts = given.get(FACTS)
    if FACTS in given and not isinstance(facts, dict):
        raise _unfit("`facts` is no object of values by name", _like(True))
    return facts


def _subjects(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    subjects = given.get(SUBJECTS, [])
    if not isinstance(subjects, list):
        raise _unfit("`subjects` is no list", _like(False))
    if len(subjects) > MOST_SUBJECTS:
        raise _unfit(f"`subjects` has {len(subjects):,} members; at most {MOST_SUBJECTS:,} are decided at once", "send several requests")
    for number, subject in enumerate(subjects, start=1):
        if not isinstance(subject, dict):
            raise _unfit(f"member {number} of `subjects` is no object of values by name", _like(False))
    return subjects


def _as_of(given: Mapping[str, Any]) -> str | None:
    day = given.get(AS_OF)
    if not isinstance(day, str | None):
        raise _unfit("`as_of` is no text", 'write the day as `"2026-11-21"`')
    return day


def _unfit(detail: str, help: str) -> Problem:
    return Problem(422, "Not what is asked for", detail, help)


def _like(one_only: bool) -> str:
    one = '`{"facts": {"name": value, …}, "as_of": "2026-11-21"}`'
    return f"send {one}" if one_only else f'send {one} or `{{"subjects": [{{"name": value, …}}, …]}}`'
