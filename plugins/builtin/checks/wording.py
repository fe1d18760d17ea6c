"""Puts boxes into words: what people read, the cells that an author would write, and an example subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.meaning.regions import Atom, Domain
from tierwise.core.plan import Node, Plan, called_with, constant_of, fact_of
from tierwise.core.types import EnumType, NumberType, Type
from tierwise.core.values import SECONDS_PER_DAY, Duration, to_json
from tierwise.plugins.builtin.checks.names_read import entangled
from tierwise.plugins.geometry.cover import Cover, atoms_in
from tierwise.plugins.geometry.space import Box, Dimension, Quantity, Space

__all__ = ["box_in_words", "doubt", "row_of_cells", "some", "value_in_words", "witness_of"]

MONEY_UNITS = ("元", "yuan", "CNY", "RMB")
LISTED = 5
ALTERNATIVES = 3


def box_in_words(space: Space, box: Box) -> str:
    """Describe a box by the quantities that it narrows, such as ```usage` over 30万 and under 50万, `size` large``."""
    return ", ".join(
        _dimension_in_words(dimension, side) for dimension, side in zip(space.dimensions, box, strict=True) if side != dimension.everything
    )


def row_of_cells(space: Space, box: Box, columns: Sequence[Node]) -> tuple[str, ...]:
    """Return the box as the cells of a new row; none when its columns cannot say it."""
    cells = ["-"] * len(columns)
    for dimension, side in zip(space.dimensions, box, strict=True):
        if side == dimension.everything:
            continue
        quantity = dimension.quantities[0]
        if len(dimension.quantities) > 1 or quantity.node not in columns:
            return ()
        cells[columns.index(quantity.node)] = _cell(quantity.domain, side)
    return tuple(cells)


def witness_of(space: Space, box: Box) -> tuple[tuple[str, Any], ...]:
    """Return an example subject inside a box: the name of each quantity (an expression's text) to a JSON value."""
    found: dict[str, Any] = {}
    for dimension, side in zip(space.dimensions, box, strict=True):
        if not side or not dimension.quantities:
            continue
        for quantity, atom in zip(dimension.quantities, dimension.combination(_typical(dimension, side)), strict=True):
            value = quantity.domain.atoms[atom].value
            member = _membership(quantity.node)
            if member is None:
                found.setdefault(quantity.text, to_json(value))
            else:
                words = found.setdefault(member[0], [])
                words += [member[1]] if value else []
    return tuple(found.items())


def doubt(space: Space, box: Box, plan: Plan) -> str:
    """Return a clause for a box that may never occur, because what it narrows hangs on the same facts; empty when there is no such doubt."""
    shared = entangled((quantity.node for quantity in space.narrowed(box)), plan)
    return f"; columns of it hang on {some(shared)}, so this may never occur" if shared else ""


def some(texts: Iterable[str], quote: str = "`") -> str:
    """Join a few texts with commas and *and*; the rest are counted."""
    shown = [f"{quote}{text}{quote}" for text in texts]
    more = len(shown) - LISTED
    if more > 0:
        return f"{', '.join(shown[:LISTED])} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def value_in_words(value: Any, type: Type) -> str:
    """Write a value as the author would: ``50万`` for money, ``7 days``, ``none``."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return _number(value, type.unit if isinstance(type, NumberType) else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return _duration(value)
    return str(value)


def _dimension_in_words(dimension: Dimension, side: int) -> str:
    """Describe one side of a box; a joined dimension falls into a few alternatives."""
    if len(dimension.quantities) == 1:
        return _quantity_in_words(dimension.quantities[0], side)
    boxes = [tuple(1 << atom for atom in dimension.combination(i)) for i in atoms_in(dimension.everything & ~side)]
    holes, _ = Cover(boxes, tuple(q.domain.everything for q in dimension.quantities)).holes()
    texts = [
        " and ".join(_quantity_in_words(q, s) for q, s in zip(dimension.quantities, hole, strict=True) if s != q.domain.everything)
        for hole in holes
    ]
    shown = texts[:ALTERNATIVES] + (["…"] if len(texts) > ALTERNATIVES else [])
    return shown[0] if len(shown) == 1 else "either " + " or ".join(f"({text})" for text in shown)


def _quantity_in_words(quantity: Quantity, side: int) -> str:
    member = _membership(quantity.node)
    if member is not None:
        return f"`{member[0]}` {'with' if side & 1 else 'without'} `{member[1]}`"
    return f"`{quantity.text}` {_side_in_words(quantity.domain, side)}"


def _side_in_words(domain: Domain, side: int) -> str:
    """Describe a set of atoms of one quantity."""
    missing = domain.everything & ~side
    if isinstance(domain.type, EnumType) and missing.bit_count() * 2 < side.bit_count():
        return "anything but " + " or ".join(value_in_words(domain.atoms[i].value, domain.type) for i in atoms_in(missing))
    texts = [_run_in_words(domain, run) for run in _runs(domain, side)]
    between = ", or " if any(" but " in text for text in texts) else " or "
    return f"{', '.join(texts[:-1])}{between}{texts[-1]}" if len(texts) > 1 else "".join(texts)


def _run_in_words(domain: Domain, run: Sequence[Atom]) -> str:
    first, last = run[0], run[-1]
    if first is last and first.point:
        return value_in_words(first.value, domain.type)
    if first.place is None:
        return "any other text"
    low, high = value_in_words(first.low, domain.type), value_in_words(last.high, domain.type)
    start = "" if first.low is None else f"from {low}" if first.point else f"over {low}"
    end = "" if last.high is None else f"up to {high}" if last.point else f"under {high}"
    if not start or not end:
        return start.replace("from ", "at least ") or end or "any value"
    return f"{start} {end}" if last.point else f"{start} but {end}"


def _cell(domain: Domain, side: int) -> str:
    """Return the unary test that holds for a set of atoms."""
    cells = []
    for run in _runs(domain, side):
        first, last = run[0], run[-1]
        low, high = value_in_words(first.low, domain.type), value_in_words(last.high, domain.type)
        if first is last and first.point:
            cells.append("null" if first.value is None else value_in_words(first.value, domain.type))
        elif first.low is None and last.high is None:
            cells.append("!= null")
        elif first.low is None:
            cells.append(f"{'<=' if last.point else '<'} {high}")
        elif last.high is None:
            cells.append(f"{'>=' if first.point else '>'} {low}")
        else:
            cells.append(f"{'[' if first.point else '('}{low}..{high}{']' if last.point else ')'}")
    return ", ".join(cells)


def _runs(domain: Domain, side: int) -> Iterator[list[Atom]]:
    """Yield the atoms of a set, those that touch on the line together."""
    run: list[int] = []
    for i in atoms_in(side):
        if run and not (i == run[-1] + 1 and i < len(domain.places)):
            yield [domain.atoms[j] for j in run]
            run = []
        run.append(i)
    if run:
        yield [domain.atoms[j] for j in run]


def _typical(dimension: Dimension, side: int) -> int:
    """Return an atom to show: rather the middle of a range than its border, its open end or none."""

    def oddness(index: int) -> int:
        atoms = [q.domain.atoms[a] for q, a in zip(dimension.quantities, dimension.combination(index), strict=True)]
        return sum(_oddness(atom) for atom in atoms)

    return min(atoms_in(side), key=oddness)


def _oddness(atom: Atom) -> int:
    if atom.value is None:
        return 3
    if atom.place is None:
        return 0
    return 1 if atom.point else 2 * (atom.low is None or atom.high is None)


def _membership(node: Node) -> tuple[str, str] | None:
    """Return the set fact and the word whose membership a condition asks for, or ``None``."""
    of, word = called_with("list contains", node) or (None, None)
    fact, constant = fact_of(of), constant_of(word)
    return None if fact is None or constant is None else (fact.name, str(constant.value))


def _number(value: Decimal, unit: str) -> str:
    if unit in MONEY_UNITS and value:
        for name, size in (("亿", 100_000_000), ("万", 10_000)):
            if value % size == 0:
                return f"{int(value // size)}{name}"
    return format(value.to_integral_value() if value == value.to_integral_value() else value.normalize(), "f")


def _duration(value: Duration) -> str:
    if value.months:
        return f"{value.months} {'month' if value.months == 1 else 'months'}"
    days, rest = divmod(value.seconds, SECONDS_PER_DAY)
    return str(value) if rest else f"{days} {'day' if days == 1 else 'days'}"
