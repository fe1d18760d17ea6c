"""Roll call: every node of a plan is known to all who have to give it something; none can be forgotten."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import is_dataclass
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns
from typing import get_args

from tests.differential.random_plans import random_plan
from tierwise.core import plan as nodes
from tierwise.core.meaning.evaluate import MEANINGS
from tierwise.core.plan import Node, behind

ROOT = Path(__file__).parents[2]
NODES = frozenset(get_args(Node))


def test_every_class_of_nodes_is_in_the_union_and_exported() -> None:
    from tierwise.core.plan import nodes as module

    parts = {each for each in vars(module).values() if is_dataclass(each) and hasattr(each, "children")}

    assert parts == NODES
    assert {node.__name__ for node in NODES} <= set(vars(nodes))


def test_every_node_has_a_meaning() -> None:
    assert MEANINGS.keys() == NODES


def test_random_plans_hold_every_node_again_and_again() -> None:
    """The plans that compare engines: a node that they hardly hold is hardly compared."""
    plans: Counter[type[Node]] = Counter()
    for seed in range(400):
        made = random_plan(Random(seed), rankings=True)
        plans.update({type(node) for decision in made.decisions.values() for node in behind(decision.node, made)})

    assert plans.keys() == NODES
    assert {node.__name__: count for node, count in plans.items() if count < 8} == {}


NEW_NODE = '''
@dataclass(frozen=True, slots=True)
class AtLeastOne(_Condition):
    """Whether any part is true."""

    parts: tuple[Node, ...]


Node = (
    AtLeastOne
    | Constant
'''


def test_a_node_that_somebody_forgets_is_caught_by_the_type_check(tmp_path: Path) -> None:
    """In a copy with one more node: whoever takes nodes apart exhaustively fails the type check by name; the rest is the roll call above."""
    ignored = ignore_patterns("__pycache__", ".git", ".*_cache")
    for top in ("core", "plugins", "cli", "src"):
        copytree(ROOT / top, tmp_path / top, symlinks=True, ignore=ignored)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "core" / "plan" / "nodes.py"
    text = file.read_text(encoding="utf-8")
    assert text.count("\nNode = (\n    Constant\n") == 1
    file.write_text(text.replace("\nNode = (\n    Constant\n", NEW_NODE), encoding="utf-8")

    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "src/tierwise"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    caught = {line.split(":")[0].removeprefix("src/tierwise/") for line in found.stdout.splitlines() if '"AtLeastOne"' in line}
    told = {"core/plan/nodes.py", "core/plan/node_text.py", "plugins/sql_engine/compile.py", "plugins/paths/ranges.py"}
    assert caught == told, found.stdout
