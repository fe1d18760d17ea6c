"""Lays out the space of a table: what its columns compare, as dimensions of atoms, and each row as a box in it.

A *quantity* is what is compared with constants. A row is a conjunction; a part of it that mentions several quantities (``a or b``) joins them
into one dimension, whose atoms are the combinations of theirs. So a row is always a box: one set of atoms for every dimension.
A part that cannot be analysed makes the box uncertain: ``may`` is where the row perhaps applies, ``must`` where it surely does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import prod
from operator import and_, or_
from typing import Literal

from tierwise.core.meaning.exact import add, multiply, subtract
from tierwise.core.meaning.regions import Domain, domain_of
from tierwise.core.plan import (
    FLIPPED,
    Arithmetic,
    Compare,
    CompareOp,
    Constant,
    DecisionRef,
    InSet,
    Logic,
    Node,
    Not,
    Plan,
    Table,
    Undecided,
    Within,
    borders_of,
    comparison_of,
    conjuncts_of,
    constant_of,
    junction_of,
    leaves_of_logic,
    spelled_out,
)
from tierwise.core.types import BooleanType, EnumType, Type
from tierwise.core.values import Value
from tierwise.plugins.geometry.producing import Producing

__all__ = ["Box", "Dimension", "Quantity", "Row", "Space", "Spaces", "lay_out", "normal", "quantity_of", "spaces_of"]

TRUTH = BooleanType()
Structured = Compare | Within | InSet | Logic | Not


def normal(test: Node, plan: Plan) -> Node:
    """Rewrite a condition to and, or, not, constants, ``Compare(op, quantity, constant)`` and bare boolean quantities."""
    return _normal(spelled_out(test), plan)


def _normal(test: Node, plan: Plan) -> Node:
    junction = junction_of(test)
    if junction is None:
        return _comparison(test.op, test.left, test.right, plan) if isinstance(test, Compare) else test
    parts = [_normal(part, plan) for part in junction.parts]
    return Not(parts[0]) if junction.op == "not" else _joined(junction.op, parts)


def quantity_of(test: Node) -> Node | None:
    """Return the quantity that a comparison or bare condition of the normal form is about; ``None`` when it is unknown or constant."""
    if isinstance(test, Compare):
        return test.left if isinstance(test.right, Constant) else None
    return None if isinstance(test, Constant | Undecided) else test


def _joined(op: Literal["and", "or"], parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Logic(op, tuple(parts))


def _comparison(op: CompareOp, left: Node, right: Node, plan: Plan) -> Node:
    left, right = _folded(left, plan), _folded(right, plan)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _decided(op, left, right)
    if isinstance(left, Constant):
        op, left, right = FLIPPED[op], right, left
    if isinstance(left, Structured) and isinstance(right, Constant) and isinstance(right.value, bool):
        return normal(left, plan) if right.value == (op == "=") else Not(normal(left, plan))
    return Compare(op, left, right)


def _decided(op: CompareOp, left: Constant, right: Constant) -> Node:
    """Compare two constants by the geometry itself, so that the checker has one meaning of ``<``."""
    domain = domain_of(left.type, (left.value, right.value), nullable=True)
    holding = domain.where(op, right.value)
    if holding is None:
        return Compare(op, left, right)
    same = domain.where("=", left.value)
    return Constant(bool(same is not None and same & holding), TRUTH)


def _folded(node: Node, plan: Plan) -> Node:
    """Work out what is the same for every subject, such as a parameter times two; anything else stays."""
    if isinstance(node, DecisionRef) and node.name in plan.decisions:
        constant = plan.decisions[node.name].node
        return constant if isinstance(constant, Constant) else node
    if not isinstance(node, Arithmetic):
        return node
    parts = [_folded(part, plan) for part in node.parts]
    values = [part.value for part in parts if isinstance(part, Constant)]
    if not values or len(values) < len(parts):
        return node
    work = {"+": add, "-": subtract, "*": multiply}[node.op]
    return Constant(reduce(work, values), node.type)


Box = tuple[int, ...]
"""A set of atoms for each dimension."""

COMBINATIONS = 4_096  # atoms of one joined dimension; beyond it the joining part counts as unknown


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that rows compare with constants, and the pieces of its domain."""

    node: Node
    text: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class Dimension:
    """One quantity, or several that some row joins. Atom ``i`` of it is ``combination(i)``."""

    quantities: tuple[Quantity, ...]

    @property
    def size(self) -> int:
        """How many atoms it has."""
        return prod(len(q.domain.atoms) for q in self.quantities)

    @property
    def everything(self) -> int:
        """The set of all its atoms."""
        return (1 << self.size) - 1

    def combination(self, index: int) -> tuple[int, ...]:
        """Return the atom of each quantity that make up one atom of the dimension."""
        found = []
        for quantity in self.quantities:
            index, atom = divmod(index, len(quantity.domain.atoms))
            found.append(atom)
        return tuple(found)

    def lifted(self, position: int, atoms: int) -> int:
        """Turn a set of atoms of the quantity at ``position`` into the set of the dimension's atoms that have one of them."""
        if len(self.quantities) == 1:
            return atoms
        return sum(1 << i for i in range(self.size) if atoms >> self.combination(i)[position] & 1)


