"""Finds the files of a policy by a shipped name or a path, and reads them: bounded in size, never outside the policy's folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files as resource_files
from importlib.resources.abc import Traversable
from os import PathLike, fspath
from pathlib import Path

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.source import Source

__all__ = ["MAIN", "SLUG", "PolicyFiles", "policy_files", "policy_paths", "read_file_of", "shipped_policies"]

MAIN = "policy.yaml"
_BESIDE = ("cases.yaml", "binding.yaml")
_TABLES = "tables"
_MOST_TABLES = 200
SLUG = re.compile(r"[a-z0-9㐀-鿿]+(-[a-z0-9㐀-鿿]+)*")


@dataclass(frozen=True)
class PolicyFiles(Mapping[str, str]):
    """The texts of a policy by relative name: ``policy.yaml``, ``cases.yaml``, ``binding.yaml``, ``tables/….csv``.

    Attributes:
        name: What the user called the policy: a shipped name or a path.
        folder: Where they are.
    """

    name: str
    folder: Traversable
    texts: Mapping[str, str]

    def shown(self) -> dict[str, str]:
        """Return what messages call each file: with the path that the user typed, or the shipped policy's name, before it."""
        if self.name.endswith((".yaml", ".yml")):
            return {name: self.name if name == MAIN else str(Path(self.name).with_name(name)) for name in self.texts}
        return {name: f"{self.name.rstrip('/')}/{name}" for name in self.texts}

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the policies that ship with Tierwise, sorted."""
    return tuple(_shipped())


def policy_files(
    name_or_path: str | PathLike[str], shipped: Mapping[str, Traversable] | None = None, limits: Limits | None = None
) -> PolicyFiles:
    """Read the files of a policy.

    Args:
        name_or_path: A shipped name, or the path of a folder or of a policy file. A name wins over a folder of that name: write ``./name`` for it.
        shipped: Name to folder of the policies that plugins ship; those of Tierwise by default.
        limits: ``file_bytes`` bounds each file.

    Raises:
        PolicyError: There is no such policy, or a file of it cannot be read.
    """
    name = fspath(name_or_path)
    most = (limits or Limits()).file_bytes
    with _reading(name):
        folder, files = _found(name, _shipped() if shipped is None else shipped)
        return PolicyFiles(name, folder, {relative: _text(file, called, most) for relative, file, called in files})


def policy_paths(name_or_path: str | PathLike[str], shipped: Mapping[str, Traversable] | None = None) -> tuple[Path, ...]:
    """Return where the files of a policy lie on the disk, without reading them; nothing for a policy inside an archive.

    Raises:
        PolicyError: There is no such policy, or its folder cannot be read.
    """
    name = fspath(name_or_path)
    with _reading(name):
        _, files = _found(name, _shipped() if shipped is None else shipped)
        return tuple(file for _, file, _ in files if isinstance(file, Path))


def read_file_of(what: str, path: str | PathLike[str], limits: Limits | None = None) -> Source:
    """Read a file that goes with a policy: an ``overlay``, a ``binding``.

    Raises:
        PolicyError: There is no such file, or it cannot be read.
    """
    name = fspath(path)
    file = Path(name)
    with _reading(name):
        is_there = bool(name) and "\0" not in name
        is_folder = is_there and file.is_dir()
        is_file = is_there and file.is_file()
    if not is_file:
        message = f"`{_shown(name)}` is a folder, not a file" if is_folder else f"there is no {what} file `{_shown(name)}`"
        raise PolicyError(message, help=f"give the path of a YAML file that starts with `{what}: 1`")
    return Source(name, _text(file, name, (limits or Limits()).file_bytes))


def _shipped() -> dict[str, Traversable]:
    root = resource_files("tierwise") / "policies"
    if not root.is_dir():
        return {}
    return {folder.name: folder for folder in sorted(root.iterdir(), key=lambda entry: entry.name) if (folder / MAIN).is_file()}


def _existing(name: str, folders: Mapping[str, Traversable]) -> Path:
    path = Path(name)
    with _reading(name):
        if name and "\0" not in name and path.exists():
            return path
    help = suggest(name, folders)
    if SLUG.fullmatch(name):
        raise PolicyError(
            f"there is no policy `{_shown(name)}`", help=help or "`tierwise policies` lists the shipped ones; a path needs a `/`"
        )
    raise PolicyError(
        f"there is no file or folder `{_shown(name)}`", help=help or "give a shipped policy's name, or the path of a folder or file"
    )


_File = tuple[str, Traversable, str]
"""A file of a policy: its relative name, where it is, and what messages call it."""


def _found(name: str, folders: Mapping[str, Traversable]) -> tuple[Traversable, Iterator[_File]]:
    """Return the folder of a policy and its files, none of which is read."""
    if name in folders:
        return folders[name], _folder_files(folders[name], name)
    path = _existing(name, folders)
    if path.is_dir():
        if not (path / MAIN).is_file():
            raise PolicyError(f"there is no `{MAIN}` in the folder `{name}`", help="give the folder of a policy, or the file itself")
        return path, _folder_files(path, name)
    if not path.is_file():
        raise PolicyError(f"`{name}` is neither a file nor a folder")
    if path.name == MAIN:
        return path.parent, _folder_files(path.parent, name)
    # One file under a name of its own is a whole policy; what lies beside it may belong to another.
    return path.parent, iter([(MAIN, path, name)])


def _folder_files(folder: Traversable, name: str) -> Iterator[_File]:
    base = name.removesuffix(MAIN).rstrip("/")
    called = f"{base}/" if base else ""
    _check_inside(folder, folder / MAIN, MAIN)
    yield MAIN, folder / MAIN, f"{called}{MAIN}"
    for beside in _BESIDE:
        if (folder / beside).is_file():
            _check_inside(folder, folder / beside, beside)
            yield beside, folder / beside, f"{called}{beside}"
    tables = folder / _TABLES
    if not tables.is_dir():
        return
    found = sorted((entry for entry in tables.iterdir() if entry.name.endswith(".csv")), key=lambda entry: entry.name)
    if len(found) > _MOST_TABLES:
        raise PolicyError(f"the folder `{_TABLES}` holds {len(found)} tables; at most {_MOST_TABLES} are read")
    for entry in found:
        relative = f"{_TABLES}/{entry.name}"
        _check_inside(folder, entry, relative)
        yield relative, entry, f"{called}{relative}"


def _check_inside(folder: Traversable, entry: Traversable, relative: str) -> None:
    """Refuse a link that leads out of the policy's folder."""
    if isinstance(folder, Path) and isinstance(entry, Path) and not entry.resolve().is_relative_to(folder.resolve()):
        raise PolicyError(f"`{relative}` leads out of the policy's folder", help="put the file itself into the folder, not a link to it")


