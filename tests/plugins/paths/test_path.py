"""The ways that are told reach what was asked for, one step less does not, and a brute-force grid knows no nearer one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

import pytest

from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning.decide import decide
from tierwise.core.outcome import Determined
from tierwise.core.plan import Plan
from tierwise.core.values import Value
from tierwise.plugins.paths.path import Route, find_paths
from tierwise.plugins.paths.ways import Direction

UP: tuple[Direction, ...] = ("up",)
DAY = date(2026, 6, 30)
GRADES = ("A", "B", "C")
FACTS = """\
facts:
  sales: {type: integer, min: 0, max: 12}
  margin: {type: number, scale: 1, min: 0, max: 1}
  late: {type: integer, min: 0, max: 5}
  word: {type: enum, values: [good, fair, poor]}
  safe: {type: boolean}
"""
CHANGEABLE: Mapping[str, Sequence[Direction]] = {"sales": UP, "margin": UP, "late": ("down",), "word": UP, "safe": UP}
ENUM = "type: enum\n        values: [A, B, C]\n"
TABLE = f"""\
      grade:
        {ENUM}        table:
          hit: first
          rules: |
            sales | margin | late | word -> grade
            >= 9  | >= 0.5 | <= 1 | good -> A
            >= 5  | -      | <= 2 | good, fair -> B
            -     | -      | -    | -    -> C
"""
SCORECARD = f"""\
      score:
        type: integer
        hidden: true
        scorecard:
          base: 0
          characteristics:
            sold:
              of: sales
              points: |
                >= 10  | 40
                [4..10) | 20
                < 4    | 0
            kept:
              of: margin
              points: |
                >= 0.6 | 30
                [0.2..0.6) | 15
                < 0.2  | 0
            paid:
              of: late
              points: |
                0      | 30
                [1..2] | 10
                > 2    | 0
      grade:
        {ENUM}        formula: if score >= 80 then A else if score >= 45 then B else C
"""
WEIGHTED = f"""\
      grade:
        {ENUM}        formula: if sales * 3 + margin * 20 - late * 2 >= 40 then A else if sales * 3 + margin * 20 - late * 2 >= 25 then B else C
"""
CONDITIONS = f"""\
      grade:
        {ENUM}        formula: if sales >= 6 and safe then (if margin >= 0.7 and late = 0 then A else B) else C
"""
LADDER = f"""\
      sold:
        hidden: true
        {ENUM}        formula: if sales >= 9 then A else if sales >= 5 then B else C
      grade:
        {ENUM}        formula: if late >= 2 and sold != C then step down(sold, 1) else sold
