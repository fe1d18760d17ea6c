"""What each form compiles to, and what it finds wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.short_policies import underlined, with_facts
from tierwise.core.checking import CheckedPolicy
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Collected,
    Compare,
    Conditional,
    Constant,
    Cut,
    DecisionRef,
    FactRef,
    FieldRef,
    HitPolicy,
    ItemRef,
    Labels,
    Logic,
    Overdue,
    Pick,
    Prefer,
    RankCut,
    ReadingRef,
    Sorted,
    Undecided,
)
from tierwise.core.types import BooleanType, DateType, DurationType, EnumType, ListType, NumberType, SetType, TextType
from tierwise.core.values import Duration

GRADES = EnumType(("A", "B", "C"))
WORDS = EnumType(("x", "y", "z"))
READINGS = "readings:\n  cadence: [rolling, calendar]\n  rounding: [floor, ceiling, nearest]\n"


def node_of(decisions: str, name: str = "d", **more: str) -> object:
    return with_facts(decisions, **more).require_plan().decisions[name].node


def found(policy: CheckedPolicy) -> list[tuple[str, str]]:
    return [(f.code, underlined(f.span)) for f in policy.findings if f.severity == "error"]


def test_a_formula_is_its_expression() -> None:
    node = node_of("d: {type: boolean, formula: amount > 5}")
    assert node == Compare(">", FactRef("amount", NumberType(2, "元", Decimal(0))), Constant(Decimal(5), NumberType(0)))


def test_a_formula_may_be_left_open() -> None:
    assert node_of("d: {type: integer, formula: undetermined(lost)}") == Undecided(Reason.LOST, (), NumberType(0))


def test_a_lookup_is_a_unique_table_with_a_rule_for_each_word() -> None:
    plan = with_facts("d: {type: integer, lookup: {by: grade, values: {A: 20, B: 30, C: undetermined(gap)}}}").require_plan()
    assert plan.decisions["d"].node == Pick("d", 0, NumberType(0))
    table = plan.tables["d"]
    assert table.hit is HitPolicy.UNIQUE
    assert table.columns == (FactRef("grade", GRADES),)
    assert [rule.id for rule in table.rules] == ["A", "B", "C"]
    assert table.rules[2].outputs == (Undecided(Reason.GAP, (), NumberType(0)),)
    assert table.defaults == (None,)


def test_each_output_of_a_table_is_a_decision_of_its_own() -> None:
    plan = with_facts("""
terms:
  outputs:
    days: {type: integer, nullable: true}
    level: {type: enum, values: [high, low]}
  table:
    hit: first
    rules: |
      id   | grade | amount   -> level | days | # why
      best | A     | >= 5万   -> high  | 30   | the best
      -----|-------|----------->-------|------|-----
      rest | -     |          -> low   | -    |
    default: {days: 7}
    acknowledge:
      - {gap: {amount: "< 3"}, why: not said}
      - {overlap: [best, rest], why: said nowhere}
