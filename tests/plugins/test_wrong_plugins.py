"""Plugins that are written wrongly, each in one way: the command names the plugin, what it did wrong and the way out, and leaves with code 3."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.command_line import Done, tierwise

HEAD = """\
from datetime import date
from decimal import Decimal
import click
from pydantic import BaseModel
from tierwise.core.environment import CompiledSection, Function
from tierwise.core.policy.texts import SectionKeys
from tierwise.core.types import BooleanType, EnumType, NumberType, SetType, TextType
from tierwise.plugins import hookimpl
TITLE = {"zh": "甲", "en": "A"}
class Keys(BaseModel):
    pass
class Kind:
    name, title, about, keys = "odd", TITLE, "About.", Keys
    def decisions(self, module, keys): return []
    def check(self, keys, context): return []
class Form:
    name, about, model = "odd", "About.", Keys
    def compile(self, spec, context): return {}
class Source:
    name, about = "odd", "About."
    def opens(self, location): return location.endswith(".odd")
    def open(self, location): raise NotImplementedError
class Section:
    name, about, keys = "odd", "About.", SectionKeys
    def compile(self, keys, context): return CompiledSection(None, (), (), "")
class Matcher:
    def match(self, tasks): return [[] for task in tasks]
    def close(self): pass
class WatchEngine:
    name, about = "odd", "About."
    def unusable(self): return ""
    def matcher(self): return Matcher()
class Engine:
    name, about = "odd", "About."
    def grade(self, plan, environment, facts, as_of): return None
"""
WATCHED = """\
watch:
  events: {late: {label: late}}
  rules: {twice: {on: late, count: 2, within: 3 months, action: {do: call, say: call}}}
"""
EVENTS = "".join(f'{{"id": "{day}", "kind": "late", "subject": "a", "at": "2024-01-{day}"}}\n' for day in (15, 16, 17))
POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: Small
facts: {n: {type: integer}}
modules:
  main:
    kind: KIND
    decisions:
      out: {type: TYPE, formula: FORMULA}
"""


def function(gives: str, type_: str, told: str, formula: str = "odd(n)", written: str = "integer") -> tuple[str, str, str, str]:
    code = f'@hookimpl\ndef tierwise_functions(): return [Function("odd", "odd(n)", "About.", lambda types: {type_}, lambda n: {gives})]'
    return code, told, formula, written


def with_sql(template: str, told: str) -> tuple[str, str, str, str]:
    code = (
        "@hookimpl\ndef tierwise_functions(): "
        f'return [Function("odd", "odd(n)", "About.", lambda types: NumberType(0), lambda n: n, {{"duckdb": {template!r}}})]'
    )
    return code, told, "odd(n)", "integer"


def saying_of_none(undefined: str, gives: str, told: str) -> tuple[str, str, str, str]:
    code = (
        "@hookimpl\ndef tierwise_functions(): "
        f'return [Function("odd", "odd(n)", "About.", lambda types: NumberType(0), lambda n: {gives}, undefined="{undefined}")]'
    )
    return code, told, "odd(n)", "integer"


