"""Writes the pages that say what the code says: ``python docs/generate.py``; with ``--check`` it only compares, and exits 1 when one is stale.

With ``--plans`` it writes the plan of each shipped policy beside it, for a change to be reviewed by: see what it changed before it is committed.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.plugins import hookspecs
from tierwise.plugins.builtin.functions.by_subject import functions_reference
from tierwise.plugins.codes import CODES
from tierwise.plugins.finding_examples import example_of
from tierwise.plugins.sentences.catalogue import said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierwise.plugins.cases.coverage import BorderCoverage
    from tierwise.plugins.policy import LoadedPolicy

HERE = Path(__file__).parent

FINDINGS_HEAD = """# Findings

What `tierwise check` and the readers of files can say, by code. An error stops the policy, a warning does not, a note is something the author has
acknowledged. Each has an example: files of a folder and what is typed there to get it; of a `policy.yaml` the head (`tierwise`, `policy`, `version`, `title`) is left out, and
`{{3 × "text #"}}` stands for the text three times, with 0, 1, 2 for the sign. `tierwise check --explain CODE` shows the same (in Chinese with `--language zh`). This page is written by
`python docs/generate.py` from `plugins/codes.py` and `plugins/finding_examples.yaml`.
"""

CHINESE_FINDINGS_HEAD = """# 检查结果

`tierwise check` 和读取文件时可能报告的内容，按代码排列。错误使制度不能运行；警告不妨碍运行；说明是作者已知的情况。每一条都有一个例子：一个文件夹里的文件，以及在其中输入的命令；
`policy.yaml` 的开头（`tierwise`、`policy`、`version`、`title`）略去，`{{3 × "text #"}}` 表示这段文字重复三遍，其中 `#` 依次为 0、1、2。`tierwise --language zh check --explain 代码`
显示同样的内容。本页由 `python docs/generate.py` 根据 `plugins/codes.py`、`plugins/finding_examples.yaml` 和 `plugins/sentences/catalogue.zh.json` 写成。
"""

COVERAGE = "## What the cases touch\n"

POLICIES_HEAD = """# Policies that ship