def _text(entry: Traversable, name: str, most: int) -> str:
    with _reading(name):
        if not entry.is_file():
            raise PolicyError(f"`{_shown(name)}` is not a file")
        with entry.open("rb") as stream:
            content = stream.read(most + 1)
    if len(content) > most:
        message = f"`{_shown(name)}` is larger than the {most:,} bytes that a file may have"
        raise PolicyError(f"`{_shown(name)}` cannot be read", [Finding.error("file-too-large", message)])
    if not content.strip():
        raise PolicyError(f"`{_shown(name)}` cannot be read", [Finding.error("empty-file", f"`{_shown(name)}` is empty")])
    return _decoded(content, name)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PolicyError(f"`{_shown(name)}` cannot be read: {error.strerror or error}") from error


def _decoded(content: bytes, name: str) -> str:
    if b"\0" in content:
        raise PolicyError(f"`{_shown(name)}` is not a text file", help="save it as UTF-8 text, not as a workbook or UTF-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if name.endswith(".csv"):
            # What Excel saves as CSV on a Chinese Windows.
            try:
                return content.decode("gb18030")
            except UnicodeDecodeError:
                pass
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"`{_shown(name)}` is not UTF-8 text (line {line})", help="save it as UTF-8") from error


def _shown(name: str) -> str:
    text = name if len(name) <= 200 else name[:200] + "…"
    return "".join(char if char.isprintable() else "?" for char in text)
