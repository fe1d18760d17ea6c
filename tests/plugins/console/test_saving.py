"""A draft is saved whole or not at all, with a reason and a line in the log; what others saved is a conflict; a second person approves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("jinja2")

from tests.plugins.console.console_policies import CASES, SMALL, write_small
from tierwise.plugins.console.change_log import LOG, read_log
from tierwise.plugins.console.edits import Refused
from tierwise.plugins.console.file_changes import changes_of, merged
from tierwise.plugins.console.saving import Conflict, Proposal, Saved, Saver, approval_rule, finish
from tierwise.plugins.console.shelf import Entry, PolicyTexts, Shelf
from tierwise.plugins.manager import Plugins

SECOND = "changes: {approval: second_person}\n"
NAMED = "changes: {approval: second_person, approvers: [wang]}\n"
CHANGED = SMALL.replace(">= 300", ">= 250")


class Folder:
    """A folder with one policy, and somebody who saves in it."""

    def __init__(self, root: Path, changes: str = "") -> None:
        self.path = write_small(root, changes=changes)
        self.shelf = Shelf(root, Plugins())
        self.saver = Saver(self.shelf, lambda: "2026-11-26T10:00:00+08:00")
        self.entry: Entry = self.shelf.own()[0]
        self.base: PolicyTexts = self.shelf.texts(self.entry)

    def save(self, text: str, user: str = "lin", why: str = "because", **more: str) -> Saved | Proposal | Conflict:
        return self.saver.save(self.entry, self.base, {**self.base.all, "policy.yaml": text, **more}, user, why)

    @property
    def text(self) -> str:
        return (self.path / "policy.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_what_is_saved_stands_in_the_file_and_in_the_log(folder: Folder) -> None:
    assert isinstance(folder.save(CHANGED), Saved)

    assert folder.text == CHANGED
    [line], broken = read_log(folder.path)
    assert (line.who, line.did, line.why, broken) == ("lin", "saved", "because", None)
    assert line.files["policy.yaml"]["diff"][1:] == [
        "-            top  | >= 300      | true  -> A    | 第一条",
        "+            top  | >= 250      | true  -> A    | 第一条",
    ]
    assert sorted(path.name for path in folder.path.iterdir()) == [".tierwise.lock", "cases.yaml", LOG, "policy.yaml"]


@pytest.mark.parametrize(
    ("user", "why", "said"),
    [
        ("lin", "  ", "reason"),
        ("", "because", "who you are"),
        ("lin", "x" * 2_001, "longer"),
        *(("lin", f"a{sign}b", "hidden character") for sign in "\0\x1b\x7f\x9b\u202e\u200b\udc80"),
    ],
)
def test_nothing_is_saved_without_a_reason_and_a_user(folder: Folder, user: str, why: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        folder.save(CHANGED, user, why)

    assert folder.text == SMALL and not (folder.path / LOG).exists()


def test_a_reason_of_several_lines_is_one_line_of_the_log(folder: Folder) -> None:
    folder.save(CHANGED, "lin", 'one\r\n{"who": "wang"}\u2028two')

    assert (folder.path / LOG).read_text(encoding="utf-8").count("\n") == 1
    assert [line.why for line in read_log(folder.path)[0]] == ['one {"who": "wang"} two']


def test_nothing_is_saved_where_nothing_changed(folder: Folder) -> None:
    with pytest.raises(Refused, match="nothing has changed"):
        folder.save(SMALL)


@pytest.mark.parametrize("name", ["../out.yaml", "a/b.yaml", "tables/../../x.csv", ".hidden", "tables/x.txt"])
def test_no_file_outside_the_policy_is_written(folder: Folder, name: str) -> None:
    with pytest.raises(Refused, match="no file of a policy"):
        folder.save(CHANGED, **{name: "x"})

    assert folder.text == SMALL


def test_a_shipped_policy_is_never_written(folder: Folder) -> None:
    with pytest.raises(Refused, match="ships"):
        folder.saver.save(Entry("x", "x", None), folder.base, {**folder.base.all, "policy.yaml": CHANGED}, "lin", "because")


def test_what_another_saved_meanwhile_is_a_conflict_and_nothing_is_written(folder: Folder) -> None:
    theirs = SMALL.replace("第二条", "their note")
    (folder.path / "policy.yaml").write_text(theirs, encoding="utf-8")

    done = folder.save(CHANGED)

    assert isinstance(done, Conflict) and folder.text == theirs
    both = merged(folder.base.all, {**folder.base.all, "policy.yaml": CHANGED}, done.theirs.all)
    assert both["policy.yaml"] == CHANGED.replace("第二条", "their note")
    [changed] = changes_of(done.theirs.all, both)
    assert [(cell.path, cell.before, cell.after) for cell in changed.cells] == [
        ("modules/tier/decisions/tier/table/rules/top/amount", ">= 300", ">= 250")
    ]


def test_where_both_changed_a_line_mine_holds_and_is_a_change(folder: Folder) -> None:
    theirs, mine = SMALL.replace(">= 300", ">= 350"), CHANGED

    both = merged({"policy.yaml": SMALL}, {"policy.yaml": mine}, {"policy.yaml": theirs})

    assert both == {"policy.yaml": mine}
    assert [cell.before for cell in changes_of({"policy.yaml": theirs}, both)[0].cells] == [">= 350"]


# ---- a second person -----------------------------------------------------------------------------------------------------------------


def test_a_change_that_needs_approval_waits_and_holds_once_another_approves(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SECOND)
    proposal = folder.save(CHANGED + SECOND)
    assert isinstance(proposal, Proposal) and folder.text == SMALL + SECOND
    assert [one.id for one in folder.saver.proposals(folder.entry)] == [proposal.id]

    with pytest.raises(Refused, match="somebody else"):
        folder.saver.decide(folder.entry, proposal.id, "lin", "mine", approve=True)
    folder.saver.decide(folder.entry, proposal.id, "wang", "agreed", approve=True)

    assert folder.text == CHANGED + SECOND and folder.saver.proposals(folder.entry) == ()
    lines, broken = read_log(folder.path)
    assert [(line.who, line.did, line.author) for line in lines] == [("lin", "proposed", "lin"), ("wang", "approved", "lin")]
    assert broken is None
    with pytest.raises(Refused, match="no such proposal"):
        folder.saver.decide(folder.entry, proposal.id, "wang", "again", approve=True)


def test_who_is_not_named_does_not_approve(tmp_path: Path) -> None:
    folder = Folder(tmp_path, NAMED)
    proposal = folder.save(CHANGED + NAMED)
    assert isinstance(proposal, Proposal)

    with pytest.raises(Refused, match="names who may"):
        folder.saver.decide(folder.entry, proposal.id, "zhou", "I", approve=True)
    with pytest.raises(Refused, match="who you are"):
        folder.saver.decide(folder.entry, proposal.id, "", "I", approve=True)
    assert isinstance(folder.saver.decide(folder.entry, proposal.id, "wang", "yes", approve=True), Saved)


def test_taking_the_rule_away_needs_approval_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SECOND)

    assert isinstance(folder.save(SMALL), Proposal)
    assert folder.text == SMALL + SECOND


def test_what_was_rejected_never_holds(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SECOND)
    proposal = folder.save(CHANGED + SECOND)
    assert isinstance(proposal, Proposal)
    folder.saver.decide(folder.entry, proposal.id, "wang", "no", approve=False)

    assert folder.text == SMALL + SECOND and folder.saver.proposals(folder.entry) == ()


def test_a_proposal_about_a_policy_that_changed_since_is_a_conflict(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SECOND)
    proposal = folder.save(CHANGED + SECOND)
    assert isinstance(proposal, Proposal)
    (folder.path / "policy.yaml").write_text(SMALL + "# by hand\n" + SECOND, encoding="utf-8")

    assert isinstance(folder.saver.decide(folder.entry, proposal.id, "wang", "yes", approve=True), Conflict)


@pytest.mark.parametrize(
    ("text", "needed"),
    [(SMALL, False), (SMALL + SECOND, True), ("a: [\n" + SECOND, True), ("a: [\n", False), (SMALL + "changes: maybe\n", True)],
)  # fmt: skip
def test_a_policy_that_cannot_be_read_and_speaks_of_changes_needs_approval(text: str, needed: bool) -> None:
    assert approval_rule(text).is_needed == needed


def test_a_line_of_the_log_that_was_changed_is_found(folder: Folder) -> None:
    for number in (250, 260, 270):
        folder.save(SMALL.replace(">= 300", f">= {number}"))
        folder.base = folder.shelf.texts(folder.entry)
    log = folder.path / LOG
    lines = log.read_text(encoding="utf-8").splitlines()
    assert read_log(folder.path)[1] is None

    log.write_text("\n".join([lines[0].replace('"lin"', '"wang"'), *lines[1:]]) + "\n", encoding="utf-8")
    assert read_log(folder.path)[1] == 2
    log.write_text("\n".join(lines[1:]) + "\n", encoding="utf-8")
    assert read_log(folder.path)[1] == 1


# ---- a kill --------------------------------------------------------------------------------------------------------------------------

KILLED = """
import json, os, sys
from pathlib import Path
from tests.plugins.console.test_saving import CHANGED
from tierwise.plugins.console.saving import Saver
from tierwise.plugins.console.shelf import Shelf
from tierwise.plugins.manager import Plugins

