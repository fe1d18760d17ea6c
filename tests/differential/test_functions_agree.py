"""Every function, for every sort of argument that it takes, is the same in every engine at the ends of its domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, product
from random import Random
from typing import Any

from tests.differential.comparing import differences
from tests.plans import decision, declared, plan_of
from tierwise.core.environment import Environment, Function
from tierwise.core.plan import Call, Constant, FactRef, Plan
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS
from tierwise.plugins.builtin.functions.scale_functions import SCALES
from tierwise.plugins.engine import Engine

MOST_ARGUMENTS = 3
MOST_SORTS = 3  # of arguments, for one function
SUBJECTS = 40

DAYS = [date(1, 1, 1), date(1, 12, 31), date(1900, 3, 1), date(2024, 2, 29), date(2024, 3, 31), date(9999, 12, 1), date(9999, 12, 31)]
TIMES = [datetime(1, 1, 1), datetime(2024, 2, 29, 23, 59, 59), datetime(9999, 12, 31, 23, 59, 59, 999_999)]
AMOUNTS = [Decimal(text) for text in ("-9999999999999999.99", "-0.50", "-0.01", "0.00", "0.01", "0.50", "1.00", "9999999999999999.99")]
WHOLES = [Decimal(n) for n in (-999_999_999_999_999_999, -1, 0, 1, 2, 12, 31, 9999, 999_999_999_999_999_999)]
LENGTHS = [Duration(), Duration(months=1), Duration(months=-1), Duration(months=119_999), Duration(seconds=-1), Duration.of_days(3_650_000)]
TEXTS = ["", " ", "a", "A b", "it's", "ß", "İ", "王", "month", "quarter", "a" * 300, "2024-02-30"]
WORDS = EnumType(("x", "y", "王"))

ORDER = Constant(WORDS.values, ListType(WORDS))
BY_ORDER = {function.name for function in SCALES}  # the compiler passes the words of the scale as their last argument

ENDS: list[tuple[Type, Sequence[Any]]] = [
    (NumberType(2), AMOUNTS),
    (NumberType(0), WHOLES),
    (BooleanType(), [True, False]),
    (DateType(), DAYS),
    (DateTimeType(), TIMES),
    (DurationType(), LENGTHS),
    (TextType(), TEXTS),
    (WORDS, WORDS.values),
    (ListType(NumberType(2)), [(), tuple(AMOUNTS), (AMOUNTS[0],), (AMOUNTS[3],) * 2]),
    (ListType(DateType()), [(), tuple(DAYS), (DAYS[-1],), (DAYS[0],) * 3]),
    (ListType(TextType()), [(), tuple(TEXTS), ("a", "a")]),
    (ListType(BooleanType()), [(), (True, False), (False,)]),
    (SetType(WORDS), [(), ("x",), WORDS.values]),
    (MapType(NumberType(2)), [{}, {"a": AMOUNTS[0], "x": AMOUNTS[-1]}, {"": Decimal("0.00")}]),
]


def sorts_of(function: Function) -> Iterator[tuple[tuple[int, ...], Type]]:
    """Yield what sorts of arguments a function takes, and what it gives for them."""
    for size in range(1, MOST_ARGUMENTS + 1):
        for places in product(range(len(ENDS)), repeat=size):
            given = function.type_of(tuple(ENDS[place][0] for place in places))
            if not isinstance(given, str):
                yield places, given


def plan_of_calls(functions: Mapping[str, Function]) -> Plan:
    """Return a plan with a decision for each function and each sort of arguments."""
    facts = {(place, n): FactRef(f"f{place}_{n}", type) for place, (type, _) in enumerate(ENDS) for n in range(MOST_ARGUMENTS)}
    decisions = []
    for name, function in functions.items():
        for places, type in islice(sorts_of(function), MOST_SORTS):
            arguments = tuple(facts[place, n] for n, place in enumerate(places))
            call = Call(name, (*arguments, *([ORDER] if name in BY_ORDER else [])), type)
            decisions.append(decision(f"{name} {places}", type, call))
    return plan_of(facts=[declared(ref, nullable=True) for ref in facts.values()], decisions=decisions)


def test_functions_agree_at_the_ends_of_their_domains(engine: Engine) -> None:
    in_sql = {name: function for name, function in BUILTIN_FUNCTIONS.items() if function.sql}  # any other the reference engine computes
    random, plan = Random(7), plan_of_calls(in_sql)
    subjects = []
    for _ in range(SUBJECTS):
        facts = {f"f{place}_{n}": random.choice(values) for place, (_, values) in enumerate(ENDS) for n in range(MOST_ARGUMENTS)}
        subjects.append({name: None if random.random() < 0.05 else value for name, value in facts.items() if random.random() < 0.95})

    called = {node.function for d in plan.decisions.values() if isinstance(node := d.node, Call)}
    assert called == in_sql.keys(), "no template goes uncompared"
    assert differences(engine, plan, subjects, None, Environment(functions=BUILTIN_FUNCTIONS)) == []
