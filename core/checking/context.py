"""What a form sees while one entry compiles: names, types, places. It collects findings, tables, rankings and hidden decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tierwise.core.checking.entries import Entry
from tierwise.core.finding import Finding
from tierwise.core.language import Scope, compile_expression, compile_test, compile_value, suggest
from tierwise.core.language.messages import listed
from tierwise.core.language.type_rules import fits
from tierwise.core.plan import Constant, Decision, DecisionRef, Node, Ranking, Table, Undecided, constant_of, decision_of, undecided_of
from tierwise.core.policy import Policy
from tierwise.core.source import Path, Source, Span, Written
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type

__all__ = ["EntryContext", "Parts", "misfit"]


@dataclass
class Parts:
    """What the entries of a policy have compiled to so far.

    Attributes:
        lost: Names of the local parts that nobody has filled in.
        local: Names of all local tables and characteristics.
    """

    findings: list[Finding] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    rankings: dict[str, Ranking] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    local: list[str] = field(default_factory=list)


class EntryContext:
    """The ``FormContext`` of one entry."""

    def __init__(self, entry: Entry, policy: Policy, scope: Scope, parts: Parts) -> None:
        self.name = entry.name
        self.outputs: Mapping[str, Type] = {output.name: output.type for output in entry.outputs}
        self.path: Path = entry.path
        self.limits = scope.limits
        self._entry = entry
        self._policy = policy
        self._scope = scope
        self._parts = parts

    # ---- places and findings

    def span(self, path: Path, key: bool = False) -> Span:
        """Return where a value or its key stands."""
        return self._entry.places.key_span(path) if key else self._entry.places.span(path)

    def report(self, finding: Finding) -> None:
        """Add a finding."""
        self._parts.findings.append(finding)

    # ---- the language

    def expression(self, text: Written, expected: Type | None = None, item: Type | None = None) -> Node | None:
        """Parse and type an expression."""
        scope = self._scope if item is None else replace(self._scope, item=item)
        node, findings = compile_expression(text, self.span(self.path), scope, expected)
        return self._sound(node, findings)

    def test(self, cell: Written, column: Node) -> tuple[Node | None, bool]:
        """Parse a unary-test cell."""
        node, sound, findings = compile_test(cell, self.span(self.path), column, self._scope)
        self._parts.findings += findings
        return node, sound

    def value(self, given: Written | Sequence[Written] | None, at: Path | Written, expected: Type, nullable: bool = False) -> Node | None:
        """Parse a value."""
        place = (at.whole or self.span(self.path)) if isinstance(at, Written) else self.span(at)
        if given is None or isinstance(given, str):
            node, findings = compile_value(given, place, expected, self._scope, nullable)
            return self._sound(node, findings)
        if not isinstance(expected, ListType | SetType):
            self.report(Finding.error("type-mismatch", f"a list stands here, where a `{expected}` is needed", place))
            return None
        return self._items(given, expected)

    def constant(self, text: Written, expected: Type) -> Constant | Undecided | None:
        """Parse what must be known before any subject is."""
        node = self.value(text, text, expected)
        named = decision_of(node)
        if named is not None and named.name in self._parts.decisions:
            node = self._parts.decisions[named.name].node
        if node is None or (known := constant_of(node) or undecided_of(node)) is not None:
            return None if node is None else known
        self.report(Finding.error("not-constant", f"`{text}` must be a plain value or a parameter", text.whole or self.span(self.path)))
        return None

    def type_of(self, node: Node) -> Type:
        """Return the static type of a node."""
        return node.type

    # ---- outputs

    def only_output(self) -> str | None:
        """Return the name of the one output."""
        if len(self.outputs) == 1:
            return next(iter(self.outputs))
        message = f"`{self._entry.form.name}` gives one value, but `{self.name}` has {len(self.outputs)} outputs"
        self.report(Finding.error("one-output", message, self.span(self.path), "make a decision of its own for each"))
        return None

    def output(self, name: str, given: Written | Sequence[Written] | None, at: Path | Written) -> Node | None:
        """Parse a value of an output."""
        return self.value(given, at, self.outputs[name], name in self._entry.nullable)

    def fitted(self, name: str, node: Node) -> Node:
        """Return ``node``; that its type does not fit the output is reported."""
        reason = misfit(node.type, self.outputs[name])
        if reason:
            self.report(Finding.error("type-mismatch", f"`{name}` {reason}", self.span(self.path)))
        return node

    # ---- what goes into the plan

    def file(self, name: Written) -> Source | None:
        """Return a file of the policy by its name; that there is none is reported."""
        wanted = name.strip()
        found = self._policy.sources.get(wanted)
        if found is None:
            files = [file for file in self._policy.sources if file.endswith(".csv")]
            there = f"the files are {listed(files)}" if files else "put it into the folder `tables` beside `policy.yaml`"
            self.report(Finding.error("missing-file", f"there is no file `{wanted}`", name.whole, suggest(wanted, files) or there))
        return found

    def add_table(self, table: Table) -> None:
        """Put a table into the plan."""
        self._parts.tables[table.name] = table

    def add_ranking(self, ranking: Ranking) -> None:
        """Put a ranking into the plan."""
        self._parts.rankings[ranking.name] = ranking

    def add_hidden(self, name: str, type: Type, node: Node, path: Path) -> Node:
        """Put a hidden decision into the plan."""
        self._parts.decisions[name] = Decision(
            name=name,
            type=type,
            node=node,
            label={"zh": name, "en": name},
            module=self._entry.module,
            form=self._entry.form.name,
            output=False,
            population=self._entry.population,
            span=self.span(path),
        )
        return DecisionRef(name, type)

    def filled(self, name: str) -> Written | None:
        """Return the text that an overlay gives for a local part."""
        self._parts.local.append(name)
        return self._policy.filled_tables.get(name)

    def mark_lost(self, name: str) -> None:
        """Say that a local part is not filled in."""
        self._parts.lost.append(name)

    # ---- private

    def _sound(self, node: Node | None, findings: Sequence[Finding]) -> Node | None:
        self._parts.findings += findings
        return node

    def _items(self, given: Sequence[Written], expected: ListType | SetType) -> Node | None:
        items = [self.constant(text, expected.item) for text in given]
        constants = [constant for item in items if (constant := constant_of(item)) is not None]
        return Constant(tuple([item.value for item in constants]), expected) if len(constants) == len(items) else None


def misfit(actual: Type, declared: Type) -> str:
    """Return why a value of type ``actual`` does not fit ``declared``, to be read after its name; empty when it does."""
    if isinstance(actual, ListType | SetType) and isinstance(declared, type(actual)):
        return misfit(actual.item, declared.item)
    if isinstance(actual, NumberType) and isinstance(declared, NumberType):
        return _number_misfit(actual, declared)
    if isinstance(actual, EnumType) and isinstance(declared, EnumType):
        strange = [word for word in actual.values if word not in declared.values]
        return f"may become `{strange[0]}`, which is none of its declared values" if strange else ""
    return "" if fits(actual, declared) else f"is declared `{declared}`, but gets a `{actual}`"


def _number_misfit(actual: NumberType, declared: NumberType) -> str:
    if actual.scale is not None and declared.scale is not None and actual.scale > declared.scale:
        return f"is declared with {declared.scale} digits after the point, but gets {actual.scale}"
    if actual.unit and declared.unit and actual.unit != declared.unit:
        return f"is declared in `{declared.unit}`, but gets `{actual.unit}`"
    return ""
