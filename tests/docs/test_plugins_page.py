"""The page on plugins shows files as they are, and its code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import assert_matches_alike, with_plugin

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?:<!-- ([^\n]+) -->\n)?```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_plugin_in_twelve_lines_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [first] = [block for _, block in BLOCKS if block.startswith("# tierwise_shout.py")]
    (tmp_path / "tierwise_shout.py").write_text(first, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import tierwise_shout  # type: ignore[import-not-found]  # written just now

    plugins = Plugins(entry_points=False)
    plugins.register(tierwise_shout, "shout")

    assert plugins.functions()["shout"].python("abc") == "ABC"
    assert len([line for line in first.splitlines() if line]) <= 12


def test_the_tests_of_the_tutorial_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = [block for mark, block in BLOCKS if mark == "run"]
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "plugin-loyalty"))

    exec(compile(code, "docs/plugins.md", "exec"), {})  # noqa: S102  # the page is our own


def test_the_engine_that_watches_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [code] = [block for mark, block in BLOCKS if mark == "watch engine"]
    (tmp_path / "tierwise_tally.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    import tierwise_tally  # type: ignore[import-not-found]  # written just now

    with with_plugin(tierwise_tally) as plugins:
        assert_matches_alike(plugins.watch_engines()["tally"])


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).exists()
