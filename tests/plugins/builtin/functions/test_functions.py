"""What the built-in functions mean, that they never raise, and that their reference is in the docs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.core.values import Duration
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS, functions_reference

D = Decimal
ORDER = ("A", "B", "C")
JAN31 = date(2024, 1, 31)
FRIDAY = date(2026, 5, 1)
MAY = tuple(date(2026, 5, day) for day in range(1, 6))

MEANINGS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("abs", (D("-1.5"),), D("1.5")),
    ("floor", (D("-1.5"),), D(-2)),
    ("ceiling", (D("-1.5"),), D(-1)),
    ("round up", (D("1.21"), D(1)), D("1.3")),
    ("round down", (D("-1.29"), D(1)), D("-1.2")),
    ("round half up", (D("-2.5"), D(0)), D(-3)),
    ("round half down", (D("2.5"), D(0)), D(2)),
    ("round half even", (D("2.5"), D(0)), D(2)),
    ("modulo", (D(-7), D(3)), D(2)),
    ("modulo", (D(7), D(-3)), D(-2)),
    ("modulo", (D(7), D(0)), None),
    ("min", ((D(3), D(1)),), D(1)),
    ("min", ((),), None),
    ("max", (D(1), D(3), D(2)), D(3)),
    ("max", (D(1), None), None),
    ("sum", ((D("0.1"), D("0.2")),), D("0.3")),
    ("sum", ((),), D(0)),
    ("count", (("a", "b"),), D(2)),
    ("mean", ((D(1), D(2)),), D("1.5")),
    ("mean", ((),), None),
    ("list contains", (("a", "b"), "b"), True),
    ("contains any", (("a", "b"), ("c", "b")), True),
    ("contains all", (("a", "b"), ("c", "b")), False),
    ("contains all", (("a",), ()), True),
    ("without", (("a", "b", "a", "c"), ("b",)), ("a", "a", "c")),
    ("union", (("a", "b"), ("c", "b")), ("a", "b", "c")),
    ("intersection", (("a", "b"), ("c", "b")), ("b",)),
    ("distinct values", (("a", "b", "a"),), ("a", "b")),
    ("in order", (("x", "b", "a"), ("a", "b")), ("a", "b", "x")),
    ("is empty", ((),), True),
    ("first", (("a", "b"),), "a"),
    ("first", ((),), None),
    ("last", (("a", "b"),), "b"),
    ("contains", ("金牌客户", "客户"), True),
    ("starts with", ("金牌", "金"), True),
    ("ends with", ("金牌", "金"), False),
    ("string length", ("金牌",), D(2)),
    ("substring", ("abcde", D(2), D(3)), "bcd"),
    ("substring", ("abcde", D(-2), D(9)), "de"),
    ("substring", ("abcde", D(4)), "de"),
    ("substring before", ("a-b-c", "-"), "a"),
    ("substring after", ("a-b-c", "-"), "b-c"),
    ("join", ("a", "", "金"), "a金"),
    ("upper case", ("a金",), "A金"),
    ("lower case", ("A",), "a"),
    ("date", (D(2024), D(2), D(30)), None),
    ("date", (D(2024), D(2), D(29)), date(2024, 2, 29)),
    ("date", (datetime(2024, 1, 31, 8),), JAN31),
    ("add", (JAN31, Duration(months=1)), date(2024, 2, 29)),
    ("add", (date(9999, 12, 31), Duration.of_days(1)), None),
    ("days between", (JAN31, date(2024, 3, 1)), D(30)),
    ("months between", (JAN31, date(2024, 2, 28)), D(0)),
    ("months between", (JAN31, date(2024, 2, 29)), D(1)),
    ("months between", (date(2024, 3, 15), date(2024, 1, 14)), D(-2)),
    ("hours between", (datetime(2024, 1, 1, 8), datetime(2024, 1, 2, 7, 59)), D(23)),
    ("year", (JAN31,), D(2024)),
    ("month", (JAN31,), D(1)),
    ("day", (JAN31,), D(31)),
    ("weekday", (JAN31,), D(3)),
    ("is working day", (FRIDAY, ()), True),
    ("is working day", (FRIDAY, MAY), False),
    ("is working day", (date(2026, 5, 9), MAY), False),
    ("next working day", (FRIDAY, ()), FRIDAY),
    ("next working day", (FRIDAY, MAY), date(2026, 5, 6)),
    ("next working day", (datetime(2026, 2, 28, 23, 59), ()), date(2026, 3, 2)),
    ("next working day", (date.max, (date.max,)), None),
    ("add working days", (FRIDAY, D(0), MAY), FRIDAY),
    ("add working days", (FRIDAY, D(1), MAY), date(2026, 5, 6)),
    ("add working days", (FRIDAY, D(4), MAY), date(2026, 5, 11)),
    ("add working days", (date(2026, 5, 6), D(-2), MAY), date(2026, 4, 29)),
    ("add working days", (FRIDAY, D(10) ** 17, ()), None),
    ("add working days", (date.min, D(-1), ()), None),
    ("working days between", (date(2026, 4, 30), date(2026, 5, 8), MAY), D(3)),
    ("working days between", (date(2026, 5, 8), date(2026, 4, 30), MAY), D(-3)),
    ("hour", (datetime(2024, 1, 31, 8, 5, 9),), D(8)),
    ("minute", (datetime(2024, 1, 31, 8, 5, 9),), D(5)),
    ("second", (datetime(2024, 1, 31, 8, 5, 9, 999_999),), D(9)),
    ("week of year", (date(2024, 12, 30),), D(1)),
    ("day of year", (date(2024, 3, 1),), D(61)),
    ("multiply", (Duration.of_days(1), D("1.5")), Duration(seconds=129_600)),
    ("multiply", (Duration(months=1), D("-1.9")), Duration(months=-1)),
    ("divide", (Duration.of_days(1), D(7)), Duration(seconds=12_342)),
    ("divide", (Duration(months=5), D(0)), None),
    ("start of month", (JAN31,), date(2024, 1, 1)),
    ("start of quarter", (date(2024, 6, 30),), date(2024, 4, 1)),
    ("start of year", (JAN31,), date(2024, 1, 1)),
    ("end of month", (date(2024, 2, 1),), date(2024, 2, 29)),
    ("most per calendar", ((date(2024, 3, 31), date(2024, 4, 1), date(2024, 6, 30)), "quarter"), D(2)),
    ("most per calendar", ((date(2023, 4, 1), date(2024, 4, 1)), "quarter"), D(1)),
    ("most per calendar", ((), "year"), D(0)),
    (
        "times per calendar",
        ((date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 1), date(2024, 9, 30), date(2024, 7, 1)), "quarter", D(2)),
        D(2),
    ),
    ("times per calendar", ((date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)), "month", D(2)), D(1)),
    ("times per calendar", ((), "year", D(1)), D(0)),
    ("times within", ((date(2024, 1, 15), date(2024, 3, 20), date(2024, 5, 10)), Duration(months=3), D(2)), D(1)),
    ("times within", ((date(2024, 8, 1), date(2024, 1, 15), date(2024, 7, 1), date(2024, 3, 20)), Duration(months=3), D(2)), D(2)),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 1)), Duration.of_days(0), D(2)), D(1)),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 1)), Duration.of_days(0), D(0)), D(1)),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 9), date(2024, 1, 10)), Duration.of_days(7), D(2)), D(2)),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 8), date(2024, 1, 9)), Duration.of_days(7), D(2)), D(1)),
    ("later", ((date(2024, 1, 31), date(2024, 1, 1)), Duration(months=1)), (date(2024, 2, 29), date(2024, 2, 1))),
    ("later", ((), Duration.of_days(1)), ()),
    ("later", ((date(9999, 12, 31),), Duration.of_days(1)), None),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 5), date(2024, 1, 9)), Duration.of_days(7), D(3)), D(0)),
    ("times within", ((date(2024, 1, 1), date(2024, 1, 5), date(2024, 1, 9), date(2024, 1, 12)), Duration.of_days(7), D(3)), D(1)),
    ("times within", ((date(2023, 11, 30), date(2024, 2, 29), date(2024, 3, 1)), Duration(months=3), D(2)), D(1)),
    ("times within", ((), Duration(months=3), D(2)), D(0)),
    ("times per calendar", ((date(2023, 1, 1), date(2024, 1, 2)), "month", D(0)), D(2)),
    ("concatenate", ((D(1), D(2)), (D(2),)), (D(1), D(2), D(2))),
    ("most within", ((date(2024, 1, 8), date(2024, 1, 1), date(2024, 1, 9)), Duration.of_days(7)), D(2)),
    ("most within", ((date(2024, 3, 31), date(2024, 4, 1)), Duration(months=3)), D(2)),
    ("at least", ("A", "B", ORDER), True),
    ("better than", ("B", "B", ORDER), False),
    ("at most", ("B", "B", ORDER), True),
    ("worse than", ("C", "B", ORDER), True),
    ("next in scale", ("A", ORDER), "B"),
    ("next in scale", ("C", ORDER), None),
    ("previous in scale", ("A", ORDER), None),
    ("step down", ("A", D(2), ORDER), "C"),
    ("step down", ("A", D(3), ORDER), None),
    ("step down", ("C", D(-2), ORDER), "A"),
    ("keys", ({"a": D(1), "b": D(2)},), ("a", "b")),
    ("values", ({"a": D(1), "b": D(2)},), (D(1), D(2))),
    ("get value", ({"a": D(1)}, "b"), None),
    ("frequencies", (("A", "B", "A"),), {"A": D(2), "B": D(1)}),
    ("frequencies", ((),), {}),
    ("shares pct", ({"a": D(1), "b": D(2), "c": D(5)},), {"a": D("12.5"), "b": D(25), "c": D("62.5")}),
    ("shares pct", ({"a": D(1), "b": D(2)},), {"a": D("33.333333"), "b": D("66.666667")}),
    ("shares pct", ({"a": D(0)},), None),
    ("shares pct", ({},), None),
    ("top share pct", ({"a": D(5), "b": D(3), "c": D(1), "d": D(1), "e": D(0)}, D("0.2"), "floor"), D(50)),
    ("top share pct", ({"a": D(1), "b": D(8), "c": D(1)}, D("0.5"), "floor"), D(80)),
    ("top share pct", ({"a": D(1), "b": D(8), "c": D(1)}, D("0.5"), "ceiling"), D(90)),
    ("top share pct", ({"a": D(1), "b": D(8), "c": D(1)}, D("0.5"), "nearest"), D(90)),
    ("top share pct", ({"a": D(1)}, D("0.2"), "upwards"), None),
    ("top share pct", ({}, D("0.2"), "floor"), None),
    ("trend", ({"A": D(3), "B": D(2), "C": D(1)}, ORDER), "falling"),
    ("trend", ({"A": D(2), "B": D(2), "C": D(1)}, ORDER), "tied"),
    ("trend", ({"A": D(1), "B": D(1), "C": D(1)}, ORDER), "equal"),
    ("trend", ({"A": D(1), "B": D(1), "C": D(2)}, ORDER), "inverted"),
    ("trend", ({"C": D(1), "A": D(3), "X": D(9)}, ORDER), "falling"),
    ("trend", ({"A": None, "B": D(1)}, ORDER), None),
    ("coalesce", (None, D(2), D(3)), D(2)),
    ("coalesce", (None,), None),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), MEANINGS, ids=[f"{name}{arguments}" for name, arguments, _ in MEANINGS])
def test_a_function_gives_what_it_promises(name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    result = BUILTIN_FUNCTIONS[name].python(*arguments)

    assert result == expected
    assert type(result) is type(expected)


def test_a_function_that_gives_none_of_something_says_where() -> None:
    """Dates after 9999 apart: a function does not become *perhaps none* because the calendar ends."""
    known = {name for name, arguments, expected in MEANINGS if expected is None and not any(_is_none(argument) for argument in arguments)}
    assert {name for name in known if BUILTIN_FUNCTIONS[name].undefined == "never"} == {
        "add",
        "add working days",
        "later",
        "mean",  # a quotient, which the checks know by itself
        "next working day",
    }


def _is_none(argument: Any) -> bool:
    return (
        argument is None
        or (isinstance(argument, tuple | list) and None in argument)
        or (isinstance(argument, dict) and None in argument.values())
    )


def test_every_function_but_the_constructors_has_a_tested_meaning() -> None:
    untested = set(BUILTIN_FUNCTIONS) - {name for name, *_ in MEANINGS}

    assert untested == {"list", "date and time", "duration"}


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.builds(Duration, months=st.integers(-(10**6), 10**6)),
    st.builds(Duration, seconds=st.integers(-(10**12), 10**12)),
    st.text(max_size=5),
)


def by_signature(name: str) -> st.SearchStrategy[tuple[Any, ...]]:
    """Arguments of the kinds that a signature names, extreme ones and none among them."""
    kinds = {
        "number": st.decimals(allow_nan=False, allow_infinity=False),
        "integer": st.integers(-(10**9), 10**9).map(Decimal),
        "text": st.text(max_size=5),
        "date": st.dates(),
        "date and time": st.datetimes(),
        "duration": st.builds(Duration, months=st.integers(-(10**6), 10**6)) | st.builds(Duration, seconds=st.integers(-(10**12), 10**12)),
        "enum": st.sampled_from(ORDER),
        "list of date": st.lists(st.dates(), max_size=5).map(tuple),
        "list of number": st.lists(st.decimals(allow_nan=False, allow_infinity=False), max_size=5).map(tuple),
        "list of text": st.lists(st.text(max_size=3), max_size=5).map(tuple),
        "list": st.lists(st.text(max_size=3), max_size=5).map(tuple),
        "map of number": st.dictionaries(st.text(max_size=3), st.decimals(-1000, 1000, places=3)),
        "map": st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        "item": st.text(max_size=3),
    }
    inner = BUILTIN_FUNCTIONS[name].signature.split("(", 1)[1].split(")")[0]
    parts = [part.split(":")[-1].strip() for part in inner.split(",") if "…" not in part]
    return st.tuples(*(st.none() | kinds[part] for part in parts))


NAMED = sorted(set(BUILTIN_FUNCTIONS) - {"list", "date and time", "duration", "date", "coalesce", "min", "max"})


@pytest.mark.parametrize("name", NAMED)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_function_never_raises(name: str, data: st.DataObject) -> None:
    arguments = data.draw(by_signature(name))
    order = (ORDER,) if "enum" in BUILTIN_FUNCTIONS[name].signature else ()

    BUILTIN_FUNCTIONS[name].python(*arguments, *order)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), st.decimals(0, 10**9, places=2), min_size=1).filter(lambda amounts: sum(amounts.values()) > 0))
def test_shares_are_within_half_a_step_of_the_truth(amounts: dict[str, Decimal]) -> None:
    shares = BUILTIN_FUNCTIONS["shares pct"].python(amounts)
    total = sum(amounts.values())

    assert all(abs(shares[key] * total - amount * 100) * 2 <= total * Decimal("0.000001") for key, amount in amounts.items())


def test_the_reference_of_functions_is_in_the_docs() -> None:
    page = Path(__file__).parents[4] / "docs" / "language.md"

    assert functions_reference() in page.read_text(encoding="utf-8")
