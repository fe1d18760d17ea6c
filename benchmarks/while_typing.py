"""What the console's checker takes for each shipped policy while somebody types: CPU seconds from the key to what is found, marked and drawn.

Run ``python -m benchmarks.while_typing [POLICY ...]``. Every table and every part of a policy is typed in as a person does: one number one higher, or a condition
that is taken away, in a draft of a copy; each change is asked about once, as no key is pressed twice, and the slowest of them counts. ``--profile`` says where
that one spends its time."""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import platform
import pstats
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import getloadavg
from pathlib import Path
from typing import Any

from starlette.requests import Request

from tierwise.plugins.console.app import Call, Console, ConsoleSettings, begin_draft, draft_preview, draft_view
from tierwise.plugins.console.draft import Draft
from tierwise.plugins.console.editor_parts import groups_of, parts_of
from tierwise.plugins.console.edits import Refused
from tierwise.plugins.console.shelf import Shelf
from tierwise.plugins.manager import Plugins
from tierwise.plugins.people_names import Naming
from tierwise.plugins.web.server import collect_rarely

__all__ = ["main"]

USER = "lin"
GOAL = 0.3
NUMBER = re.compile(r"\d+")


def main() -> None:
    """Measure, and print the slowest change of each policy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("policies", nargs="*", help="only these")
    parser.add_argument("--profile", action="store_true", help="show where the slowest change spends its time")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {getloadavg()[0]:.1f}; CPU milliseconds")
    collect_rarely()
    plugins = Plugins()
    names = given.policies or [entry.name for entry in Shelf(None, plugins).shipped()]
    found = []
    for name in names:
        found.append(_slowest(plugins, name))
        seconds, _, changes, change = found[-1]
        over = "" if seconds <= GOAL else "  over the goal"
        print(f"{seconds * 1000:6.0f}  {name:34} {changes:3} changes, the slowest {_said(change)}{over}", flush=True)
    if given.profile:
        _profile(plugins, *max(found, key=lambda one: one[0])[1::2])


@contextmanager
def _console(plugins: Plugins) -> Iterator[Console]:
    """Give a console that holds nothing yet, its garbage collected as it does while nothing is asked."""
    with tempfile.TemporaryDirectory() as folder:
        gc.collect()
        yield Console(ConsoleSettings(Path(folder), None, None, "en", False), plugins, lambda: "now")


def _slowest(plugins: Plugins, name: str) -> tuple[float, str, int, dict[str, Any]]:
    """Return the seconds of a policy's slowest change, its name, how many were tried, and the change."""
    with _console(plugins) as console:
        draft = _begun(console, name)
        changes = list(_changes(draft))
        gc.collect()
        took = [(_asked(console, draft, change), number) for number, change in enumerate(changes)]
    seconds, slowest = max(took)
    return seconds, name, len(changes), changes[slowest]


def _begun(console: Console, name: str) -> Draft:
    """Copy a policy and open a draft of it, as its page does."""
    console.shelf.copy(name, name)
    address = begin_draft(console, _call({"shelf": "own", "name": name})).headers["location"]
    draft = console.drafts.find(address.rpartition("/")[2], USER)
    draft_view(console, _call({"draft": draft.id}))
    return draft


def _call(path: dict[str, str], body: bytes = b"") -> Call:
    scope = {"type": "http", "path": "/", "path_params": path, "query_string": b"", "headers": []}
    return Call(Request(scope), USER, "en", {}, body)


def _changes(draft: Draft) -> Iterator[dict[str, Any]]:
    """Yield a change of each table, and of the first number and the first formula of each part."""
    for part in parts_of(draft, None, "en"):
        groups = groups_of(draft, part.name, Naming.of(None, "en")) if part.sort in ("module", "section", "table") else ()
        for table in (table for group in groups for table in group.tables if table.rows):
            row = table.rows[len(table.rows) // 2].cells[: table.inputs]
            column = next((at for at, cell in enumerate(row) if at >= table.has_ids and cell != "-"), int(table.has_ids))
            change = {"row": len(table.rows) // 2, "column": column, "text": _typed(row[column], "-")}
            yield {"do": "cells", "file": table.file, "path": list(table.path), "cells": [change]}
        fields = [field for group in groups for field in group.fields if field.value.is_on_a_line]
        numbers = [field for field in fields if NUMBER.search(field.value.text)] or fields
        for is_formula in (False, True):
            for field in [one for one in numbers if one.is_formula == is_formula][:1]:
                text = _typed(field.value.text, f"{field.value.text}x")
                yield {"do": "value", "file": "policy.yaml", "path": list(field.value.path), "text": text}


def _typed(text: str, other: str) -> str:
    """Return a text with its first number one higher; another where it has none."""
    return NUMBER.sub(lambda found: str(int(found[0]) + 1), text, count=1) if NUMBER.search(text) else other


def _asked(console: Console, draft: Draft, change: dict[str, Any]) -> float:
    call = _call({"draft": draft.id}, json.dumps(change).encode())
    begun = time.process_time()
    with suppress(Refused):  # what cannot be written is an answer, too
        draft_preview(console, call)
    return time.process_time() - begun


def _said(change: dict[str, Any]) -> str:
    text = change["text"] if change["do"] == "value" else change["cells"][0]["text"]
    return f"{' › '.join(map(str, change['path'][-3:]))}: {text}"


def _profile(plugins: Plugins, name: str, change: dict[str, Any]) -> None:
    profile = cProfile.Profile()
    with _console(plugins) as console:
        draft = _begun(console, name)
        profile.enable()
        _asked(console, draft, change)
        profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(40)


if __name__ == "__main__":
    main()