"""
FORMS = {"table": TABLE, "scorecard": SCORECARD, "weighted": WEIGHTED, "conditions": CONDITIONS, "ladder": LADDER}
COMBINATIONS = (*((name,) for name in CHANGEABLE), ("sales", "margin"), ("sales", "late"), ("margin", "late"), ("sales", "safe"))


def plan_of(decisions: str) -> Plan:
    return checked(f"{FACTS}modules:\n  m:\n    kind: module\n    decisions:\n{decisions}").require_plan()


def subjects(seed: int, count: int) -> list[dict[str, Value]]:
    random = Random(seed)
    return [
        {
            "sales": Decimal(random.randint(0, 12)),
            "margin": Decimal(random.randint(0, 10)) / 10,
            "late": Decimal(random.randint(0, 5)),
            "word": random.choice(["good", "fair", "poor"]),
            "safe": random.choice([True, False]),
        }
        for _ in range(count)
    ]


def grade(plan: Plan, facts: Mapping[str, Value]) -> Any:
    outcome = decide(plan, ENVIRONMENT, facts, DAY)["grade"]
    return outcome.value if isinstance(outcome, Determined) else outcome


def grid(plan: Plan, facts: Mapping[str, Value], names: Sequence[str]) -> list[dict[str, Value]]:
    """Return every value in the direction of its change, for each of some facts: all of the domain, not what a search looks at."""
    domains: Mapping[str, Sequence[Value]] = {
        "sales": [Decimal(n) for n in range(13)],
        "margin": [Decimal(n) / 10 for n in range(11)],
        "late": [Decimal(n) for n in range(5, -1, -1)],
        "word": ["poor", "fair", "good"],
        "safe": [False, True],
    }
    beyond = [domains[name][domains[name].index(facts[name]) + 1 :] for name in names]
    return [dict(zip(names, point, strict=True)) for point in product(*beyond)]


def is_less(left: Mapping[str, Value], right: Mapping[str, Value], facts: Mapping[str, Value]) -> bool:
    """Say whether a point lies between the subject and another point, which it is not."""

    def at(name: str, value: Value) -> Any:
        return {"good": 2, "fair": 1, "poor": 0}[value] if isinstance(value, str) else -value if name == "late" else value  # type: ignore[operator]

    return left != right and all(at(n, facts[n]) <= at(n, left[n]) <= at(n, right[n]) for n in right)


@pytest.mark.parametrize("form", FORMS)
def test_every_way_works_and_nothing_less_of_it_does(form: str) -> None:
    plan = plan_of(FORMS[form])
    routes = 0
    for facts in subjects(7, 10):
        wanted = GRADES[: GRADES.index(grade(plan, facts))]
        paths = find_paths(plan, ENVIRONMENT, facts, "grade", wanted, CHANGEABLE, DAY)
        assert paths.is_proved
        for route in paths.up:
            changed = {change.fact: change.after for change in route.changes}
            assert grade(plan, {**facts, **changed}) in wanted
            less = [p for p in grid(plan, facts, tuple(changed)) if is_less(p, changed, facts)]
            assert [p for p in less if grade(plan, {**facts, **p}) in wanted] == []
            routes += 1
    assert routes > 8


@pytest.mark.parametrize("form", FORMS)
def test_where_one_fact_or_two_reach_it_a_way_is_told(form: str) -> None:
    plan = plan_of(FORMS[form])
    for facts in subjects(11, 8):
        wanted = GRADES[: GRADES.index(grade(plan, facts))]
        paths = find_paths(plan, ENVIRONMENT, facts, "grade", wanted, CHANGEABLE, DAY)
        told = {frozenset(change.fact for change in route.changes) for route in paths.up}
        for names in COMBINATIONS:
            if any(grade(plan, {**facts, **point}) in wanted for point in grid(plan, facts, names)):
                assert any(some <= set(names) for some in told), (facts, names)
            else:
                assert frozenset(names) not in told


@pytest.mark.parametrize("form", FORMS)
def test_what_would_lose_the_grade_loses_it_and_a_step_less_does_not(form: str) -> None:
    plan = plan_of(FORMS[form])
    lost = 0
    for facts in subjects(13, 10):
        present = grade(plan, facts)
        kept = GRADES[: GRADES.index(present) + 1]
        paths = find_paths(plan, ENVIRONMENT, facts, "grade", (), CHANGEABLE, DAY)
        assert paths.is_proved
        for route in paths.lose:
            changed = {change.fact: change.after for change in route.changes}
            assert grade(plan, {**facts, **changed}) not in kept
            if len(route.changes) == 1:
                assert grade(plan, {**facts, **_one_step_less(plan, route)}) in kept
            lost += 1
    assert lost > 5 or form == "conditions"


def _one_step_less(plan: Plan, route: Route) -> dict[str, Value]:
    """Return the value of a change just before the one that did it."""
    (change,) = route.changes
    if isinstance(change.before, bool):
        return {change.fact: change.before}
    if isinstance(change.before, str):
        words = ["good", "fair", "poor"]
        step = 1 if words.index(str(change.after)) < words.index(change.before) else -1
        return {change.fact: words[words.index(str(change.after)) + step]}
    assert isinstance(change.before, Decimal) and isinstance(change.after, Decimal)
    unit = Decimal("0.1") if change.fact == "margin" else Decimal(1)
    return {change.fact: change.after + (unit if change.after < change.before else -unit)}


def test_several_together_are_told_only_where_they_are_nearer_than_each_alone() -> None:
    plan = plan_of(SCORECARD)
    for facts in subjects(17, 10):
        wanted = GRADES[: GRADES.index(grade(plan, facts))]
        paths = find_paths(plan, ENVIRONMENT, facts, "grade", wanted, CHANGEABLE, DAY)
        cheapest = {frozenset(c.fact for c in route.changes): route.cost for route in paths.up}
        for names, own in cheapest.items():
            assert all(own < other for parts, other in cheapest.items() if parts < names)


def test_a_missing_fact_is_said_not_to_be_looked_at() -> None:
    facts = {"sales": Decimal(3), "margin": Decimal("0.5"), "late": Decimal(0)}
    paths = find_paths(plan_of(TABLE), ENVIRONMENT, facts, "grade", ("A", "B"), CHANGEABLE, DAY)
    assert paths.not_searched == ("word", "safe")


def test_a_way_is_only_told_where_it_holds_however_the_unknown_turns_out() -> None:
    facts = {"sales": Decimal(3), "margin": Decimal("0.5"), "late": Decimal(0)}
    paths = find_paths(plan_of(TABLE), ENVIRONMENT, facts, "grade", ("A", "B"), CHANGEABLE, DAY)
    assert paths.up == ()  # B asks for the word, which nobody knows
    assert paths.is_proved


def test_the_gains_are_the_other_outputs_that_change() -> None:
    more = "      limit:\n        type: integer\n        lookup: {by: grade, values: {A: 900, B: 500, C: 0}}\n"
    facts: dict[str, Value] = {"sales": Decimal(5), "margin": Decimal(1), "late": Decimal(0), "word": "good", "safe": True}
    paths = find_paths(plan_of(TABLE + more), ENVIRONMENT, facts, "grade", ("A",), CHANGEABLE, DAY)
    (route,) = paths.up
    assert [(c.fact, c.before, c.after, c.by) for c in route.changes] == [("sales", 5, 9, 4)]
    moves = [("limit", Determined(Decimal(500), ("B",)), Determined(Decimal(900), ("A",)))]
    assert [(move.output, move.before, move.after) for move in route.gains] == moves


def test_dates_in_a_list_are_added_on_the_day_of_the_run() -> None:
    body = (
        "facts:\n  late_dates: {type: list of date}\nreadings:\n  quarter: [calendar, rolling]\nmodules:\n  m:\n    kind: module\n    decisions:\n"
        f"      grade:\n        {ENUM}"
        '        formula: if most per calendar(late_dates, "quarter") >= 3 then C else if most per calendar(late_dates, "quarter") >= 2 then B else A\n'
    )
    plan = checked(body.replace("readings:\n  quarter: [calendar, rolling]\n", "")).require_plan()
    facts: dict[str, Value] = {"late_dates": (date(2026, 5, 2),)}
    paths = find_paths(plan, ENVIRONMENT, facts, "grade", (), {"late_dates": ("up",)}, DAY)
    (route,) = paths.lose
    assert route.changes[0].after == (date(2026, 5, 2), DAY)
    assert route.outcome == Determined("B")


def test_the_day_on_which_a_grade_is_lost_by_itself_is_told() -> None:
    body = (
        "facts:\n  last_order: {type: date}\nmodules:\n  m:\n    kind: module\n    decisions:\n"
        f'      grade:\n        {ENUM}        formula: if last_order + duration("P6M") >= as_of then A else C\n'
    )
    plan = checked(body).require_plan()
    paths = find_paths(plan, ENVIRONMENT, {"last_order": date(2026, 3, 15)}, "grade", (), {"last_order": UP}, DAY)
    assert [(c.fact, c.after) for route in paths.lose for c in route.changes] == [("as_of", date(2026, 9, 16))]


def test_a_grade_is_lost_where_one_way_in_which_the_unknown_may_turn_out_loses_it() -> None:
    plan = plan_of(f"      grade:\n        {ENUM}        formula: if sales >= 5 or word = good then A else C\n")
    paths = find_paths(plan, ENVIRONMENT, {"sales": Decimal(7)}, "grade", (), {"sales": UP}, DAY)  # nobody knows the word
    assert [(c.fact, c.after) for route in paths.lose for c in route.changes] == [("sales", 4)]


WINDOWS = f"""\
facts:
  invoices:
    type: list of record
    fields: {{due_on: {{type: date}}, paid: {{type: boolean}}}}
