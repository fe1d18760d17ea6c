"""In a ranking a way works against the others as they stand, one unit less of it does not, and ranking anew for every value knows none shorter."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import pytest

from tierwise.core.meaning import Subject
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.population_ranking import positions_of
from tierwise.core.outcome import Determined
from tierwise.core.values import Value
from tierwise.plugins.fact_rows import fact_table_of
from tierwise.plugins.manager import Plugins
from tierwise.plugins.paths.database import paths_of_subject, wanted_values
from tierwise.plugins.paths.ways import Direction
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import Bound, grade_by_default

POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: small
facts:
  sales: {type: integer, min: 0, max: 9}
  late: {type: integer, min: 0, max: 4}
  area: {type: enum, values: [north, south]}
modules:
  m:
    kind: module
    decisions:
%s
"""
CLASSES = "type: enum, values: [A, B, C]"
QUOTAS = "quotas: {A: 20%, B: 30%, C: 50%}, rounding: floor"
RANKINGS = {
    "one key": f"      grade: {{{CLASSES}, ranking: {{by: sales, {QUOTAS}}}}}",
    "two keys": f"      grade: {{{CLASSES}, ranking: {{by: [sales desc, late asc], {QUOTAS}}}}}",
    "partition": f"      grade: {{{CLASSES}, ranking: {{by: sales, partition: area, {QUOTAS}}}}}",
    "among": f"      grade: {{{CLASSES}, ranking: {{by: sales, among: late < 3, outside: C, {QUOTAS}}}}}",
    "shares": f"      grade: {{{CLASSES}, ranking: {{by: sales, pareto: {{A: 50%, B: 30%, C: rest}}}}}}",
    "sum": f"      points: {{type: integer, formula: sales * 2 - late}}\n      grade: {{{CLASSES}, ranking: {{by: points, {QUOTAS}}}}}",
}
CHANGEABLE: Mapping[str, tuple[Direction, ...]] = {"sales": ("up",), "late": ("down",), "area": ("up",)}
AREAS = ["south", "north"]
COUNT, LOOKED_AT = 14, 6


def people(seed: str) -> list[dict[str, Value]]:
    random = Random(seed)
    return [
        {"sales": Decimal(random.randint(0, 9)), "late": Decimal(random.randint(0, 4)), "area": random.choice(["north", "south"])}
        for _ in range(COUNT)
    ]


def graded_anew(loaded: LoadedPolicy, everybody: list[dict[str, Value]], one: int, changed: Mapping[str, Value]) -> Value:
    """Rank everybody again, one of them with other facts, and return the grade of that one."""
    evaluator = Evaluator(loaded.plan, loaded.environment)
    facts = [*everybody]
    facts[one] = {**facts[one], **changed}
    outcome = evaluator.decide("grade", facts[one], positions_of(evaluator, facts)[one])
    return outcome.value if isinstance(outcome, Determined) else None


def grid(facts: Mapping[str, Value]) -> list[dict[str, Value]]:
    """Return all that the facts may become in their directions, themselves first."""
    sales, late, areas = facts["sales"], facts["late"], AREAS[AREAS.index(str(facts["area"])) :]
    assert isinstance(sales, Decimal) and isinstance(late, Decimal)
    rows = product(range(int(sales), 10), range(int(late), -1, -1), areas)
    return [{"sales": Decimal(more), "late": Decimal(less), "area": area} for more, less, area in rows]


def is_part(left: Mapping[str, Value], right: Mapping[str, Value], facts: Mapping[str, Value]) -> bool:
    """Say whether one goes less far than the other, and nowhere farther."""

    def far(point: Mapping[str, Value]) -> tuple[Decimal | int, ...]:
        moved = {**facts, **point}
        numbers = tuple(abs(moved[name] - facts[name]) for name in ("sales", "late"))  # type: ignore[operator]  # both are numbers
        return (*numbers, AREAS.index(str(moved["area"])))

    return far(left) != far(right) and all(mine <= others for mine, others in zip(far(left), far(right), strict=True))


@pytest.mark.parametrize("name", RANKINGS)
def test_a_way_works_one_unit_less_does_not_and_nothing_shorter_is_left_out(name: str, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY % RANKINGS[name], encoding="utf-8")
    loaded = load(tmp_path, plugins=Plugins(entry_points=False))
    everybody = people(name)
    bound = Bound(loaded, fact_table_of(loaded.plan, [Subject(f"{i:03}", None, facts) for i, facts in enumerate(everybody)]), None, "facts")
    grading, decision = grade_by_default(bound), loaded.plan.decisions["grade"]
    told = lost = 0
    for one, facts in enumerate(everybody[:LOOKED_AT]):
        now = graded_anew(loaded, everybody, one, {})
        wanted = wanted_values(decision, now, None)
        paths = paths_of_subject(bound, f"{one:03}", decision, None, CHANGEABLE, grading)
        assert paths.is_proved
        ways = [{change.fact: change.after for change in route.changes} for route in paths.up]
        for changed in ways:
            assert graded_anew(loaded, everybody, one, changed) in wanted, (one, changed)
            told += 1
        reach = [point for point in grid(facts) if graded_anew(loaded, everybody, one, point) in wanted]
        nearest = [point for point in reach if not any(is_part(other, point, facts) for other in reach)]
        for changed in ways:
            assert not any(is_part(point, changed, facts) for point in reach), (one, changed)
        for point in nearest:
            moved = {name for name in CHANGEABLE if point[name] != facts[name]}
            assert any(way.keys() <= moved for way in ways), (one, point)
        for route in paths.lose:
            after = graded_anew(loaded, everybody, one, {change.fact: change.after for change in route.changes})
            assert after is None or after > now, (one, route.changes)  # type: ignore[operator]  # both are words
            lost += 1
    assert told
    assert lost
