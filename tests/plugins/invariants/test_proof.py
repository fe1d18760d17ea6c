"""A promise is proved exactly when brute force over a small domain finds nobody against it; a refutation names real customers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

import pytest

from tests.short_policies import BUILT_IN, checked, underlined
from tierwise.core.checking import CheckedPolicy
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome
from tierwise.plugins.invariants.proof import Proof, Proved, prove
from tierwise.plugins.invariants.section import invariants_of
from tierwise.plugins.policy import proved

ENVIRONMENT = BUILT_IN.environment()
FACTS = """\
facts:
  sales: {type: integer, min: 0, max: 5, label: {zh: 销售额, en: yearly sales}}
  colour: {type: enum, values: [red, green, blue]}
  good: {type: boolean}
"""
DOMAIN = [
    {"sales": sales, "colour": colour, "good": good} for sales, colour, good in product(range(6), ("red", "green", "blue"), (True, False))
]


def policy(decisions: str, invariants: str = "", facts: str = FACTS, kind: str = "kind: module", more: str = "") -> CheckedPolicy:
    body = "".join(f"      {line}\n" for line in decisions.strip("\n").splitlines())
    promises = "".join(f"  p{number}: {line}\n" for number, line in enumerate(invariants.strip("\n").splitlines()))
    return checked(f"{facts}modules:\n  m:\n    {kind}\n    decisions:\n{body}{more}" + (f"invariants:\n{promises}" if promises else ""))


def proofs(found: CheckedPolicy) -> list[Proof]:
    assert not [finding for finding in found.findings if finding.severity == "error"], found.findings
    return [prove(found.require_plan(), ENVIRONMENT, invariant) for invariant in invariants_of(found.sections)]


def table(rules: list[tuple[str, ...]], hit: str) -> str:
    rows = "".join(f"      {' | '.join((f'r{number}', *rule[:-1]))} -> {rule[-1]}\n" for number, rule in enumerate(rules))
    return (
        "tier:\n  type: enum\n  values: [A, B, C]\n  label: {zh: 等级, en: grade}\n  table:\n"
        f"    hit: {hit}\n    rules: |\n      id | sales | colour | good -> tier\n{rows}"
    )


def drawn_rules(random: Random) -> list[tuple[str, ...]]:
    if random.random() < 0.5:  # a ladder, mostly in order
        cuts = sorted(random.sample(range(1, 6), 2))
        grades = ["C", "B", "A"] if random.random() < 0.7 else random.sample("ABC", 3)
        bands = [f"< {cuts[0]}", f"[{cuts[0]}..{cuts[1]})", f">= {cuts[1]}"]
        colours = random.choice([["-"], ["red", "not(red)"]])
        return [(band, colour, "-", grade) for colour in colours for band, grade in zip(bands, grades, strict=True)]
    return [
        (
            random.choice(["-", f">= {random.randint(0, 5)}", f"< {random.randint(1, 5)}", str(random.randint(0, 5))]),
            random.choice(["-", "red", "green, blue"]),
            random.choice(["-", "true", "false"]),
            random.choice("ABC"),
        )
        for _ in range(random.randint(1, 5))
    ]


def read(outcome: Outcome) -> Any:
    return outcome.value if isinstance(outcome, Determined) else None


def decided(found: CheckedPolicy, facts: Mapping[str, Any], name: str) -> Any:
    from tierwise.plugins.deciding.given import read_facts

    plan = found.require_plan()
    return read(decide(plan, ENVIRONMENT, read_facts(plan, facts)[0], None)[name])


@pytest.mark.parametrize("seed", range(30))
def test_a_verdict_on_monotony_is_that_of_brute_force(seed: int) -> None:
    random = Random(seed)
    found = policy(
        table(drawn_rules(random), random.choice(["unique", "first", "any"])), "more sales never lowers tier\nmore sales never raises tier"
    )
    grades = {tuple(facts.values()): decided(found, facts, "tier") for facts in DOMAIN}
    pairs = [
        (grades[low, colour, good], grades[high, colour, good])
        for colour, good in product(("red", "green", "blue"), (True, False))
        for low in range(6)
        for high in range(low + 1, 6)
    ]
    known = [(low, high) for low, high in pairs if low is not None and high is not None]

    never_lowers, never_raises = proofs(found)

    assert never_lowers.verdict is (Proved.BROKEN if any(high > low for low, high in known) else Proved.HOLDS), "A is before C"
    assert never_raises.verdict is (Proved.BROKEN if any(high < low for low, high in known) else Proved.HOLDS)
    for proof, sign in ((never_lowers, 1), (never_raises, -1)):
        if proof.verdict is Proved.BROKEN:
            low, high = proof.pair
            assert {name for name in low if low[name] != high[name]} == {"sales"}
            assert low["sales"] < high["sales"]  # type: ignore[operator]  # numbers
            plan = found.require_plan()
            outcomes = [decide(plan, ENVIRONMENT, facts, None)["tier"] for facts in proof.pair]
            assert tuple(outcomes) == proof.outcomes
            before, after = (ord(str(read(outcome))) for outcome in outcomes)
            assert (after - before) * sign > 0


@pytest.mark.parametrize("seed", range(12))
def test_a_verdict_on_rights_by_grade_is_that_of_brute_force(seed: int) -> None:
    random = Random(seed)
    limits = {
        grade: random.choice([100, 200, 300]) if random.random() < 0.6 else place for grade, place in (("A", 300), ("B", 200), ("C", 100))
    }
    decisions = table(drawn_rules(random), "first") + (
        "limit:\n  type: integer\n  table:\n    hit: first\n    rules: |\n      id | tier | good -> limit\n"
        + "".join(f"      {grade} | {grade} | - -> {limit}\n" for grade, limit in limits.items())
    )
    found = policy(decisions, "limit never falls as the tier rises\nevery determined tier has a limit")
    known = [(decided(found, facts, "tier"), decided(found, facts, "limit")) for facts in DOMAIN]
    pairs = [(one, other) for one in known for other in known if None not in (*one, *other)]

    monotone, has = proofs(found)

    broken = any(one[0] < other[0] and one[1] < other[1] for one, other in pairs)
    assert monotone.verdict in ((Proved.BROKEN,) if broken else (Proved.HOLDS, Proved.UNPROVEN))
    if monotone.verdict is Proved.BROKEN:
        assert broken
    assert has.verdict is (Proved.BROKEN if any(tier is not None and limit is None for tier, limit in known) else Proved.HOLDS)


LADDER = table([(">= 4", "-", "-", "A"), ("[2..4)", "-", "-", "B"), ("< 2", "-", "-", "C")], "unique")
RIGHTS = (
    LADDER
    + "credit_limit: {type: number, scale: 2, label: {zh: 信用额度, en: credit line}, lookup: {by: tier, values: {A: '300', B: '200', C: '250'}}}\n"
    + "interval: {type: duration, label: {zh: 拜访间隔, en: visit interval}, lookup: {by: tier, values: {A: 'duration(\"P7D\")', B: 'duration(\"P1M\")', C: undetermined(gap)}}}"
)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("more sales never lowers tier", Proved.HOLDS),
        ("more yearly sales never lowers the grade.", Proved.HOLDS),
        ("less sales never raises the tier", Proved.HOLDS),
        ("more sales never raises the tier", Proved.BROKEN),
        ("credit limit never falls as the tier rises", Proved.BROKEN),
        ("the credit line never rises as the tier falls", Proved.BROKEN),
        ("visit interval never grows as the tier rises", Proved.HOLDS),
        ("a lower tier never gets a higher credit limit", Proved.BROKEN),
        ("a higher tier never gets a longer visit interval", Proved.HOLDS),
        ("a lower tier never gets a better grade", Proved.HOLDS),
        ("every determined customer has a visit interval", Proved.BROKEN),
        ("every determined tier has a credit limit", Proved.HOLDS),
        ("销售额越高，等级不降低", Proved.HOLDS),
        ("等级升高时，信用额度不降低", Proved.BROKEN),
        ("等级升高时，拜访间隔不变长", Proved.HOLDS),
        ("较低的等级不享有更高的信用额度", Proved.BROKEN),
        ("每个已定的等级都有信用额度", Proved.HOLDS),
    ],
)
def test_a_managers_sentence_is_proved_or_refuted(sentence: str, verdict: Proved) -> None:
    (proof,) = proofs(policy(RIGHTS, sentence))

    assert proof.verdict is verdict


def test_two_real_customers_refute_a_promise_about_rights() -> None:
    found = policy(RIGHTS, "credit limit never falls as the tier rises")

    (proof,) = proofs(found)

    plan = found.require_plan()
    low, high = (decide(plan, ENVIRONMENT, facts, None) for facts in proof.pair)
    assert (read(low["tier"]), read(high["tier"])) == ("C", "B")
    assert (read(low["credit_limit"]), read(high["credit_limit"])) == (250, 200)


def test_check_tells_a_broken_promise_and_acknowledged_it_is_a_note() -> None:
    broken = policy(RIGHTS, "credit limit never falls as the tier rises")
    known = policy(RIGHTS, "{say: credit limit never falls as the tier rises, acknowledge: the source says so}")

    (finding,) = [finding for finding in proved(broken, BUILT_IN) if finding.code == "invariant-broken"]
    (note,) = [finding for finding in proved(known, BUILT_IN) if finding.code == "invariant-broken"]

    assert (finding.severity, underlined(finding.span)) == ("error", "credit limit never falls as the tier rises")
    assert "`credit_limit` is 250 for sales: " in finding.message
    assert (note.severity, note.message.endswith("acknowledged: the source says so")) == ("note", True)


def test_a_number_that_is_computed_with_is_sampled_and_said_so() -> None:
    decisions = "worth: {type: integer, formula: sales * 2}\nodd: {type: integer, formula: 'sales * (3 - sales)'}"

    holds, broken = proofs(policy(decisions, "more sales never lowers worth\nmore sales never lowers odd"))

    assert (holds.verdict, holds.why) == (Proved.UNPROVEN, "`sales` is not only compared with constants")
    assert broken.verdict is Proved.BROKEN


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("the sun rises in the east", "no-invariant"),
        ("more sails never lowers tier", "unknown-name"),
        ("more sales never lowers colour", "no-invariant"),
        ("more good never lowers tier", "no-invariant"),
        ("a lower tier never gets a better credit limit", "no-invariant"),
        ("every determined customer has a tier", "no-invariant"),
    ],
)
def test_a_sentence_that_says_nothing_is_told_where_it_stands(sentence: str, code: str) -> None:
    (finding,) = [finding for finding in policy(RIGHTS, sentence).findings if finding.severity == "error"]

    assert (finding.code, underlined(finding.span)) == (code, sentence)


@pytest.mark.parametrize(
    ("of_c", "verdict"), [("200", Proved.HOLDS), ("undetermined(gap)", Proved.BROKEN), ("if good then 1 else 2", Proved.HOLDS)]
)
def test_who_has_a_right_whatever_the_grade_is_has_it_however_the_grade_is_computed(of_c: str, verdict: Proved) -> None:
    decisions = (
        "tier: {type: enum, values: [A, B, C], formula: 'if sales * sales > 9 then A else if sales * 2 > sales * sales then B else C'}\n"
        f"limit: {{type: integer, lookup: {{by: tier, values: {{A: '400', B: '300', C: '{of_c}'}}}}}}"
    )

    (proof,) = proofs(policy(decisions, "every determined tier has a limit"))

    assert proof.verdict is verdict


def test_promises_change_no_fingerprint() -> None:
    assert policy(LADDER).require_plan().fingerprint == policy(LADDER, "more sales never lowers tier").require_plan().fingerprint


def test_200_rules_of_8_columns_are_proved_in_under_a_second() -> None:
    facts = "facts:\n  sales: {type: integer, min: 0}\n" + "".join(f"  f{n}: {{type: enum, values: [x, y, z]}}\n" for n in range(7))
    profiles = list(product(("x", "y", "z"), repeat=3))[:25]
    grades = ["H", "G", "F", "E", "D", "C", "B", "A"]
    rows = []
    for number, (one, two, three) in enumerate(profiles):
        for step, grade in enumerate(grades):
            band = (
                f"< {100 + number}"
                if step == 0
                else f">= {700 + number}"
                if step == 7
                else f"[{100 * step + number}..{100 * (step + 1) + number})"
            )
            rows.append(
                f"      r{number}_{step} | {band} | {one} | {two} | {three} | {'not(x)' if number % 2 else 'x'} | - | {'x, y' if number % 3 else '-'} | - -> {grade}\n"
            )
    head = "      id | sales | " + " | ".join(f"f{n}" for n in range(7)) + " -> tier\n"
    text = f"tier:\n  type: enum\n  values: [A, B, C, D, E, F, G, H]\n  table:\n    hit: unique\n    rules: |\n{head}{''.join(rows)}"
    found = policy(text, "more sales never lowers tier", facts)
    (invariant,) = invariants_of(found.sections)
    assert len(rows) == 200

    start = time.process_time()
    proof = prove(found.require_plan(), ENVIRONMENT, invariant)

    assert proof.verdict is Proved.HOLDS
    assert time.process_time() - start < 1


def test_a_table_with_too_many_cases_is_sampled_instead_of_listed_without_end() -> None:
    random = Random(5)
    facts = "facts:\n" + "".join(f"  f{n}: {{type: integer, min: 0, max: 100000}}\n" for n in range(4))
    facts += "".join(f"  w{n}: {{type: enum, values: [a, b, c, d]}}\n" for n in range(4))
    rows = []
    for number in range(200):
        numbers = [
            f"[{number * 500}..{number * 500 + 500})",
            *(random.choice(["-", "-", f">= {random.randint(1, 99) * 1000}"]) for _ in range(3)),
        ]
        words = [random.choice(["-", "-", "a", "a, b"]) for _ in range(4)]
        rows.append(f"      r{number} | {' | '.join((*numbers, *words))} -> {random.choice('ABC')}\n")
    head = "      id | f0 | f1 | f2 | f3 | w0 | w1 | w2 | w3 -> tier\n"
    text = f"tier:\n  type: enum\n  values: [A, B, C]\n  table:\n    hit: first\n    default: C\n    rules: |\n{head}{''.join(rows)}"
    found = policy(text, "more f0 never lowers tier", facts)
    (invariant,) = invariants_of(found.sections)

    start = time.process_time()
    proof = prove(found.require_plan(), ENVIRONMENT, invariant)

    assert proof.verdict is Proved.BROKEN
    assert time.process_time() - start < 20, "listing every line took minutes, and all of the memory"
