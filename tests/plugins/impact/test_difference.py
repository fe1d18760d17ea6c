"""What `diff` says of a meaning is what brute force over a small domain finds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tierwise.plugins.impact.difference import Verdict, difference_of
from tierwise.plugins.policy import LoadedPolicy, load

FACTS = """\
facts:
  count: {type: integer, min: 0, max: 5}
  colour: {type: enum, values: [red, green, blue]}
  good: {type: boolean}
  day: {type: date}
"""
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"]
HEAD = "tierwise: 1\npolicy: small\nversion: 1.0.0\ntitle: Small\nsubject: customer\n"
DOMAIN = [
    {"count": count, "colour": colour, "good": good, "day": day}
    for count, colour, good, day in product(range(6), ("red", "green", "blue"), (True, False), DAYS)
]


def policy(path: Path, decisions: str, facts: str = FACTS) -> LoadedPolicy:
    body = "".join(f"      {line}\n" for line in decisions.strip("\n").splitlines())
    path.write_text(f"{HEAD}{facts}modules:\n  m:\n    kind: module\n    decisions:\n{body}", encoding="utf-8")
    return load(path)


def table(rules: Sequence[tuple[str, ...]], hit: str = "unique") -> str:
    rows = "".join(f"      {' | '.join((f'r{number}', *rule[:-1]))} -> {rule[-1]}\n" for number, rule in enumerate(rules))
    return f"grade:\n  type: enum\n  values: [A, B, C]\n  table:\n    hit: {hit}\n    rules: |\n      id | count | colour | good | day -> grade\n{rows}"


def drawn_rules(random: Random) -> list[tuple[str, ...]]:
    def rule() -> tuple[str, ...]:
        low, high = sorted((random.randint(0, 5), random.randint(0, 5)))
        count = random.choice(["-", f">= {low}", f"[{low}..{high}]", f"< {high + 1}", f"{low}, {high}"])
        colour = random.choice(["-", "red", "green, blue", "not(red)"])
        day = random.choice(["-", "-", '>= date("2026-01-03")', '< date("2026-01-02")'])
        return count, colour, random.choice(["-", "-", "true", "false"]), day, random.choice("ABC")

    return [rule() for _ in range(random.randint(1, 5))]


def differing(old: LoadedPolicy, new: LoadedPolicy, output: str = "grade") -> list[dict[str, Any]]:
    """Decide the whole domain by both, and return whom they decide differently."""
    found = []
    for facts in DOMAIN:
        outcomes = [side.decide(facts).to_dict()["outputs"][output] for side in (old, new)]
        if _meaning(outcomes[0]) != _meaning(outcomes[1]):
            found.append(facts)
    return found


def _meaning(outcome: dict[str, Any]) -> Any:
    return {key: sorted(map(str, value)) if key == "candidates" else value for key, value in outcome.items()}


@pytest.mark.parametrize("seed", range(24))
def test_same_meaning_is_said_exactly_when_nobody_of_the_domain_is_decided_differently(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    rules = drawn_rules(random)
    changed = list(rules)
    hit = random.choice(["unique", "first", "any"])
    for _ in range(seed % 3):
        changed[random.randrange(len(changed))] = drawn_rules(random)[0]
    if hit != "first":
        random.shuffle(changed)
    old, new = policy(tmp_path / "old.yaml", table(rules, hit)), policy(tmp_path / "new.yaml", table(changed, hit))

    (found,) = difference_of(old, new).outputs

    expected = differing(old, new)
    assert found.verdict is (Verdict.DIFFERENT if expected else Verdict.SAME)
    if found.witness is not None:
        outcomes = [side.decide(found.witness).to_dict()["outputs"]["grade"] for side in (old, new)]
        assert outcomes == list(found.outcomes)
        assert _meaning(outcomes[0]) != _meaning(outcomes[1])


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("if count >= 3 and good then A else B", "if good and not(count < 3) then A else B", Verdict.SAME),
        ("if count > 2 then A else B", "if count >= 3 then A else B", Verdict.SAME),
        ("if count > 2 then A else B", "if count >= 2 then A else B", Verdict.DIFFERENT),
        ("if colour in (red, green) then A else B", "if colour != blue then A else B", Verdict.SAME),
        ('if day < date("2026-01-02") then A else B', 'if day <= date("2026-01-01") then A else B', Verdict.SAME),
        ("if good then A else if good then B else C", "if good then A else C", Verdict.SAME),
        ("if good then A else undetermined(gap)", "if good then A else undetermined(lost)", Verdict.DIFFERENT),
    ],
)
def test_the_same_said_otherwise_is_the_same_meaning(before: str, after: str, verdict: Verdict, tmp_path: Path) -> None:
    old, new = (
        policy(tmp_path / f"{name}.yaml", f"grade: {{type: enum, values: [A, B, C], formula: '{text}'}}")
        for name, text in (("old", before), ("new", after))
    )

    (found,) = difference_of(old, new).outputs

    assert found.verdict is verdict
    assert bool(differing(old, new)) is (verdict is Verdict.DIFFERENT)


STEPS = "step: {{hidden: true, type: integer, formula: '{count} + 1'}}\ngrade: {{type: enum, values: [A, B, C], formula: 'if {step} >= 3 then A else B'}}"


def test_renamed_facts_decisions_rules_and_labels_are_the_same_meaning(tmp_path: Path) -> None:
    old = policy(tmp_path / "old.yaml", STEPS.format(count="count", step="step"))
    facts = FACTS.replace("  count: {", "  number: {label: {zh: 个数, en: how many}, ")
    decisions = STEPS.replace("step:", "stage:").replace("grade:", "rating:").format(count="number", step="stage")
    new = policy(tmp_path / "new.yaml", decisions, facts.replace("label: {zh: 个数, en: how many}, ", ""))

    found = difference_of(old, new)

    assert found.renamed == {"count": "number"}
    assert [(output.name, output.before, output.verdict) for output in found.outputs] == [("rating", "grade", Verdict.SAME)]


def test_cells_parameters_and_facts_are_told_one_by_one(tmp_path: Path) -> None:
    rules = [("< 3", "-", "-", "-", "A"), (">= 3", "red", "-", "-", "B")]
    changed = [("< 4", "-", "-", "-", "A"), (">= 3", "red", "-", "-", "C"), ("5", "blue", "-", "-", "B")]
    old = policy(tmp_path / "old.yaml", table(rules), FACTS)
    new = policy(tmp_path / "new.yaml", table(changed), FACTS + "  extra: {type: boolean}\n")

    found = difference_of(old, new)

    assert [(cell.rule, cell.column, cell.before, cell.after) for cell in found.cells] == [
        ("r0", "count", "< 3", "< 4"),
        ("r1", "-> grade", '"B"', '"C"'),
        ("r2", "count", None, "5"),
        ("r2", "colour", None, "blue"),
        ("r2", "-> grade", None, '"B"'),
    ]
    assert [(change.what, change.name, change.before) for change in found.changes] == [("fact", "extra", None)]


def test_what_a_missing_fact_is_called_counts(tmp_path: Path) -> None:
    old = policy(tmp_path / "old.yaml", "ok: {type: boolean, formula: good}")
    new = policy(
        tmp_path / "new.yaml",
        "ok: {type: boolean, formula: good}",
        FACTS.replace("good: {type: boolean}", "good: {type: boolean, missing: vague}"),
    )

    (found,) = difference_of(old, new).outputs

    assert (found.verdict, found.witness) == (Verdict.DIFFERENT, {})


def test_what_cannot_be_listed_is_sampled_and_says_so(tmp_path: Path) -> None:
    old, new, third = (
        policy(tmp_path / f"{name}.yaml", f"worth: {{type: integer, formula: '{text}'}}")
        for name, text in (("old", "count * 2"), ("new", "count + count"), ("third", "count * 2 + 1"))
    )

    (same,), (different,) = difference_of(old, new).outputs, difference_of(old, third).outputs

    assert (same.verdict, same.why) == (Verdict.UNPROVEN, "`count` is not only compared with constants")
    assert same.looked_at > 100
    assert different.verdict is Verdict.DIFFERENT


def test_a_moved_quota_is_found_in_a_sample_of_all(tmp_path: Path) -> None:
    old, new = (
        policy(
            tmp_path / f"{name}.yaml",
            f"place: {{type: enum, values: [A, B], ranking: {{by: count, quotas: {{A: {share}%, B: rest}}, rounding: floor}}}}",
            FACTS.replace("max: 5", "max: 100000"),
        )
        for name, share in (("old", 20), ("new", 35))
    )

    (found,) = difference_of(old, new).outputs

    assert found.verdict is Verdict.DIFFERENT
    assert found.population > 0
    assert difference_of(old, old).verdict is Verdict.SAME
