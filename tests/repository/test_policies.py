"""Every shipped policy is whole: checked, tested on both engines, documented, labelled in two languages; and no code knows one by name."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tierwise.core.finding import Severity
from tierwise.core.policy import Policy
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, check_policy, load
from tierwise.plugins.policy_schema import json_schema
from tierwise.plugins.testing import run_cases

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
CODE = sorted(path for folder in ("core", "plugins", "cli") for path in (ROOT / folder).rglob("*.py"))
ENGLISH = re.compile("[a-z][a-z_0-9 ]+")
SLUGS = shipped_policies()
PLUGINS = Plugins(entry_points=False)


@cache
def schema() -> Any:
    """Return the published schema, ready to use."""
    return jsonschema.Draft7Validator(json.loads(json.dumps(json_schema(PLUGINS.environment()))))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_policy_has_neither_errors_nor_warnings(slug: str) -> None:
    findings = check_policy(slug, plugins=PLUGINS).findings

    assert [f"{finding.code}: {finding.message}" for finding in findings if finding.severity is not Severity.NOTE] == []


# That DuckDB gives what the reference gives for the facts of these cases is tests/differential/test_shipped_policies.py's; to run them by a table
# of their own once more takes minutes.
@pytest.mark.parametrize("engine", ["reference", pytest.param("duckdb", marks=pytest.mark.slow)])
@pytest.mark.parametrize("slug", SLUGS)
def test_the_cases_of_a_policy_pass_on_both_engines(slug: str, engine: str) -> None:
    assert run_cases(slug, PLUGINS, [engine]) > 0


def keys_of(told: Any) -> set[str]:
    """Return the keys of a case, without those of its facts."""
    if isinstance(told, list):
        return set().union(*map(keys_of, told))
    return set().union(*({str(key), *keys_of(value)} for key, value in told.items() if key != "facts")) if isinstance(told, dict) else set()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_output_of_a_policy_is_asserted_by_a_case(slug: str) -> None:
    asserted = keys_of(YAML(typ="safe").load(POLICIES / slug / "cases.yaml")["cases"])

    assert [decision.name for decision in load(slug, plugins=PLUGINS).plan.outputs if decision.name not in asserted] == []


def words_without_label(policy: Policy) -> Iterator[str]:
    """Yield the words of a policy that are written in English letters and that nobody says in Chinese, each with what has it."""
    fields = [(f"{name}.{field}", one) for name, of in {**policy.types, **policy.facts}.items() for field, one in of.fields.items()]
    declared: dict[str, Any] = {**policy.types, **policy.facts, **policy.parameters, **dict(fields)}
    for module in policy.modules.values():
        for name, decision in module.decisions.items():
            declared |= {name: decision, **decision.outputs}
    words = {name: policy.words_of(one) for name, one in declared.items()} | {name: one.values for name, one in policy.readings.items()}
    called = {word for of in words.values() for word, text in of.items() if text.zh != word}
    yield from (f"{name}: {word}" for name, of in words.items() for word in of if ENGLISH.fullmatch(word) and word not in called)
    shown: dict[str, Any] = {**policy.facts, **policy.parameters, **policy.readings, **policy.modules, **dict(fields)}
    for name, one in shown.items():
        if one.label is None or ENGLISH.fullmatch(one.label.zh):
            yield name


def decisions_without_label(loaded: LoadedPolicy) -> Iterator[str]:
    """Yield the decisions that are called nothing in Chinese; parts of formulas and of decisions have only names."""
    parts = {name for module in loaded.policy.modules.values() for one in module.decisions.values() for name in one.where}
    for name, decision in loaded.plan.decisions.items():
        if ENGLISH.fullmatch(decision.label["zh"]) and name not in parts and "." not in name:
            yield name


@pytest.mark.parametrize("slug", SLUGS)
def test_a_policy_is_documented_and_labelled_in_two_languages(slug: str) -> None:
    loaded = load(slug, plugins=PLUGINS)
    readme = (POLICIES / slug / "README.md").read_text(encoding="utf-8")

    assert readme.startswith("# ")
    assert re.search("[\u4e00-\u9fff]{8}", readme), "a paragraph in Chinese"
    assert {"zh", "en"} <= loaded.plan.title.keys()
    assert list(words_without_label(loaded.policy)) == []
    assert list(decisions_without_label(loaded)) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_policy_is_valid_by_the_published_schema(slug: str) -> None:
    document = YAML(typ="safe", pure=True).load((POLICIES / slug / "policy.yaml").read_text(encoding="utf-8"))

    assert [f"{list(error.absolute_path)}: {error.message[:200]}" for error in schema().iter_errors(as_text(document))] == []


def as_text(document: Any) -> Any:
    """Return a document as JSON has it: dates are texts."""
    return json.loads(json.dumps(document, default=str))


def test_the_list_of_policies_names_them_all() -> None:
    page = (POLICIES / "README.md").read_text(encoding="utf-8")

    assert sorted(re.findall(r"\[`([a-z0-9-]+)`\]\(", page)) == list(SLUGS)


def texts_of(path: Path) -> list[str]:
    """Return every text and name of a Python file, documentation left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            found.append(node.value)
    return found


def test_no_code_knows_a_policy() -> None:
    slugs = re.compile("|".join(rf"(?<![\w-]){re.escape(slug)}(?![\w-])" for slug in SLUGS))
    known = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in CODE
        if not path.is_relative_to(ROOT / "plugins" / "demo")
        for text in texts_of(path)
        if (found := slugs.search(text)) and path != ROOT / "cli" / "commands" / "demo.py"  # it says what to try next
    ]

    assert known == []


def class_words() -> set[str]:
    """Return the Chinese words that policies use as values of what they decide: their classes."""
    words: set[str] = set()
    for slug in SLUGS:
        for decision in load(slug, plugins=PLUGINS).plan.decisions.values():
            kind = getattr(decision.type, "item", decision.type)
            words |= {word for word in getattr(kind, "values", ()) if isinstance(word, str) and re.search(r"[\u4e00-\u9fff]{2}", word)}
    return words


def test_no_code_knows_a_class_of_a_policy() -> None:
    words = class_words()
    known = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in CODE
        if not path.is_relative_to(ROOT / "plugins" / "demo")
        for text in texts_of(path)
        if text in words
    ]

    assert known == []


CLOCK = re.compile(r"\b(?:datetime\.now|datetime\.utcnow|date\.today|time\.time|datetime\.today)\(")


def test_nothing_that_decides_reads_the_clock() -> None:
    readers = [str(path.relative_to(ROOT)) for path in CODE if CLOCK.search(path.read_text(encoding="utf-8"))]

    allowed = {
        "cli/run_saving.py",
        "plugins/ledger/ledger.py",
        "cli/commands/console.py",
    }  # the console says in its log when something was saved
    assert set(readers) <= allowed, "only when a run was started, or a change saved, is taken from the clock"
