"""A shipped policy's README lists the rules of its source text and what became of each; whatever the list names is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tierwise.core.types import EnumType, ListType, MapType, RecordType, SetType, Type
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.rule import WatchPlan

ROOT = Path(__file__).parents[2]
SLUGS = shipped_policies()
PLUGINS = Plugins(entry_points=False)
HEADER = "| rule of the text | place | in the policy |"
NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Rule:
    """One rule of the text: a few of its words, where it stands, and what decides it (or why it is open)."""

    words: str
    place: str
    policy: str


def rules_of(slug: str) -> list[Rule]:
    """Return the list of a README, empty when there is none."""
    lines = iter((ROOT / "policies" / slug / "README.md").read_text(encoding="utf-8").splitlines())
    if HEADER not in lines:  # reads up to and with the header
        return []
    assert next(lines) == "| --- | --- | --- |"
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 3, f"three columns, and no bar in a cell: {line}"
        rows.append(Rule(*cells))
    return rows


@cache
def loaded(slug: str) -> LoadedPolicy:
    """Return a shipped policy."""
    return load(slug, plugins=PLUGINS)


def names_of(slug: str) -> set[str]:
    """Return everything of a policy that a README may name: facts, parameters, readings, decisions, rules of the watch, words."""
    policy = loaded(slug)
    plan = policy.plan
    watch = WatchPlan.of(policy.sections)
    rules = watch.rules if watch is not None else ()
    types = [*(fact.type for fact in plan.facts.values()), *(decision.type for decision in plan.decisions.values())]
    words = {word for type_ in types for word in words_in(type_)}
    return {*plan.facts, *policy.policy.parameters, *plan.readings, *plan.decisions, *(rule.name for rule in rules), *words}


def words_in(type_: Type) -> set[str]:
    """Return the words of the closed lists in a type."""
    match type_:
        case EnumType():
            return set(type_.values)
        case ListType() | SetType():
            return words_in(type_.item)
        case MapType():
            return words_in(type_.value)
        case RecordType():
            return {word for _, inner in type_.fields for word in words_in(inner)}
        case _:
            return set()


@pytest.mark.parametrize("slug", SLUGS)
def test_each_rule_of_the_text_has_its_place_and_is_decided_by_something_that_is_there_or_open_for_a_reason(slug: str) -> None:
    there, rules = names_of(slug), rules_of(slug)

    assert rules, HEADER
    for rule in rules:
        named = NAME.findall(rule.policy)
        assert rule.words and rule.place, rule
        assert named or re.match(r"open[:,] .{10}", rule.policy), f"a name in backquotes, or `open: why`: {rule}"
        assert [name for name in named if name not in there] == [], rule


@pytest.mark.parametrize("slug", SLUGS)
def test_each_output_stands_for_a_rule_of_the_text(slug: str) -> None:
    named = {name for rule in rules_of(slug) for name in NAME.findall(rule.policy)}

    assert [output.name for output in loaded(slug).plan.outputs if output.name not in named] == []
