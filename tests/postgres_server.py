"""Starts a PostgreSQL server of our own for the tests: in a folder that is gone afterwards, on a socket, as an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_parts import need

__all__ = ["postgres_server", "server"]

ORDINARY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
"""Runs a program as nobody: the server refuses to be run by root."""


@contextmanager
def server(postgres: Path) -> Iterator[str]:
    """Yield the URL of a running server, of which nothing is left afterwards.

    Args:
        postgres: The server's program, or a link to it.
    """
    programs = postgres.resolve().parent
    programs = programs if (programs / "initdb").exists() else postgres.parent
    folder = Path(tempfile.mkdtemp(prefix="tierwise-pg-", dir="/tmp"))  # short: the path of a socket has at most 107 bytes
    as_user: Sequence[str] = ORDINARY if os.geteuid() == 0 else ()
    if as_user:
        os.chown(folder, 65534, 65534)
    data, environment = folder / "data", {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, env=environment, cwd=folder, timeout=60)

    try:
        run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "tierwise", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run(str(programs / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql:///postgres?host={folder}&user=tierwise"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server that all tests share."""
    with server(need("postgres", "adbc_driver_postgresql")) as location:
        yield location
