"""Builds the one name space of a policy: each fact, parameter, reading and decision, and the node that stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierwise.core.checking.entries import Entry
from tierwise.core.finding import Finding
from tierwise.core.plan import AS_OF, POPULATION, SUBJECT_KEY, Constant, Decision, DecisionRef, FactRef, Node, ReadingRef, Undecided
from tierwise.core.policy import Policy, check_names
from tierwise.core.policy.texts import named
from tierwise.core.source import Span
from tierwise.core.types import DateType, ListType, RecordType, TextType

__all__ = ["check_entry_names", "lost_parameters", "names_of", "population_of"]


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
