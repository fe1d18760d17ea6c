"""What is told of classes that have to agree is what deciding everybody of a small domain finds."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tierwise.core.finding import Finding, Severity
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import check_policy, load

PLUGINS = Plugins(entry_points=False)
HEAD = "tierwise: 1\npolicy: small\nversion: 1.0.0\ntitle: Small\nsubject: customer\n"
FACTS = """\
facts:
  count: {type: integer, min: 0, max: 4}
  colour: {type: enum, values: [red, green, blue]}
  good: {type: boolean}
"""
DOMAIN = [
    {"count": count, "colour": colour, "good": good} for count, colour, good in product(range(5), ("red", "green", "blue"), (True, False))
]
CODES = (
    "overlap",
    "gap",
    "class-without-value",
    "overlap-acknowledged",
    "gap-acknowledged",
    "acknowledgement-not-needed",
    "analysis-capped",
)


def policy(folder: Path, decisions: str, facts: str = FACTS) -> Path:
    body = "".join(f"      {line}\n" for line in decisions.strip("\n").splitlines())
    path = folder / "policy.yaml"
    path.write_text(f"{HEAD}{facts}modules:\n  m:\n    kind: module\n    decisions:\n{body}", encoding="utf-8")
    return path


def told(path: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in check_policy(path, plugins=PLUGINS).findings if finding.code in CODES}


def condition(random: Random) -> str:
    tests = [
        f"count {random.choice(['>=', '<', '='])} {random.randint(0, 4)}",
        f"colour {random.choice(['=', '!='])} {random.choice(['red', 'green', 'blue'])}",
        random.choice(["good", "not(good)"]),
    ]
    return random.choice([random.choice(tests), " and ".join(random.sample(tests, 2)), "if {} then {} else {}".format(*tests)])


@pytest.mark.parametrize("seed", range(12))
def test_an_overlap_and_a_gap_are_told_exactly_where_somebody_has_them(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    labels = "".join(f"    {word}: {condition(random)}\n" for word in "xyz"[: random.choice([2, 3])])
    values = {word: random.choice((7, 7, 14)) for word in "xyz" if f"    {word}:" in labels}
    agree = ", ".join(f"{word}: {value}" for word, value in values.items())
    path = policy(tmp_path, f"classes:\n  labels:\n{labels}days: {{type: integer, agree: {{of: classes, values: {{{agree}}}}}}}")
    loaded = load(path)
    reasons = [loaded.decide(facts).to_dict()["outputs"]["days"].get("undetermined") for facts in DOMAIN]

    found = told(path)

    assert set(found) == {reason for reason in reasons if reason is not None}
    for code, finding in found.items():
        assert loaded.decide(dict(finding.witness)).to_dict()["outputs"]["days"].get("undetermined") == code


@pytest.mark.parametrize(
    ("agree", "codes"),
    [
        ("values: {vip: 7, plain: 14, gone: 7}", {"overlap": Severity.WARNING, "gap": Severity.WARNING}),
        ("values: {vip: 7, plain: 7, gone: 7}, empty: 0", {}),
        ("values: {vip: 7, plain: 14}, empty: 0", {"overlap": Severity.WARNING}),
        ("values: {vip: 7, plain: 7}", {"class-without-value": Severity.WARNING, "gap": Severity.WARNING}),
        ("values: {vip: 7}, default: undetermined(lost), empty: undetermined(gap)", {}),
        (
            "values: {vip: 7, plain: 14}, default: 7, acknowledge: {overlap: the source, gap: says so}",
            {"overlap-acknowledged": Severity.NOTE, "gap-acknowledged": Severity.NOTE},
        ),
        (
            "values: {vip: 7, plain: 7}, default: 7, empty: 1, acknowledge: {overlap: the source}",
            {"acknowledgement-not-needed": Severity.WARNING},
        ),
    ],
)
def test_classes_that_a_fact_lists_may_stand_together(agree: str, codes: dict[str, Severity], tmp_path: Path) -> None:
    facts = "facts:\n  classes: {type: set, values: [vip, plain, gone]}\n"
    path = policy(tmp_path, f"days: {{type: integer, agree: {{of: classes, {agree}}}}}", facts)

    found = told(path)

    assert {code: finding.severity for code, finding in found.items()} == codes
    loaded = load(path)
    for code, finding in found.items():
        outcome = loaded.decide(dict(finding.witness)).to_dict()["outputs"]["days"] if finding.witness else {}
        expected: Any = {"class-without-value": "gap", "acknowledgement-not-needed": None}.get(code, code.removesuffix("-acknowledged"))
        assert outcome.get("undetermined") == expected


def test_a_single_word_never_overlaps_and_what_is_computed_is_passed_over(tmp_path: Path) -> None:
    path = policy(
        tmp_path,
        "one: {type: integer, agree: {of: colour, values: {red: 1, green: 2, blue: 3}}}\n"
        "classes:\n  labels:\n    x: good\n    y: good or count > 1\n    z: not(good)\n"
        "computed: {type: integer, agree: {of: classes, values: {x: count + 1, y: count + 2, z: 1}}}",
    )
    assert told(path) == {}
