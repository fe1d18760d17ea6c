"""Says to people, in the language of the session, what the source says in English."""

from __future__ import annotations

import click

from tierwise.cli.session import Session
from tierwise.cli.visible import say
from tierwise.plugins.sentences.catalogue import said

__all__ = ["spoken", "tell"]


def spoken(text: str) -> str:
    """Return a text of the source in the language of the session that is under way."""
    context = click.get_current_context(silent=True)
    return text if context is None else said(text, Session.of(context).language)


def tell(text: str, *, err: bool = False) -> None:
    """Write a text of the source in that language."""
    say(spoken(text), err=err)