readings:
  quarter: [calendar, rolling]
modules:
  m:
    kind: module
    decisions:
      late:
        type: list of date
        formula: invoices[not paid and due_on < as_of].due_on
      grade:
        {ENUM}        formula: if (if quarter = calendar then most per calendar(late, "quarter") else most within(late, 3 months)) >= 2 then C else A
"""


@pytest.mark.parametrize("seed", range(2))
def test_the_day_on_which_a_calendar_window_is_full_is_the_first_on_which_a_grid_of_days_finds_it_so(seed: int) -> None:
    plan, random = checked(WINDOWS).require_plan(), Random(seed)
    due = sorted(DAY + timedelta(days=random.randint(-60, 400)) for _ in range(6))
    facts: dict[str, Value] = {"invoices": tuple({"due_on": day, "paid": random.random() < 0.3} for day in due)}
    paths = find_paths(plan, ENVIRONMENT, facts, "grade", (), {"invoices": UP}, DAY)

    def kept(day: date) -> bool:
        return decide(plan, ENVIRONMENT, facts, day)["grade"] == Determined("A")

    days = [DAY + timedelta(days=more) for more in range(500)]
    expected = [] if not kept(DAY) else [next(day for day in days if not kept(day))] if not all(map(kept, days)) else []
    assert [change.after for route in paths.lose for change in route.changes if change.fact == "as_of"] == expected
    assert paths.is_proved


def test_a_window_that_hangs_on_a_reading_is_searched_to_its_end() -> None:
    body = (
        "readings:\n  month: [calendar, thirty_days]\nfacts:\n  close_on: {type: date}\nmodules:\n  m:\n    kind: module\n    decisions:\n"
        "      months:\n        type: number\n        scale: 4\n        hidden: true\n"
        "        where: {whole: 'months between(as_of, close_on)', more: 'days between(as_of + whole * 1 month, close_on)'}\n"
        "        formula: if month = thirty_days then round half up(days between(as_of, close_on) / 30, 4) else whole + round half up(more / 31, 4)\n"
        f"      grade:\n        {ENUM}        table:\n          hit: unique\n"
        "          rules: |\n            months -> grade\n            <= 1   -> A\n            (1..3] -> B\n            > 3    -> C\n"
    )
    plan = checked(body).require_plan()
    paths = find_paths(plan, ENVIRONMENT, {"close_on": date(2027, 6, 30)}, "grade", (), {"close_on": UP}, DAY)
    assert (paths.present, paths.lose) == (Determined("C", ("3",)), ())  # it can only become better, however a month is counted
    assert paths.is_proved


LATE = f"""\
facts:
  late: {{type: list of date}}
