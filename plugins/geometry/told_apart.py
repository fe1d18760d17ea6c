"""Finds the subjects that some decisions can tell apart: an example of each kind, or, where these cannot be listed, some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from operator import add, or_
from random import Random

from tierwise.core.meaning.regions import atoms_of
from tierwise.core.plan import (
    POPULATION,
    Arithmetic,
    Compare,
    Constant,
    DecisionRef,
    Fact,
    FactRef,
    InSet,
    Logic,
    Node,
    Not,
    Pick,
    Plan,
    ReadingRef,
    Usage,
    Within,
    elsewhere,
    link_of,
    usage_of,
    walk,
    ways,
)
from tierwise.core.plan.node_text import PEOPLE
from tierwise.core.types import BooleanType, EnumType, ListType, MapType, NumberType, RecordType, SetType
from tierwise.core.values import Value
from tierwise.plugins.geometry.cells import cells
from tierwise.plugins.geometry.cover import TooLarge, atoms_in
from tierwise.plugins.geometry.producing import Producing
from tierwise.plugins.geometry.space import Box, Space, lay_out

__all__ = ["Kinds", "Lines", "drawn", "kinds_of", "lines_of"]

Subject = Mapping[str, Value]
Tests = tuple[Node | None, ...]

_MOST_AROUND = 60
_MOST_ON_LINES = 5  # times as many subjects on all lines together as there may be lines
_RANDOM = 12


@dataclass(frozen=True, slots=True)
class Kinds:
    """Example subjects.

    Attributes:
        subjects: Fact name to value; every fact that is read is known. None where ``is_exact`` is not.
        is_exact: Whether every subject whose facts are known is decided like one of them.
        why: What stands in the way, where not.
    """

    subjects: tuple[Subject, ...]
    is_exact: bool
    why: str = ""


def kinds_of(sources: Sequence[tuple[Plan, Node]], facts: Mapping[str, Fact], most: int) -> Kinds:
    """Return the subjects that some decisions, of one plan or of several, tell apart.

    Args:
        sources: Each decision with its plan; a fact of one name has one type in all of them.
        facts: The facts that may be read, by name.
        most: How many subjects there may be.

    Returns:
        An example of each kind; none where they cannot be listed, with the reason.
    """
    usages = [usage_of(plan, node) for plan, node in sources]
    why = _obstacle(usages)
    if not why:
        try:
            return Kinds(tuple(_listed(sources, usages, facts, most)), True)
        except TooLarge:
            why = "there are too many cases"
        except _Unclear as unclear:
            why = str(unclear)
    return Kinds((), False, why)


class _Unclear(Exception):
    """A condition cannot be laid out."""


def _obstacle(usages: Sequence[Usage], computed: Collection[str] = ()) -> str:
    rankings = [name for usage in usages for name in usage.rankings]
    if rankings:
        return f"it hangs on the ranking `{rankings[0]}`"
    loose = [name for usage in usages for name in usage.facts if name in usage.exact and name not in computed]
    return f"`{loose[0]}` is not only compared with constants" if loose else ""


# ---- all of them -------------------------------------------------------------------------------------------------------------


def _listed(sources: Sequence[tuple[Plan, Node]], usages: Sequence[Usage], facts: Mapping[str, Fact], most: int) -> Iterator[Subject]:
    space = _space(sources, usages, facts)
    for count, (_, place) in enumerate(cells([row.may for row in space.rows], space.everything)):
        if count >= most:
            raise TooLarge
        yield _subject(space, place)


def _space(sources: Sequence[tuple[Plan, Node]], usages: Sequence[Usage], facts: Mapping[str, Fact]) -> Space:
    """Lay out all conditions on facts behind some decisions."""
    rows = _Rows()
    for (plan, node), usage in zip(sources, usages, strict=True):
        rows.add(node, plan)
        for name in usage.loose:
            rows.add_values(facts[name])
    tests = list(dict.fromkeys(rows.found))
    width = max((len(row) for row in tests), default=0)
    padded = [(*row, *(None,) * (width - len(row))) for row in tests]
    space = lay_out(Producing(replace(sources[0][0], facts=dict(facts), decisions={})), (), padded)
    if space.unclear or any(not row.sure for row in space.rows):
        raise _Unclear("a condition compares more than facts with constants")
    return space


# ---- along one fact ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lines:
    """Subjects that differ in one fact only.

    Attributes:
        lines: Subjects of one line, each with a mark: those with one mark are decided alike. In the order of the fact's atoms.
        is_exact: Whether every two subjects that differ in that fact only are decided like two of one line.
        why: What stands in the way, where not.
        computed: Facts that are in no subject: whatever they are, each subject is decided by one sum of products in which each stands once at most.
    """

    lines: tuple[tuple[tuple[int, Subject], ...], ...]
    is_exact: bool
    why: str = ""
    computed: tuple[str, ...] = ()


def lines_of(plan: Plan, node: Node, facts: Mapping[str, Fact], along: str, most: int) -> Lines:
    """Return the lines along one fact that a decision tells apart.

    Args:
        plan: The plan of the decision.
        node: What it is.
        facts: The facts that may be read, by name.
        along: The fact.
        most: How many lines there may be.
    """
    usage = usage_of(plan, node)
    computed = tuple(name for name in _computed(plan, node, usage, facts) if name != along)
    why = _obstacle([usage], computed)
    if not why:
        try:
            return Lines(tuple(_lines(_space([(plan, node)], [usage], facts), along, most)), True, "", computed)
        except TooLarge:
            why = "there are too many cases"
        except _Unclear as unclear:
            why = str(unclear)
    return Lines((), False, why)


def _computed(plan: Plan, node: Node, usage: Usage, facts: Mapping[str, Fact]) -> list[str]:
    """Return the facts with which a number is computed, and which nothing tests; none where it is more than a sum of products."""
    names = [name for name in usage.facts if name in usage.exact and isinstance(facts[name].type, NumberType) and not usage.tests[name]]
    powers = _degrees(node, plan, names) if names and isinstance(node.type, NumberType) else None
    return names if powers is not None and max(powers.values(), default=0) <= 1 else []


def _degrees(node: Node, plan: Plan, names: Collection[str]) -> Counter[str] | None:
    """Return the greatest power in which a number is computed with each of some facts; ``None`` where it is computed by more than ``+ - *``.

    What chooses between several ways to a number is not looked at: it holds for each way by itself.
    """
    if isinstance(node, FactRef):
        return Counter({node.name: 1} if node.name in names else {})
    parts = node.parts if isinstance(node, Arithmetic) else ways(node, plan)
    if parts is None:
        return None if usage_of(plan, node).tests.keys() & set(names) else Counter()
    found = [_degrees(part, plan, names) for part in parts]
    powers = [power for power in found if power is not None]
    if len(powers) < len(found):
        return None
    nothing: Counter[str] = Counter()
    return reduce(add if isinstance(node, Arithmetic) and node.op == "*" else or_, powers, nothing)


def _lines(space: Space, along: str, most: int) -> Iterator[tuple[tuple[int, Subject], ...]]:
    at = next((i for i, d in enumerate(space.dimensions) if any(_is_fact(q.node, along) for q in d.quantities)), None)
    if at is None:
        return
    dimension, boxes = space.dimensions[at], [row.may for row in space.rows]
    place = next(i for i, quantity in enumerate(dimension.quantities) if _is_fact(quantity.node, along))
    holding = [sum(1 << row for row, box in enumerate(boxes) if box[at] >> atom & 1) for atom in range(dimension.size)]
    others = [box[:at] + box[at + 1 :] for box in boxes]
    count = points = 0
    for alive, path in cells(others, space.everything[:at] + space.everything[at + 1 :]):
        lines: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        for atom in range(dimension.size):
            combination = dimension.combination(atom)
            lines.setdefault(combination[:place] + combination[place + 1 :], []).append((combination[place], atom))
        for line in lines.values():
            count += 1
            points += len(line)
            if count > most or points > most * _MOST_ON_LINES:
                raise TooLarge
            yield tuple((alive & holding[atom], _subject(space, (*path[:at], 1 << atom, *path[at:]))) for _, atom in sorted(line))


def _is_fact(node: Node, name: str) -> bool:
    return isinstance(node, FactRef) and node.name == name


def _subject(space: Space, place: Box) -> Subject:
    found: dict[str, Value] = {}
    for dimension, atoms in zip(space.dimensions, place, strict=True):
        if not dimension.quantities:
            continue
        atom = next(iter(atoms_in(atoms)))
        for quantity, own in zip(dimension.quantities, dimension.combination(atom), strict=True):
            if not isinstance(quantity.node, FactRef):
                raise _Unclear(f"`{quantity.text or PEOPLE.write(quantity.node)}` is computed")
            found[quantity.node.name] = quantity.domain.atoms[own].value
    return found


@dataclass
class _Rows:
    """Collects the conditions on facts behind a decision: those of a rule together, every other by itself."""

    found: list[Tests] = field(default_factory=list)
    _seen: set[object] = field(default_factory=set)

    def add(self, node: Node, plan: Plan) -> None:
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Logic | Not | Compare | Within | InSet):
                self._condition((part,))
                waiting.extend(_decisions_in(part))
                continue
            link = (id(plan), link_of(part))
            if link_of(part) is not None and link in self._seen:
                continue
            self._seen.add(link)
            if isinstance(part, Pick) and part.table in plan.tables:
                table = plan.tables[part.table]
                for rule in table.rules:
                    self._condition(tuple(test for test in rule.tests if test is not None))
                    waiting.extend(reference for test in rule.tests if test is not None for reference in _decisions_in(test))
                    waiting.append(rule.outputs[part.output])
                waiting.extend(default for default in table.defaults if default is not None)
                continue
            waiting.extend((*part.children, *elsewhere(part, plan)))

    def add_values(self, fact: Fact) -> None:
        """Tell every value of a fact from every other."""
        values = fact.type.values if isinstance(fact.type, EnumType) else (True, False) if isinstance(fact.type, BooleanType) else ()
        self.found += [(Compare("=", FactRef(fact.name, fact.type), Constant(value, fact.type)),) for value in values]

    def _condition(self, tests: Tests) -> None:
        """Note what a conjunction asks of facts; a part that asks of decisions, too, is divided into the comparisons of facts in it."""
        whole = tuple(test for test in tests if test is not None and not _decisions_in(test))
        if whole:
            self.found.append(whole)
        for test in tests:
            if test is not None and _decisions_in(test):
                self.found += [(leaf,) for leaf in _leaves(test) if not _decisions_in(leaf)]


def _leaves(test: Node) -> Iterator[Node]:
    if isinstance(test, Logic | Not):
        for part in test.children:
            yield from _leaves(part)
    else:
        yield test


def _decisions_in(node: Node) -> list[DecisionRef | ReadingRef]:
    """Return what a condition names that no fact of the subject is; a reading is looked at both ways by whoever decides."""
    return [part for part in walk(node) if isinstance(part, DecisionRef | ReadingRef)]


# ---- a sample ----------------------------------------------------------------------------------------------------------------


def drawn(sources: Sequence[tuple[Plan, Node]], facts: Mapping[str, Fact], count: int) -> Iterator[Subject]:
    """Draw so many subjects, the same in every run, whose values stand at and around what some decisions compare them with."""
    random = Random(20260101)
    usages = [usage_of(plan, node) for plan, node in sources]
    read = [name for name in dict.fromkeys(name for usage in usages for name in usage.facts) if name != POPULATION]
    values = {name: _values(facts[name], [t for usage in usages for t in usage.tests.get(name, ())], random, count) for name in read}
    for _ in range(count):
        yield {name: random.choice(options) for name, options in values.items() if options}


def _values(fact: Fact, tests: Sequence[Node], random: Random, count: int) -> list[Value]:
    """Return values of a fact: one of each piece that its tests tell apart, and some others."""
    if isinstance(fact.type, SetType) and isinstance(fact.type.item, EnumType):
        words = fact.type.item.values
        return [(), *((word,) for word in words), words, *(tuple(w for w in words if random.random() < 0.5) for _ in range(_RANDOM))]
    if isinstance(fact.type, ListType | SetType):
        return [()]
    if isinstance(fact.type, MapType | RecordType):
        return [{}]
    found = [atom.value for atom in atoms_of(fact.type, tests, fact.can_be_none)][:_MOST_AROUND]
    if isinstance(fact.type, NumberType):
        found += [value for value in _numbers(fact.type, random, count) if value not in found]
    return found


def _numbers(type: NumberType, random: Random, count: int) -> Iterator[Decimal]:
    low = type.low if type.low is not None else Decimal(-1000) if type.high is None else type.high - 1000
    high = type.high if type.high is not None else low + Decimal(10) ** random.randint(2, 7)
    unit = 10 ** (type.scale or 0)
    for _ in range(count):
        yield Decimal(random.randint(int(low * unit), int(high * unit))) / unit
