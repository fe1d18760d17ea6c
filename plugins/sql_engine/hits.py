"""What the rules of a table that are hit give: which one is hit, the best value, the union, the count, a sum, the least or greatest.

A hit is a condition: whether a rule's tests are true, NULL where that is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlglot import exp

from tierwise.core.plan import HitPolicy
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import numbers
from tierwise.plugins.sql_engine.classes import listed, placed
from tierwise.plugins.sql_engine.comparisons import choose
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term, constant, unknown

__all__ = ["aggregate", "best", "count", "disjoint_hit", "first_hit", "looked_up", "number_of_subset", "only_hit", "union"]

NOBODY = sql.integer(0)
MOST_COMPARED = 8  # outputs of a table that are found by comparing the number of the rule with one after the other


# ---- one rule: its number, counted from 1; 0 for none, NULL where that is not known --------------------------------------------


def first_hit(hits: Sequence[Sql]) -> Sql:
    """Return the number of the first rule that is hit, provided that none before it is unknown."""
    branches: list[tuple[Sql, Sql]] = []
    for number, hit in enumerate(hits, 1):
        branches += [(hit, sql.integer(number)), (sql.is_null(hit), sql.NULL)]
    return sql.case(*branches, default=NOBODY)


def disjoint_hit(hits: Sequence[Sql]) -> Sql:
    """Return the number of the rule that is hit, of rules of which two are never hit together: no need to count the hits."""
    nothing = sql.case((sql.negate(sql.any_of(*hits)), NOBODY))
    return sql.case(*_numbered(hits), default=nothing)


def only_hit(hits: Sequence[Sql], layers: Layers) -> Sql:
    """Return the number of the one rule that is hit while no other can be."""
    may_be_hit = [sql.case((sql.negate(hit), sql.integer(0)), default=sql.integer(1)) for hit in hits]
    possible = layers.column(sql.balanced(exp.Add, may_be_hit) or sql.integer(0))
    nothing, several = sql.equal(possible, sql.integer(0)), sql.binary(exp.GT, possible, sql.integer(1))
    return sql.case((nothing, NOBODY), (several, sql.NULL), *_numbered(hits))


def _numbered(hits: Sequence[Sql]) -> list[tuple[Sql, Sql]]:
    return [(hit, sql.integer(number)) for number, hit in enumerate(hits, 1)]


def looked_up(hit: Sql, outputs: Sequence[tuple[int, Term]], type: Type) -> Term:
    """Read an output off the number of the rule; equal values are looked up only once."""
    if len(outputs) > MOST_COMPARED and (listed_terms := _in_a_list(hit, outputs, type)) is not None:
        return listed_terms
    groups: dict[str, tuple[list[Sql], Term]] = {}
    for number, term in outputs:
        mark = f"{sql.printed(term.sql)} {term.none and sql.printed(term.none)}"
        groups.setdefault(mark, ([], term))[0].append(sql.equal(hit, sql.integer(number)))
    return choose([(sql.any_of(*conditions), term) for conditions, term in groups.values()], type) if groups else unknown(type)


def _in_a_list(hit: Sql, outputs: Sequence[tuple[int, Term]], type: Type) -> Term | None:
    """Read constants off a list by the number of the rule; ``None`` when one is no plain constant."""
    terms = [term for _, term in outputs]
    if any(term.none is not None or not isinstance(_literal_in(term.sql), exp.Literal) for term in terms):
        return None
    places = dict(outputs)
    cells = [places.get(number) for number in range(max(places) + 1)]
    if isinstance(type, NumberType):
        whole, scale = max(term.whole for term in terms), max(term.scale for term in terms)
        if whole + scale > MOST_DIGITS:
            return None
        written = ["NULL" if cell is None else _literal_in(cell.sql).name for cell in cells]
        return Term(_at_number(sql.listed(written, f"DECIMAL({whole + scale}, {scale})"), hit), type, None, whole, scale)
    if not isinstance(type, EnumType):
        return None
    words = list(dict.fromkeys(term.sql.name for term in terms))
    place_of = {word: str(place) for place, word in enumerate(words, 1)}
    chosen = sql.listed(["NULL" if cell is None else place_of[cell.sql.name] for cell in cells], "INTEGER")
    return Term(sql.call("list_extract", sql.array(*map(sql.text, words)), _at_number(chosen, hit)), type)


def _at_number(cells: Sql, hit: Sql) -> Sql:
    return sql.call("list_extract", cells, sql.binary(exp.Add, hit, sql.integer(1)))


def _literal_in(tree: Sql) -> Sql:
    """Return the literal of a constant, which may be cast to its type."""
    return tree.this if type(tree) is exp.Cast else tree


# ---- several rules: their number is the start of a range plus a bit for each -------------------------------------------------


def number_of_subset(hits: Sequence[tuple[int, Sql]], start: int) -> Sql:
    """Add up the bits of the rules hit, from ``start``."""
    zero = sql.cast(sql.integer(0), "BIGINT")
    parts = [sql.case((hit, sql.cast(sql.integer(1 << bit), "BIGINT")), default=zero) for bit, hit in hits]
    total = sql.balanced(exp.Add, [sql.cast(sql.integer(start), "BIGINT"), *parts])
    assert total is not None
    return total


def best(hits: Sequence[Sql], words: Sequence[str], start: int, type: EnumType, default: Term) -> tuple[Term, Sql]:
    """Return the word of the hits that stands first in its type, and the number of the rules that give it.

    Every rule with a better word must be known not to be hit, and of each with the same word it must be known whether it is: one that may be gives
    the word, too, where it is.

    Args:
        hits: The hits of the rules.
        words: The word of each rule.
        start: The number of no rule at all.
        type: The type of the words.
        default: What it is without a hit.
    """
    values: list[tuple[Sql, Sql]] = []
    subsets: list[tuple[Sql, Sql]] = []
    for word in sorted(set(words), key=type.values.index):
        chosen = [(bit, hit) for bit, (hit, value) in enumerate(zip(hits, words, strict=True)) if value == word]
        is_hit = sql.any_of(*(hit for _, hit in chosen))
        all_known = sql.all_of(is_hit, *(sql.is_known(hit) for _, hit in chosen))
        may_be_hit = sql.any_of(is_hit.copy(), sql.is_null(is_hit.copy()))
        values += [(all_known, sql.text(word)), (may_be_hit, sql.NULL)]
        subsets += [(all_known.copy(), number_of_subset(chosen, start)), (may_be_hit.copy(), sql.NULL)]
    none = sql.all_of(*map(sql.negate, hits))
    return choose([(none, default)], type, Term(sql.case(*values), type)), sql.case(*subsets, default=sql.integer(start))


def union(hits: Sequence[Sql], values: Sequence[Any], type: Type) -> Term:
    """List the constants of the hits in rule order, the items of a list one by one; those of a set each where it first appears."""
    if not isinstance(type, ListType | SetType):
        return unknown(type)
    brought = [value if isinstance(value, tuple) else (value,) for value in values]
    items = [(hit, item) for hit, some in zip(hits, brought, strict=True) for item in some if item is not None]
    entries = placed(items, type.item, with_repeats=isinstance(type, ListType))
    return unknown(type) if entries is None else listed(entries, [], type)


def count(hits: Sequence[Sql], terms: Sequence[Term], type: Type) -> Term:
    """Count the hits; what is hit must be known, though only counted."""
    one, zero = (sql.cast(sql.integer(number), "DECIMAL(1, 0)") for number in (1, 0))
    ones = [Term(sql.case((hit, one), default=zero), type, None, 1, 0) for hit in hits]
    total = numbers.add(ones, type) if ones else constant(numbers.ZERO, type)
    return choose([(_all_known(hits, [term.known for term in terms]), total)], type)


def aggregate(policy: HitPolicy, hits: Sequence[Sql], terms: Sequence[Term], default: Term, type: Type) -> Term:
    """Return the sum, the least or the greatest of the hits' numbers; without a hit the default."""
    if not isinstance(type, NumberType) or any(term.none is not None for term in terms) or not terms:
        return unknown(type)
    if policy is HitPolicy.SUM:
        zero = constant(numbers.ZERO, type)
        total = numbers.add([choose([(sql.negate(hit), zero)], type, term) for hit, term in zip(hits, terms, strict=True)], type)
    else:
        sides = numbers.common(terms)
        if sides is None:
            return unknown(type)
        values, whole, scale = sides
        least_or_greatest = "least" if policy is HitPolicy.MIN else "greatest"  # both leave NULL out
        picked = sql.call(least_or_greatest, *(sql.case((hit, v)) for hit, v in zip(hits, values, strict=True)))
        total = Term(sql.case((_all_known(hits, map(sql.is_known, values)), picked)), type, None, whole, scale)
    return choose([(sql.any_of(*hits), total)], type, default)


def _all_known(hits: Sequence[Sql], are_known: Iterable[Sql]) -> Sql:
    """Whether the value of every rule that is hit is known."""
    return sql.all_of(*(sql.any_of(sql.negate(hit), is_known) for hit, is_known in zip(hits, are_known, strict=True)))
