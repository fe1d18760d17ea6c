"""Where a subject would stand with another amount is where the reference ranks it when only that amount changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.population_ranking import positions_of
from tierwise.core.plan import Position
from tierwise.plugins.paths.standing import Keys, Rank, ranks_by_probing, ranks_by_sums

POLICY = """\
facts:
  amount: {type: integer, min: 0}
modules:
  m:
    kind: module
    decisions:
      grade:
        type: enum
        values: [A, B, C]
        ranking: {by: amount, %s}
"""
QUOTAS = "quotas: {A: 20%, B: 30%, C: 50%}, rounding: floor"
PARETO = "pareto: {A: 50%, B: 30%, C: rest}"


def positions(evaluator: Evaluator, amounts: list[int | None]) -> list[Mapping[str, Position]]:
    return [*positions_of(evaluator, [{} if amount is None else {"amount": Decimal(amount)} for amount in amounts])]


def by_at(evaluator: Evaluator, amounts: list[int | None]) -> Callable[[int], Keys | None]:
    """Return who stands at a rank, as a graded population tells it."""
    placed = list(zip(positions(evaluator, amounts), amounts, strict=True))

    def at(rank: int) -> Keys | None:
        return next(((Decimal(a),) for p, a in placed if a is not None and p["grade"].first <= rank <= p["grade"].last), None)

    return at


@pytest.mark.parametrize("seed", range(40))
def test_probing_finds_the_position_that_ranking_again_gives(seed: int) -> None:
    random = Random(seed)
    amounts: list[int | None] = [random.choice([None, *range(8)]) if random.random() < 0.2 else random.randint(0, 12) for _ in range(15)]
    amounts[0] = random.randint(0, 12)
    evaluator = Evaluator(checked(POLICY % QUOTAS).require_plan(), ENVIRONMENT)
    own = positions(evaluator, amounts)[0]["grade"]
    at = ranks_by_probing(Rank(own, (Decimal(amounts[0] or 0),), (True,)), by_at(evaluator, amounts))
    for amount in range(-1, 14):
        expected = positions(evaluator, [amount, *amounts[1:]])[0]["grade"]
        ranked = replace(expected, share_before=None, share_before_last=None, share_with=None, share_with_last=None)
        assert at((Decimal(amount),)) == ranked, (amounts, amount)


@pytest.mark.parametrize("seed", range(40))
def test_sums_give_the_shares_that_ranking_again_gives(seed: int) -> None:
    random = Random(seed)
    amounts: list[int | None] = [random.randint(0, 12) for _ in range(12)]
    evaluator = Evaluator(checked(POLICY % PARETO).require_plan(), ENVIRONMENT)
    own = positions(evaluator, amounts)[0]["grade"]
    others = [Decimal(amount or 0) for amount in amounts[1:]]
    at = ranks_by_sums(Rank(own, (Decimal(amounts[0] or 0),), (True,)), others)
    for amount in range(14):
        found, expected = at((Decimal(amount),)), positions(evaluator, [amount, *amounts[1:]])[0]["grade"]
        assert found == expected
