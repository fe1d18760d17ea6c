"""Every hook is documented with its exact arguments, says when it is called and who wins a clash, has a method and a built-in user."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tierwise.plugins import hookspecs
from tierwise.plugins.manager import Plugins

ROOT = Path(__file__).parents[2]
HOOKS = [name for name in vars(hookspecs) if name.startswith("tierwise_")]
OBSERVERS = {"tierwise_graded"}


def signature(hook: str) -> str:
    """Return a hook as the docs write it, such as ``tierwise_kinds() -> Iterable[Kind]``."""
    return f"{hook}{inspect.signature(getattr(hookspecs, hook), eval_str=False)}".replace("'", "")


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_stands_in_the_docs_with_its_exact_arguments(hook: str) -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")

    assert f"### `{signature(hook)}`" in page


def test_the_docs_know_no_hook_that_is_not_there() -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")

    assert sorted(set(re.findall(r"tierwise_[a-z_]+(?=\()", page))) == sorted(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_docstring_says_when_a_hook_is_called_and_who_wins(hook: str) -> None:
    text = inspect.getdoc(getattr(hookspecs, hook)) or ""

    assert "Called " in text
    assert "once" in text
    assert ("is an error" in text) != (hook in OBSERVERS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_has_a_method_of_the_manager(hook: str) -> None:
    assert inspect.getdoc(getattr(Plugins, hook.removeprefix("tierwise_")))


@pytest.mark.parametrize("hook", sorted(set(HOOKS) - OBSERVERS))
def test_a_hook_has_a_test(hook: str) -> None:
    text = (ROOT / "tests" / "plugins" / "test_hookspecs.py").read_text(encoding="utf-8")

    assert f"def {hook}(" in text
