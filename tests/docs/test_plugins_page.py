"""The page on plugins shows files as they are, and its code runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import POLICY as THREE_RULES
from tests.command_line import tierwise
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.testing import assert_finding, assert_matches_alike, findings_of, policy_from, with_plugin

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
    policy = POLICY.format(decisions='said: {type: text, nullable: true, formula: "shout(note)"}')
    checked = policy_from(policy, plugins)
    decided = [
        LoadedPolicy.of(checked, plugins).decide(facts).to_dict()["outputs"]["said"] for facts in ({"note": "a"}, {"note": None}, {})
    ]
    assert decided == [{"value": "A"}, {"value": None}, {"undetermined": "missing_fact"}]
    for wrong in ("shout()", "shout(note, note)", "shout(5)", "shout(amount)", "shout([note])"):
        found = findings_of(policy.replace("shout(note)", wrong), plugins)
        assert_finding(found, "wrong-arguments", underlined=wrong)


POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: Small
source: a test
subject: customer
facts:
  note: {{type: text, nullable: true}}
  amount: {{type: integer}}
modules:
  main:
    kind: module
    decisions:
      {decisions}
"""


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which the module of the section `One of each` is installed."""
    code = "".join(block for mark, block in BLOCKS if mark == "tour")
    (tmp_path / "tierwise_tour.py").write_text(code, encoding="utf-8")
    info = tmp_path / "tour-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tour\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[tierwise]\ntour = tierwise_tour\n", encoding="utf-8")
    decisions = (
        "first: {{type: text, nullable: true, formula: initial(name)}}\n      large: {{type: boolean, over: {{fact: amount, least: 50}}}}"
    )
    policy = POLICY.format(decisions=decisions.format()).replace("note:", "name:")
    (tmp_path / "small.yaml").write_text(policy, encoding="utf-8")
    (tmp_path / "c.tally").write_text("1 50 北京;朝阳\n2 49 ßa\n3 x \n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delitem(sys.modules, "tierwise_tour", raising=False)
    return tmp_path


@pytest.mark.parametrize("engine", ["careful", "duckdb", "reference"])
def test_one_of_each_works_together(tour: Path, engine: str) -> None:
    done = tierwise("grade", "c.tally", "--policy", "small.yaml", "--engine", engine, "--format", "csv")

    assert done.code == 0, done.err
    assert [line.split(",")[2:5:2] for line in done.out.splitlines()] == [["first", "large"], ["北", "true"], ["ß", "false"], ["", ""]]
    assert "bad-number" in done.err


def test_the_command_and_what_is_wrong_with_the_form_and_the_file(tour: Path) -> None:
    (tour / "table.yaml").write_text(THREE_RULES, encoding="utf-8")
    assert tierwise("rules", "table.yaml").out == "3\n"
    assert tierwise("rules").code == 2
    assert tierwise("grade", "missing.tally", "--policy", "small.yaml").code == 4
    (tour / "odd.tally").write_text("only-an-id\n", encoding="utf-8")
    odd = tierwise("grade", "odd.tally", "--policy", "small.yaml")
    assert (odd.code, "plugin `tour` 1.0 failed in `open` of source `tally`" in odd.err) == (3, True)
    assert "`first` has one label for both languages" in tierwise("check", "small.yaml").err
    (tour / "small.yaml").write_text(
        (tour / "small.yaml").read_text(encoding="utf-8").replace("fact: amount", "fact: amuont"), encoding="utf-8"
    )
    wrong = tierwise("check", "small.yaml")
    assert (wrong.code, "did you mean `amount`?" in wrong.err) == (1, True)


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
