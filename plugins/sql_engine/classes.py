"""Several classes at once: the set of those that hold, the right that they agree on, the union of what they bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.types import EnumType, ListType, SetType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.comparisons import choose, compare
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.terms import Term, constant, unknown

__all__ = ["Words", "agreed", "collected", "labelled", "listed", "placed", "words_of"]


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words as SQL: a list, or a single word."""

    of: Term

    @property
    def are_listed(self) -> bool:
        """Whether there may be none or several."""
        return isinstance(self.of.type, ListType | SetType)

    def hold(self, word: str) -> Sql:
        """Whether a word is among them."""
        if self.are_listed:
            return sql.call("list_contains", self.of.sql, sql.text(word))
        return sql.equal(self.of.sql, sql.text(word))

    def are_among(self, said: Iterable[str]) -> Sql:
        """Whether all of them are among some others; a single word whose case is not met is NULL anyway."""
        if not self.are_listed:
            return sql.TRUE
        return sql.call("list_has_all", sql.cast(sql.array(*map(sql.text, said)), "VARCHAR[]"), self.of.sql)


def words_of(term: Term) -> Words | None:
    """Return a term as a set of words; ``None`` when it is none, or may be."""
    return Words(term) if term.none is None and isinstance(term.type, EnumType | ListType | SetType) else None


def labelled(tests: Sequence[tuple[str, Sql]], type: Type) -> Term:
    """List the labels whose test is true; every test must be known."""
    return listed([(sql.text(label), test) for label, test in tests], [sql.is_known(test) for _, test in tests], type)


def agreed(words: Words, values: Sequence[tuple[str, Term]], empty: Term | None, type: Type, layers: Layers) -> Term:
    """Return the value of all words in the set, provided that each is known and all are equal.

    Args:
        words: The set.
        values: What some words give.
        empty: What it is without any word; ``None``: nothing.
        type: The type of the value.
        layers: Where a condition that is read several times gets a column.
    """
    holds = [layers.column(words.hold(word)) for word, _ in values]
    terms = [term for _, term in values]
    covered = words.are_among(word for word, _ in values)
    options: list[tuple[Sql, Term]] = []
    for place, (hold, term) in enumerate(zip(holds, terms, strict=True)):
        rivals = [(h, t) for i, (h, t) in enumerate(zip(holds, terms, strict=True)) if i != place]
        same = [sql.any_of(sql.negate(h), _is_same(term, t)) for h, t in rivals]
        options.append((sql.all_of(covered, sql.all_of(hold, term.known, *same)), term))
    if empty is not None and words.are_listed:
        options.append((sql.equal(sql.call("len", words.of.sql), sql.integer(0)), empty))
    return choose(options, type) if options else unknown(type)


def collected(words: Words, values: Sequence[tuple[str, Any]], type: Type, layers: Layers) -> Term:
    """Return the union of the sets that the words in the set bring, in the order of ``values``, which are constants."""
    if not isinstance(type, ListType | SetType) or not all(isinstance(value, tuple) for _, value in values):
        return unknown(type)
    items = [(layers.column(words.hold(word)), item) for word, value in values for item in value]
    entries = placed(items, type.item)
    return unknown(type) if entries is None else listed(entries, [words.of.known], type)


def placed(items: Iterable[tuple[Sql, Any]], type: Type, with_repeats: bool = False) -> list[tuple[Sql, Sql]] | None:
    """Return each constant with where it is to be listed: its condition holds and that of no earlier equal does; ``None`` for nested lists.

    Args:
        items: Conditions and constants.
        type: The type of the constants.
        with_repeats: Equals are listed again.
    """
    entries: list[tuple[Sql, Sql]] = []
    before: dict[Any, list[Sql]] = {}
    for condition, item in items:
        if isinstance(item, tuple | dict):
            return None
        entries.append((constant(item, type).sql, sql.all_of(condition, *map(sql.negate, before.get(item, ())))))
        if not with_repeats:
            before.setdefault(item, []).append(condition)
    return entries


def listed(entries: Sequence[tuple[Sql, Sql]], known: Sequence[Sql], type: Type) -> Term:
    """List the values whose condition holds, provided that all of ``known`` do."""
    values = constant((), type).sql
    if entries:
        items = sql.array(*(sql.case((condition, value)) for value, condition in entries))
        kept = sql.call("list_filter", items, sql.lambda_of("i0", sql.is_known(sql.column("i0"))))
        values = sql.cast(kept, canonical_type(type))
    return Term(sql.case((sql.all_of(*known), values)) if known else values, type)


def _is_same(left: Term, right: Term) -> Sql:
    """Whether two known values are one; with none among them SQL does not say."""
    if left.none is not None or right.none is not None:
        return sql.NULL
    return compare("=", left, right)
