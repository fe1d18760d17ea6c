"""What changed between two policies in meaning, not in text: per output the same on all facts, or a subject whom they decide differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.population_ranking import positions_of
from tierwise.core.meaning.subjects import Subject, records_of
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import (
    AS_OF,
    POPULATION,
    Decision,
    Fact,
    FactRef,
    HitPolicy,
    Node,
    Plan,
    Position,
    Table,
    fact_of,
    link_of,
    linked_as,
    usage_of,
    with_inner_nodes,
    with_nodes,
)
from tierwise.core.plan.canonical import digest, node_text, type_text
from tierwise.core.types import DateType, EnumType, NumberType, Type
from tierwise.core.values import Value, to_json
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.geometry.told_apart import Kinds, drawn, kinds_of
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["CellChange", "Change", "Difference", "OutputDifference", "Verdict", "difference_of"]

MOST_LISTED = 20_000
MOST_DRAWN = 500
MOST_RANKED = 120
MOST_LACKING = 20


class Verdict(StrEnum):
    """What is known of an output of two policies. Programs read these words."""

    SAME = "same"
    """Both decide every subject alike: proved."""
    DIFFERENT = "different"
    """There is a subject whom they decide differently: shown."""
    UNPROVEN = "unproven"
    """No difference was found in a sample; that is no proof."""
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """An output of both policies, or of one.

    Attributes:
        before: What the old policy calls it, where it has another name.
        looked_at: How many subjects were decided by both; 0 where the plans say the same themselves.
        why: What kept the proof from being made.
        witness: The facts of a subject whom they decide differently, as JSON; of a ranking one of a sample of ``population`` subjects.
        outcomes: What each side decides for it, as JSON.
    """

    name: str
    verdict: Verdict
    before: str = ""
    looked_at: int = 0
    why: str = ""
    witness: Mapping[str, Any] | None = None
    outcomes: tuple[Any, Any] = (None, None)
    population: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Something declared that differs; ``None`` where a side does not have it."""

    what: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a table that says something else; of a rule that only one side has, each cell with ``None`` on the other."""

    table: str
    rule: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed.

    Attributes:
        changes: Facts, parameters and readings that differ.
        cells: Cells of tables that differ, by rule id.
    """

    before: str
    after: str
    outputs: tuple[OutputDifference, ...]
    changes: tuple[Change, ...] = ()
    cells: tuple[CellChange, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """``different`` when an output is, or only one side has it; else ``unproven`` when one is; else ``same``."""
        found = {output.verdict for output in self.outputs}
        if found & {Verdict.DIFFERENT, Verdict.ADDED, Verdict.REMOVED}:
            return Verdict.DIFFERENT
        return Verdict.UNPROVEN if Verdict.UNPROVEN in found else Verdict.SAME


def difference_of(old: LoadedPolicy, new: LoadedPolicy) -> Difference:
    """Compare the meaning of two policies.

    Args:
        old: The baseline.
        new: The other policy.
    """
    renamed = _renamed_facts(old.plan, new.plan)
    before, after = _aligned(old.plan, new.plan, renamed)
    comparing = _Comparing(Evaluator(before, old.environment), Evaluator(after, new.environment))
    return Difference(
        f"{old.plan.policy} {old.plan.version}",
        f"{new.plan.policy} {new.plan.version}",
        tuple(comparing.outputs()),
        tuple(_changes(old.plan, new.plan, renamed)),
        tuple(_cells(before, after)),
        renamed,
    )


# ---- one set of facts for both -----------------------------------------------------------------------------------------------


def _renamed_facts(old: Plan, new: Plan) -> dict[str, str]:
    """Return old name to new name of each fact that only differs in it: the only one of its declaration and label on either side."""
    gone, come = ({n: f for n, f in a.facts.items() if n not in b.facts} for a, b in ((old, new), (new, old)))

    def alike(fact: Fact) -> tuple[Any, ...]:
        label = None if fact.label.get("en") in (fact.name, None) else tuple(sorted(fact.label.items()))
        return (type_text(fact.type), fact.missing, fact.nullable, fact.default, label)

    found = {}
    for name, fact in gone.items():
        others = [other for other, one in come.items() if alike(one) == alike(fact)]
        if len(others) == 1 and sum(alike(one) == alike(fact) for one in gone.values()) == 1:
            found[name] = others[0]
    return found


def _aligned(old: Plan, new: Plan, renamed: Mapping[str, str]) -> tuple[Plan, Plan]:
    """Return both plans over facts of one name and one type: the values that both admit."""
    called = {name: replace(fact, name=renamed.get(name, name)) for name, fact in old.facts.items()}
    mine = {fact.name: fact for fact in called.values()}
    types = {name: _common(fact.type, new.facts[name].type) if name in new.facts else fact.type for name, fact in mine.items()}
    types = {**{name: fact.type for name, fact in new.facts.items()}, **types}

    def rebuilt(plan: Plan, names: Mapping[str, str]) -> Plan:
        def leaf(node: Node) -> Node:
            fact = fact_of(node)
            if fact is None:
                return node
            name = names.get(fact.name, fact.name)
            return FactRef(name, types.get(name, fact.type))

        facts = {names.get(n, n): replace(f, name=names.get(n, n), type=types[names.get(n, n)]) for n, f in plan.facts.items()}
        return replace(with_nodes(plan, leaf), facts=facts)

    return rebuilt(old, renamed), rebuilt(new, {})


def _common(old: Type, new: Type) -> Type:
    if isinstance(old, EnumType) and isinstance(new, EnumType):
        both = tuple(word for word in new.values if word in old.values)
        return EnumType(both or new.values)
    if isinstance(old, NumberType) and isinstance(new, NumberType):
        lows, highs = ([bound for bound in pair if bound is not None] for pair in ((old.low, new.low), (old.high, new.high)))
        scales = [scale for scale in (old.scale, new.scale) if scale is not None]
        return NumberType(min(scales, default=None), new.unit, max(lows, default=None), min(highs, default=None))
    return new


# ---- outputs -----------------------------------------------------------------------------------------------------------------


class _Comparing:
    """Compares the outputs of two plans over the same facts."""

    def __init__(self, old: Evaluator, new: Evaluator) -> None:
        self.old, self.new = old, new
        self.signs = _Signatures(old.plan), _Signatures(new.plan)
        self.facts = {**old.plan.facts, **new.plan.facts, AS_OF: Fact(AS_OF, DateType(), {"zh": AS_OF, "en": AS_OF})}

    def outputs(self) -> Iterator[OutputDifference]:
        """Yield what is known of each output, in the order of the new policy; those that are gone last."""
        mine, other = ({decision.name: decision for decision in plan.outputs} for plan in (self.old.plan, self.new.plan))
        gone = {name: decision for name, decision in mine.items() if name not in other}
        for name, decision in other.items():
            before = mine.get(name)
            if before is None:
                before = next((found for found in gone.values() if self._is_said_alike(found, decision)), None)
                if before is None:
                    yield OutputDifference(name, Verdict.ADDED)
                    continue
                del gone[before.name]
            yield self._output(before, decision)
        yield from (OutputDifference(name, Verdict.REMOVED) for name in gone)

    def _is_said_alike(self, old: Decision, new: Decision) -> bool:
        return (
            type_text(old.type) == type_text(new.type)
            and self.signs[0].of(old.node) == self.signs[1].of(new.node)
            and self._meant_alike(old, new)
        )

    def _meant_alike(self, old: Decision, new: Decision) -> bool:
        """Say whether missing facts and readings behind two outputs count alike."""
        usages = [usage_of(side.plan, decision.node) for side, decision in ((self.old, old), (self.new, new))]
        read = dict.fromkeys(name for usage in usages for name in usage.facts)
        told = [
            [(f.missing, f.nullable, f.default, f.absent_is_none) for name in read if (f := side.plan.facts.get(name))]
            for side in (self.old, self.new)
        ]
        readings = [
            [(name, side.plan.readings[name].settled, side.plan.readings[name].values) for name in usage.readings]
            for side, usage in zip((self.old, self.new), usages, strict=True)
        ]
        return told[0] == told[1] and readings[0] == readings[1]

    def _output(self, old: Decision, new: Decision) -> OutputDifference:
        before = old.name if old.name != new.name else ""
        if self._is_said_alike(old, new):
            return OutputDifference(new.name, Verdict.SAME, before)
        sources = [(self.old.plan, old.node), (self.new.plan, new.node)]
        if old.population or new.population or any(usage_of(plan, node).rankings for plan, node in sources):
            return self._ranked(old, new, before)
        kinds = kinds_of(sources, self.facts, MOST_LISTED)
        if not kinds.is_exact:
            kinds = replace(kinds, subjects=tuple(drawn(sources, self.facts, MOST_DRAWN)))
        count = 0
        for facts in _with_lacking(kinds):
            count += 1
            outcomes = tuple(side.decide(decision.name, facts) for side, decision in ((self.old, old), (self.new, new)))
            if _meaning(outcomes[0]) != _meaning(outcomes[1]):
                return OutputDifference(new.name, Verdict.DIFFERENT, before, count, "", _json(facts), _documents(outcomes))
        return OutputDifference(new.name, Verdict.SAME if kinds.is_exact else Verdict.UNPROVEN, before, count, kinds.why)

    def _ranked(self, old: Decision, new: Decision, before: str) -> OutputDifference:
        """Look for a subject of a sample population that is decided differently; what hangs on all others cannot be listed."""
        about_all = old.population or new.population
        looked_at = (None,) if about_all else tuple(range(len(self._sample[0])))
        for number in looked_at:
            outcomes = [self._of_sample(side, number, name) for side, name in ((0, old.name), (1, new.name))]
            if _meaning(outcomes[0]) != _meaning(outcomes[1]):
                witness = {} if number is None else _json(self._sample[0][number])
                return OutputDifference(
                    new.name, Verdict.DIFFERENT, before, len(looked_at), "", witness, _documents(outcomes), len(self._sample[0])
                )
        why = "it is about all subjects together" if about_all else "it hangs on where a subject stands among all others"
        return OutputDifference(new.name, Verdict.UNPROVEN, before, len(looked_at), why)

    @cached_property
    def _sample(self) -> tuple[Sequence[Mapping[str, Value]], Sequence[Sequence[Mapping[str, Position]]], Sequence[Any]]:
        """A population over all facts: the facts of each subject, and on each side where it stands and what is known of all."""
        sources = [(side.plan, decision.node) for side in (self.old, self.new) for decision in side.plan.outputs]
        sources += [(side.plan, part) for side in (self.old, self.new) for ranking in side.plan.rankings.values() for part in ranking.parts]
        facts = [dict(facts) for facts in drawn(sources, self.facts, MOST_RANKED)]
        day = next((one[AS_OF] for one in facts if AS_OF in one), None)
        facts = [{**one, AS_OF: day} if day is not None else one for one in facts]
        subjects = [Subject(str(number), None, one) for number, one in enumerate(facts)]
        sides = (self.old, self.new)
        return facts, [positions_of(side, facts) for side in sides], [records_of(side.plan, subjects) for side in sides]

    def _of_sample(self, side: int, number: int | None, name: str) -> Outcome:
        facts, positions, records = self._sample
        everybody: dict[str, Any] = {POPULATION: records[side]}
        evaluator = (self.old, self.new)[side]
        if number is None:
            return evaluator.decide(name, {**everybody, **({AS_OF: facts[0][AS_OF]} if AS_OF in facts[0] else {})})
        return evaluator.decide(name, {**facts[number], **everybody}, positions[side][number])


def _with_lacking(kinds: Kinds) -> Iterator[Mapping[str, Value]]:
    """Yield the subjects, then some of them without each of their facts, and one without any."""
    yield from kinds.subjects
    for facts in kinds.subjects[:MOST_LACKING]:
        yield from ({name: value for name, value in facts.items() if name != lacking} for lacking in facts)
    yield {}


def _meaning(outcome: Outcome) -> Any:
    """Return what of an outcome counts: its value, or its reason and its candidates in any order."""
    document = outcome_document(outcome)
    if isinstance(outcome, Determined):
        return document
    return {**document, "candidates": sorted(map(repr, document.get("candidates", ())))}


def _documents(outcomes: Iterable[Outcome]) -> tuple[Any, Any]:
    old, new = (outcome_document(outcome) for outcome in outcomes)
    return old, new


def _json(facts: Mapping[str, Value]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in facts.items()}


class _Signatures:
    """Writes what a decision means as text without the names of rules, tables and decisions; equal texts mean the same."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[str, str], str] = {}

    def of(self, node: Node) -> str:
        """Return the text of a node."""
        return node_text(with_inner_nodes(node, self._named))

    def _named(self, node: Node) -> Node:
        link = link_of(node)
        return node if link is None else linked_as(node, self._meant(str(link[0]), str(link[1])))

    def _meant(self, what: str, name: str) -> str:
        """Return a name that what means the same shares; of what the plan does not have its own name."""
        named = {"decision": self._plan.decisions, "table": self._plan.tables, "ranking": self._plan.rankings}[what]
        if name not in named:
            return name
        if (what, name) not in self._known:
            text = {"decision": self._decision, "table": self._table, "ranking": self._ranking}[what](name)
            self._known[what, name] = f"{what} {digest(text)}"
        return self._known[what, name]

    def _decision(self, name: str) -> str:
        return self.of(self._plan.decisions[name].node)

    def _table(self, name: str) -> str:
        table = self._plan.tables[name]
        rows = [repr([None if part is None else self.of(part) for part in (*rule.tests, *rule.outputs)]) for rule in table.rules]
        if table.hit in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT):
            rows.sort()
        defaults = [None if part is None else self.of(part) for part in table.defaults]
        return repr((table.hit, len(table.outputs), rows, defaults))

    def _ranking(self, name: str) -> str:
        ranking = self._plan.rankings[name]
        keys = [(self.of(key), is_down) for key, is_down in ranking.keys]
        parts = [None if part is None else self.of(part) for part in (ranking.partition, ranking.among)]
        return repr((keys, parts))


# ---- what is declared --------------------------------------------------------------------------------------------------------


def _changes(old: Plan, new: Plan, renamed: Mapping[str, str]) -> Iterator[Change]:
    back = {after: before for before, after in renamed.items()}
    for name, fact in new.facts.items():
        before = old.facts.get(back.get(name, name))
        told = None if before is None else _fact_text(before)
        if told != _fact_text(fact) or name in back:
            yield Change("fact", name, f"{back[name]}: {told}" if name in back else told, _fact_text(fact))
    yield from (
        Change("fact", name, _fact_text(fact), None) for name, fact in old.facts.items() if name not in new.facts and name not in renamed
    )
    values = [{name: str(to_json(value)) for name, value in plan.parameters.items()} for plan in (old, new)]
    settled = [{name: reading.settled or " | ".join(reading.values) for name, reading in plan.readings.items()} for plan in (old, new)]
    for what, (mine, other) in (("parameter", values), ("reading", settled)):
        for name in dict.fromkeys((*other, *mine)):
            if mine.get(name) != other.get(name):
                yield Change(what, name, mine.get(name), other.get(name))


def _fact_text(fact: Fact) -> str:
    words = [type_text(fact.type), *(("nullable",) if fact.nullable else ()), f"missing {fact.missing}"]
    return ", ".join((*words, *((f"default {to_json(fact.default)}",) if fact.default is not None else ())))


def _cells(old: Plan, new: Plan) -> Iterator[CellChange]:
    for name in dict.fromkeys((*new.tables, *old.tables)):
        mine, other = ({} if name not in plan.tables else _rows(plan.tables[name]) for plan in (old, new))
        for rule in dict.fromkeys((*other, *mine)):
            before, after = mine.get(rule, {}), other.get(rule, {})
            for column in dict.fromkeys((*after, *before)):
                cells = [row.get(column) for row in (before, after)]
                if (cells[0] and cells[0][0]) != (cells[1] and cells[1][0]):
                    yield CellChange(name, rule, column, cells[0][1] if cells[0] else None, cells[1][1] if cells[1] else None)


def _rows(table: Table) -> dict[str, dict[str, tuple[str, str]]]:
    """Return rule id to column to what a cell means, and what is shown of it."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for rule in table.rules:
        shown = rule.test_texts or ("",) * len(rule.tests)
        row = found.setdefault(rule.id, {})
        for column, test, text in zip(table.column_texts, rule.tests, shown, strict=False):
            if test is not None:
                row[column] = (node_text(test), text or node_text(test))
        for output, value in zip(table.outputs, rule.outputs, strict=True):
            row[f"-> {output}"] = (node_text(value),) * 2
    return found
