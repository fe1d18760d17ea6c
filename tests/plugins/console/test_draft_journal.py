"""A draft that was kept is the draft that it was, step by step, also when the console was killed; what was cut off while it was written is not there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("starlette")

import httpx2

from tests.plugins.console.console_policies import SMALL, write_small
from tierwise.plugins.console import draft as drafts
from tierwise.plugins.console import draft_journal
from tierwise.plugins.console.draft import Draft, Drafts
from tierwise.plugins.console.draft_journal import FOLDER, DraftJournal
from tierwise.plugins.console.edits import Refused, read_edit
from tierwise.plugins.console.shelf import PolicyTexts, Shelf
from tierwise.plugins.manager import Plugins

RULES = ["modules", "tier", "decisions", "tier", "table", "rules"]


class Restarted:
    """A console's drafts, and the same after it was started again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.shelf = Shelf(root, Plugins())

    def drafts(self) -> Drafts:
        return Drafts(self.shelf, DraftJournal(self.root / FOLDER), lambda: "2026-11-26T10:00:00+08:00")

    def begun(self) -> Draft:
        entry = self.shelf.find("small", own=True)
        assert entry is not None
        return self.drafts().begin(entry, self.shelf.texts(entry), "lin")

    def unsaved(self, user: str = "lin") -> list[str]:
        entry = self.shelf.find("small", own=True)
        assert entry is not None
        return [one.at for one in self.drafts().unsaved(entry, self.shelf.texts(entry), user)]

    def again(self, draft: Draft) -> Draft:
        return self.drafts().find(draft.id, "lin")


@pytest.fixture
def console(tmp_path: Path) -> Restarted:
    write_small(tmp_path)
    return Restarted(tmp_path)


def change(draft: Draft, row: int, text: str) -> None:
    draft.change(
        read_edit(json.dumps({"do": "cells", "file": "policy.yaml", "path": RULES, "cells": [{"row": row, "column": 4, "text": text}]}))
    )


def state(draft: Draft) -> object:
    return (dict(draft.files), draft.base, draft.position, [dict(one) for one in draft.states], draft.layers)


def test_every_step_of_a_draft_is_there_after_a_restart(console: Restarted) -> None:
    draft = console.begun()
    overlay = read_edit('{"do": "overlay", "file": "company.yaml", "policy": "small"}')
    steps: list[Callable[[], object]] = [
        lambda: change(draft, 0, "一"),
        lambda: change(draft, 1, "two"),
        draft.undo,
        draft.redo,
        lambda: draft.change(overlay),
        lambda: draft.lay_over(("company.yaml",)),
        lambda: draft.change(read_edit(json.dumps({"do": "drop", "file": "policy.yaml", "path": RULES, "first": 1, "count": 2}))),
        draft.undo,
        lambda: change(draft, 2, "three"),
        lambda: draft.rebase(
            PolicyTexts({**draft.base.files, "policy.yaml": SMALL + "# theirs\n"}, {}), {**draft.files, "policy.yaml": SMALL + "# both\n"}
        ),
        lambda: change(draft, 3, "on top"),
    ]
    for number, step in enumerate(steps):
        step()
        assert state(console.again(draft)) == state(draft), number


def test_what_differs_in_nothing_from_what_is_saved_is_not_kept(console: Restarted) -> None:
    draft = console.begun()
    assert console.unsaved() == []

    change(draft, 0, "one")
    assert console.unsaved() == ["2026-11-26T10:00:00+08:00"]
    assert console.unsaved("wang") == []

    draft.saved(PolicyTexts(draft.files, {}))
    assert console.unsaved() == []
    draft.undo()
    assert state(console.again(draft)) == state(draft)
    draft.redo()
    with pytest.raises(Refused):
        console.again(draft)


def test_a_draft_that_somebody_else_approved_meanwhile_is_kept_no_longer(console: Restarted) -> None:
    draft = console.begun()
    change(draft, 0, "one")
    assert len(console.unsaved()) == 1

    (console.root / "small" / "policy.yaml").write_text(draft.files["policy.yaml"], encoding="utf-8")
    assert console.unsaved() == []
    assert not list((console.root / FOLDER).glob("*.jsonl"))


