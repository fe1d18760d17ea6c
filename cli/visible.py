"""Writes for people: what a terminal would act on instead of showing is shown as the sign that it is."""

from __future__ import annotations

import re
import sys

import click

__all__ = ["escaped", "on_one_line", "put", "say", "visible"]

ACTED_ON = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]")
"""Controls, and marks that turn the direction of what follows; a line feed and a tab are shown as they are meant."""


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write text, part of which may come from data, to stdout or stderr."""
    click.echo(visible(text), err=err, nl=nl)


def put(data: str) -> None:
    """Write data for programs to stdout, every character as it is; on a terminal, where people read it, visibly."""
    sys.stdout.write(visible(data).replace("␍\n", "\n") if sys.stdout.isatty() else data)


def visible(text: str) -> str:
    """Return a text in which `ESC` is `␛`, and what has no such picture is its number, such as `<U+202E>`."""
    return ACTED_ON.sub(lambda found: _picture(ord(found[0])), text)


def on_one_line(text: str) -> str:
    """Return a text that comes from data as one visible line."""
    return visible(text).replace("\n", "␤")


def escaped(json: str) -> str:
    """Return JSON in which those signs are escapes, which mean the same to a program."""
    return ACTED_ON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _picture(sign: int) -> str:
    return chr(0x2400 + sign) if sign < 0x20 else "␡" if sign == 0x7F else f"<U+{sign:04X}>"
