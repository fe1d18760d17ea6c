"""The checks against plain sampling: what they say of random tables is what trying subjects shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plans import SAFE, SIZE, compare, decision, declared, grade, grade_table, interval, is_in, plan_of
from tierwise.core.environment import CheckContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Compare, Constant, FactRef, HitPolicy, InSet, Logic, Node, Not, Plan, Rule, Table, Within
from tierwise.core.policy.document import Document
from tierwise.core.source import Source
from tierwise.core.types import EnumType, NumberType
from tierwise.plugins.builtin.checks import tierwise_checks
from tierwise.plugins.builtin.checks.gaps import find_gaps
from tierwise.plugins.builtin.checks.overlaps import find_overlaps
from tierwise.plugins.builtin.checks.shadowed import find_shadowed
from tierwise.plugins.codes import CODES

NO_TEXT = Document(Source("policy.yaml", ""), {}, {}, {})


def check_plan(plan: Plan) -> list[Finding]:
    """Return what all checks find."""
    return [finding for check in tierwise_checks() for finding in check.find(CheckContext(plan, NO_TEXT))]


POINTS = FactRef("points", NumberType(1, "", Decimal(0), Decimal(3)))
PIECES: tuple[Decimal, ...] = tuple(Decimal(n) / 10 for n in range(31))
SUBJECTS = [
    {"points": points, "size": size, "safe": safe}
    for points, size, safe in product((*PIECES, None), ("large", "medium", "small"), (True, False))
]


def value(node: Node, subject: Mapping[str, Any]) -> Any:
    """Work out a condition for one subject, the plainest way there is."""
    match node:
        case Constant(found, _):
            return found
        case FactRef(name, _):
            return subject[name]
        case Not(part):
            return not value(part, subject)
        case Logic(op, parts):
            return (all if op == "and" else any)([value(part, subject) for part in parts])
        case InSet(of, values):
            return value(of, subject) in values
        case Within(of, low, high, low_inclusive, high_inclusive):
            assert low is not None and high is not None
            return value(Compare(">=" if low_inclusive else ">", of, low), subject) and value(
                Compare("<=" if high_inclusive else "<", of, high), subject
            )
        case Compare(op, left, right):
            a, b = value(left, subject), value(right, subject)
            if op in ("=", "!="):
                return (a == b) == (op == "=")
            return a is not None and {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
    raise AssertionError(node)


def applies(rule: Rule, subject: Mapping[str, Any]) -> bool:
    """Say whether a rule applies to a subject."""
    return all(test is None or value(test, subject) for test in rule.tests)


border = st.integers(0, 12).map(lambda n: str(Decimal(n) / 4))
on_points = st.one_of(
    st.none(),
    st.builds(lambda op, at: compare(POINTS, op, at), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), border),
    st.builds(
        lambda a, low, high, b: interval(POINTS, f"{a}{low}..{high}{b}"), st.sampled_from("[("), border, border, st.sampled_from("])")
    ),
    st.just(is_in(POINTS, None)),
)
on_size = st.one_of(st.none(), st.sampled_from([is_in(SIZE, "large"), is_in(SIZE, "medium", "small"), Not(is_in(SIZE, "medium"))]))
on_safe = st.one_of(
    st.none(),
    st.sampled_from(
        [is_in(SAFE, True), is_in(SAFE, False), Logic("or", (SAFE, is_in(SIZE, "small"))), Logic("or", (SAFE, compare(POINTS, ">", 1)))]
    ),
)
rows = st.lists(st.tuples(on_points, on_size, on_safe, st.sampled_from("ABC")), max_size=6)


def plan_with(of: Table) -> Plan:
    """Return a plan in which points may be none."""
    return plan_of(of, facts=[declared(POINTS, nullable=True), declared(SIZE), declared(SAFE)])


def subject_of(witness: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the example subject of a finding; a fact it does not name does not matter."""
    given = {name: Decimal(str(found)) if name == "points" and found is not None else found for name, found in witness}
    return {**SUBJECTS[0], **given}


@settings(max_examples=100)
@given(rows)
def test_no_gap_is_reported_exactly_when_every_subject_hits_a_rule(written: Any) -> None:
    of = grade_table([POINTS, SIZE, SAFE], written)
    gaps = list(find_gaps(plan_with(of)))

    assert bool(gaps) == any(not any(applies(rule, subject) for rule in of.rules) for subject in SUBJECTS)
    for gap in gaps[:8]:
        assert not any(applies(rule, subject_of(gap.witness)) for rule in of.rules)