def test_a_draft_belongs_to_who_began_it_and_to_a_policy_that_is_there(console: Restarted) -> None:
    draft = console.begun()
    change(draft, 0, "one")
    for id, user in ((draft.id, "wang"), ("../small/policy", "lin"), ("nobody-knows-it", "lin")):
        with pytest.raises(Refused):
            console.drafts().find(id, user)
    (console.root / "small").rename(console.root / "moved")
    with pytest.raises(Refused):
        console.again(draft)


def test_a_draft_that_was_cut_off_is_the_draft_before_its_last_step(console: Restarted) -> None:
    draft = console.begun()
    change(draft, 0, "one")
    before = dict(draft.files)
    path = console.root / FOLDER / f"{draft.id}.jsonl"
    length = path.stat().st_size
    change(draft, 1, "two")
    whole = path.read_bytes()

    for cut in (length, length + 1, (length + len(whole)) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert dict(console.again(draft).files) == before, cut
    for broken in (b"", whole[:40], whole[:length] + b'{"changed": {"policy.yaml": [1]}}\n', whole[:length] + b'{"at": 9, "layers": []}\n'):
        path.write_bytes(broken)
        with pytest.raises(Refused):
            console.again(draft)


def test_drafts_are_bounded(console: Restarted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_journal, "MOST_BYTES", 12_000)
    monkeypatch.setattr(draft_journal, "MOST_FILES", 3)
    monkeypatch.setattr(drafts, "MOST_STATES", 5)
    draft = console.begun()
    for number in range(60):
        change(draft, number % 4, f"{number} " + "x" * 300)
        assert dict(console.again(draft).files) == dict(draft.files)
    assert (console.root / FOLDER / f"{draft.id}.jsonl").stat().st_size < 15_000

    for _ in range(4):
        change(console.begun(), 0, "another")
    assert len(console.unsaved()) == 3


def test_a_draft_that_cannot_be_kept_says_so_and_goes_on(console: Restarted) -> None:
    (console.root / FOLDER).write_text("no folder")
    draft = console.begun()
    change(draft, 0, "one")

    assert draft.is_lost and "| one" in draft.files["policy.yaml"]


TOKEN = "a-token-of-the-tests-0123456789"


@contextmanager
def running(root: Path) -> Iterator[httpx2.Client]:
    """Run a console as a process of its own, and kill it."""
    (root / "token.txt").write_text(TOKEN)
    command = [sys.executable, "-m", "tierwise", "console", str(root), "--port", "0", "--token-file", str(root / "token.txt")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found, process.stdout.read()
        with httpx2.Client(base_url=found[0], headers={"authorization": f"Bearer {TOKEN}"}, timeout=60) as client:
            yield client
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_console_that_was_killed_offers_the_draft_with_all_that_was_typed(tmp_path: Path) -> None:
    write_small(tmp_path)
    with running(tmp_path) as client:
        draft = client.post("/policies/own/small/edit").headers["location"]
        for row in range(3):
            cell = {"row": row, "column": 4, "text": f"typed {row}"}
            answer = client.post(f"{draft}/edit", json={"do": "cells", "file": "policy.yaml", "path": RULES, "cells": [cell]})
            assert answer.status_code == 200 and not answer.json()["lost"], answer.text
        client.post(f"{draft}/undo", json={})

    with running(tmp_path) as client:
        assert f'href="{draft}"' in client.get("/policies/own/small").text
        page = client.get(draft).text
        assert "typed 0" in page and "typed 1" in page and "typed 2" not in page
        assert client.post(f"{draft}/redo", json={}).json()["changed"] == ["policy.yaml"]
        assert "typed 2" in client.get(draft).text
        client.post(f"{draft}/drop")
        assert "is not saved" not in client.get("/policies/own/small").text
    assert "typed" not in (tmp_path / "small" / "policy.yaml").read_text(encoding="utf-8")
