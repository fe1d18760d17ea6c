"""A promise about a number that is computed by factors is proved over all numbers, or refuted by two customers, near or far."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from random import Random

import pytest

from tests.plugins.invariants.test_proof import ENVIRONMENT, LADDER, policy, proofs
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined
from tierwise.plugins.invariants.proof import Proved

SALES = "facts:\n  sales: {type: integer, min: 0, max: 5}\n  colour: {type: enum, values: [red, green, blue]}\n  good: {type: boolean}\n"
BOUNDS = {"min: 0": (0, None), "min: 2, max: 9": (2, 9), "max: -3": (None, -3), "min: -4, max: 3": (-4, 3), "": (None, None)}


def by_grade(**texts: str) -> str:
    return (
        LADDER
        + "amount: {type: number, scale: 6, lookup: {by: tier, values: {"
        + ", ".join(f"{g}: '{t}'" for g, t in texts.items())
        + "}}}"
    )


def grid(bounds: tuple[int | None, int | None]) -> list[Decimal]:
    """Return numbers between the bounds; far ones stand for all beyond."""
    low, high = bounds
    found = {0, 1, -1, 10**9, -(10**9), *(() if low is None else (low, low + 1)), *(() if high is None else (high, high - 1))}
    return [Decimal(value) for value in found if (low is None or value >= low) and (high is None or value <= high)]


@pytest.mark.parametrize("seed", range(40))
def test_a_verdict_on_factors_by_grade_is_that_of_numbers_near_and_far(seed: int) -> None:
    random = Random(seed)
    bounds = {name: random.choice(list(BOUNDS)) for name in ("price", "size")}
    facts = SALES + "".join(f"  {name}: {{type: number, scale: 2{', ' + b if b else ''}}}\n" for name, b in bounds.items())
    factors = {grade: random.choices([-1, 0, 1, 2, 3], k=4) for grade in "ABC"}
    if random.random() < 0.6:  # many would be broken otherwise
        factors["B"] = [number + random.choice([0, 0, 1]) for number in factors["A"]]
        factors["C"] = [number + random.choice([0, 0, 1]) for number in factors["B"]]
    texts = {grade: f"price * {a} + size * price * {b} - ({c} - {d} * size)" for grade, (a, b, c, d) in factors.items()}

    (proof,) = proofs(policy(by_grade(**texts), "amount never rises as the tier rises", facts))

    def amount(grade: str, price: Decimal, size: Decimal) -> Decimal:
        a, b, c, d = factors[grade]
        return price * a + size * price * b - (c - d * size)

    near_and_far = product(*(grid(BOUNDS[bound]) for bound in bounds.values()))
    is_broken = any(amount("A", *two) > amount("B", *two) or amount("B", *two) > amount("C", *two) for two in near_and_far)
    assert proof.verdict is (Proved.BROKEN if is_broken else Proved.HOLDS)
    if is_broken:
        found = policy(by_grade(**texts), "", facts).require_plan()
        low, high = ({name: decide(found, ENVIRONMENT, one, None)[name] for name in ("tier", "amount")} for one in proof.pair)
        values = [
            outcome.value for outcome in (low["tier"], high["tier"], low["amount"], high["amount"]) if isinstance(outcome, Determined)
        ]
        assert str(values[0]) > str(values[1]), "the second has the better grade"
        assert Decimal(str(values[2])) < Decimal(str(values[3])), "and the greater amount"


PRICES = """\
    kind: pricing-rights
    by: tier
    price: price
    rights: {A: {discount: 5%%}, B: {discount: %s}, C: {discount: 0%%}}
    give: {floor: {name: lowest_price, label: {zh: 最低价, en: lowest price}}}
    acknowledge: {inversion: {zh: 原文如此, en: as the source has it}}
"""


@pytest.mark.parametrize(
    "sentence",
    ["a lower tier never gets a better lowest price", "较低的等级不享有更好的最低价", "lowest price never rises as the tier rises"],
)
@pytest.mark.parametrize(
    ("discount", "low", "verdict"), [("3%", "min: 0", "holds"), ("6%", "min: 0", "broken"), ("3%", "min: -9", "broken")]
)
def test_a_lower_grade_gets_no_better_price_where_prices_are_a_share_of_one(sentence: str, discount: str, low: str, verdict: str) -> None:
    found = policy(
        LADDER + "\n", sentence, f"{SALES}  price: {{type: number, scale: 2, {low}}}\n", more=f"  price_rights:\n{PRICES % discount}"
    )

    (proof,) = proofs(found)

    assert proof.verdict is Proved(verdict)
    assert len(proof.pair) == (0 if verdict == "holds" else 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("price * price * {0}", "`price` is not only compared with constants"),
        ("round half up(price * {0}, 1)", "`price` is not only compared with constants"),
        ("if price > 100 then price * {0} else price", "`price` is not only compared with constants"),
        ("if price * {0} > 100 then {0} else 0", "`price * 3` is computed"),
    ],
)
def test_what_is_more_than_a_sum_of_products_is_not_taken_for_one(text: str, why: str) -> None:
    texts = {grade: text.format(factor) for grade, factor in zip("ABC", (1, 2, 3), strict=True)}

    (proof,) = proofs(
        policy(by_grade(**texts), "amount never rises as the tier rises", f"{SALES}  price: {{type: number, scale: 2, min: 0}}\n")
    )

    assert (proof.verdict, proof.why) == (Proved.UNPROVEN, why)
