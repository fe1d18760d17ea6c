"""Looks at one subject through its trace: the value of any part, what a part reads, and what people call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierwise.core.explaining.explanation import Read
from tierwise.core.meaning.evaluator import Trace
from tierwise.core.meaning.unknown import Result
from tierwise.core.outcome import Determined, Reason
from tierwise.core.plan import AS_OF, POPULATION, Named, Node, Plan, Reference, pick_of, reference_of, walk
from tierwise.core.plan.node_text import PEOPLE
from tierwise.core.types import DateType, ListType, RecordType, Type

__all__ = ["Reader", "plain"]


_NOTHING: Mapping[str, str] = {}


class Reader:
    """One subject under one plan.

    Args:
        trace: What deciding it found.
        stored: Fact to what stands in the data and does not read.
    """

    def __init__(self, trace: Trace, stored: Mapping[str, str] = _NOTHING) -> None:
        self.trace = trace
        self.stored = stored
        self.plan: Plan = trace.plan

    def value(self, node: Node) -> Result:
        """Return the value of a part, or ``Unknown``."""
        return self.trace.result(node)

    def truth(self, node: Node) -> bool | None:
        """Return whether a condition holds; ``None`` when that is unknown."""
        return self.trace.truth(node)

    def reads(self, node: Node) -> tuple[Read, ...]:
        """Return the facts, decisions and readings that a part names itself, each once, in the order it names them."""
        return tuple({ref.name: self.read(ref.name) for ref in _references(node, self.plan)}.values())

    def read(self, name: str) -> Read:
        """Return what is known of a fact, decision or reading; a part of a list is known by its name alone."""
        if name in self.plan.decisions:
            decision, outcome = self.plan.decisions[name], self.trace.outcomes[name]
            if isinstance(outcome, Determined):
                return Read(name, decision.label, "decision", decision.type, outcome.value, because=decision.because or {})
            return Read(name, decision.label, "decision", decision.type, None, outcome.reason, because=decision.because or {})
        if name in self.plan.readings:
            reading = self.plan.readings[name]
            return Read(name, reading.label, "reading", None, reading.settled, None if reading.settled else Reason.READING)
        return self._fact(name)

    def _fact(self, name: str) -> Read:
        declared = self.plan.facts.get(name)
        label = plain(name) if declared is None or not declared.label else declared.label
        of = _SUPPLIED.get(name) if declared is None else declared.type
        because = {} if declared is None else declared.because or {}
        if name in self.trace.facts:
            value = self.trace.facts[name]
            default = declared.default if declared is not None and value is None else None
            return Read(name, label, "fact", of, value if default is None else default, None, default is not None, because)
        reason = Reason.MISSING_FACT if declared is None else declared.missing
        return Read(name, label, "fact", of, None, reason, because=because, stored=self.stored.get(name, ""))

    def label(self, node: Node) -> Named:
        """Return what people call a part: the label of what it names, else its text."""
        named = reference_of(node)
        if named is None:
            return plain(PEOPLE.write(node))
        label = self.read(named.name).label
        about = self._only_column(named) if label == plain(named.name) else None
        return label if about is None else self.read(about.name).label

    def because(self, node: Node) -> Named:
        """Return the policy's sentence for whom what a part names keeps from a better outcome; empty without one."""
        named = reference_of(node)
        if named is None:
            return {}
        about = self._only_column(named)
        return self.read(named.name).because or ({} if about is None else self.read(about.name).because)

    def _only_column(self, named: Reference) -> Reference | None:
        """Return what a decision is read off by a table of one column, such as the points of one item, which people call like the item."""
        pick = pick_of(self.plan.decisions[named.name].node) if named.name in self.plan.decisions else None
        columns = () if pick is None else self.plan.tables[pick.table].columns
        return reference_of(columns[0]) if len(columns) == 1 else None


_SUPPLIED: Mapping[str, Type] = {POPULATION: ListType(RecordType(())), AS_OF: DateType()}


def plain(text: str) -> Named:
    """Return a label that is the same in every language."""
    return {"zh": text, "en": text}


def _references(node: Node, plan: Plan) -> Iterator[Reference]:
    """Yield what is named in a node and, of a table, in the heads of its columns and its outputs: the tests are about the columns."""
    for part in walk(node):
        named, pick = reference_of(part), pick_of(part)
        if named is not None:
            yield named
        elif pick is not None:
            table = plan.tables[pick.table]
            for inner in (*table.columns, *(rule.outputs[pick.output] for rule in table.rules)):
                yield from _references(inner, plan)