modules:
  m:
    kind: module
    decisions:
      grade:
        {ENUM}        formula: if COUNT >= 3 then C else A
"""


@pytest.mark.parametrize("count", ['most per calendar(late, "year")', 'most per calendar(late, "quarter")', "most within(late, 3 months)"])
@pytest.mark.parametrize(
    ("day", "known"), [(date(2026, 10, 5), (date(2026, 10, 2),)), (date(2026, 2, 27), (date(2026, 1, 31), date(2026, 2, 1)))]
)
def test_until_when_more_items_lose_the_grade_is_what_a_grid_of_days_finds(count: str, day: date, known: tuple[date, ...]) -> None:
    plan = checked(LATE.replace("COUNT", count)).require_plan()
    paths = find_paths(plan, ENVIRONMENT, {"late": known}, "grade", (), {"late": UP}, day)
    (route,) = [route for route in paths.lose if route.changes[0].fact == "late"]
    more = 3 - len(known)
    assert route.changes[0].after == (*known, *[day] * more)

    def keeps(later: date) -> bool:
        return bool(decide(plan, ENVIRONMENT, {"late": (*known, *[later] * more)}, later)["grade"] == Determined("A"))

    assert route.until is not None
    assert not any(keeps(day + timedelta(days=ahead)) for ahead in range((route.until - day).days + 1))
    assert keeps(route.until + timedelta(days=1))
    if "calendar" in count:
        assert (route.until + timedelta(days=1)).day == 1


def test_without_a_window_the_same_loses_the_grade_on_any_day() -> None:
    plan = checked(LATE.replace("COUNT", "count(late)")).require_plan()
    paths = find_paths(plan, ENVIRONMENT, {"late": (DAY,)}, "grade", (), {"late": UP}, DAY)
    assert [(len(route.changes[0].after), route.until) for route in paths.lose if isinstance(route.changes[0].after, tuple)] == [(3, None)]


def test_items_may_be_held_against_a_decision_that_hangs_on_nothing_that_moves() -> None:
    since = "      cut:\n        type: date\n        hidden: true\n        formula: since + 1 month\n      grade:"
    body = (
        LATE.replace("COUNT", "count(late[item > cut])").replace("      grade:", since).replace("facts:", "facts:\n  since: {type: date}")
    )
    facts: dict[str, Value] = {"late": (DAY,), "since": date(2026, 3, 1)}
    paths = find_paths(checked(body).require_plan(), ENVIRONMENT, facts, "grade", (), {"late": UP}, DAY)
    assert [len(change.after) for route in paths.lose for change in route.changes if isinstance(change.after, tuple)] == [3]