EVENTS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")
plugins = Plugins()
plugins.policies()

def save(root, last):
    shelf = Shelf(root, plugins)
    entry = shelf.own()[0]
    texts = shelf.texts(entry)
    seen = 0
    def watch(event, args):
        nonlocal seen
        if event in EVENTS and str(root) in str(args):
            seen += 1
            if seen == last:
                os.kill(os.getpid(), 9)
    sys.addaudithook(watch)
    Saver(shelf, lambda: "now").save(entry, texts, {**texts.all, "policy.yaml": CHANGED, "cases.yaml": "cases: []\\n"}, "lin", "because")

ends = []
for last, root in enumerate(sorted(Path(sys.argv[1]).iterdir()), 1):
    child = os.fork()
    if not child:
        save(root, last)
        os._exit(0)
    ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(json.dumps(ends))
"""
MOMENTS = 45


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Each opening, renaming and removing of a file is a moment; files and log agree once somebody looks again."""
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    policies = [write_small(tmp_path / f"{number:02}") for number in range(1, MOMENTS + 1)]
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, capture_output=True, text=True, check=True)
    ends = json.loads(done.stdout)

    old, new = (SMALL, CASES), (CHANGED, "cases: []\n")
    ended: list[bool] = []
    for policy in policies:
        for name in ("policy.yaml", "cases.yaml"):
            assert (policy / name).read_text(encoding="utf-8") in (*old, *new), (policy, name)
        finish(policy)
        finish(policy)
        state = tuple((policy / name).read_text(encoding="utf-8") for name in ("policy.yaml", "cases.yaml"))
        assert state in (old, new), policy
        lines, broken = read_log(policy)
        assert (len(lines), broken) == (0 if state == old else 1, None), policy
        assert not [path for path in policy.iterdir() if path.name.startswith(".tierwise-saving")]
        ended.append(state == new)
    assert ended == sorted(ended) and True in ended and False in ended
    assert ends == sorted(ends) and set(ends) == {-9, 0}
