"""Builds the one name space of a policy and the local ones of its entries, and checks names: readable, unique, no words of the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tierwise.core.checking.context import Parts
from tierwise.core.checking.entries import Entry
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression
from tierwise.core.plan import AS_OF, POPULATION, SUBJECT_KEY, Constant, Decision, DecisionRef, FactRef, Node, ReadingRef, Undecided
from tierwise.core.policy import Policy
from tierwise.core.policy.texts import named
from tierwise.core.source import Path, Span
from tierwise.core.types import DateType, ListType, RecordType, TextType

__all__ = ["RESERVED", "check_entry_names", "check_names", "lost_parameters", "names_of", "population_of", "with_local_names"]


def names_of(policy: Policy, entries: Iterable[Entry]) -> dict[str, Node]:
    """Return name to node for everything that an expression about one subject may name."""
    names: dict[str, Node] = {AS_OF: FactRef(AS_OF, DateType())}
    names |= {name: FactRef(name, fact.type()) for name, fact in policy.facts.items()}
    for name, parameter in policy.parameters.items():
        known = name in policy.parameter_values
        names[name] = Constant(policy.parameter_values[name], parameter.type()) if known else DecisionRef(name, parameter.type())
    names |= {name: ReadingRef(name, tuple(reading.values)) for name, reading in policy.readings.items()}
    for entry in entries:
        for output in entry.outputs:
            # A name that is there already keeps its meaning, so that the clash is the only finding.
            names.setdefault(output.name, DecisionRef(output.name, output.type))
    return names


def population_of(policy: Policy) -> FactRef:
    """Return the node that stands for the facts of all subjects, in a decision that is about them."""
    fields = ((SUBJECT_KEY, TextType()), *((name, fact.type()) for name, fact in policy.facts.items()))
    return FactRef(POPULATION, ListType(RecordType(fields)))


def lost_parameters(policy: Policy) -> Iterator[Decision]:
    """Yield, for every local parameter without a value, the hidden decision that says so."""
    for name, parameter in policy.parameters.items():
        if name not in policy.parameter_values:
            type = parameter.type()
            yield Decision(
                name=name,
                type=type,
                node=Undecided(parameter.reason(), (), type),
                label=named(parameter.label, name),
                module="",
                form="parameter",
                output=False,
                span=policy.key_span(("parameters", name)),
            )


def check_entry_names(policy: Policy, entries: Iterable[Entry]) -> list[Finding]:
    """Find names that are there already, or can be none: declared ones, and those that forms and kinds give."""
    declared: list[tuple[str, Span]] = [
        (name, policy.key_span((section, name)))
        for section, names in (("facts", policy.facts), ("parameters", policy.parameters), ("readings", policy.readings))
        for name in names
    ]
    declared += [(output.name, output.span) for entry in entries for output in entry.outputs]
    return check_names(declared)


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