@dataclass(frozen=True, slots=True)
class Row:
    """Where a rule applies: perhaps (``may``), surely (``must``); the same unless a part of it could not be analysed."""

    may: Box
    must: Box

    @property
    def sure(self) -> bool:
        """Whether all of it could be analysed."""
        return self.may == self.must


@dataclass(frozen=True, slots=True)
class Space:
    """Dimensions in the order of the columns, and the rows as boxes.

    Attributes:
        unclear: Positions of the columns with a test that could not be analysed.
    """

    dimensions: tuple[Dimension, ...]
    rows: tuple[Row, ...]
    unclear: tuple[int, ...] = ()

    @property
    def everything(self) -> Box:
        """The box that holds all there is."""
        return tuple(dimension.everything for dimension in self.dimensions)

    def narrowed(self, box: Box) -> tuple[Quantity, ...]:
        """Return the quantities that a box says something about."""
        pairs = zip(self.dimensions, box, strict=True)
        return tuple(quantity for dimension, side in pairs if side != dimension.everything for quantity in dimension.quantities)


Tests = Sequence[Node | None]


def lay_out(producing: Producing, texts: Sequence[str], rows: Sequence[Tests]) -> Space:
    """Return the space of some rows.

    Args:
        producing: Says which facts may be none and which words a decision can give.
        texts: What the author calls each column.
        rows: A test for each column, ``None`` where any value will do.
    """
    layout = _Layout(producing)
    parts = [
        [(column, part) for column, test in enumerate(row) if test is not None for part in conjuncts_of(normal(test, producing.plan))]
        for row in rows
    ]
    for row in parts:
        for column, part in row:
            layout.add(part, texts[column] if column < len(texts) else "")
    return layout.space(parts)


class Spaces:
    """The spaces of the rules of a plan's tables, each laid out once for all who look at it.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: Plan) -> None:
        self.producing = Producing(plan)
        self._found: dict[str, Space] = {}

    def of(self, table: Table) -> Space:
        """Return the space of a table's rules."""
        if table.name not in self._found:
            self._found[table.name] = lay_out(self.producing, table.column_texts, [rule.tests for rule in table.rules])
        return self._found[table.name]


_last: list[Spaces] = []


def spaces_of(plan: Plan) -> Spaces:
    """Return the spaces of a plan; kept until another plan is asked for, because one check comes after the other."""
    if not _last or _last[0].producing.plan is not plan:
        _last[:] = [Spaces(plan)]
    return _last[0]