@settings(max_examples=100)
@given(rows)
def test_no_overlap_is_reported_exactly_when_hits_agree(written: Any) -> None:
    of = grade_table([POINTS, SIZE, SAFE], written)
    overlaps = [f for f in find_overlaps(plan_with(of)) if f.code == "overlap"]

    def outputs(subject: Mapping[str, Any]) -> set[Node]:
        return {rule.outputs[0] for rule in of.rules if applies(rule, subject)}

    assert bool(overlaps) == any(len(outputs(subject)) > 1 for subject in SUBJECTS)
    for overlap in overlaps[:8]:
        assert len(outputs(subject_of(overlap.witness))) > 1


@settings(max_examples=100)
@given(rows)
def test_a_rule_is_reported_exactly_when_it_never_decides(written: Any) -> None:
    of = grade_table([POINTS, SIZE, SAFE], written, HitPolicy.FIRST)
    deciding = {next((rule.id for rule in of.rules if applies(rule, subject)), "") for subject in SUBJECTS}

    reported = {f.message.split("`")[1] for f in find_shadowed(plan_with(of))}
    assert reported == {rule.id for rule in of.rules} - deciding


@settings(max_examples=30)
@given(st.lists(st.integers(1, 29), min_size=2, max_size=8, unique=True).map(sorted), st.data())
def test_a_removed_band_is_found_with_a_subject_that_misses(cuts: list[int], data: st.DataObject) -> None:
    borders = ["0", *(str(Decimal(cut) / 10) for cut in cuts), "3.1"]
    bands = [f"[{low}..{high})" for low, high in pairwise(borders)]
    removed = data.draw(st.integers(0, len(bands) - 1))
    of = grade_table([POINTS], [(interval(POINTS, band), "A") for i, band in enumerate(bands) if i != removed])
    (gap,) = find_gaps(plan_of(of, facts=[declared(POINTS)]))

    assert value(interval(POINTS, bands[removed]), subject_of(gap.witness))


@settings(max_examples=30)
@given(st.lists(st.integers(1, 29), min_size=2, max_size=8, unique=True).map(sorted), st.data())
def test_a_square_bracket_for_a_round_one_is_found_at_the_border(cuts: list[int], data: st.DataObject) -> None:
    borders = ["0", *(str(Decimal(cut) / 10) for cut in cuts), "3.1"]
    bands = [f"[{low}..{high})" for low, high in pairwise(borders)]
    wrong = data.draw(st.integers(0, len(bands) - 2))
    bands[wrong] = bands[wrong].replace(")", "]")
    of = grade_table([POINTS], [(interval(POINTS, band), "AB"[i % 2]) for i, band in enumerate(bands)])
    (overlap,) = find_overlaps(plan_of(of, facts=[declared(POINTS)]))

    assert subject_of(overlap.witness)["points"] == Decimal(borders[wrong + 1])


def test_every_code_that_checks_find_is_explained() -> None:
    of = grade_table([POINTS, SIZE], [(compare(POINTS, ">", 1), None, "A"), (compare(POINTS, ">=", 1), is_in(SIZE, "large"), "B")])
    found = {finding.code for finding in check_plan(plan_with(of))}

    assert found == {"overlap", "gap", "unreachable-value", "unused-fact"}
    assert found <= CODES.keys()


def test_an_empty_plan_is_sound() -> None:
    assert check_plan(plan_of(decisions=[decision("grade", SIZE.type, FactRef("size", SIZE.type))], facts=[declared(SIZE)])) == []


def test_a_grid_of_160_bands_is_checked_whole() -> None:
    column, other = (FactRef(name, NumberType(0, "", Decimal(0), Decimal(1000))) for name in ("a", "b"))
    cells = [f"[{100 * i}..{100 * i + 100})" for i in range(10)]
    kinds = FactRef("kind", EnumType(("p", "q")))
    rows = [(interval(column, x), interval(other, y), is_in(kinds, k), "A") for x in cells[:8] for y in cells for k in ("p", "q")]
    plan = plan_of(grade_table([column, other, kinds], rows), facts=[declared(column), declared(other), declared(kinds)])

    found = check_plan(plan)

    assert [f.message for f in found if f.code == "gap"] == [
        "no rule of `grade` covers `b` 1000",
        "no rule of `grade` covers `a` at least 800",
    ]


def test_what_would_take_too_long_is_a_note(monkeypatch: Any) -> None:
    monkeypatch.setattr("tierwise.plugins.geometry.cover.BITS", 1)
    of = grade_table([SIZE], [(is_in(SIZE, "large", "small"), "A"), (is_in(SIZE, "medium", "small"), grade("B"))])

    assert "analysis-capped" in [f.code for f in check_plan(plan_with(of))]
