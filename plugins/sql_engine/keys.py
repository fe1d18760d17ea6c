"""Numbers, in SQL, what a decision can tell apart of a subject's facts, so that equal subjects are asked about only once.

The same split as ``core/meaning/regions.py`` makes: a fact that is only tested against constants counts by the atom in which it lies. Any
other counts by the known parts that it stands in, else by its very value. Atoms of several facts share one whole number.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from tierwise.core.plan import Node, Plan, borders_of, usage_of
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, MapType, NumberType, Type
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.amounts import told_apart
from tierwise.plugins.sql_engine.comparisons import compare
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.possible import Leaf, Way, is_strict, leaves_of
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term, constant

__all__ = ["keys_of"]

MOST = 1 << 60
NONE, MISSING = 0, 1  # the first two atoms of every fact


def keys_of(plan: Plan, node: Node, compiler: Compiler, positions: Mapping[str, Sequence[Sql]], amounts: Sequence[Term] = ()) -> list[Sql]:
    """Return expressions that are equal for two rows only when ``node`` comes to the same for both.

    A fact of which the very value matters counts by it only where a part that it stands in is not known: where the part is, that counts.
    It does not count either where the part stays unknown whatever it is, because it needs another such fact that is missing.
    Nothing counts that is only looked at where nothing of something else is given, of which something is.

    Args:
        plan: The plan.
        node: The part of it that is asked about.
        compiler: Compiles parts over facts.
        positions: For each ranking what its cuts can tell apart of a position.
        amounts: Numbers that are told apart only by how they compare with each other, where they are but handed on as the outcome.
    """
    usage = usage_of(plan, node)
    terms = {name: term for name in usage.facts if (term := compiler.facts.get(name)) and term.sql.find(exp.Column)}
    found = list(leaves_of(plan, node))
    leaves = [leaf for leaf in found if leaf.ranking is None]
    matters = {name: _matters(_ways_to(name, leaves), compiler) for name in terms}
    exact: dict[str, list[Sql]] = {}
    atoms: list[tuple[Sql, int]] = []
    for name, term in terms.items():
        borders = [border for test in usage.tests[name] for border in borders_of(test) if border is not None]
        numbered = None if name in usage.exact else _atom(term, borders)
        if numbered is None:
            exact[name] = []
            numbered = _known(term)
        atoms.append((_where(matters[name], numbered[0], sql.integer(0)), numbered[1]))
    atoms += told_apart(amounts)
    parts = list(_parts(leaves, exact, atoms, compiler, terms, {sql.printed(amount.sql) for amount in amounts}))
    values = [
        sql.case((sql.all_of(matters[name], sql.any_of(*where)), _comparable(terms[name].sql, terms[name].type)))
        for name, where in exact.items()
        if where
    ]
    return [*_packed(atoms), *parts, *values, *_places(found, positions, compiler)]


def _ways_to(name: str, leaves: Sequence[Leaf]) -> list[Way]:
    """Return the different ways by which a fact is looked at."""
    ways: list[Way] = []  # of nodes, which cannot all be hashed
    for leaf in leaves:
        if leaf.way not in ways and name in leaf.facts:
            ways.append(leaf.way)
    return ways


def _parts(
    leaves: Sequence[Leaf],
    exact: dict[str, list[Sql]],
    atoms: list[tuple[Sql, int]],
    compiler: Compiler,
    terms: Mapping[str, Term],
    amounts: Container[str],
) -> Iterator[Sql]:
    """Yield the parts in which facts stand whose very value matters; note where that is not enough, and add what has few values to ``atoms``."""
    parts: dict[str, tuple[Term, list[Way], list[bool]]] = {}
    for leaf in leaves:
        names = [name for name in exact if name in leaf.facts]
        if not names:
            continue
        part = compiler.shared(leaf.node)
        _, ways, handed_on = parts.setdefault(sql.printed(part.sql), (part, [], []))
        ways.append(leaf.way)
        handed_on.append(leaf.is_outcome)
        is_unknown = [sql.negate(part.known), *([sql.all_of(*(terms[name].known for name in names))] if is_strict(leaf.node) else [])]
        for name in names:
            exact[name].append(sql.all_of(*is_unknown))
    for text, (part, ways, handed_on) in parts.items():
        matters = _matters(ways, compiler)
        if part.none is not None:
            atoms.append((_where(matters, _one(part.none), sql.integer(0)), 2))
        if isinstance(part.type, BooleanType):
            number = sql.case((sql.is_null(part.sql), sql.integer(0)), (part.sql, sql.integer(1)), default=sql.integer(2))
            atoms.append((_where(matters, number, sql.integer(0)), 3))
        elif text not in amounts or not all(handed_on):
            yield _where(matters, _comparable(part.sql, part.type), sql.NULL)


def _places(found: Sequence[Leaf], positions: Mapping[str, Sequence[Sql]], compiler: Compiler) -> Iterator[Sql]:
    """Yield what is told apart of the positions in rankings, where they matter."""
    for name, keys in positions.items():
        matters = _matters([leaf.way for leaf in found if leaf.ranking == name], compiler)
        yield from (_where(matters, key, sql.NULL) for key in keys)


def _matters(ways: Sequence[Way], compiler: Compiler) -> Sql:
    """Whether a row comes by one of these ways."""
    if not ways or () in ways:
        return sql.TRUE
    return compiler.layers.column(sql.any_of(*(sql.negate(compiler.is_given(way)) for way in ways)))


def _where(matters: Sql, value: Sql, otherwise: Sql) -> Sql:
    return value if matters is sql.TRUE else sql.case((matters, value), default=otherwise)


def _known(term: Term) -> tuple[Sql, int]:
    """Return whether a fact is none, missing or known, as the number of an atom."""
    none = [] if term.none is None else [(term.none, sql.integer(NONE))]
    return sql.case(*none, (sql.is_null(term.sql), sql.integer(MISSING)), default=sql.integer(2)), 3


def _comparable(value: Sql, type: Type) -> Sql:
    """Return a value by which rows can be grouped; a map counts by its entries."""
    if isinstance(type, MapType):
        return sql.call("map_entries", value)
    return value


def _packed(atoms: Sequence[tuple[Sql, int]]) -> Iterator[Sql]:
    """Write atoms as digits of whole numbers with mixed radix."""
    parts: list[Sql] = []
    factor = 1
    for number, count in atoms:
        if factor * count > MOST:
            yield sql.balanced(exp.Add, parts) or sql.integer(0)
            parts, factor = [], 1
        parts.append(sql.binary(exp.Mul, sql.cast(number, "BIGINT"), sql.integer(factor)))
        factor *= count
    if parts:
        yield sql.balanced(exp.Add, parts) or sql.integer(0)


def _atom(term: Term, borders: list[Any]) -> tuple[Sql, int] | None:
    """Return the number of the atom in which a value lies, and how many there are; ``None`` when its very value matters."""
    if isinstance(term.type, BooleanType):
        number, count = sql.case((term.sql, sql.integer(2)), default=sql.integer(3)), 4
    elif isinstance(term.type, EnumType):
        number, count = _among(term, term.type.values)
    elif isinstance(term.type, NumberType | DateType | DateTimeType):
        places = sorted({b for b in borders if isinstance(b, Decimal | date)})
        if not all(_is_comparable(term, constant(place, term.type)) for place in places):
            return None
        number, count = _on_line(term, places)
    elif any("\0" in border for border in borders):
        return None
    else:
        number, count = _among(term, tuple(dict.fromkeys(b for b in borders if isinstance(b, str))))
    missing = (sql.is_null(term.sql), sql.integer(MISSING))
    none = [] if term.none is None else [(term.none, sql.integer(NONE))]
    return sql.case(*none, missing, default=number), count


def _among(term: Term, words: Sequence[str]) -> tuple[Sql, int]:
    branches = [(sql.equal(term.sql, constant(word, term.type).sql), sql.integer(place)) for place, word in enumerate(words, 2)]
    return sql.case(*branches, default=sql.integer(len(words) + 2)), len(words) + 3


def _on_line(term: Term, borders: Sequence[Any]) -> tuple[Sql, int]:
    """Count the borders below and those reached: an interval gets an even number, a border an odd one."""
    steps = []
    for border in borders:
        other = constant(border, term.type)
        steps += [_one(compare(">=", term, other)), _one(compare(">", term, other))]
    count = sql.balanced(exp.Add, steps) or sql.integer(0)
    return sql.binary(exp.Add, count, sql.integer(2)), 2 * len(borders) + 3


def _is_comparable(left: Term, right: Term) -> bool:
    """Whether two values can always be compared: numbers fit into one decimal type."""
    is_known = not right.sql.find(exp.Null)
    return is_known and max(left.whole, right.whole) + max(left.scale, right.scale) <= MOST_DIGITS


def _one(condition: Sql) -> Sql:
    return sql.case((condition, sql.integer(1)), default=sql.integer(0))
