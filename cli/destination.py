"""Where data and files go: to stdout, or to a file that is there whole or not at all, and never in the place of what is read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

import click

from tierwise.core.errors import DataError
from tierwise.plugins.location import first_bytes

__all__ = ["format_of_file", "write_file", "written_to"]

FORMATS = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".duckdb": "duckdb",
}
DATABASES = {"a SQLite database": (0, b"SQLite format 3\0"), "a DuckDB database": (8, b"DUCK"), "a Parquet file": (0, b"PAR1")}
"""What is never written over, by the bytes that stand at a place of it."""


def format_of_file(path: str) -> str:
    """Return the format that a file's ending stands for.

    Raises:
        click.BadParameter: It stands for none.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        said = f"the ending `{ending}` of `{path}`" if ending else f"`{path}`, which has no ending,"
        raise click.BadParameter(f"{said} stands for no format; use {', '.join(FORMATS)}, or say `--format`", param_hint="--output")
    return FORMATS[ending]


@contextmanager
def written_to(path: str | None, read: Iterable[str] = ()) -> Iterator[Path | None]:
    """Let what is written to stdout inside the block go to a file; give its name until then, for what is no text.

    Args:
        path: The file, which is replaced when the block ends well and else left as it was; ``None`` for stdout itself.
        read: Files and folders that are read or written meanwhile.

    Raises:
        DataError: It cannot be written, or would replace a database or what is read.
    """
    if path is None:
        yield None
        return
    place = Path(os.path.realpath(path))
    _refuse(path, place, read)
    with (
        _put_in_place(path, place) as beside,
        beside.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file,
        redirect_stdout(file),
    ):
        yield beside


def write_file(name: str, content: bytes, replace: bool) -> None:
    """Write a file that the user named; folders on the way are made.

    Args:
        name: Where.
        content: What.
        replace: Whether another file may be written over; a database never is.

    Raises:
        DataError: It is there and is not to be replaced, or cannot be written.
    """
    if Path(name).exists() and not replace:
        raise DataError(f"`{name}` is there already", help="give another name, or add `--replace`")
    place = Path(os.path.realpath(name))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"`{name}` cannot be written: {error.strerror}; nothing of it is there", help="name another file") from error
    _refuse(name, place, ())
    with _put_in_place(name, place) as beside:
        beside.write_bytes(content)


@contextmanager
def _put_in_place(path: str, place: Path) -> Iterator[Path]:
    """Give the name of a file beside the wanted one, and put it in its place when the block ends well."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        yield beside
        if place.exists():
            shutil.copymode(place, beside)
        beside.replace(place)
    except OSError as error:
        if error.filename not in (None, str(beside)) or isinstance(error, BrokenPipeError):
            raise
        raise DataError(f"`{path}` cannot be written: {error.strerror}; nothing of it is there", help="name another file") from error
    finally:
        with suppress(OSError):
            beside.unlink()


def _refuse(path: str, place: Path, read: Iterable[str]) -> None:
    try:
        if place.is_dir():
            raise DataError(f"`{path}` is a folder", help="name a file in it")
        if not place.parent.is_dir():
            raise DataError(f"the folder of `{path}` does not exist")
        if place.exists() and not place.is_file():
            raise DataError(f"`{path}` is no file that can be replaced", help="leave `--output` out: without it the data goes to stdout")
    except OSError as error:
        raise DataError(f"`{path}` cannot be written: {error.strerror}", help="name another file") from error
    head = first_bytes(str(place))
    found = next((what for what, (start, mark) in DATABASES.items() if head[start:].startswith(mark)), None)
    if found is not None:
        raise DataError(f"`{path}` is {found}, which is not written over", help="name another file")
    for other in (Path(os.path.realpath(name)) for name in read):
        if place == other or place.parent == other or (place.exists() and other.exists() and place.samefile(other)):
            what = "lies in a folder that is read" if place.parent == other else "is read or written by this run"
            raise DataError(f"`{path}` {what}", help="name another file")
