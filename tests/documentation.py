"""Reads what a page of the documentation shows: commands with their output, files to save, changes to make, Python; and runs it in order.

A block of code is told by the comment before it, or by its language:

- ``<!-- save: NAME -->``: the block is written to that file;
- ``<!-- replace: NAME -->``: in that file the line after ``-`` becomes the line after ``+``;
- ``console``: a line that starts with ``$ `` is a command, what follows is its output; ``...`` stands for any lines, or for any signs
  within a line;
- ``python``: is run.

``<!-- exit: 1 -->`` says which exit code the last command of a block has; ``<!-- skip: reason -->`` leaves a block out.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tests.command_line import environment, tierwise

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^(?:<!-- (save|replace|exit|skip): ([^\n]*?) -->\n)?```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of code: what the comment before it says, its language, its text and the line where it starts."""

    mark: str
    what: str
    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a block and the lines shown below it."""

    words: str
    shown: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield Block(found[1] or "", found[2] or "", found[3], found[4], text.count("\n", 0, found.start()) + 1)


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        lines = part.rstrip("\n").split("\n")
        length = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Command("\n".join(lines[:length]), tuple(lines[length:]))


def matches(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Say whether what is shown is what was printed; a line ``...`` stands for any number of lines, ``...`` in a line for any signs."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(matches(shown[1:], printed[n:]) for n in range(len(printed) + 1))
    return bool(printed) and same_line(shown[0], printed[0]) and matches(shown[1:], printed[1:])


def same_line(shown: str, printed: str) -> bool:
    """Compare two lines; at which line of a shipped policy something stands may change."""
    pattern = re.escape(_unnumbered(shown)).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, _unnumbered(printed)) is not None


def _unnumbered(line: str) -> str:
    return re.sub(r"^ +\d* +\|", " |", re.sub(r"\.yaml:\d+:\d+:", ".yaml:", line.rstrip()))


def run_page(page: Path, folder: Path) -> list[str]:
    """Do in a folder what a page says, in order, and return what differs."""
    tools = folder / ".tools"
    tools.mkdir()
    (tools / "tierwise").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tierwise "$@"\n', encoding="utf-8")
    (tools / "tierwise").chmod(0o755)
    surroundings = environment({"PATH": f"{tools}:{os.environ['PATH']}", "COLUMNS": "100"})
    wrong: list[str] = []
    for block in blocks(page):
        place = f"{page.name}:{block.line}"
        if block.mark == "skip":
            continue
        if block.mark == "save":
            (folder / block.what).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.what).write_text(block.text, encoding="utf-8")
        elif block.mark == "replace":
            wrong += [f"{place}: {said}" for said in _replace(folder / block.what, block.text)]
        elif block.language == "console":
            wrong += [f"{place}: {said}" for said in _run_console(block, folder, surroundings)]
        elif block.language == "python":
            done = subprocess.run(
                [sys.executable, "-c", block.text], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
            )
            wrong += [f"{place}: {done.stderr}"] if done.returncode else []
    return wrong


def _replace(file: Path, change: str) -> Iterator[str]:
    old, new = ("".join(line[1:] + "\n" for line in change.splitlines() if line.startswith(sign)) for sign in "-+")
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        yield f"{file.name} has {text.count(old)} times {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _run_console(block: Block, folder: Path, surroundings: dict[str, str]) -> Iterator[str]:
    asked = list(commands(block))
    for number, command in enumerate(asked, 1):
        code, printed = _done(command.words, folder, surroundings)
        demanded = int(block.what) if block.mark == "exit" and number == len(asked) else 0
        if code != demanded:
            yield f"`{command.words}` left with {code}, not {demanded}:\n{printed}"
        elif command.shown and not matches(command.shown, printed.rstrip("\n").split("\n")):
            yield f"`{command.words}` printed:\n{printed}"


def _done(words: str, folder: Path, surroundings: dict[str, str]) -> tuple[int, str]:
    """Run a command, and return its exit code and what it printed on both streams.

    A plain call of ``tierwise`` is run in this process, which takes half the time; whatever is for a shell, by one.
    """
    plain = plain_call(words)
    if plain is None:
        done = subprocess.run(
            ["bash", "-c", words],
            cwd=folder,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout
    with chdir(folder), patch.dict(os.environ, surroundings, clear=True):
        found = tierwise(*plain.arguments)
    return found.code, ("" if plain.drops_err else found.err) + ("" if plain.drops_out else found.out)


@dataclass(frozen=True, slots=True)
class PlainCall:
    """A call of ``tierwise`` that asks nothing of a shell but perhaps to drop a stream."""

    arguments: tuple[str, ...]
    drops_out: bool = False
    drops_err: bool = False


def plain_call(words: str) -> PlainCall | None:
    """Return what a command calls; ``None`` where a shell has to read it."""
    dropped = re.fullmatch(r"(.*?)((?:\s+[12]?>\s*/dev/null)*)\s*", words, re.DOTALL)
    assert dropped is not None
    command, drops = dropped[1], re.findall(r"([12]?)>", dropped[2])
    unquoted = re.sub(r"'[^']*'", "", command)
    if not command.startswith("tierwise ") or re.search(r"[$`*?~|&;<>(){}#!]", unquoted):
        return None
    return PlainCall(tuple(shlex.split(command.replace("\\\n", " "))[1:]), any(stream != "2" for stream in drops), "2" in drops)
