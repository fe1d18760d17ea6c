"""What other people wrote and ships with the console: each file is what its manifest says, with its licence beside it."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

STATIC = Path(str(files("tierwise.plugins") / "console" / "static"))
VENDOR = STATIC / "vendor"
MANIFEST = "vendored.json"


def test_the_manifest_lists_every_vendored_file_with_its_hash_and_licence() -> None:
    entries = json.loads((VENDOR / MANIFEST).read_text(encoding="utf-8"))
    listed = {MANIFEST}
    for entry in entries:
        assert entry.keys() == {"package", "version", "licence", "from", "integrity", "file", "sha256", "licence_file"}
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
        assert entry["version"] in entry["file"]
        assert (VENDOR / entry["licence_file"]).is_file()
        listed |= {entry["file"], entry["licence_file"]}

    assert {path.name for path in VENDOR.iterdir()} == listed


def test_nothing_of_the_pages_is_in_a_folder_that_git_leaves_out() -> None:
    assert not [path for path in STATIC.rglob("*") if {"dist", "build"} & set(path.relative_to(STATIC).parts)]


def test_no_page_names_another_machine_or_holds_a_script_or_a_style() -> None:
    pages = [*(STATIC.parent / "templates").glob("*.html"), *STATIC.glob("*.js"), *STATIC.glob("*.css")]
    assert len(pages) > 15
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text and "https://" not in text and "|safe" not in text and "| safe" not in text, page.name
        assert " style=" not in text and "<style" not in text and "javascript:" not in text and " onclick" not in text, page.name
