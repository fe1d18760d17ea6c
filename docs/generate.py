"""Writes the pages that say what the code says: ``python docs/generate.py``; with ``--check`` it only compares, and exits 1 when one is stale."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from tierwise.core.codes import CODES
from tierwise.core.language import functions_reference
from tierwise.plugins import hookspecs

HERE = Path(__file__).parent

FINDINGS_HEAD = """# Findings

What `tierwise check` and the readers of files can say, by code. An error stops the policy, a warning does not, a note is something the author has
acknowledged. This page is written by `python docs/generate.py` from `core/codes.py`.
"""


def findings_page() -> str:
    """Return the page of findings: one heading for each code."""
    return FINDINGS_HEAD + "".join(f"\n## {code}\n\n{CODES[code]}\n" for code in sorted(CODES))


def language_page() -> str:
    """Return the page on the policy language with its functions as they are now."""
    page = (HERE / "language.md").read_text(encoding="utf-8")
    return page[: page.index("## Functions\n")] + "## Functions\n\n" + functions_reference()


def plugins_page() -> str:
    """Return the page on plugins with the files it shows, and the hooks, as they are now."""
    page = (HERE / "plugins.md").read_text(encoding="utf-8")
    page = re.sub(r"(<!-- file: ([^\n]+) -->\n```\w+\n).*?```\n", _shown_file, page, flags=re.DOTALL)
    head = page[: page.index("## The hooks\n")]
    return head + "## The hooks\n" + "".join(_hook(name) for name in vars(hookspecs) if name.startswith("tierwise_"))


def _shown_file(block: re.Match[str]) -> str:
    return f"{block[1]}{(HERE.parent / block[2]).read_text(encoding='utf-8')}```\n"


def _hook(name: str) -> str:
    hook = getattr(hookspecs, name)
    signature = str(inspect.signature(hook)).replace("'", "")
    return f"\n### `{name}{signature}`\n\n{inspect.getdoc(hook)}\n".replace("``", "`")


PAGES = {"findings.md": findings_page, "language.md": language_page, "plugins.md": plugins_page}


def main(arguments: list[str]) -> int:
    """Write every page, or with ``--check`` compare it."""
    stale = [name for name, page in PAGES.items() if not (HERE / name).is_file() or (HERE / name).read_text(encoding="utf-8") != page()]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/{name} is stale: run `python docs/generate.py`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