@dataclass(slots=True)
class _Layout:
    """Collects quantities with their borders, and which of them are joined."""

    producing: Producing
    names: dict[Node, str] = field(default_factory=dict)
    parts: dict[Node, None] = field(default_factory=dict)

    def add(self, part: Node, text: str) -> None:
        """Note the quantities of one part of a row."""
        if part in self.parts:
            return
        self.parts[part] = None
        for quantity in _quantities(part):
            own: str = getattr(quantity, "name", "") or text
            self.names.setdefault(quantity, own)

    def space(self, rows: Iterable[Iterable[tuple[int, Node]]]) -> Space:
        """Return the dimensions, and every row as a box in them."""
        quantities = self._quantities()
        dimensions, unclear_parts = self._dimensions(quantities)
        places = {q.node: (d, p) for d, dimension in enumerate(dimensions) for p, q in enumerate(dimension.quantities)}
        everything = [dimension.everything for dimension in dimensions]
        told = _Masks(dimensions, places)
        masks = {part: told.of(part) for part in self.parts if part not in unclear_parts}
        unclear: set[int] = set()
        boxes = []
        for row in rows:
            may, must = list(everything), list(everything)
            for column, part in row:
                at, sure, perhaps = masks.get(part, (0, 0, everything[0]))
                may[at] &= perhaps
                must[at] &= sure
                if sure != perhaps:
                    unclear.add(column)
            boxes.append(Row(tuple(may), tuple(must)))
        return Space(dimensions, tuple(boxes), tuple(sorted(unclear)))

    def _quantities(self) -> dict[Node, Quantity]:
        borders: dict[Node, list[Value]] = {node: [] for node in self.names}
        for part in self.parts:
            for leaf in leaves_of_logic(part):
                quantity = quantity_of(leaf)
                if quantity is not None:
                    borders[quantity].extend(borders_of(leaf, quantity))
        return {
            node: Quantity(node, text, domain_of(self._type(node), borders[node], self.producing.can_be_none(node)))
            for node, text in self.names.items()
        }

    def _type(self, node: Node) -> Type:
        """Return a quantity's type, an enum narrowed to the words that anything gives."""
        type = node.type
        if isinstance(type, EnumType):
            given = self.producing.words(node)
            if given:
                return EnumType(tuple(word for word in type.values if word in given) or type.values)
        return type

    def _dimensions(self, quantities: dict[Node, Quantity]) -> tuple[tuple[Dimension, ...], set[Node]]:
        """Join quantities that a part mentions together, as long as their combinations stay few; the other such parts are unclear."""
        group = {node: [node] for node in quantities}
        unclear: set[Node] = set()
        for part in self.parts:
            mentioned = list(dict.fromkeys(_quantities(part)))
            joined = list(dict.fromkeys(node for q in mentioned for node in group[q]))
            if len(joined) > 1 and prod(len(quantities[node].domain.atoms) for node in joined) > COMBINATIONS:
                unclear.add(part)
                continue
            for node in joined:
                group[node] = joined
        distinct = {id(nodes): Dimension(tuple(quantities[node] for node in nodes)) for nodes in group.values()}
        # a table of only "any" has no quantity; one dimension with a single atom keeps every box well-formed
        return tuple(distinct.values()) or (Dimension(()),), unclear


@dataclass(frozen=True, slots=True)
class _Masks:
    """Turns a part into (dimension, atoms where it surely holds, atoms where it perhaps holds)."""

    dimensions: tuple[Dimension, ...]
    places: dict[Node, tuple[int, int]]

    def of(self, part: Node) -> tuple[int, int, int]:
        at = next((self.places[q][0] for q in _quantities(part)), 0)
        sure, perhaps = self._within(part, self.dimensions[at])
        return at, sure, perhaps

    def _within(self, test: Node, dimension: Dimension) -> tuple[int, int]:
        full = dimension.everything
        junction = junction_of(test)
        if junction is None:
            return self._of_leaf(test, dimension)
        parts = [self._within(part, dimension) for part in junction.parts]
        if junction.op == "not":
            [(sure, perhaps)] = parts
            return full & ~perhaps, full & ~sure
        return _combined(junction.op, parts, full)

    def _of_leaf(self, test: Node, dimension: Dimension) -> tuple[int, int]:
        constant, quantity, comparison = constant_of(test), quantity_of(test), comparison_of(test)
        if constant is not None:
            return (dimension.everything,) * 2 if constant.value is True else (0, 0)
        if quantity is None:
            return 0, dimension.everything
        position = self.places[quantity][1]
        domain = dimension.quantities[position].domain
        atoms = domain.where("=", True) if comparison is None else domain.where(comparison.op, comparison.constant.value)
        if atoms is None:
            return 0, dimension.everything
        lifted = dimension.lifted(position, atoms)
        return lifted, lifted


def _combined(op: str, parts: Iterable[tuple[int, int]], full: int) -> tuple[int, int]:
    """Return where ``and`` or ``or`` surely and where it perhaps holds."""
    work, start = (and_, full) if op == "and" else (or_, 0)
    sure, perhaps = zip((start, start), *parts, strict=True)
    return reduce(work, sure), reduce(work, perhaps)


def _quantities(part: Node) -> Iterable[Node]:
    return (quantity for leaf in leaves_of_logic(part) if (quantity := quantity_of(leaf)) is not None)
