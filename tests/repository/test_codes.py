"""A finding's code is a slug, a row of the table of codes and a heading of the docs; and the code that makes findings knows no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tierwise.plugins import codes
from tierwise.plugins.codes import CODES

ROOT = Path(__file__).parents[2]
MAKERS = {"error", "warning", "note"}
SOURCES = sorted(path for folder in ("core", "plugins", "cli") for path in (ROOT / folder).rglob("*.py"))


def codes_of(path: Path) -> Iterator[str]:
    """Yield the codes written out in ``Finding.error("code", …)`` and its like."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in MAKERS
            and ast.unparse(node.func.value) == "Finding"
        ):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


@pytest.mark.parametrize("name", ["findings.md", "findings.zh.md"])
def test_the_docs_have_a_heading_for_each_code(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_is_a_slug_with_a_sentence(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", code)
    assert re.fullmatch(r"[A-Z`].*\.", CODES[code])
    assert "\n" not in CODES[code]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_code_a_file_uses_is_in_the_table(path: Path) -> None:
    assert sorted(set(codes_of(path)) - set(CODES)) == []


def test_every_code_in_the_table_is_used() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path != Path(codes.__file__))
    composed = [re.sub(r"\{[^}]*\}", "[a-z-]+", text) for text in re.findall(r'Finding\.\w+\(\s*f"([a-z-]+\{[^"]*)"', texts)]

    assert [code for code in CODES if f'"{code}"' not in texts and not any(re.fullmatch(pattern, code) for pattern in composed)] == []
