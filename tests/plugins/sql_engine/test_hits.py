"""What a table gives is told where the hits that count are known, each hit policy in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import AMOUNT, NONE, UNKNOWN, fresh, number, term, told, truth, worked_out
from tierwise.core.plan import HitPolicy
from tierwise.core.types import EnumType, ListType, SetType, TextType
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import hits
from tierwise.plugins.sql_engine.rulebook import Rulebook

T, F, U = True, False, None
Hits = tuple[bool | None, ...]
GRADES = EnumType(("A", "B", "C"))


def conditions(some: Hits) -> list[Sql]:
    """Return hits as conditions."""
    return [truth(hit) for hit in some]


@pytest.mark.parametrize(("some", "number"), [((F, T, T), 2), ((F, F), 0), ((U, T), None), ((T, U), 1), ((), 0)])
def test_the_first_hit_counts_where_none_before_it_is_open(some: Hits, number: int | None) -> None:
    assert worked_out([hits.first_hit(conditions(some))]) == (number,)


@pytest.mark.parametrize(("some", "number"), [((F, T, F), 2), ((F, F), 0), ((T, U), None), ((T, T), None), ((F, U), None)])
def test_the_only_hit_counts_where_no_other_can_be(some: Hits, number: int | None) -> None:
    layers = fresh()

    assert worked_out([hits.only_hit(conditions(some), layers)], layers) == (number,)


@pytest.mark.parametrize(("some", "number"), [((F, T), 2), ((F, F), 0), ((F, U), None), ((U, T), 2)])
def test_of_disjoint_rules_a_hit_needs_no_other(some: Hits, number: int | None) -> None:
    assert worked_out([hits.disjoint_hit(conditions(some))]) == (number,)


def test_an_output_is_read_off_the_number_of_its_rule() -> None:
    outputs = [(1, term("A", GRADES)), (2, term(NONE, GRADES)), (3, term("A", GRADES))]
    found = [told(hits.looked_up(sql.integer(hit), outputs, GRADES)) for hit in (1, 2, 3, 4)]

    assert found == ["A", NONE, "A", UNKNOWN]
    assert sql.printed(hits.looked_up(sql.column("hit"), outputs, GRADES).sql).count("'A'") == 1, "equal values are looked up once"


@pytest.mark.parametrize(
    ("some", "word", "rules"),
    [
        ((T, T, F), "A", ("r2",)),
        ((T, F, T), "B", ("r1", "r3")),
        ((U, T, F), "A", ("r2",)),
        ((T, U, F), UNKNOWN, None),
        ((T, F, U), UNKNOWN, None),
        ((F, F, F), "C", ()),
        ((F, F, U), UNKNOWN, None),
    ],
)
def test_the_best_word_wins_where_no_better_one_is_open(some: Hits, word: str, rules: Sequence[str] | None) -> None:
    book = Rulebook()
    start = book.subset(["r1", "r2", "r3"])
    value, numbered = hits.best(conditions(some), ["B", "A", "B"], start, GRADES, term("C", GRADES))

    assert told(value) == word
    if rules is not None:
        assert book.ids(worked_out([numbered])[0]) == rules


def test_the_number_of_a_subset_names_its_rules() -> None:
    book = Rulebook()
    book.single(["before"])
    start = book.subset(["r1", "r2", "r3"])
    number = hits.number_of_subset(list(enumerate(conditions((T, F, T)))), start)

    assert book.ids(worked_out([number])[0]) == ("r1", "r3")


def test_a_set_is_gathered_once_and_a_list_with_repeats() -> None:
    some, values = conditions((T, F, T, T)), [("x", "y"), ("z",), ("y",), None]

    assert told(hits.union(some, values, SetType(TextType()))) == ("x", "y")
    assert told(hits.union(some, values, ListType(TextType()))) == ("x", "y", "y")
    assert told(hits.union([], [], ListType(TextType()))) == ()
    assert told(hits.union(some[:1], [(("nested",),)], ListType(ListType(TextType())))) == UNKNOWN


@pytest.mark.parametrize(("some", "values", "total"), [((T, F), ("1", UNKNOWN), 1), ((T, T), ("1", UNKNOWN), UNKNOWN), ((), (), 0)])
def test_what_is_counted_must_be_known(some: Hits, values: Sequence[str], total: Any) -> None:
    assert told(hits.count(conditions(some), [number(value) for value in values], AMOUNT)) == total


@pytest.mark.parametrize(
    ("policy", "result"), [(HitPolicy.SUM, Decimal("3.5")), (HitPolicy.MIN, Decimal("1.0")), (HitPolicy.MAX, Decimal("2.5"))]
)
def test_numbers_of_the_hits_are_put_together(policy: HitPolicy, result: Decimal) -> None:
    terms = [number(text) for text in ("1.0", "100", "2.5")]

    assert told(hits.aggregate(policy, conditions((T, F, T)), terms, number("7"), AMOUNT)) == result
    assert told(hits.aggregate(policy, conditions((F, F, F)), terms, number("7"), AMOUNT)) == 7
    assert told(hits.aggregate(policy, conditions((T, F, F)), [number(NONE), *terms[1:]], number("7"), AMOUNT)) == UNKNOWN
    assert told(hits.aggregate(policy, conditions((T, F, F)), [number(UNKNOWN), *terms[1:]], number("7"), AMOUNT)) == UNKNOWN
