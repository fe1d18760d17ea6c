"""A number stands for no rule, one rule or a set of rules of one table, and never for those of another."""

from __future__ import annotations

import pytest

from tierwise.plugins.sql_engine.rulebook import MOST_SUBSET_RULES, Rulebook


def test_every_number_names_the_rules_it_was_made_for() -> None:
    book = Rulebook()
    single, subset, last = book.single(["a", "b"]), book.subset(["c", "d"]), book.single(["e"])

    assert [book.ids(single + place) for place in range(3)] == [(), ("a",), ("b",)]
    assert [book.ids(subset + bits) for bits in range(4)] == [(), ("c",), ("d",), ("c", "d")]
    assert [book.ids(last), book.ids(last + 1)] == [(), ("e",)]
    assert book.ids(None) == ()


def test_a_subset_fits_into_a_whole_number_of_sql() -> None:
    book = Rulebook()
    start = [book.subset([str(n) for n in range(MOST_SUBSET_RULES)]) for _ in range(2)][-1]

    assert book.ids(start + 2**MOST_SUBSET_RULES - 1) == tuple(str(n) for n in range(MOST_SUBSET_RULES))
    assert start + 2**MOST_SUBSET_RULES < 2**62
    with pytest.raises(AssertionError):
        book.subset([str(n) for n in range(MOST_SUBSET_RULES + 1)])