Grouped by what they grade. *State* says what a company still has to decide in an [overlay](../docs/policy-format.md#overlay) before nothing hangs on it: points and
tables to supply, readings of the source to settle. Until then the outcomes that hang on it are undetermined, all others are not. This page is written by
`python docs/generate.py`.
"""


def findings_page() -> str:
    """Return the page of findings: one heading for each code."""
    return FINDINGS_HEAD + _findings(CODES)


def chinese_findings_page() -> str:
    """Return the same page in Chinese; what the codes mean stands in the catalogue."""
    return CHINESE_FINDINGS_HEAD + _findings({code: said(text, "zh") for code, text in CODES.items()})


def _findings(meanings: Mapping[str, str]) -> str:
    return "".join(f"\n## {code}\n\n{meanings[code]}\n\n```text\n{_example(code)}```\n" for code in sorted(meanings))


def _example(code: str) -> str:
    return "".join(f"{'  ' * indent}{line}".rstrip() + "\n" for indent, line in example_of(code).lines())


def language_page() -> str:
    """Return the page on the policy language with its functions as they are now."""
    page = (HERE / "language.md").read_text(encoding="utf-8")
    return page[: page.index("## Functions\n")] + "## Functions\n\n" + functions_reference()


def chinese_language_page() -> str:
    """Return the same page in Chinese; what is said of the functions stands in the catalogue."""
    from tierwise.plugins.sentences.catalogue import catalogue

    def chinese(about: str) -> str:
        if about not in said:
            sys.exit(f"`{about}` has no Chinese yet: say it under `functions` in plugins/sentences/catalogue.zh.json")
        return said[about]

    page, said = (HERE / "language.zh.md").read_text(encoding="utf-8"), catalogue()["functions"]
    return page[: page.index("## 函数\n")] + "## 函数\n\n" + functions_reference(chinese)


def command_line_page() -> str:
    """Return the page on the command line with the help of every command as it is now."""
    from click.testing import CliRunner

    from tierwise.cli.main import COMMANDS, cli

    page = (HERE / "command-line.md").read_text(encoding="utf-8")
    parts = [page[: page.index("## Commands\n")], "## Commands\n"]
    for name in COMMANDS:
        shown = CliRunner().invoke(cli, [name, "--help"], prog_name="tierwise", terminal_width=100)
        parts.append(f"\n### tierwise {name}\n\n```text\n{shown.output}```\n")
    return "".join(parts)


def policies_page() -> str:
    """Return the list of the shipped policies, grouped by what they grade and then by the kinds of their modules."""
    from tierwise.plugins.loading import shipped_policies
    from tierwise.plugins.manager import Plugins
    from tierwise.plugins.policy import load

    plugins = Plugins(entry_points=False)
    groups: dict[tuple[bool, str], list[tuple[str, str]]] = {}
    for slug in shipped_policies():
        loaded = load(slug, plugins=plugins)
        plan, kinds = loaded.plan, sorted({module.kind for module in loaded.policy.modules.values()} - {"module"})
        zh, en = plan.title.get("zh", ""), plan.title.get("en", "")
        row = f"| [`{slug}`]({slug}/) | {zh}<br>{en} | {', '.join(kinds) or 'tables and formulas'} | {_state(loaded)} |\n"
        groups.setdefault((plan.subject != "customer", plan.subject), []).append((", ".join(kinds), row))
    parts = [POLICIES_HEAD]
    for (_, subject), rows in sorted(groups.items()):
        parts.append(f"\n## {subject.capitalize()}\n\n| policy | title | kinds | state |\n| --- | --- | --- | --- |\n")
        parts += [row for _, row in sorted(rows)]
    return "".join(parts)


def _state(loaded: LoadedPolicy) -> str:
    open_readings = [f"`{reading.name}`" for reading in loaded.plan.readings.values() if reading.settled is None]
    lost = [f"`{name}`" for name in loaded.plan.lost]
    parts = [f"to supply: {', '.join(lost)}"] if lost else []
    parts += [f"to settle: {', '.join(open_readings)}"] if open_readings else []
    return "; ".join(parts) or "ready"


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


def with_coverage(readme: str, loaded: LoadedPolicy) -> str:
    """Return the README of a policy with the section that says what its cases touch, as they do now."""
    from tierwise.plugins.cases.coverage import coverage_of, percent

    found = coverage_of(loaded)
    rows = [("rules", *found.rules), ("borders", *found.touched)]
    table = "".join(f"| {what} | {part} of {whole} | {percent(part, whole)} % |\n" for what, part, whole in rows if whole)
    missed = [f"`{table.table}`: " + ", ".join(f"`{rule}`" for rule in table.never) for table in found.tables if table.never]
    beside = [_border(one) for one in found.borders if not one.is_touched and one.unreachable is None]
    beyond = [f"`{table.table}`: `{rule}` ({why.en})" for table in found.tables for rule, why in table.unreachable.items()]
    beyond += [f"{_border(one)} ({one.unreachable.en})" for one in found.borders if one.unreachable is not None]
    parts = [COVERAGE, f"\n{found.cases} cases.\n"]
    if table:
        parts += ["\n| what | touched by a case | share |\n| --- | --- | --- |\n", table]
    parts += [f"\nRules that decide no case: {'; '.join(missed)}.\n"] if missed else []
    parts += [f"\nBorders on which no case stands: {', '.join(beside)}.\n"] if beside else []
    parts += ["\nWhat no data reaches:\n\n", *(f"- {line}\n" for line in beyond)] if beyond else []
    head = readme.partition(COVERAGE)[0].rstrip("\n")
    return f"{head}\n\n{''.join(parts)}"


def _border(one: BorderCoverage) -> str:
    return f"`{one.border.about}` {one.border.value.normalize():f}"


def write_plans() -> None:
    """Write the plan of every shipped policy into its folder, and into its README what its cases touch (tests compare both)."""
    from tierwise.plugins.loading import shipped_policies
    from tierwise.plugins.manager import Plugins
    from tierwise.plugins.policy import load

    plugins = Plugins(entry_points=False)
    for slug in shipped_policies():
        folder, loaded = HERE.parent / "policies" / slug, load(slug, plugins=plugins)
        (folder / "plan.txt").write_text(loaded.text, encoding="utf-8")
        readme = folder / "README.md"
        readme.write_text(with_coverage(readme.read_text(encoding="utf-8"), loaded), encoding="utf-8")


PAGES = {
    "../policies/README.md": policies_page,
    "command-line.md": command_line_page,
    "findings.md": findings_page,
    "findings.zh.md": chinese_findings_page,
    "language.md": language_page,
    "language.zh.md": chinese_language_page,
    "plugins.md": plugins_page,
}


def main(arguments: list[str]) -> int:
    """Write every page, or with ``--check`` compare it; with ``--plans`` write the plans."""
    if "--plans" in arguments:
        write_plans()
        return 0
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
