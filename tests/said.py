"""Reads from the source every template of a text for people, so that a test can hold the catalogue to all of them.

A template is a string of the source with ``{0}``, ``{1}``, … for what is filled in; what is filled in side by side is one. Read is every string in which
two words follow each other, wherever it stands, but for what is said below to be for machines: what is forgotten is missing in the catalogue, not silent.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

__all__ = ["ROOT", "headings", "may_be_left_out", "printed", "templates"]

ROOT = Path(__file__).parents[1]
WORDS = re.compile(r"[a-z]{2,}[,;:]? +[a-z`{]|[`}] [a-z]{2,}|^[a-z]{2,}: \{")
MACHINE = re.compile(
    r"\b(SELECT|FROM|CASE|WHEN|CAST|WHERE|CREATE|INSERT|AND|OR|NOT|PRAGMA|DELETE|ATTACH|ELSE|END|OVER|BETWEEN|COPY|DROP|JOIN|TEXT|INVARIANT|REAL|INT)\b|coalesce\(|\{\}|</|<!doctype"
)
"""SQL, texts of the policy language with holes, HTML."""
FOR_MACHINES = {
    "core/plan/canonical.py": "what the fingerprint is taken over",
    "core/plan/node_text.py": "what the fingerprint is taken over",
    "plugins/codes.py": "a page of the docs",
    "plugins/policy_schema.py": "the JSON schema",
    "plugins/service/openapi.py": "the OpenAPI document",
    "plugins/service/figures.py": "what Prometheus calls its counts",
    "plugins/builtin/functions/by_subject.py": "the reference of functions in the docs",
    "plugins/builtin/functions/map_functions.py": "the reference of functions in the docs",
    "plugins/builtin/functions/number_functions.py": "the reference of functions in the docs",
    "plugins/builtin/functions/text_functions.py": "the reference of functions in the docs",
    "plugins/sentences/lines.py": "keys of phrases.json",
    "plugins/sentences/path_lines.py": "keys of phrases.json",
    "plugins/sentences/words.py": "keys of phrases.json",
    "plugins/demo/demo_tables.py": "SQL",
    "plugins/report/html_frame.py": "style sheets",
    "plugins/deciding/compiled.py": "Python that is compiled",
    "plugins/finding_examples.py": "files and commands, which are the same in both languages",
    "plugins/new_policy.py": "a file that is written in both languages",
    "plugins/testing.py": "for developers of plugins",
}
FOR_MACHINES_FOLDERS = {
    "plugins/builtin/engine_": "names of columns and tables in SQL",
    "plugins/sql_engine": "names of columns and tables in SQL",
    "plugins/impact/comparison.py": "SQL",
}
NOT_SAID = frozenset(json.loads((Path(__file__).parent / "not_said.json").read_text(encoding="utf-8")))
"""What is like a text for people and is none: parts of YAML, SQL, CSS and patterns, keys of phrases, the reference of functions."""
SCHEMA = {"Field", "declare", "Function", "function"}
"""Calls whose texts go into the JSON schema or the reference of functions."""
NAMES = {"phrase", "compile", "fullmatch", "split", "sub", "words_of", "removesuffix", "removeprefix", "startswith", "TypeVar"}
"""Calls whose texts are keys or patterns."""
LANGUAGE = re.compile(
    r"(round |half |rank )?(up|down|even|half up|half down|half even)|date and time|(list|set|map) of( \w+)?|not in|collect \w+|(next|previous) in scale|step down"
    r"|distinct values|at least|at most|better than|worse than|in order|list contains|contains any|get value|known to be|\w+ per calendar|get or else|string join|\w+ of \w+"
    r"|years and months duration|months duration|count distinct|unix ms|value tier"
)
"""Words of the policy language, which are the same in both languages."""


@cache
def templates() -> dict[str, str]:
    """Return the templates, each with the first place where it stands."""
    found: dict[str, str] = {}
    for folder in ("core", "plugins", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name in FOR_MACHINES or any(name.startswith(start) for start in FOR_MACHINES_FOLDERS):
                continue
            for line, template in _of_file(ast.parse(path.read_text(encoding="utf-8"))):
                if template not in NOT_SAID:
                    found.setdefault(template, f"{name}:{line}")
    return found


def printed() -> Iterator[tuple[str, str]]:
    """Yield the texts of the source that commands print as they stand, each after its place."""
    for place, call in _calls("say", "put"):
        for argument in call.args[:1]:
            pieces = _pieces(argument)
            text = _template(pieces) if pieces else argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(text, str):
                yield place, text


def headings() -> Iterator[tuple[str, str]]:
    """Yield the headings of the tables that commands print, each after its place; those that are computed stand elsewhere as texts."""
    for place, call in _calls("write_rows"):
        columns = call.args[1]
        if isinstance(columns, ast.Name):
            tree = ast.parse((ROOT / place.split(":")[0]).read_text(encoding="utf-8"))
            assigned = [n.value for n in ast.walk(tree) if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == columns.id]
            columns = ast.Tuple(assigned, ast.Load())
        for part in ast.walk(columns):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield place, part.value


def _calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


def may_be_left_out(template: str) -> set[str]:
    """Return the holes of a template that an ending of the plural or a verb fills, which Chinese has not."""
    return set(re.findall(r"(?<=[a-z])\{(\d+)\}", template))


def _of_file(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file, of a text put together only the whole and what is filled in."""
    passed_over: set[int] = set()
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        if id(node) in passed_over:
            continue
        passed_over |= {id(part) for part in _not_said(node)}
        if isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield from ((node.lineno, paragraph) for paragraph in _paragraphs(ast.get_docstring(node) or ""))
        pieces = _pieces(node)
        template = _template(pieces) if pieces else node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        if template is not None and _is_said(template):
            yield node.lineno, template  # type: ignore[attr-defined]  # what has a text stands on a line
        left += ast.iter_child_nodes(node) if template is None else [piece for piece in pieces if not isinstance(piece, ast.Constant)]