""").require_plan()
    assert plan.decisions["days"].node == Pick("terms", 1, NumberType(0))
    table = plan.tables["terms"]
    assert (table.hit, table.outputs, table.column_texts) == (HitPolicy.FIRST, ("level", "days"), ("grade", "amount"))
    assert [(rule.id, rule.note, rule.test_texts) for rule in table.rules] == [
        ("best", "the best", ("A", ">= 5万")),
        ("rest", "", ("-", "")),
    ]
    assert table.rules[1].tests == (None, None)
    assert table.rules[1].outputs[1] == Constant(None, NumberType(0))
    assert table.defaults == (None, Constant(Decimal(7), NumberType(0)))
    gap, overlap = table.acknowledged
    assert (gap.what, gap.region[0]) == ("gap", None)
    assert isinstance(gap.region[1], Compare)
    assert (overlap.what, overlap.rules) == ("overlap", ("best", "rest"))


def test_the_rules_of_a_table_may_stand_in_a_csv_file() -> None:
    files = {"tables/t.csv": "grade,->d,# note\nA,20,best\n-,30,\n"}
    plan = with_facts("d: {type: integer, table: {hit: first, rules: tables/t.csv}}", files=files).require_plan()
    assert [rule.outputs[0] for rule in plan.tables["d"].rules] == [Constant(Decimal(n), NumberType(0)) for n in (20, 30)]


def test_a_local_table_is_lost_until_an_overlay_fills_it() -> None:
    entry = "d: {type: integer, table: {local: true, inputs: [grade]}}"
    plan = with_facts(entry).require_plan()
    assert plan.decisions["d"].node == Undecided(Reason.LOST, (), NumberType(0))
    assert plan.lost == ("d",)
    filled = with_facts(entry, overlay="tables:\n  d: |\n    grade -> d\n    A     -> 1\n    -     -> 2\n").require_plan()
    assert filled.lost == ()
    assert [rule.id for rule in filled.tables["d"].rules] == ["1", "2"]


def test_collected_cells_are_single_words_or_lists() -> None:
    single = "d: {type: set, values: [x, y], table: {hit: collect, rules: 'grade -> d\n\n  A -> x\n\n  B -> y'}}"
    lists = 'd: {type: set, values: [x, y], table: {hit: collect, rules: \'grade -> d\n\n  A -> "[x, y]"\n\n  B -> "[y]"\'}}'
    words = EnumType(("x", "y"))
    assert with_facts(single).require_plan().tables["d"].rules[0].outputs == (Constant("x", words),)
    assert with_facts(lists.replace('"', "")).require_plan().tables["d"].rules[0].outputs == (Constant(("x", "y"), SetType(words)),)


SCORECARD = """
d:
  type: number
  scale: 1
  scorecard:
    base: 10
    cap: 100
    characteristics:
      size:
        of: amount
        weight: 0.5
        points: |
          >= 1000万 | 20
          < 1000万  | -5
      kind: {of: grade, points: {A: 3, "B, C": 1}}
      open: {of: count, local: true}
"""


def test_a_scorecard_sums_hidden_decisions_one_for_each_characteristic() -> None:
    plan = with_facts(SCORECARD).require_plan()
    assert list(plan.decisions) == ["d.size", "d.kind", "d.open", "d.sum", "d"]
    assert plan.decisions["d.size"].node == Pick("d.size", 0, NumberType(0))
    assert [rule.outputs[0] for rule in plan.tables["d.size"].rules] == [
        Constant(Decimal(20), NumberType(0)),
        Constant(Decimal(-5), NumberType(0)),
    ]
    assert plan.decisions["d.open"].node == Undecided(Reason.LOST, (), NumberType(0))
    assert plan.lost == ("d.open",)
    total = plan.decisions["d.sum"].node
    assert isinstance(total, Arithmetic)
    assert (total.op, len(total.parts), total.type) == ("+", 4, NumberType(1))
    weighted = total.parts[1]
    assert isinstance(weighted, Arithmetic)
    assert (weighted.op, weighted.parts[1]) == ("*", DecisionRef("d.size", NumberType(0)))
    assert isinstance(plan.decisions["d"].node, Conditional)
    assert [d.name for d in plan.outputs] == ["d"]


def test_an_overlay_fills_the_points_of_a_local_characteristic() -> None:
    plan = with_facts(SCORECARD, overlay="tables:\n  d.open: |\n    > 3 | 20\n    -   | 0\n").require_plan()
    assert plan.lost == ()
    assert len(plan.tables["d.open"].rules) == 2


def test_a_weighted_sum_multiplies_by_its_factor() -> None:
    node = node_of("d: {type: number, scale: 4, weighted: {terms: {amount: 50%, count: 1}, factor: 1.1}}")
    assert isinstance(node, Arithmetic)
    assert (node.op, node.type) == ("*", NumberType(4))
    total = node.parts[0]
    assert isinstance(total, Arithmetic)
    assert total.parts[1] == FactRef("count", NumberType(0))


RANKING = """
d:
  type: enum
  values: [A, B, C]
  ranking: {by: amount, partition: grade, among: good, outside: undetermined(gap), rank: count, QUOTAS}
