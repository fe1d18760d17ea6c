"""Compiles the names that a decision gives to parts of itself (``where``): hidden decisions that nobody else sees by that name."""

from __future__ import annotations

from dataclasses import replace

from tierwise.core.checking.context import Parts
from tierwise.core.checking.entries import Entry
from tierwise.core.checking.name_space import check_names
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression
from tierwise.core.plan import Decision, DecisionRef, Node
from tierwise.core.source import Path

__all__ = ["with_local_names"]


def with_local_names(entry: Entry, scope: Scope, parts: Parts) -> Scope | None:
    """Return the names that what decides may use, those of the entry's parts among them.

    Each part becomes a hidden decision ``entry.part``, so it is computed once and explained by its name.

    Returns:
        The scope, or ``None`` when a part has an error, which is then reported: what reads it would only have errors that follow.
    """
    before = len(parts.findings)
    for name, text in entry.where.items():
        path = (*entry.path[:-1], "where", name)
        parts.findings += _strange(name, path, entry, scope)
        node, found = compile_expression(text, entry.places.span(path), scope)
        parts.findings += found
        if node is not None:
            scope = replace(scope, names={**scope.names, name: _hidden(name, node, path, entry, parts)})
    return None if has_errors(parts.findings[before:]) else scope


def _strange(name: str, path: Path, entry: Entry, scope: Scope) -> list[Finding]:
    span = entry.places.key_span(path)
    taken = [
        f"`{taken}` is a name already: a part of a decision needs one of its own"
        for taken in (name, f"{entry.name}.{name}")
        if taken in scope.names
    ]
    return check_names([(name, span)]) or [Finding.error("duplicate-name", message, span, "give it another name") for message in taken]


def _hidden(name: str, node: Node, path: Path, entry: Entry, parts: Parts) -> DecisionRef:
    decision = Decision(
        name=f"{entry.name}.{name}",
        type=node.type,
        node=node,
        label={"zh": name, "en": name},
        module=entry.module,
        form="formula",
        output=False,
        population=entry.population,
        span=entry.places.key_span(path),
    )
    parts.decisions[decision.name] = decision
    return DecisionRef(decision.name, decision.type)
