"""Runs the command line for tests: inside the test's own process, or as a process of its own where signals, pipes and limits matter."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from tierwise.cli.main import main

COMMAND = [sys.executable, "-m", "tierwise"]

POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: {zh: 小例子, en: A small example}
subject: customer
facts:
  amount: {type: number, scale: 2, min: 0, unit: 元, label: {zh: 金额, en: amount}}
  judged_good: {type: boolean, judged: true, label: {zh: 信誉好, en: good reputation}}
modules:
  tier:
    kind: value-tier
    scale: [甲, 乙, 丙]
    decisions:
      tier:
        label: {zh: 等级, en: tier}
        type: enum
        values: [甲, 乙, 丙]
        table:
          hit: unique
          rules: |
            id    | amount      | judged_good -> tier | # note
            big   | >= 50万     | true        -> 甲   | 大客户
            large | >= 50万     | false       -> 乙   |
            small | < 50万      | -           -> 丙   |
"""
"""A whole policy: two facts, three grades with Chinese names, a border at 500,000."""

CUSTOMERS = '''\
customer_id,name,amount,judged_good
001,北京华信科技有限公司,500000,true
002,李雷,499999.99,false
003,Zhang & Söhne GmbH,1200000,false
004,"上海, ""安泰""",,true
'''
"""Four customers: one exactly on the border, one just below, one above, one whose amount is not known."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a call of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, for claims about what is nowhere."""
        return self.out + self.err


def tierwise(*arguments: object, stdin: str = "") -> Done:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    words = [str(argument) for argument in arguments]
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8")))):
        try:
            main(words)
        except SystemExit as leave:
            return Done(int(leave.code or 0), out.getvalue(), err.getvalue())


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a process: like ours, in English, without Tierwise's own variables.

    Bytecode is kept beside the tree (see ``conftest.py``): to compile everything again took more than half of a short command's time.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIERWISE", "LC_", "LANG", "NO_COLOR"))}
    return kept | {"LANG": "C.UTF-8"} | dict(extra or {})


def tierwise_process(*arguments: object, folder: Path, stdin: str = "", extra: Mapping[str, str] | None = None) -> Done:
    """Run a command as a process of its own, in a folder."""
    done = subprocess.run(
        [*COMMAND, *(str(argument) for argument in arguments)],
        cwd=folder,
        env=environment(extra),
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(*arguments: object, folder: Path) -> subprocess.Popen[str]:
    """Start a command whose stdin stays open and whose streams are pipes."""
    return subprocess.Popen(
        [*COMMAND, *(str(argument) for argument in arguments)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