"""


@pytest.mark.parametrize(
    ("quotas", "by", "limits", "rounding"),
    [
        ("quotas: {A: 5%, B: 15%, C: 80%}, rounding: rounding", "share", ["0.05", "0.2", "1"], None),
        ("quotas: {A: 5%, B: 15%, C: rest}, rounding: nearest", "share", ["0.05", "0.2", None], "nearest"),
        ("top: {A: 1, B: 2, C: rest}", "top", ["1", "3", None], "floor"),
        ("pareto: {A: 80%, C: rest}", "pareto", ["0.8", None], "floor"),
    ],
)
def test_a_ranking_is_cut_cumulatively(quotas: str, by: str, limits: list[str | None], rounding: str | None) -> None:
    plan = with_facts(RANKING.replace("QUOTAS", quotas), more=READINGS).require_plan()
    cut = plan.decisions["d"].node
    assert isinstance(cut, RankCut)
    assert cut.by == by
    assert [c.limit for c in cut.cuts] == [None if limit is None else Decimal(limit) for limit in limits]
    assert cut.cuts[0] == Cut("A", cut.cuts[0].limit)
    assert (cut.rank, cut.count) == (FactRef("count", NumberType(0)), None)
    assert cut.outside == Undecided(Reason.GAP, (), GRADES)
    if rounding is None:
        assert isinstance(cut.rounding, ReadingRef)
    else:
        assert isinstance(cut.rounding, Constant)
        assert cut.rounding.value == rounding
    ranking = plan.rankings["d"]
    assert (ranking.descending, ranking.partition) == (True, FactRef("grade", GRADES))


@pytest.mark.parametrize(
    ("ranking", "code"),
    [
        ("{by: amount, partition: classes, top: {A: 1, C: rest}}", "not-a-partition"),
        ("{by: amount, partition: queue, top: {A: 1, C: rest}}", "not-a-partition"),
        ("{by: [amount, good], top: {A: 1, C: rest}}", "not-ordered"),
        ("{by: [], top: {A: 1, C: rest}}", "wrong-value"),
        ("{by: [amount, count desc], pareto: {A: 80%, C: rest}}", "wrong-value"),
        ("{by: amount, crossing: out, top: {A: 1, C: rest}}", "wrong-value"),
        ("{by: amount, ties: better, top: {A: 1, C: rest}}", "wrong-value"),
    ],
)
def test_a_ranking_that_cannot_be_made_is_refused(ranking: str, code: str) -> None:
    findings = with_facts(f"d: {{type: enum, values: [A, B, C], ranking: {ranking}}}").findings
    assert code in [finding.code for finding in findings], [finding.code for finding in findings]


def test_a_ranking_by_a_lost_share_is_lost() -> None:
    lost = "parameters:\n  best: {type: number, scale: 2, local: true}\n"
    entry = RANKING.replace("QUOTAS", "quotas: {A: best, C: rest}, rounding: floor")
    plan = with_facts(entry, more=lost).require_plan()
    assert plan.decisions["d"].node == Undecided(Reason.LOST, (), GRADES)
    assert plan.lost == ("best",)
    given = with_facts(entry, more=lost, overlay="parameters: {best: 5%}\n").require_plan()
    node = given.decisions["d"].node
    assert isinstance(node, RankCut)
    assert node.cuts[0] == Cut("A", Decimal("0.05"))


def test_labels_stand_in_the_declared_order() -> None:
    node = node_of("d: {type: set, values: [x, y], labels: {y: good, x: not(good)}}")
    assert isinstance(node, Labels)
    assert [word for word, _ in node.tests] == ["x", "y"]


AGREE = "d: {type: duration, agree: {of: OF, values: {VALUES}, empty: undetermined(gap)}}"


def test_agree_takes_a_set_of_words() -> None:
    node = node_of(AGREE.replace("OF", "classes").replace("VALUES", "y: 7 days, x: 14 days"))
    days = DurationType()
    assert node == Agree(
        FactRef("classes", SetType(WORDS)),
        (("x", Constant(Duration.of_days(14), days)), ("y", Constant(Duration.of_days(7), days))),
        Undecided(Reason.GAP, (), days),
        days,
    )


def test_a_single_word_stands_for_the_set_that_holds_it() -> None:
    node = node_of(AGREE.replace("OF", "grade").replace("VALUES", "A: 7 days"))
    assert isinstance(node, Agree)
    assert isinstance(node.of, Labels)
    assert [word for word, _ in node.of.tests] == ["A", "B", "C"]


def test_gather_unites_sets() -> None:
    node = node_of("d: {type: set, values: [p, q], gather: {of: classes, values: {x: [p, q], y: [q]}}}")
    type = SetType(EnumType(("p", "q")))
    assert node == Collected(FactRef("classes", SetType(WORDS)), (("x", Constant(("p", "q"), type)), ("y", Constant(("q",), type))), type)


def test_a_schedule_declares_its_outputs_itself() -> None:
    plan = with_facts(
        "visits: {schedule: {last: last, every: 2 weeks, reading: cadence, labels: {due: 到期},"
        " outputs: {interval: interval, due_on: due_on, due: due, overdue: late}}}",
        more=READINGS,
    ).require_plan()
    last, every = FactRef("last", DateType()), Constant(Duration.of_days(14), DurationType())
    as_of = FactRef("as_of", DateType())
    due_on = Arithmetic("+", (last, every), DateType())
    reading = ReadingRef("cadence", ("rolling", "calendar"))
    assert plan.decisions["interval"].node == every
    assert plan.decisions["due_on"].node == due_on
    assert plan.decisions["due"].node == Logic("or", (Compare("=", last, Constant(None, DateType())), Compare(">=", as_of, due_on)))
    assert plan.decisions["late"].node == Overdue(last, every, as_of, reading)
    assert plan.decisions["due"].label["zh"] == "到期"
    assert plan.decisions["late"].type == BooleanType()


def test_order_sorts_records_by_fields() -> None:
    node = node_of("d: {type: list of text, order: {list: queue, by: [grade, score desc], give: order}}")
    assert isinstance(node, Sorted)
    item = node.of.type.item if isinstance(node.of, FactRef) and isinstance(node.of.type, ListType) else None
    assert item is not None
    assert node.keys == (
        (FieldRef(ItemRef(item), "grade", EnumType(("A", "B"))), False),
        (FieldRef(ItemRef(item), "score", NumberType(0)), True),
    )
    assert node.each == FieldRef(ItemRef(item), "order", TextType())
    assert (node.take, node.ties, node.type) == (None, Reason.TIE, ListType(TextType()))


def test_the_first_of_an_order_is_a_single_value() -> None:
    node = node_of("d: {type: text, order: {list: queue, by: [score desc], give: order, take: 1}}")
    assert isinstance(node, Sorted)
    assert (node.take, node.type) == (1, TextType())


def test_prefer_keeps_its_parts_in_order() -> None:
    node = node_of("d: {type: enum, values: [A, B, C], prefer: [grade, B]}")
    assert node == Prefer((FactRef("grade", GRADES), Constant("B", GRADES)), GRADES)


FAULTS = [
    ("d: {type: boolean, formula: amout > 5}", "unknown-name", "amout"),
    ("d: {outputs: {a: {type: integer}, b: {type: integer}}, formula: 5}", "one-output", "5"),
    ("d: {type: integer, lookup: {by: grade, values: {A: 20, E: 30}}}", "unknown-value", "E"),
    ("d: {type: integer, lookup: {by: grad, values: {A: 20}}}", "unknown-name", "grad"),
    ("d: {type: set, values: [x], labels: {w: good}}", "unknown-value", "w"),
    ("d: {type: boolean, labels: {w: good}}", "type-mismatch", "labels"),
    ("d: {type: duration, agree: {of: good, values: {w: 7 days}, empty: 1 day}}", "type-mismatch", "good"),
    ("d: {type: duration, agree: {of: classes, values: {w: 7 days}, empty: 1 day}}", "unknown-value", "w"),
    ("d: {type: integer, gather: {of: classes, values: {x: [a]}}}", "type-mismatch", "gather"),
    ("d: {type: text, weighted: {terms: {amount: 1}}}", "type-mismatch", "weighted"),
    ("d: {type: number, scale: 1, weighted: {terms: {amount: 0.5}}}", "type-mismatch", "weighted"),
    ("d: {type: integer, weighted: {terms: {}}}", "empty-form", "terms"),
    ("d: {type: enum, values: [A, B], ranking: {by: good, top: {A: 1, B: rest}}}", "not-ordered", "good"),
    ("d: {type: enum, values: [A, B], ranking: {by: amount, top: {A: count, B: rest}}}", "not-constant", "count"),
    ("d: {type: enum, values: [A, B], ranking: {by: amount, top: {A: 0, B: rest}}}", "quota-not-positive", "0"),
    ("d: {type: enum, values: [A, B], ranking: {by: amount, top: {A: rest, B: 1}}}", "rest-not-last", "rest"),
    ("d: {type: enum, values: [A, B], ranking: {by: amount, quotas: {A: 20%, B: 70%}, rounding: floor}}", "quotas-not-whole", "quotas"),
    ("d: {type: enum, values: [A, B], ranking: {by: amount, quotas: {A: 20%, B: 80%}}}", "wrong-value", "ranking"),
    ("d: {type: list of text, order: {list: grade, by: [grade]}}", "type-mismatch", "grade"),
    ("d: {type: list of integer, order: {list: queue, by: [score], give: order}}", "type-mismatch", "order"),
    ("d: {type: list of text, order: {list: queue, by: [scor], give: order}}", "unknown-name", "scor"),
    ("d: {schedule: {last: grade, every: 7 days, reading: rolling, outputs: {overdue: late}}}", "type-mismatch", "grade"),
    ("d: {schedule: {last: last, every: 7 days, reading: daily, outputs: {overdue: late}}}", "unknown-value", "daily"),
    ("d: {type: integer, schedule: {last: last, every: 7 days, reading: rolling, outputs: {overdue: late}}}", "output-not-given", "d"),
    ("d: {schedule: {last: last, every: 7 days, reading: rolling, outputs: {overdu: late}}}", "unknown-key", "overdu"),
    ("d: {formula: good}", "type-missing", "d"),
    ("d: {type: integer, table: {rules: tables/none.csv}}", "missing-file", "tables/none.csv"),
    ("d: {type: integer, table: {rules: tables/none.csv, hit: uniqe}}", "wrong-value", "uniqe"),
    ("d: {type: enum, values: [A], prefer: []}", "empty-form", "prefer"),
]


@pytest.mark.parametrize(("entry", "code", "text"), FAULTS)
def test_a_fault_is_found_at_its_place(entry: str, code: str, text: str) -> None:
    assert found(with_facts(entry)) == [(code, text)]


TABLE_FAULTS = [
    ("grade -> e\n    A -> 1", "unknown-output", "e"),
    ("grade -> e\n    A -> 1", "output-without-column", "e"),
    ("graed -> d\n    A -> 1", "unknown-name", "graed"),
    ("grade -> d\n    E -> 1", "unknown-value", "E"),
    ("grade -> d\n    A -> one", "unknown-name", "one"),
    ("grade -> d\n    A ->", "output-never-given", "d"),
    ("grade -> d\n    A -> 1 | 2", "wrong-number-of-cells", "A -> 1 | 2"),
]


@pytest.mark.parametrize(("rules", "code", "text"), TABLE_FAULTS)
def test_a_fault_in_a_table_is_found_at_its_cell(rules: str, code: str, text: str) -> None:
    entry = f"d:\n  type: integer\n  table:\n    rules: |\n      {rules.replace(chr(10), chr(10) + '  ')}\n"
    assert (code, text) in found(with_facts(entry))


def test_rules_of_an_overlay_are_bound_to_the_inputs_and_to_local_tables() -> None:
    entry = "d: {type: integer, table: {local: true, inputs: [grade]}}"
    assert found(with_facts(entry, overlay="tables:\n  d: |\n    count -> d\n    -     -> 2\n")) == [("input-not-allowed", "count")]
    assert found(with_facts(entry, overlay="tables:\n  e: |\n    count -> d\n    -     -> 2\n"))[0][0] == "not-local"
