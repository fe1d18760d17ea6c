"""Files that may not be read or written, and folders in place of files: said in words with the path, by every command, and nothing else is told of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import CUSTOMERS, POLICY, Done, tierwise

ROOT = Path(__file__).parents[2]
MAY_NOT = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
"""What root may not do in the cases, as nobody else may."""
LOCKED = {
    "a policy": (["check", "locked.yaml"], 3, "`locked.yaml` cannot be read"),
    "the folder of a policy": (["check", "./locked"], 3, "`./locked` cannot be read"),
    "the cases of a policy": (["test", "./small"], 3, "`./small/cases.yaml` cannot be read"),
    "a CSV file": (["grade", "locked.csv", "--policy", "small.yaml"], 4, "`locked.csv` cannot be read"),
    "a folder of data": (["grade", "locked", "--policy", "small.yaml"], 4, "`locked` cannot be read"),
    "one file of a folder": (["grade", "mixed", "--policy", "small.yaml"], 4, "`mixed/b.csv` cannot be read"),
    "an overlay": (["grade", "c.csv", "--policy", "small.yaml", "--overlay", "locked.yaml"], 2, "'locked.yaml' is not readable"),
    "facts": (["decide", "small.yaml", "--facts", "locked.json"], 4, "`locked.json`"),
    "a file to write to": (["grade", "c.csv", "--policy", "small.yaml", "--output", "locked.out.csv"], 2, "locked.out.csv"),
    "a folder to write into": (["grade", "c.csv", "--policy", "small.yaml", "--output", "locked/x.csv"], 4, "`locked/x.csv`"),
    "a ledger": (["grade", "c.csv", "--policy", "small.yaml", "--save", "--ledger", "locked.db"], 2, "'locked.db' is not readable"),
    "a folder for a ledger": (["grade", "c.csv", "--policy", "small.yaml", "--save", "--ledger", "locked/l.db"], 4, "`locked/l.db`"),
}
FOLDERS = {
    "a policy": (["check", "folder"], 3, "there is no `policy.yaml` in the folder `folder`"),
    "data": (["grade", "folder", "--policy", "small.yaml"], 4, "`folder` is a folder without CSV or Parquet files"),
    "an overlay": (["grade", "c.csv", "--policy", "small.yaml", "--overlay", "folder"], 3, "`folder` is a folder, not a file"),
    "a binding": (["grade", "c.csv", "--policy", "small.yaml", "--binding", "folder"], 3, "`folder` is a folder, not a file"),
    "facts": (["decide", "small.yaml", "--facts", "folder"], 4, "`folder` is a directory"),
    "a ledger": (["grade", "c.csv", "--policy", "small.yaml", "--save", "--ledger", "folder"], 4, "the ledger `folder` is a folder"),
    "a history": (["history", "--ledger", "folder"], 4, "the ledger `folder` is a folder"),
    "a file to write to": (["grade", "c.csv", "--policy", "small.yaml", "--output", "f.csv"], 4, "`f.csv`"),
}
RUN_EACH = """
import json, sys
from tests.command_line import tierwise
print(json.dumps([(done.code, done.out, done.err) for done in [tierwise(*words) for words in json.load(sys.stdin)]]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a policy and data, in which whatever begins with `locked`, and two files more, may not be read."""
    folder = tmp_path_factory.mktemp("rights")
    for name in ("small.yaml", "small/policy.yaml", "locked.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(POLICY, encoding="utf-8")
    (folder / "small" / "cases.yaml").write_text("cases: []\n", encoding="utf-8")
    for name in ("c.csv", "locked.csv", "locked.out.csv", "locked.json", "locked.db", "mixed/a.csv", "mixed/b.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(CUSTOMERS, encoding="utf-8")
    for name in ("folder", "locked", "f.csv"):
        (folder / name).mkdir()
    for path in (*folder.glob("locked*"), folder / "mixed" / "b.csv", folder / "small" / "cases.yaml"):
        path.chmod(0)
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Done]:
    """What each command says to somebody who may not read what is locked."""
    root = os.geteuid() == 0
    if root and shutil.which("setpriv") is None:
        pytest.skip("root reads everything, and `setpriv`, which takes that away, is not installed")
    command = [*(("setpriv", *MAY_NOT) if root else ()), sys.executable, "-c", RUN_EACH]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path))}
    asked = json.dumps([words for words, _, _ in LOCKED.values()])
    done = subprocess.run(command, check=False, cwd=folder, input=asked, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return {what: Done(*answer) for what, answer in zip(LOCKED, json.loads(done.stdout), strict=True)}


@pytest.mark.parametrize("what", LOCKED)
def test_what_may_not_be_read_or_written_is_named(what: str, told: dict[str, Done]) -> None:
    _, code, said = LOCKED[what]
    assert (told[what].code, said in told[what].err, "Traceback" in told[what].said) == (code, True, False), told[what].said


@pytest.mark.parametrize("what", FOLDERS)
def test_a_folder_in_place_of_a_file_is_named(what: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    words, code, said = FOLDERS[what]

    done = tierwise(*words)

    assert (done.code, said in done.err, "Traceback" in done.said) == (code, True, False), done.said