def _paragraphs(docstring: str) -> Iterator[str]:
    """Yield the paragraphs of a command's help, each of which is a text; examples are none."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(docstring)):
        if not paragraph.startswith("\b"):
            yield " ".join(paragraph.split())


def _makes_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr in ("command", "group")


def _is_said(template: str) -> bool:
    return bool(WORDS.search(template)) and not MACHINE.search(template) and not LANGUAGE.fullmatch(template)


def _template(pieces: Sequence[ast.expr]) -> str | None:
    if not any(isinstance(piece, ast.Constant) and isinstance(piece.value, str) for piece in pieces):
        return None
    text, holes = "", 0
    for number, piece in enumerate(pieces):
        if isinstance(piece, ast.Constant):
            text += str(piece.value)
        elif number == 0 or isinstance(pieces[number - 1], ast.Constant):
            text, holes = f"{text}{{{holes}}}", holes + 1
    return text


def _pieces(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return [
            part
            for value in node.values
            for part in (
                _pieces(value.value) if isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.JoinedStr) else [value]
            )
        ]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_side(node.left), *_side(node.right)]
    return []


def _side(node: ast.expr) -> list[ast.expr]:
    return _pieces(node) or [node]


def _not_said(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node that are for machines: docstrings, keys, annotations, what is compared, what is a name to who is called."""
    match node:
        case ast.Module(body=body) | ast.ClassDef(body=body) | ast.FunctionDef(body=body):
            yield from (each for each in body if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        case ast.Expr(value=ast.Constant() as value):
            yield value
        case ast.Dict(keys=keys, values=values):
            yield from (key for key in keys if key is not None)
            if {key.value for key in keys if isinstance(key, ast.Constant)} == {"zh", "en"}:
                yield from values
        case ast.Subscript(slice=part):
            yield part
        case ast.Compare(left=left, comparators=others):
            yield from (each for each in (left, *others) if isinstance(each, ast.Constant))
        case ast.Call(func=func, args=args, keywords=keywords):
            called = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
            yield from (keyword.value for keyword in keywords if keyword.arg == "description" or called in SCHEMA)
            if called in SCHEMA or called in NAMES:
                yield from args
        case ast.MatchValue(value=value):
            yield value
        case ast.AnnAssign(annotation=annotation):
            yield annotation
        case _:
            pass