FUNCTIONS = {
    "nothing, though it says never": saying_of_none("never", "None", "gave nothing, though its `undefined` is `never`"),
    "a word that says nothing of none": saying_of_none("often", "n", "whose `undefined` is not one of 'never', 'empty', 'zero'"),
    "a text for a number": function('"abc"', "NumberType(0)", "gave `'abc'`, where a `Decimal` is needed"),
    "a float": function("0.1 + 0.2", "NumberType(2)", "gave `0.30000000000000004`", written="number, scale: 2"),
    "not a number": function('Decimal("NaN")', "NumberType(0)", "where a finite number is needed"),
    "more digits than its scale": function(
        'Decimal("1.123456")', "NumberType(2)", "where a number of scale 2 is needed", written="number, scale: 2"
    ),
    "true for a grade": function(
        "True", 'EnumType(("A", "B"))', "gave `True`, where one of A, B is needed", written="enum, values: [A, B]"
    ),
    "a grade that is none": function(
        '"Z"', 'EnumType(("A", "B"))', "gave `'Z'`, where one of A, B is needed", written="enum, values: [A, B]"
    ),
    "a list for a set": function('["a"]', "SetType(TextType())", "where a `tuple` is needed", written="set of text"),
    "a whole number for yes": function("1", "BooleanType()", "where `True` or `False` is needed", written="boolean"),
    "an exception": function("1 / 0", "NumberType(0)", "failed: ZeroDivisionError: division by zero"),
    "no type": function(
        "n", "None", "gave nothing in `type_of` of function `odd`, where a type, or a text that says what is wrong is needed"
    ),
    "a type of Python": function("n", "int", "in `type_of` of function `odd`"),
    "a function that leaves": function("__import__('sys').exit(7)", "NumberType(0)", "failed: SystemExit: 7"),
    "an endless message": function("1 / 0 if n is None else [][int('9' * 1) + len('x' * 10**6)]", "NumberType(0)", "failed: IndexError"),
    "a type that is waited for": (
        "async def type_of(types): return NumberType(0)\n@hookimpl\n"
        + 'def tierwise_functions(): return [Function("odd", "odd(n)", "About.", type_of, lambda n: n)]',
        "whose `type_of` is not something to call, and not asynchronous",
        "odd(n)",
        "integer",
    ),
    "a function that is waited for": (
        "async def give(n): return n\n@hookimpl\n"
        + 'def tierwise_functions(): return [Function("odd", "odd(n)", "About.", lambda types: NumberType(0), give)]',
        "whose `python` is not something to call, and not asynchronous",
        "odd(n)",
        "integer",
    ),
    "SQL for more arguments than there are": with_sql("{0} + {1}", "names argument 2 as `{1}`, of which `odd(n)` has 1"),
    "SQL with names for arguments": with_sql("{n} + 1", "`{n}` is no number of an argument"),
    "SQL with arguments without numbers": with_sql("{} + 1", "`{}` is no number of an argument"),
    "SQL with a lone bracket": with_sql("{0 + 1", "is no template"),
    "a type that raises": function("n", 'types["x"]', "failed in `type_of` of function `odd`: TypeError"),
}
SEAMS = {
    "a hook that returns nothing": (
        "@hookimpl\ndef tierwise_kinds(): pass",
        "gave nothing for hook `tierwise_kinds`, where a list is needed",
    ),
    "a hook that returns a text": ('@hookimpl\ndef tierwise_kinds(): return "odd"', "it gave `'odd'`, where a list is needed"),
    "a hook that returns one thing": ("@hookimpl\ndef tierwise_kinds(): return Kind()", "where a list is needed"),
    "a hook that raises": ("@hookimpl\ndef tierwise_kinds(): raise KeyError('x')", "failed in hook `tierwise_kinds`: KeyError: 'x'"),
    "a hook that does not exist": ("@hookimpl\ndef tierwise_kindz(): return []", "does not fit"),
    "a hook with an argument of its own": ("@hookimpl\ndef tierwise_kinds(more): return []", "does not fit"),
    "a thing without a name": ("@hookimpl\ndef tierwise_kinds(): return [object()]", "where a thing with a `name` is needed"),
    "a class, not a thing of it": ("@hookimpl\ndef tierwise_functions(): return [Function]", "where a thing with a `name` is needed"),
    "a name that is taken": (
        "class Tier(Kind):\n    name = 'value-tier'\n@hookimpl\ndef tierwise_kinds(): return [Tier()]",
        "both give `value-tier`",
    ),
    "a kind without a title": (
        "del Kind.title\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "gave `odd` for hook `tierwise_kinds` without `title`",
    ),
    "a title in one language": (
        "Kind.title = {'en': 'A'}\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "whose `title` is not a title such as",
    ),
    "keys that are no model": (
        "Kind.keys = dict\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "whose `keys` is not a pydantic model",
    ),
    "a check that is not called": (
        "Kind.check = None\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "whose `check` is not something to call",
    ),
    "decisions that return nothing": (
        "Kind.decisions = lambda self, module, keys: None\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "gave nothing in `decisions` of kind `odd`, where the decisions that its keys stand for is needed",
    ),
    "a check that gives a text": (
        "Kind.check = lambda self, keys, context: 'bad'\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "gave `'bad'` in `check`",
    ),
    "a check that raises": (
        "Kind.check = lambda self, keys, context: 1 / 0\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in `check` of kind `odd`",
    ),
    "a form without a model": (
        "del Form.model\n@hookimpl\ndef tierwise_forms(): return [Form()]",
        "gave `odd` for hook `tierwise_forms` without `model`",
    ),
    "the class of a kind": ("@hookimpl\ndef tierwise_kinds(): return [Kind]", "as a class, where a thing of it is needed"),
    "a property that raises": (
        "Kind.about = property(lambda self: 1 / 0)\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in hook `tierwise_kinds`: ZeroDivisionError",
    ),
    "a property that leaves": (
        "Kind.more = property(lambda self: exit(3))\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in hook `tierwise_kinds`: SystemExit: 3",
    ),
    "a name that raises": (
        "Kind.name = property(lambda self: [][0])\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in hook `tierwise_kinds`: IndexError",
    ),
    "a thing that cannot be shown": (
        "class Odd:\n    def __repr__(self): raise ValueError('x')\n@hookimpl\ndef tierwise_kinds(): return [Odd()]",
        "gave `<Odd>` for hook `tierwise_kinds`",
    ),
    "an endless hook": (
        "def ever():\n    while True: yield Kind()\n@hookimpl\ndef tierwise_kinds(): return ever()",
        "failed in hook `tierwise_kinds`: ValueError: it yields more than 100,000 things",
    ),
    "a hook that is waited for": ("@hookimpl\nasync def tierwise_kinds(): return [Kind()]", "where a list is needed"),
    "a hook that leaves": ("@hookimpl\ndef tierwise_kinds(): raise SystemExit(9)", "failed in hook `tierwise_kinds`: SystemExit: 9"),
    "a huge message": (
        "@hookimpl\ndef tierwise_kinds(): raise ValueError('x' * 10**7)",
        "failed in hook `tierwise_kinds`: ValueError: " + "x" * 500 + "…",
    ),
    "a message that fails": (
        "class Bad(Exception):\n    def __str__(self): raise ValueError\n@hookimpl\ndef tierwise_kinds(): raise Bad",
        "failed in hook `tierwise_kinds`: Bad",
    ),
    "decisions without end": (
        "def ever(self, module, keys):\n    while True: yield None\nKind.decisions = ever\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in `decisions` of kind `odd`: ValueError: it yields more than 100,000 things",
    ),
    "decisions that leave": (
        "Kind.decisions = lambda self, module, keys: exit(4)\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "failed in `decisions` of kind `odd`: SystemExit: 4",
    ),
    "a check that is waited for": (
        "async def check(self, keys, context): return []\nKind.check = check\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "whose `check` is not something to call, and not asynchronous",
    ),
    "decisions that are no decisions": (
        "Kind.decisions = lambda self, module, keys: [1, 2]\n@hookimpl\ndef tierwise_kinds(): return [Kind()]",
        "in `decisions` of kind `odd`",
    ),
    "a module that leaves": ("raise SystemExit(5)", "cannot be loaded from tierwise_wrong: SystemExit: 5"),
    "a module that cannot be imported": ("import nothing_of_that_name", "cannot be loaded from tierwise_wrong: ModuleNotFoundError"),
    "a module with an error": ("x = = 1", "cannot be loaded from tierwise_wrong: SyntaxError"),
}
FORMS = {
    "a form that compiles to nothing": ("None", "gave nothing in `compile` of form `odd`, where a mapping is needed"),
    "a form that compiles to a text": ("'x'", "in `compile` of form `odd`, where a mapping is needed"),
    "a form that raises": ("1 / 0", "failed in `compile` of form `odd`: ZeroDivisionError"),
    "a form that leaves": ("exit(3)", "failed in `compile` of form `odd`: SystemExit: 3"),
}
SECTIONS = {
    "a section that compiles to nothing": ("Section.compile = lambda *more: None", "gave nothing in `compile` of section `odd`"),
    "a section that raises": ("Section.compile = lambda *more: [][0]", "failed in `compile` of section `odd`: IndexError"),
    "a section without keys": ("del Section.keys", "gave `odd` for hook `tierwise_sections` without `keys`"),
    "a section whose keys are no model": ("Section.keys = 5", "whose `keys` is not a pydantic model"),
    "a section that is not compiled": ("Section.compile = 'x'", "whose `compile` is not something to call"),
}
WATCH_ENGINES = {
    "a watch engine that raises": ("WatchEngine.matcher = lambda self: 1 / 0", "failed in `matcher` of engine `odd`: ZeroDivisionError"),
    "a watch engine without a matcher": (
        "WatchEngine.matcher = lambda self: None",
        "in `matcher` of engine `odd`, where a `Matcher` is needed",
    ),
    "a watch engine that does not say whether": ("WatchEngine.unusable = lambda self: None", "gave nothing in `unusable` of engine `odd`"),
    "a matcher that raises": ("Matcher.match = lambda self, tasks: tasks['x']", "failed in `match` of engine `odd`: TypeError"),
    "a matcher that gives nothing": ("Matcher.match = lambda self, tasks: None", "gave nothing in `match` of engine `odd`"),
    "a matcher that gives too few": ("Matcher.match = lambda self, tasks: []", "in `match` of engine `odd`"),
    "a matcher that gives a text": ("Matcher.match = lambda self, tasks: ['ab'] * len(tasks)", "in `match` of engine `odd`"),
    "a matcher that names what is not there": (
        "Matcher.match = lambda self, tasks: [[(0, 99)]] * len(tasks)",
        "in `match` of engine `odd`",
    ),
}
COMMANDS = {
    "a command that raises": (
        "@click.command()\ndef odd(): raise KeyError('x')\n@hookimpl\ndef tierwise_commands(): return [odd]",
        "failed in `invoke` of command `odd`: KeyError: 'x'",
    ),
    "a function for a command": ("def odd(): pass\nodd.name = 'odd'\n@hookimpl\ndef tierwise_commands(): return [odd]", "without `params`"),
}
DATA = {
    "a source without its methods": (
        "Source.open = lambda self, location: object()\n@hookimpl\ndef tierwise_sources(): return [Source()]",
        "in `open` of source `odd`, where a `Source` is needed",
    ),
    "a source that does not say whether": (
        "Source.opens = lambda self, location: None\n@hookimpl\ndef tierwise_sources(): return [Source()]",
        "gave nothing in `opens` of source `odd`",
    ),
    "a guess that is a text": (
        "Source.guesses = 'yes'\n@hookimpl\ndef tierwise_sources(): return [Source()]",
        "whose `guesses` is not something to call",
    ),
    "a source that raises": (
        "@hookimpl\ndef tierwise_sources(): return [Source()]",
        "failed in `open` of source `odd`: NotImplementedError",
    ),
}
ENGINES = {
    "an engine that gives nothing": (
        "@hookimpl\ndef tierwise_engines(): return [Engine()]",
        "gave nothing in `grade` of engine `odd`, where a `Grading` is needed",
    ),
    "an engine that raises": (
        "Engine.grade = lambda self, *more: 1 / 0\n@hookimpl\ndef tierwise_engines(): return [Engine()]",
        "failed in `grade` of engine `odd`",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is current and on the path, in which a plugin is installed once it is written."""
    info = tmp_path / "wrong-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wrong\nVersion: 2.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[tierwise]\nwrong = tierwise_wrong\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "tierwise_wrong", raising=False)
    return tmp_path


def write(folder: Path, code: str, formula: str = "n", written: str = "integer", kind: str = "module") -> None:
    (folder / "tierwise_wrong.py").write_text(f"{HEAD}{code}\n", encoding="utf-8")
    text = POLICY.replace("TYPE", written).replace("FORMULA", formula).replace("KIND", kind)
    (folder / "small.yaml").write_text(text, encoding="utf-8")


def change(folder: Path, old: str, new: str) -> None:
    policy = folder / "small.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def told(done: Done, said: str) -> None:
    sys.modules.pop("tierwise_wrong", None)
    assert done.code == 3, done.said
    assert "wrong" in done.err
    assert said in done.err, done.err
    assert "help: run again with `--disable-plugin wrong`" in done.err
    assert "Traceback" not in done.said


@pytest.mark.parametrize("way", FUNCTIONS)
def test_a_function_of_the_wrong_type_is_named(folder: Path, way: str) -> None:
    code, said, formula, written = FUNCTIONS[way]
    write(folder, code, formula, written)

    told(tierwise("decide", "small.yaml", "--facts", "-", stdin=json.dumps({"n": 1})), said)


@pytest.mark.parametrize(
    ("template", "told_"),
    [
        ("no_such_function({0})", "does not run in DuckDB: Catalog Error"),
        ("{0} +", "is no SQL of DuckDB"),
        ("error('no' || {0})", "does not run in DuckDB"),
    ],
)
def test_sql_that_does_not_run_is_named(folder: Path, template: str, told_: str) -> None:
    code, _, formula, written = with_sql(template, "")
    write(folder, code, formula, written)
    (folder / "data.csv").write_text("customer_id,n\na,1\n", encoding="utf-8")

    told(tierwise("grade", "data.csv", "--policy", "small.yaml"), told_)


@pytest.mark.parametrize(
    ("template", "type_", "written", "value"),
    [
        ("'Z'", 'EnumType(("A", "B"))', "enum, values: [A, B]", "A"),
        ("1.239", "NumberType(2)", "number, scale: 2", 1.5),
        ("0.1::DOUBLE + 0.2::DOUBLE", "NumberType(2)", "number, scale: 2", 1.5),
        ("'abc'", "NumberType(0)", "integer", 7),
    ],
)
def test_sql_that_gives_another_type_gives_no_wrong_grade(folder: Path, template: str, type_: str, written: str, value: object) -> None:
    gives = repr(value) if isinstance(value, str) else f"Decimal('{value}')"
    code = (
        f'@hookimpl\ndef tierwise_functions(): return [Function("odd", "odd(n)", "About.", '
        f'lambda types: {type_}, lambda n: {gives}, {{"duckdb": {template!r}}})]'
    )
    write(folder, code, "odd(n)", written)
    (folder / "data.csv").write_text("customer_id,n\na,1\n", encoding="utf-8")

    done = tierwise("grade", "data.csv", "--policy", "small.yaml", "--format", "jsonl")

    sys.modules.pop("tierwise_wrong", None)
    assert done.code == 0, done.err
    assert json.loads(done.out)["outputs"]["out"]["value"] == value


@pytest.mark.parametrize("way", SEAMS)
def test_a_plugin_that_does_not_fit_is_named(folder: Path, way: str) -> None:
    code, said = SEAMS[way]
    write(folder, code, kind="odd" if "Kind()" in code else "module")

    told(tierwise("check", "small.yaml"), said)


@pytest.mark.parametrize("way", FORMS)
def test_a_form_that_fails_is_named(folder: Path, way: str) -> None:
    gives, said = FORMS[way]
    write(folder, f"Form.compile = lambda self, spec, context: {gives}\n@hookimpl\ndef tierwise_forms(): return [Form()]")
    change(folder, "formula: n", "odd: {}")

    told(tierwise("check", "small.yaml"), said)


@pytest.mark.parametrize("way", SECTIONS)
def test_a_section_that_fails_is_named(folder: Path, way: str) -> None:
    code, said = SECTIONS[way]
    write(folder, f"{code}\n@hookimpl\ndef tierwise_sections(): return [Section()]")
    change(folder, "modules:", "odd: {}\nmodules:")

    told(tierwise("check", "small.yaml"), said)


@pytest.mark.parametrize("way", WATCH_ENGINES)
def test_a_watch_engine_that_fails_is_named(folder: Path, way: str) -> None:
    code, said = WATCH_ENGINES[way]
    write(folder, f"{code}\n@hookimpl\ndef tierwise_watch_engines(): return [WatchEngine()]")
    change(folder, "modules:", WATCHED + "modules:")

    told(tierwise("watch", "-", "--policy", "small.yaml", "--engine", "odd", "--as-of", "2026-03-01", stdin=EVENTS), said)


@pytest.mark.parametrize("way", COMMANDS)
def test_a_command_that_fails_is_named(folder: Path, way: str) -> None:
    code, said = COMMANDS[way]
    write(folder, code)

    told(tierwise("odd"), said)


@pytest.mark.parametrize("way", DATA)
def test_a_source_that_fails_is_named(folder: Path, way: str) -> None:
    code, said = DATA[way]
    write(folder, code)
    (folder / "data.odd").write_text("x", encoding="utf-8")

    told(tierwise("grade", "data.odd", "--policy", "small.yaml"), said)


@pytest.mark.parametrize("way", ENGINES)
def test_an_engine_that_fails_is_named(folder: Path, way: str) -> None:
    code, said = ENGINES[way]
    write(folder, code)
    (folder / "data.csv").write_text("customer_id,n\na,1\n", encoding="utf-8")

    told(tierwise("grade", "data.csv", "--policy", "small.yaml", "--engine", "odd"), said)


def test_without_the_plugin_everything_works(folder: Path) -> None:
    write(folder, "raise RuntimeError")

    assert tierwise("--disable-plugin", "wrong", "check", "small.yaml").code == 0
    assert os.listdir(folder)


def test_a_command_that_is_used_wrongly_says_so_itself(folder: Path) -> None:
    write(
        folder,
        "@click.command()\n@click.option('--n', type=int)\ndef odd(n): raise click.UsageError('not so')\n@hookimpl\ndef tierwise_commands(): return [odd]",
    )

    assert [tierwise("odd", *words).code for words in ([], ["--n", "x"])] == [2, 2]
