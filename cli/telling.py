"""Says to people, in the language of the session, what the source says in English."""

from __future__ import annotations

import click

from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.sentences.catalogue import said

__all__ = ["spoken", "spoken_comments", "tell"]


def spoken(text: str) -> str:
    """Return a text of the source in the language of the session that is under way."""
    context = click.get_current_context(silent=True)
    return text if context is None else said(text, Session.of(context).language)


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
