"""What the documentation shows is what happens: every command, every output, every snippet."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.documentation import ROOT, PlainCall, blocks, matches, plain_call, run_page
from tierwise.plugins.demo import make_demo_database

RUN = (
    "README.md",
    "README.zh.md",
    "docs/administrator.md",
    "docs/administrator.zh.md",
    "docs/change.md",
    "docs/change.zh.md",
    "docs/command-line.md",
    "docs/impact.md",
    "docs/tutorial.md",
    "docs/tutorial.zh.md",
    "docs/workbook.md",
)
TWINS = ("docs/administrator.zh.md", "docs/change.zh.md")
"""The Chinese of a page whose commands run anyway, each for a minute: run with the slow tests."""
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("policies/*.md")])


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder such as ``tierwise demo`` leaves behind, with fewer customers."""
    folder = tmp_path_factory.mktemp("made") / "tierwise-demo"
    folder.mkdir()
    make_demo_database(folder / "demo.db", customers=200)
    shutil.copy(ROOT / "policies" / "scorecard-100-rights" / "sample-company.yaml", folder)
    return folder


@pytest.mark.parametrize("page", [pytest.param(page, marks=pytest.mark.slow) if page in TWINS else page for page in RUN])
def test_a_page_does_what_it_says(demo_folder: Path, tmp_path: Path, page: str) -> None:
    (tmp_path / "policies").symlink_to(ROOT / "policies")
    shutil.copytree(demo_folder, tmp_path / "tierwise-demo")

    assert run_page(ROOT / page, tmp_path) == []


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_two_commands_are_there(page: str) -> None:
    [text] = [block.text for block in blocks(ROOT / page) if block.language == "sh"]
    first, second = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/tierwise ")
    assert first.endswith(" demo")
    assert second == "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest -q -n auto"


@pytest.mark.parametrize("name", sorted(page.name.split(".")[0] for page in (ROOT / "docs").iterdir() if page.suffixes == [".zh", ".md"]))
def test_a_chinese_page_has_the_sections_the_commands_and_the_code_of_the_english_one(name: str) -> None:
    english, chinese = (outline(ROOT / "docs" / f"{name}{language}.md") for language in ("", ".zh"))

    assert chinese == english


def outline(page: Path) -> list[object]:
    """Return, in order, the levels of headings, how many columns rows of tables have, and the code without its comments; of commands what is typed."""
    found: list[object] = []
    for part in re.split(r"(^```\w+\n.*?^```$)", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL):
        lines = part.splitlines()
        if part.startswith("```"):
            shown = [line for line in lines if line.startswith("$ ")] if part.startswith("```console") else lines
            # What is quoted may be said in either language.
            code = (re.sub(r"""--language \w+ |'[^']*'|"[^"]*"|(^|\s)# .*""", "", line).rstrip() for line in shown)
            found += [line for line in code if line]
        else:
            found += [len(line) - len(line.lstrip("#")) for line in lines if line.startswith("#")]
            found += [line.count("|") for line in lines if line.startswith("|")]
            found += [line for line in lines if line.startswith("<!--")]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere_and_every_yaml_block_reads(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text) if not (page.parent / link).exists()]
    whole = [block for block in blocks(page) if block.language == "yaml" and re.match(r"(tierwise|overlay|binding): 1\b", block.text)]

    assert links == []
    for block in whole:
        YAML(typ="safe", pure=True).load(block.text.replace("{…}", "{}"))


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["a", "...", "c"], ["a", "b", "b", "c"], True),
        (["..."], [], True),
        (["a"], ["a", "b"], False),
        (["...", "b"], ["a"], False),
        ([], ["a"], False),
    ],
)
def test_dots_stand_for_any_lines(shown: list[str], printed: list[str], same: bool) -> None:
    assert matches(shown, printed) is same


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("tierwise check a --gate 'x <= 2%'", PlainCall(("check", "a", "--gate", "x <= 2%"))),
        ("tierwise grade a \\\n  --save >/dev/null", PlainCall(("grade", "a", "--save"), drops_out=True)),
        ("tierwise grade a 2>/dev/null", PlainCall(("grade", "a"), drops_err=True)),
        ("tierwise grade a > b.csv", None),
        ("tierwise grade a | head -3", None),
        ('tierwise grade "$HOME"', None),
        ("echo a | tierwise decide -", None),
    ],
)
def test_only_what_asks_nothing_of_a_shell_is_run_without_one(words: str, call: PlainCall | None) -> None:
    assert plain_call(words) == call


@pytest.mark.parametrize("test", sorted(set(re.findall(r"`(tests/[\w/.]+(?:::\w+)?)`", (ROOT / "docs" / "promises.md").read_text()))))
def test_a_promise_names_a_test_that_is_there(test: str) -> None:
    file, _, name = test.partition("::")

    assert (ROOT / file).is_file()
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") if name else True
