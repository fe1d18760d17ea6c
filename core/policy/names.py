"""Checks the names that a policy declares: readable, unique, and not words of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tierwise.core.finding import Finding
from tierwise.core.plan import AS_OF, POPULATION
from tierwise.core.source import Span

__all__ = ["RESERVED", "check_names"]

RESERVED = frozenset(
    ("and", "or", "not", "if", "then", "else", "true", "false", "null", "in", "between", "some", "every", "satisfies", "undetermined")
)
_SUPPLIED = frozenset((AS_OF, POPULATION))
_FORBIDDEN = re.compile(r"[|`\r\n\t]|^\s|\s$|^$")
_READS_AS_EXPRESSION = re.compile(r"[-+*/<>=?,@\"\[\]＋－＊／＜＞＝，]|^[\d.]")


def check_names(declared: Iterable[tuple[str, Span]]) -> list[Finding]:
    """Check every name of the one name space of facts, parameters, readings and decisions.

    Args:
        declared: Each name with the place where it is declared, in any order.
    """
    findings: list[Finding] = []
    first: dict[str, Span] = {}
    for name, span in declared:
        if name in first:
            message = f"`{name}` is declared twice: facts, parameters, readings and decisions share one name space"
            findings.append(Finding.error("duplicate-name", message, span, related=(("first declared here", first[name]),)))
            continue
        first[name] = span
        findings += _check_name(name, span)
    return findings


def _check_name(name: str, span: Span) -> list[Finding]:
    shown = " ".join(name.split())
    if _FORBIDDEN.search(name):
        message = f"the name `{shown}` holds a `|`, a backquote, a line end, or blanks at its start or end"
        return [Finding.error("bad-name", message, span, "give it another name")]
    if name in RESERVED:
        return [Finding.error("reserved-name", f"`{name}` is a word of the language and cannot be a name", span, "give it another name")]
    if name in _SUPPLIED:
        return [Finding.error("reserved-name", f"`{name}` is always there to read and cannot be declared", span, "give it another name")]
    if _READS_AS_EXPRESSION.search(name) or RESERVED & set(name.split()):
        help = "write it in backquotes wherever an expression reads it, or give it another name"
        return [Finding.warning("name-reads-as-expression", f"the name `{name}` can be read as an expression", span, help)]
    return []
