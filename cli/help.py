"""Help and wrong usage in the language of the session: what the library of the command line writes, through the catalogue."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence

import click

from tierwise.cli.session import Session
from tierwise.plugins.sentences.catalogue import LANGUAGES, said

__all__ = ["SpokenContext", "asked_language", "usage_error_text"]

AS_WRITTEN = "\b"
"""What stands before a paragraph whose lines stay as they are."""


class SpokenFormatter(click.HelpFormatter):
    """Writes help in a language; lines break between Chinese signs, too, each of which takes two cells of a terminal."""

    language = "en"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line of usage."""
        super().write_usage(prog, args, None if self.language == "en" else said("Usage:", self.language) + " ")

    def write_heading(self, heading: str) -> None:
        """Write what stands over options or commands."""
        if self.language == "en":
            super().write_heading(heading)
        else:
            self.write(f"{' ' * self.current_indent}{said(f'{heading}:', self.language)}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, each broken anew but for those with examples."""
        if self.language == "en":
            super().write_text(text)
            return
        indent = " " * self.current_indent
        paragraphs = []
        for paragraph in re.split(r"\n\s*\n", text):
            if paragraph.startswith(AS_WRITTEN):
                head, *examples = paragraph.removeprefix(AS_WRITTEN).strip("\n").split("\n")
                lines = [said(head, self.language), *examples]
            else:
                lines = _broken(said(" ".join(paragraph.split()), self.language), self.width - self.current_indent)
            paragraphs.append("\n".join(indent + line for line in lines))
        self.write("\n\n".join(paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands with what is said of them."""
        if self.language == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        from rich.cells import cell_len

        pairs = [(first, _option_text(second, self.language)) for first, second in rows]
        first_column = min(max((cell_len(first) for first, _ in pairs), default=0), col_max) + col_spacing
        start = " " * (first_column + self.current_indent)
        for first, second in pairs:
            lines = _broken(second, max(self.width - len(start) - 2, 10))
            head = " " * self.current_indent + first
            fits = cell_len(first) <= first_column - col_spacing
            top = [head + start[cell_len(head) :] + lines[0]] if fits else [head, start + lines[0]]
            self.write("\n".join([*top, *(start + line for line in lines[1:])]).rstrip() + "\n")


class SpokenContext(click.Context):
    """The context of a command: its help is in the language of the session."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return what writes the help of the command."""
        formatter = SpokenFormatter(width=self.terminal_width, max_width=self.max_content_width)
        formatter.language = Session.of(self).language
        return formatter


def asked_language(words: Sequence[str]) -> str:
    """Return the language that a command line asks for wherever it does, else that of the environment, else English."""
    asked = ""
    for index, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == "--language":
            asked = value or (words[index + 1] if index + 1 < len(words) else "")
    if asked not in LANGUAGES:
        asked = os.environ.get("TIERWISE_LANGUAGE", "")
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return asked if asked in LANGUAGES else "zh" if locale.lower().startswith("zh") else "en"


def usage_error_text(error: click.ClickException, language: str) -> str:
    """Return what is told of wrong usage: the usage, where help is, and what is wrong."""
    written = io.StringIO()
    error.show(file=written)
    return "\n".join(said(line, language) for line in written.getvalue().rstrip("\n").split("\n"))


def _option_text(text: str, language: str) -> str:
    """Return what is said of an option: its help, then its default and the like, whose values are words of the command line."""
    help, mark, more = text.partition("  [")
    labels = re.sub(r"(?<![\w-])(default|env var|required)\b", lambda label: said(label[1], language), more)
    return said(help, language) + mark + labels


def _broken(text: str, width: int) -> list[str]:
    """Break a text into lines: between words, and between Chinese signs, but not before a sign that closes or divides."""
    from rich.cells import cell_len

    lines = [""]
    for piece in re.findall(r"\[?[^\x21-\x7e\s][，。；：、）？！”\]]*|[\x21-\x7e]+|\s+", text):
        if cell_len(lines[-1]) + cell_len(piece.rstrip()) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines
