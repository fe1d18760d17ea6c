"""Says to people, in the language of the session, what the source says in English, and what goes on when it takes more than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.progress import Progress, watching
from tierwise.plugins.sentences.catalogue import said

__all__ = ["session_language", "spoken", "spoken_comments", "tell", "working"]


REMARK = "   # "
"""What stands between a line of a file and a remark about it."""


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
    start, sign, _ = line.rpartition(REMARK)
    if sign:
        return start + spoken(line[len(start) :])
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
LOOK_SECONDS = 0.25


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a moving sign beside ``what`` from the first second on, and how far it is where the engine says so; it vanishes when the work is done."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.status import Status

    said_of, is_done = spoken(what), threading.Event()
    status = Status(said_of, console=Console(stderr=True))
    texts = spoken("rows a second")

    def show(progress: Progress) -> None:
        if is_done.wait(PATIENCE_SECONDS):
            return
        status.start()
        while not is_done.wait(LOOK_SECONDS):
            share, rate = progress.done()
            status.update(f"{said_of} · {share:.0%} · {rate:,.0f} {texts}" if rate else said_of)
        status.stop()

    with watching() as progress:
        thread = threading.Thread(target=show, args=(progress,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_done.set()
            thread.join()
