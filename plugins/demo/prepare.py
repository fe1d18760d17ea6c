"""Prepares the demo: the database, and beside it the overlay of a sample company."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from tierwise.core.errors import DataError
from tierwise.plugins.demo.demo_tables import demo_version
from tierwise.plugins.demo.make import AS_OF, CUSTOMERS, make_demo_database

__all__ = ["Demo", "prepare_demo"]

SHOWN_FIRST = "abc-5-20-80-care"
"""The policy of the demo's story: all it needs is in the database, and few are left undetermined."""

OVERLAID = "scorecard-100-rights"
"""The policy whose sample company is put beside the database, to try numbers of one's own on."""

OVERLAY = "sample-company.yaml"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready to be graded.

    Attributes:
        database: The SQLite file.
        policy: The name of the policy to show first.
        overlaid: The name of the policy that the overlay is for.
        overlay: The sample company's overlay.
        as_of: The date it was made for.
        is_new: Whether it was made just now.
        about: One sentence for people.
    """

    database: Path
    policy: str
    overlaid: str
    overlay: Path
    as_of: date
    is_new: bool
    about: str


def prepare_demo(folder: Path, policies: Mapping[str, Traversable]) -> Demo:
    """Make what is missing in a folder; what is there already stays as it is.

    Raises:
        DataError: The folder or the files cannot be written.
    """
    database, overlay = folder / "demo.db", folder / OVERLAY
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_new = not database.exists()
        if is_new:
            make_demo_database(database)
        elif _version(database) != demo_version():
            raise DataError(f"`{database}` is not the demo of this version", help="remove it, or name another folder")
        if not overlay.exists():
            overlay.write_text((policies[OVERLAID] / OVERLAY).read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise DataError(f"the demo cannot be written to `{folder}`: {error.strerror}") from error
    about = f"{CUSTOMERS:,} invented customers with orders, payments and visits up to {AS_OF}, some values dirty on purpose"
    return Demo(database, SHOWN_FIRST, OVERLAID, overlay, AS_OF, is_new, about)


def _version(database: Path) -> int | None:
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            return int(opened.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error:
        return None
