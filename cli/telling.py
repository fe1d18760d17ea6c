"""Says to people, in the language of the session, what the source says in English, and what goes on when it takes more than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.sentences.catalogue import said

__all__ = ["session_language", "spoken", "spoken_comments", "tell", "working"]


def session_language() -> str:
    """Return the language of the session that is under way."""
    context = click.get_current_context(silent=True)
    return "en" if context is None else Session.of(context).language


def spoken(text: str) -> str:
    """Return a text of the source in that language."""
    return said(text, session_language())


def spoken_comments(text: str) -> str:
    """Return a text for a file with its comments, which are texts of the source, in that language."""
    return "\n".join(_spoken_comment(line) for line in text.split("\n"))


def _spoken_comment(line: str) -> str:
    if not line.startswith("# "):
        return line
    whole = spoken(line)
    if whole != line:
        return whole
    said_of = line[2:]
    return f"# {spoken(said_of[:-1])}:" if said_of.endswith(":") else f"# {spoken(said_of)}"


def tell(text: str, *, err: bool = False) -> None:
    """Write a text of the source in that language."""
    say(spoken(text), err=err)


PATIENCE_SECONDS = 1.0


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a moving sign beside ``what`` from the first second on; it vanishes when the work is done."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.status import Status

    status = Status(spoken(what), console=Console(stderr=True))
    timer = threading.Timer(PATIENCE_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()
