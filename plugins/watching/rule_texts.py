"""Reads the texts of watching rules: expressions and conditions over the fields of events, durations, and names of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tierwise.core.environment import Path, SectionContext
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression, read_literal, suggest
from tierwise.core.language.messages import listed
from tierwise.core.plan import (
    AS_OF,
    POPULATION,
    DecisionRef,
    FactRef,
    Node,
    behind,
    constant_of,
    cut_of,
    decision_of,
    fact_of,
    name_of,
    reading_of,
    undecided_of,
    walk,
)
from tierwise.core.policy.texts import Text
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateType, DurationType, EnumType, TextType, Type
from tierwise.core.values import Duration
from tierwise.plugins.watching.rule import EventKind, Lost

__all__ = ["ALWAYS", "RuleTexts", "alike", "named"]

ALWAYS: Mapping[str, Type] = {"id": TextType(), "kind": TextType(), "subject": TextType(), "at": DateType()}
"""What every event has; conditions may read it like fields."""


@dataclass
class RuleTexts:
    """Reads texts of one policy.

    Attributes:
        context: The policy around the section.
        named: The decisions of the policy that some text names.
        kinds: The kinds of events declared, by name.
        findings: What was found so far.
    """

    context: SectionContext
    kinds: dict[str, EventKind] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def known(self, names: Iterable[str], path: Path) -> tuple[str, ...]:
        """Return those names that are kinds of events; find the others."""
        known = []
        for name in names:
            if name in self.kinds:
                known.append(name)
            else:
                hint = suggest(name, self.kinds) or f"the kinds are {listed(list(self.kinds))}"
                self.error("unknown-event", f"`watch` declares no events `{name}`", path, hint)
        return tuple(known)

    def fields(self, kinds: Iterable[str]) -> dict[str, Type]:
        """Return the fields that all of several kinds have alike."""
        each = [self.kinds[kind].fields for kind in kinds]
        return {name: type for name, type in (each[0] if each else {}).items() if all(fields.get(name) == type for fields in each)}

    def scope(self, fields: Mapping[str, Type]) -> Scope:
        """Return what a text may name: the fields of an event, parameters, readings and decisions."""
        names: dict[str, Node] = {name: FactRef(name, type) for name, type in {**ALWAYS, **fields}.items()}
        names |= {name: node for name, node in self.context.names.items() if self.is_setting(name)} | self.decisions()
        return Scope(names, self.context.environment.functions, self.context.environment.limits)

    def is_setting(self, name: str) -> bool:
        """Say whether a name is a parameter or a reading of the policy."""
        node = self.context.names.get(name)
        return constant_of(node) is not None or reading_of(node) is not None or self.lost(name) is not None

    def decisions(self) -> dict[str, DecisionRef]:
        """Return the decisions of the policy by name."""
        found = {name: decision_of(node) for name, node in self.context.names.items() if self.lost(name) is None}
        return {name: reference for name, reference in found.items() if reference is not None}

    def lost(self, name: str) -> Lost | None:
        """Return what is said of a parameter that has no value; ``None`` for any other name."""
        decision = self.context.plan.decisions.get(name)
        undecided = undecided_of(decision.node) if decision is not None and decision.form == "parameter" else None
        return None if undecided is None else Lost(name, undecided.reason)

    def expression(self, text: str, path: Path, scope: Scope, index: int | None = None) -> Node | None:
        """Compile an expression; ``None`` with a finding when it is wrong."""
        place = path if index is None else (*path, index)
        node, found = compile_expression(text, self.context.document.span(place), scope)
        self.findings += found
        if node is not None:
            self._check_decisions(node, place, scope)
        return node

    def _check_decisions(self, node: Node, path: Path, scope: Scope) -> None:
        """Find decisions that a text names and that no event can tell."""
        fields = {name: found.type for name, of in scope.names.items() if (found := fact_of(of)) is not None}
        for name in dict.fromkeys(name_of(part) for part in walk(node) if decision_of(part) is not None):
            decision = self.context.plan.decisions.get(name)
            if decision is None or self.lost(name) is not None:  # it is wrong itself, which is told elsewhere; or a parameter
                continue
            self.named.add(name)
            parts = list(behind(decision.node, self.context.plan, decisions=True))
            facts = {found.name: found.type for part in parts if (found := fact_of(part)) is not None}
            if decision.population or POPULATION in facts or any(cut_of(part) is not None for part in parts):
                self.error("watch-decision", f"`{name}` hangs on all subjects: an event tells of one", path)
                continue
            read = {fact: of for fact, of in facts.items() if fact != AS_OF}
            for other in [fact for fact, of in read.items() if fact in fields and not alike(fields[fact], of)]:
                message = f"`{name}` reads the fact `{other}`, and the field of that name has another type"
                self.error("watch-decision", message, path, "leave its type out: then it is the fact")
            if read and not read.keys() & fields.keys():
                message = f"`{name}` reads {listed(read)}, and the events have no field of such a name"
                self.error("watch-decision", message, path, f"add a field `{next(iter(read))}: {{}}`")

    def boolean(self, text: str, path: Path, scope: Scope) -> Node | None:
        """Compile a condition."""
        node = self.expression(text, path, scope)
        if node is not None and not isinstance(node.type, BooleanType):
            self.error("type-mismatch", f"a condition is true or false, not a `{node.type}`", path)
        return node

    def duration(self, text: str, path: Path) -> Duration | Lost | None:
        """Read a duration: written out, or a parameter (a duration, or a whole number of days)."""
        name = text.strip()
        lost, parameter = self.lost(name), constant_of(self.context.names.get(name))
        if lost is not None:
            return lost
        if parameter is not None:
            return self._forward(parameter.value, path)
        value, found = read_literal(text, DurationType(), self.context.document.span(path))
        self.findings += found
        return self._forward(value, path)

    def _forward(self, value: object, path: Path) -> Duration | None:
        if isinstance(value, Duration) and (value.months > 0 or value.seconds > 0):
            return value
        if value is not None and not isinstance(value, Duration | bool | str) and str(value).isdigit() and int(str(value)) > 0:
            return Duration.of_days(int(str(value)))
        if not has_errors(self.findings[-1:]):
            self.error("bad-literal", "a duration such as `3 months`, or a parameter that holds one, is needed here", path)
        return None

    def key_span(self, path: Path) -> Span:
        """Return where a key of the policy stands."""
        return self.context.document.key_span(path)

    def error(self, code: str, message: str, path: Path, help: str = "", key: bool = False) -> None:
        """Add an error at a place of the policy file; with ``key`` at the key itself, not its value."""
        span = self.key_span(path) if key else self.context.document.span(path)
        self.findings.append(Finding.error(code, message, span, help))


def named(label: Text | None, name: str) -> Mapping[str, str]:
    """Return a label in both languages, or the name for want of one."""
    return label.named() if label is not None else {"zh": name, "en": name}


def alike(field: Type, fact: Type) -> bool:
    """Say whether a field holds what a fact of its name may hold; how people call the words of a list does not matter."""
    return field == fact or (isinstance(field, EnumType) and isinstance(fact, EnumType) and field.values == fact.values)
