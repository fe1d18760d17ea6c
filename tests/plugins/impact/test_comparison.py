"""What a comparison counts is right: against a count row by row, against SQL over the data, and against itself turned round."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from pathlib import Path

import duckdb
import pytest

from tests.plugins.impact.conftest import Population, Weighed
from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined
from tierwise.plugins.impact import Comparison, Impact, Move, compare, policies_compared
from tierwise.plugins.impact.impact import Total
from tierwise.plugins.impact.page import impact_page
from tierwise.plugins.impact.sides import Side
from tierwise.plugins.outcome_class import class_of, is_undetermined
from tierwise.plugins.policy import load

ZERO = Decimal(0)


@contextmanager
def compared(old: Path, new: Path, database: Path, by: tuple[str, ...] = (), engine: str = "duckdb") -> Iterator[Comparison]:
    with policies_compared(load(old), load(new), str(database), by=by, engine=engine) as sides:
        yield compare(*sides, by)


def impact_of(old: Path, new: Path, database: Path, by: tuple[str, ...] = (), engine: str = "duckdb") -> Impact:
    with compared(old, new, database, by, engine) as comparison:
        return comparison.impact()


def shares(side: Side, output: str) -> Counter[str]:
    """Count the classes of a side by the other path: its results row by row."""
    return Counter(class_of(result.outcomes[output]) for result in side.results.rows())


CHANGES = [{"mid": "250", "limit": "900.05"}, {"big": "1200", "mid": "1100", "top": "3"}]


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_the_margins_of_each_matrix_are_both_distributions(
    change: dict[str, str], engine: str, weighed: Weighed, population: Population
) -> None:
    with compared(weighed("old"), weighed("new", **change), population(), engine=engine) as comparison:
        impact = comparison.impact()
        assert impact.subjects == impact.compared == 100
        for name, found in impact.outputs.items():
            assert found.left_out == 0
            for side, margin in ((comparison.old, "before"), (comparison.new, "after")):
                counted: Counter[str] = Counter()
                for cell in found.matrix:
                    counted[getattr(cell, margin)] += cell.count
                assert counted == shares(side, name), (name, margin)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_each_pair_of_outcomes_is_counted_as_row_by_row(change: dict[str, str], weighed: Weighed, population: Population) -> None:
    with compared(weighed("old"), weighed("new", **change), population()) as comparison:
        impact = comparison.impact()
        old, new = ({r.key: r.outcomes for r in side.results.rows()} for side in (comparison.old, comparison.new))
        for name, found in impact.outputs.items():
            pairs = Counter((class_of(old[key][name]), class_of(new[key][name])) for key in old)
            assert {(cell.before, cell.after): cell.count for cell in found.matrix} == pairs
            assert found.moved == sum(count for (a, b), count in pairs.items() if a != b)
            moved = {(m.key, m.before, m.after) for m in comparison.moved(outputs=[name])}
            assert moved == {
                (key, class_of(old[key][name]), class_of(new[key][name]))
                for key in old
                if class_of(old[key][name]) != class_of(new[key][name])
            }


def by_hand(side: Side, database: Path) -> dict[str, Total]:
    """Work the measures out by a second path: outcomes row by row, facts from the file."""
    with database.open(encoding="utf-8") as stream:
        facts = {row["customer_id"]: row for row in csv.DictReader(stream)}
    limits = {r.key: r.outcomes["credit_limit"] for r in side.results.rows()}
    known = {key: outcome.value for key, outcome in limits.items() if isinstance(outcome, Determined)}
    unpaid = [key for key in facts if facts[key]["paid"] == "false"]
    amounts = [Decimal(row["amount"]) for row in facts.values() if row["amount"]]
    unclear = [
        key
        for key in facts
        if (facts[key]["paid"] == "" and known.get(key) is not None) or (facts[key]["paid"] != "true" and key not in known)
    ]
    assert all(isinstance(value, Decimal) for value in known.values())

    def total(keys: list[str], unknown: int) -> Total:
        values = [value for key in keys if isinstance(value := known.get(key), Decimal)]
        return Total(sum(values, ZERO) if values else None, len(values), unknown)

    mean = (sum(amounts, ZERO) / len(amounts)).quantize(Decimal("0.0001"))
    paying = sum(row["paid"] == "true" for row in facts.values())
    return {
        "exposure": total(list(facts), len(facts) - len(known)),
        "paying": Total(Decimal(paying), paying, sum(row["paid"] == "" for row in facts.values())),
        "exposed_unpaid": total(unpaid, len(unclear)),
        "mean_amount": Total(mean, len(amounts), len(facts) - len(amounts)),
    }


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_measures_are_those_of_a_second_path_exactly(change: dict[str, str], engine: str, weighed: Weighed, population: Population) -> None:
    database = population()
    with compared(weighed("old"), weighed("new", **change), database, engine=engine) as comparison:
        impact = comparison.impact()
        for side, word in ((comparison.old, "before"), (comparison.new, "after")):
            assert {name: getattr(found, word) for name, found in impact.measures.items()} == by_hand(side, database)


def test_who_is_not_counted_is_told_apart_from_a_zero(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,amount,region,paid\n1,100,north,true\n2,100,north,\n3,,north,false\n", encoding="utf-8")
    policy = weighed()

    found = impact_of(policy, policy, data).measures["exposed_unpaid"]

    assert found.before == Total(None, 0, 2), "one paid and is not asked about; of two it is not known whether and how much"
    assert found.delta == ZERO


@pytest.mark.parametrize("by", [("region", "owner"), ("tier",), ("paid",)], ids=str)
@pytest.mark.parametrize("change", CHANGES[:1], ids=str)
def test_the_groups_add_up_to_the_whole_exactly(
    by: tuple[str, ...], change: dict[str, str], weighed: Weighed, population: Population
) -> None:
    impact = impact_of(weighed("old"), weighed("new", **change), population(), by)

    assert sum(group.subjects for group in impact.groups) == impact.subjects
    assert all(group.subjects for group in impact.groups), "a group that nobody is in is none"
    for name, found in impact.outputs.items():
        for move in Move:
            assert sum(group.moves[name].get(move, 0) for group in impact.groups) == found.moves.get(move, 0)
    for place, (name, whole) in enumerate(impact.measures.items()):
        parts = [group.measures[place] for group in impact.groups]
        assert [part.measure.name for part in parts] == [name] * len(parts)
        for word in ("before", "after"):
            totals = [getattr(part, word) for part in parts]
            assert sum(total.counted for total in totals) == getattr(whole, word).counted
            assert sum(total.unknown for total in totals) == getattr(whole, word).unknown
            if whole.measure.how != "average":
                assert sum((total.value or ZERO for total in totals), ZERO) == (getattr(whole, word).value or ZERO)
        if whole.measure.how != "average":
            assert sum((part.delta or ZERO for part in parts), ZERO) == whole.delta


def test_both_sides_are_put_into_the_groups_of_the_baseline(weighed: Weighed, population: Population) -> None:
    database = population()
    with compared(weighed("old"), weighed("new", big="500"), database, ("tier",)) as comparison:
        impact = comparison.impact()
        assert {group.by["tier"]: group.subjects for group in impact.groups} == shares(comparison.old, "tier")
    promoted = next(group for group in impact.groups if group.by["tier"] == '"B"')
    assert promoted.moves["tier"][Move.PROMOTED] == impact.outputs["tier"].moves[Move.PROMOTED] > 0


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_way_back_negates_the_way_there(change: dict[str, str], weighed: Weighed, population: Population) -> None:
    old, new, database = weighed("old"), weighed("new", **change), population()

    there, back = impact_of(old, new, database), impact_of(new, old, database)

    turned = {Move.PROMOTED: Move.DEMOTED, Move.RAISED: Move.LOWERED, Move.SETTLED: Move.OPENED}
    turned |= {after: before for before, after in turned.items()}
    assert any(found.moved for found in there.outputs.values())
    for name, found in there.outputs.items():
        assert {(cell.after, cell.before): cell.count for cell in found.matrix} == {
            (c.before, c.after): c.count for c in back.outputs[name].matrix
        }
        assert {turned.get(move, move): count for move, count in found.moves.items()} == back.outputs[name].moves
    assert {name: -(found.delta or ZERO) for name, found in there.measures.items()} == {n: f.delta for n, f in back.measures.items()}


@pytest.mark.parametrize(("before", "after"), [("1000", "900.01"), ("1000", "1000.01"), ("800", "1234.56")])
def test_a_moved_cut_moves_exactly_the_customers_between(before: str, after: str, weighed: Weighed, population: Population) -> None:
    database = population(2_000)
    low, high = sorted((Decimal(before), Decimal(after)))
    between = duckdb.execute(
        "SELECT count(*) FROM read_csv(?, header = true, all_varchar = true) WHERE amount::DECIMAL(18,2) >= ?::DECIMAL(18,2) AND amount::DECIMAL(18,2) < ?::DECIMAL(18,2)",
        [str(database), str(low), str(high)],
    ).fetchall()[0][0]

    found = impact_of(weighed("old", big=before), weighed("new", big=after), database).outputs["tier"]

    direction = Move.PROMOTED if Decimal(after) < Decimal(before) else Move.DEMOTED
    assert {move: count for move, count in found.moves.items() if move is not Move.SAME} == ({direction: between} if between else {})


def test_coming_to_be_determined_is_no_promotion(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,amount,region,paid\n1,-5,north,true\n2,,north,true\n3,2000,north,true\n", encoding="utf-8")
    old, new = weighed("old"), weighed("new")
    new.write_text(new.read_text("utf-8").replace("[0..400)", "< 400"), encoding="utf-8")

    impact = impact_of(old, new, data)

    assert impact.outputs["tier"].moves == {Move.SETTLED: 1, Move.SAME: 2}
    assert impact.moved[Move.PROMOTED] == 0


def test_customers_of_one_side_only_are_counted_apart(weighed: Weighed, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "crm.db") as database:
        database.execute(
            "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, amount NUMERIC, region TEXT, paid INT, since INT)"
        )
        rows = [("a", None, 50, "north", 1, 1), ("b", None, 600, "south", 1, 2), ("c", None, 2000, "south", 0, 3)]
        database.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)", rows)
    database.close()
    bindings = []
    for name, where in (("old", "< 3"), ("new", "> 1")):
        path = tmp_path / f"{name}-binding.yaml"
        path.write_text(
            f"binding: 1\npolicy: weighed\nsubject: {{table: customers, key: customer_id, where: {{since: '{where}'}}}}\n", encoding="utf-8"
        )
        bindings.append(str(path))
    policy = load(weighed())

    with policies_compared(policy, policy, str(tmp_path / "crm.db"), by=("region",), bindings=(bindings[0], bindings[1])) as sides:
        impact = compare(*sides, ("region",)).impact()

    tier = impact.outputs["tier"]
    assert (impact.subjects, impact.compared, impact.any_moved) == (3, 1, 0)
    assert tier.moves == {Move.GONE: 1, Move.SAME: 1, Move.APPEARED: 1}
    assert (tier.only_before, tier.only_after, tier.moved) == ({'"C"': 1}, {'"A"': 1}, 0)
    assert [(group.by["region"], group.subjects) for group in impact.groups] == [('"north"', 1), ('"south"', 1), (None, 1)]
    exposure = impact.measures["exposure"]
    assert exposure.before and exposure.after
    assert (exposure.before.value, exposure.after.value, exposure.delta) == (Decimal("300.25"), Decimal("1300.35"), Decimal("1000.10"))


def test_nobody_at_all_is_no_crash(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,amount,region,paid\n", encoding="utf-8")

    impact = impact_of(weighed("old"), weighed("new", big="900"), data, ("region",))

    assert (impact.subjects, impact.compared, impact.any_moved, impact.groups) == (0, 0, 0, ())
    assert {found.delta for name, found in impact.measures.items() if name != "mean_amount"} == {ZERO}


def test_what_can_be_grouped_by_nothing_is_told(weighed: Weighed, population: Population) -> None:
    with pytest.raises(DataError, match="`regoin` is no fact and no output"), compared(weighed(), weighed(), population(), ("regoin",)):
        pass


def test_a_grade_that_only_one_scale_has_is_compared_by_the_scale_that_has_both(weighed: Weighed, tmp_path: Path) -> None:
    data = tmp_path / "c.csv"
    data.write_text("customer_id,amount,region,paid\n1,2000,north,true\n2,500,north,true\n3,5000,north,true\n", encoding="utf-8")
    old, new = weighed("old"), weighed("new")
    text = (
        new.read_text("utf-8")
        .replace("[A, B, C]", "[S, A, B, C]")
        .replace("big   | >= 1000        -> A", "big   | [1000..4000) -> A\n            super | >= 4000 -> S")
    )
    new.write_text(text.replace('A: "1000.10"', 'S: "2000", A: "1000.10"'), encoding="utf-8")

    there, back = impact_of(old, new, data).outputs["tier"], impact_of(new, old, data).outputs["tier"]

    assert (there.moves, back.moves) == ({Move.SAME: 2, Move.PROMOTED: 1}, {Move.SAME: 2, Move.DEMOTED: 1})


def test_every_pair_of_engines_counts_alike(weighed: Weighed, population: Population) -> None:
    old, new, database = weighed("old"), weighed("new", big="700", top="50"), population()

    counted = [impact_of(old, new, database, ("region", "tier"), engine) for engine in ("duckdb", "reference")]

    for left, right in product(counted, counted):
        assert (left.outputs, left.moved, left.groups, left.measures) == (right.outputs, right.moved, right.groups, right.measures)


def test_a_class_of_the_undetermined_is_told_from_a_value() -> None:
    assert [is_undetermined(text) for text in ('"gap"', '{"undetermined": "gap"}', "null", "12", '["undetermined"]')] == [
        False,
        True,
        False,
        False,
        False,
    ]


def test_an_average_of_a_group_is_that_of_its_own_customers(weighed: Weighed, population: Population) -> None:
    database = population()
    with database.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["amount"]]

    impact = impact_of(weighed("old"), weighed("new", big="900"), database, ("owner",))

    assert len(impact.groups) == 3
    for group in impact.groups:
        amounts = [Decimal(row["amount"]) for row in rows if f'"{row["owner"]}"' == group.by["owner"]]
        (found,) = [one for one in group.measures if one.measure.name == "mean_amount"]
        mean = (sum(amounts, ZERO) / len(amounts)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
        assert found.before is not None and (found.before.value, found.before.counted) == (mean, len(amounts))


@pytest.mark.parametrize(
    ("amount", "before", "after", "share"),
    [
        ("950", {}, {"big": "900"}, "+233.09%"),  # 699.85 of 300.25
        ("300", {}, {"mid": "250"}, "–"),  # of 0
        ("2000", {"limit": "-10"}, {"limit": "-5"}, "–"),  # of less than nothing
    ],
)
def test_a_page_shows_a_percentage_only_of_a_baseline_above_zero(
    amount: str, before: dict[str, str], after: dict[str, str], share: str, weighed: Weighed, tmp_path: Path
) -> None:
    data = tmp_path / "c.csv"
    data.write_text(f"customer_id,amount,region,paid\n1,{amount},north,true\n", encoding="utf-8")

    impact = impact_of(weighed("old", **before), weighed("new", **after), data)

    (table,) = [block for block in impact_page(impact, (), (), 0, None, "en") if "of the baseline" in block.header]
    (exposure,) = [row for row in table.rows if row[0].startswith("exposure")]
    assert exposure[table.header.index("delta")].startswith("+")
    assert exposure[table.header.index("of the baseline")] == share
