"""Classes, the right they agree on and what they bring are told only where every class that counts is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, fresh, term, told, truth
from tierwise.core.types import EnumType, ListType, SetType, TextType
from tierwise.plugins import sql
from tierwise.plugins.sql_engine import classes
from tierwise.plugins.sql_engine.classes import Words
from tierwise.plugins.sql_engine.terms import constant

LETTERS = EnumType(("a", "b", "c"))
SOME = SetType(LETTERS)
GRADES = EnumType(("A", "B"))


def words(*some: str) -> Words:
    """Return a set of words."""
    found = classes.words_of(constant(some, SOME))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("tests", "held"), [((True, False, True), ("a", "c")), ((False, False, False), ()), ((True, None, False), UNKNOWN)]
)
def test_labels_are_listed_where_every_test_is_known(tests: Sequence[bool | None], held: Any) -> None:
    labels = [(letter, truth(test)) for letter, test in zip("abc", tests, strict=True)]

    assert told(classes.labelled(labels, SOME)) == held


@pytest.mark.parametrize(
    ("some", "values", "empty", "agreed"),
    [
        (("a", "b"), {"a": "A", "b": "A"}, None, "A"),
        (("a", "b"), {"a": "A", "b": "B"}, None, UNKNOWN),
        (("a", "b"), {"a": "A", "b": UNKNOWN}, None, UNKNOWN),
        (("a",), {"a": "A", "b": UNKNOWN}, None, "A"),
        (("a", "c"), {"a": "A", "b": "B"}, None, UNKNOWN),
        ((), {"a": "A"}, "B", "B"),
        ((), {"a": "A"}, None, UNKNOWN),
        (("a",), {"a": NONE}, None, NONE),
        (("a", "b"), {"a": NONE, "b": NONE}, None, UNKNOWN),
    ],
)
def test_all_words_of_the_set_must_agree(some: Sequence[str], values: dict[str, str], empty: str | None, agreed: str) -> None:
    layers = fresh()
    said = [(word, term(value, GRADES)) for word, value in values.items()]
    found = classes.agreed(words(*some), said, None if empty is None else term(empty, GRADES), GRADES, layers)

    assert told(found, layers) == agreed


def test_what_several_words_bring_is_listed_once_in_the_order_of_the_policy() -> None:
    layers = fresh()
    brought = [("a", ("y", "x")), ("b", ("x", "z")), ("c", ("w",))]

    assert told(classes.collected(words("b", "a"), brought, ListType(TextType()), layers), layers) == ("y", "x", "z")
    assert told(classes.collected(words("a"), [("a", "no list")], ListType(TextType()), layers), layers) == UNKNOWN


def test_a_single_word_is_a_set_of_one_and_none_is_no_set() -> None:
    found = classes.words_of(constant("a", LETTERS))

    assert found is not None
    assert found.are_among(["b"]) is sql.TRUE
    assert classes.words_of(term(NONE, SOME)) is None
    assert classes.words_of(constant("a", TextType())) is None


def test_repeats_are_placed_where_they_are_wanted() -> None:
    items = [(truth(True), "x"), (truth(False), "y"), (truth(True), "x")]
    once, again = (classes.placed(items, TextType(), repeats) for repeats in (False, True))

    assert once is not None and again is not None
    assert told(classes.listed(once, [], ListType(TextType()))) == ("x",)
    assert told(classes.listed(again, [], ListType(TextType()))) == ("x", "x")
    assert classes.placed([(truth(True), ("nested",))], TextType()) is None
