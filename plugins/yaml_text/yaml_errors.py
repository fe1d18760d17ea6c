"""Turns what the YAML parser says into a finding in the words of an author, with a suggestion for the frequent causes."""

from __future__ import annotations

import re
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.characters import inside

__all__ = ["syntax_finding"]

_INDENT = "items of one level start in the same column; indent with spaces"
_MISSING_SPACE = re.compile(r"\s*(- )?[^\s:#\"'{\[]+:[^\s:]")


def syntax_finding(source: Source, error: Exception, last_line: int) -> Finding:
    """Explain why a text is not YAML.

    Args:
        source: The text.
        error: What the parser raised.
        last_line: The line it had reached, for errors without a place.
    """
    problem, context = str(getattr(error, "problem", "") or ""), str(getattr(error, "context", "") or "")
    mark = getattr(error, "problem_mark", None)
    opened = getattr(error, "context_mark", None)
    lines = source.text.splitlines()
    place = opened if opened is not None and _look_at_the_opening(context, problem, opened, mark, lines) else mark
    line, column = (place.line + 1, place.column + 1) if place is not None else (last_line, 1)
    if _MISSING_SPACE.match(lines[line - 2] if line > 1 else "") and "mapping values" in problem:
        line, column = line - 1, lines[line - 2].index(":") + 1
        return Finding.error(
            "yaml-syntax", "a space is missing after the colon", inside(source, line, column, line, column + 1), "write `key: value`"
        )
    reason, help = _explain(problem, context, lines[line - 1] if line <= len(lines) else "", column)
    return Finding.error("yaml-syntax", reason, inside(source, line, column, line, column + 1, lines), help)


def _look_at_the_opening(context: str, problem: str, opened: Any, mark: Any, lines: list[str]) -> bool:
    """Say whether the fault lies where something was opened: what is never closed is found far below, at times at the end of the file."""
    if "quoted scalar" in context or "block scalar" in context:
        return True
    if "flow" not in context:
        return False
    text = lines[opened.line].rstrip() if opened.line < len(lines) else ""
    goes_on = text.endswith((",", "[", "{"))
    return mark is None or "stream end" in problem or (mark.line != opened.line and not goes_on)


def _explain(problem: str, context: str, text: str, column: int) -> tuple[str, str]:
    rest = text[column - 1 :].rstrip()
    if "\t" in text[: len(text) - len(text.lstrip())] or "'\\t'" in problem:
        return "a tab cannot indent a line or separate words here", "use spaces instead of tabs"
    for starts_wrongly, why in _BAD_STARTS:
        if re.search(starts_wrongly, f"{context}: {problem}"):
            return f"text that starts with `{rest[:1]}` {why}", f"put it in quotes: {_quoted(rest)}"
    if "quoted scalar" in context:
        return "a quote is opened here and never closed", "close it, or put the whole text in the other kind of quotes"
    if "flow" in context:
        opening = "[" if "sequence" in context else "{"
        return f"what `{opening}` opens is not closed as it should be", f"text that starts with `{opening}` or holds a bracket needs quotes"
    return _explain_block(problem, rest)


_BAD_STARTS = (
    (r"scanning a block scalar", "is not followed by a text block"),
    (r"cannot start any token", "needs quotes"),
    (r"scanning an (alias|anchor)", "needs quotes"),
    (r"scanning a (tag|directive)", "needs quotes"),
    (r"parsing a node: found undefined tag handle", "needs quotes"),
)


def _explain_block(problem: str, rest: str) -> tuple[str, str]:
    if "mapping values are not allowed" in problem:
        if rest.lstrip(": ")[:1] in ("[", "{"):
            return "a key cannot stand here", "indent it like its neighbours, and close every `[` and `{`"
        return "a second `: ` on the line", "text that holds `: ` needs quotes"
    if "but found ','" in problem or "but found '<scalar>'" in problem:
        return "there is more text after a closing quote", "put the whole text in the other kind of quotes: '…'"
    if "found '<document end>'" in problem:
        return "the file holds nothing", ""
    if "not allowed here" in problem:
        return f"`{rest[:1]}` cannot stand here", "text that starts with `-` or `?` needs quotes; a list starts on a line of its own"
    if "expected" in problem:
        return "this line does not fit the indentation of the lines before it", _INDENT
    if not problem:
        return "this is not YAML that can be read", "look for an unusual escape such as `\\U` in double quotes"
    return f"this is not YAML: {_plain(problem)}", ""


def _quoted(text: str) -> str:
    body = re.split(r"\s#", text, maxsplit=1)[0].strip().rstrip(",}]") if len(text) < 80 else text[:40] + "…"
    return f"'{body}'" if '"' in body else f'"{body}"'


def _plain(problem: Any) -> str:
    return " ".join(str(problem).split())[:120].rstrip(".")
