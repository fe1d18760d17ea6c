"""What can be seen of a path before it is opened: does it exist, what are its first bytes."""

from __future__ import annotations

from pathlib import Path

from tierwise.core.errors import DataError

__all__ = ["files_in", "first_bytes", "refuse_other_formats", "refuse_unreadable"]


def first_bytes(location: str, count: int = 64) -> bytes:
    """Return the first bytes of a file; nothing for what is no readable file."""
    try:
        if not Path(location).is_file():
            return b""
        with open(location, "rb") as file:
            return file.read(count)
    except (OSError, ValueError):
        return b""


def files_in(location: str, *endings: str) -> list[Path]:
    """Return the files of a folder with one of the endings (lower case, with dot), by name."""
    try:
        return sorted(p for p in Path(location).iterdir() if p.suffix.lower() in endings and p.is_file() and not p.name.startswith("."))
    except (OSError, ValueError):
        return []


def refuse_unreadable(location: str) -> None:
    """Raise what is wrong with a path in words, when it is the path that is wrong.

    Raises:
        DataError: It does not exist, is a folder without data files, is empty, or may not be read.
    """
    path = Path(location)
    try:
        if not path.exists():
            raise DataError(f"there is no file `{location}`", help=f"did you mean `{near}`?" if (near := _near(path)) else "")
        if path.is_dir():
            next(path.iterdir(), None)  # raises for a folder that may not be read
            raise DataError(f"`{location}` is a folder without CSV or Parquet files", help="name a database file")
        if not path.is_file():
            raise DataError(f"`{location}` is not a file")
        if path.stat().st_size == 0:
            raise DataError(f"`{location}` is empty")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise DataError(f"`{location}` cannot be read: {getattr(error, 'strerror', None) or error}") from error


def refuse_other_formats(location: str) -> None:
    """Raise what a file is, when its first bytes say that it is none that can be read.

    Raises:
        DataError: It is an old or protected Excel workbook, a page in HTML, a picture, or the like.
    """
    head = first_bytes(location, 4096)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    what, help = "", "open it in the spreadsheet program and save it as an Excel workbook (.xlsx)"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        protected = "EncryptedPackage".encode("utf-16-le") in first_bytes(location, 1 << 20)
        what = "an Excel workbook that is protected by a password" if protected else "an old Excel workbook (.xls)"
        help = "save it without a password" if protected else help
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        what = "an Excel workbook in XML of 2003"
    elif start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head")) or (start.startswith(b"<") and b"<table" in start):
        what = "a page in HTML, whatever its name says"
    elif head.startswith(b"%PDF"):
        what, help = "a PDF file", "export the table itself"
    elif head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        what, help = "a picture", "export the table itself"
    if what:
        raise DataError(f"`{location}` is {what}", help)


def _near(path: Path) -> str:
    from difflib import get_close_matches

    names = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    return next(iter(get_close_matches(path.name, names, 1)), "")
