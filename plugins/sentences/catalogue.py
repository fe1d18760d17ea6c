"""Says a text of the source in Chinese: finds the template that it was made from, and fills the Chinese one with the same words.

The source says everything in English, where it is thought; ``catalogue.zh.json`` holds for each text of the source, with ``{0}``, ``{1}``, … for what is
filled in, the Chinese one. A finding, an error or a help is therefore made in one place only and stays a plain text on its way, through exceptions, files
and processes; a test reads all texts from the source and holds the catalogue to them. Authors' words stand in backquotes, which nothing here looks into.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from tierwise.core.finding import Finding, Severity

__all__ = ["LANGUAGES", "Template", "catalogue", "finding_in", "is_prose", "said"]

LANGUAGES = ("en", "zh")
LONGEST, DEEPEST, MOST_TRIED = 4000, 5, 4
"""What is longer, or put together of more parts in parts, stays English: no text of the source is."""
HOLE = re.compile(r"\{(\d)\}")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
NAME = re.compile(r"(?!(none|true|false)$)[a-z][a-z0-9_]*")
"""One word in a list of them: a name of the policy or the language, not a word of ours."""
JOINTS = (("\n", "\n"), ("; ", "；"), (". ", "。"), (": ", "："), (", ", "、"), (" and ", " 和 "), (" or ", " 或 "), (" | ", " | "))
"""How texts are put together, the weakest joint first, and what stands there in Chinese."""
OF_PROSE = (", ", " and ", " or ")
"""Joints that any sentence has: at them a text is divided only where no English sentence is left, so that nobody's is half translated."""
LIGHTEST = 12
"""A template of fewer letters of its own, such as `{0} is not {1}`, fits any sentence: it counts only where no English sentence fills it."""
PROSE = re.compile(r"([A-Za-z]+,? ){3}[A-Za-z]{2,}")
"""Four English words in a row; three may be words of a policy, such as `large or medium`."""
QUOTED = re.compile('`[^`]*`|"[^"]*"')


@dataclass(frozen=True)
class Template:
    """A text of the source with holes, and the Chinese one."""

    english: str
    chinese: str

    @cached_property
    def fixed(self) -> Sequence[str]:
        """What stands before, between and after its holes."""
        return HOLE.split(self.english)[::2]

    @cached_property
    def anchor(self) -> str:
        """The longest of them, by which most texts are told at once not to be made from it."""
        return max(self.fixed, key=len)

    @cached_property
    def quoted(self) -> Sequence[bool]:
        """Whether each hole stands in backquotes, where the words of authors are."""
        return [sum(fixed.count("`") for fixed in self.fixed[: at + 1]) % 2 == 1 for at in range(len(self.fixed) - 1)]

    @cached_property
    def weight(self) -> int:
        """How many letters are its own: of two that fit, the heavier one is meant."""
        return sum(map(len, self.fixed))

    def parts(self, text: str) -> list[str] | None:
        """Return what fills its holes in a text, ``None`` when the text was not made from it."""
        first, *between = self.fixed
        if self.anchor not in text or not text.startswith(first):
            return None
        found, start = [], len(first)
        for number, (fixed, quoted) in enumerate(zip(between, self.quoted, strict=True)):
            last = number == len(between) - 1
            end = len(text) - len(fixed) if last and text.endswith(fixed) else -1 if last else text.find(fixed, start)
            while not last and end >= 0 and not _may_fill(text[start:end], quoted):
                end = text.find(fixed, end + 1)
            if end < start or not _may_fill(text[start:end], quoted):
                return None
            found.append(text[start:end])
            start = end + len(fixed)
        return found


def said(text: str, language: str) -> str:
    """Return a text of the source in a language: as it is in ``en``, in Chinese in ``zh``, and as it is where it is none of the source's."""
    if language != "zh" or len(text) > LONGEST:
        return text
    chinese = _chinese(text, DEEPEST)
    return text if chinese is None else chinese


def finding_in(finding: Finding, language: str) -> Finding:
    """Return a finding whose message, help and labels are in a language."""
    if language == "en":
        return finding
    related = tuple((said(label, language), span) for label, span in finding.related)
    help = said(finding.help, language)
    if finding.severity is Severity.NOTE and _english(help):
        help = finding.help  # the reason that an author gave for what is noted: not a text of the source
    return replace(finding, message=said(finding.message, language), help=help, related=related)


def is_prose(text: str) -> bool:
    """Say whether a text holds an English sentence, outside of what is quoted."""
    return PROSE.search(QUOTED.sub("", text)) is not None


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return the sections of the catalogue: ``texts`` of the source, ``words`` that fill them, and what the library of the command line says (``click``)."""
    from importlib.resources import files  # here, because English needs no catalogue, and --help is felt at once

    sections: Mapping[str, Mapping[str, str]] = json.loads(files(__package__).joinpath("catalogue.zh.json").read_text(encoding="utf-8"))
    return sections


@cache
def _exact() -> Mapping[str, str]:
    return {english: chinese for section in catalogue().values() for english, chinese in section.items() if not HOLE.search(english)}


@cache
def _templates() -> Sequence[Template]:
    pairs = (pair for section in catalogue().values() for pair in section.items() if HOLE.search(pair[0]))
    return sorted((Template(*pair) for pair in pairs), key=lambda template: -template.weight)


def _may_fill(words: str, quoted: bool) -> bool:
    """Say whether words may fill a hole: inside of backquotes no backquote, outside of them whole pairs."""
    return "`" not in words if quoted else words.count("`") % 2 == 0


def _chinese(text: str, depth: int) -> str | None:
    """Return a text in Chinese; ``None`` when it is nothing that the source says."""
    if depth == 0:
        return None
    if (exact := _exact().get(text)) is not None:
        return exact
    made = _from_template(text, depth)
    if made is not None and not _english(made):
        return made
    bare = text.strip()
    if text == bare or not bare or made is not None:
        return min((way for way in (made, _from_pieces(text, depth)) if way is not None), key=_english, default=None)
    before, _, after = text.partition(bare)
    inner = _chinese(bare, depth)
    return None if inner is None else before + inner + after


def _from_template(text: str, depth: int) -> str | None:
    """Return a text from the heaviest template that fits, or from a lighter one that leaves less of it English."""
    made: list[str] = []
    for template in _templates():
        parts = template.parts(text)
        if parts is not None:
            filled = [words if quoted else _filled(words, depth - 1) for words, quoted in zip(parts, template.quoted, strict=True)]
            if template.weight < LIGHTEST and any(map(is_prose, filled)):
                continue
            made.append(HOLE.sub(lambda hole, filled=filled: filled[int(hole[1])], template.chinese))  # type: ignore[misc]  # a default binds it now
            if not _english(made[-1]) or len(made) == MOST_TRIED:
                break
    return min(made, key=_english, default=None)


def _from_pieces(text: str, depth: int) -> str | None:
    """Return a text that others were put together to, each in Chinese; ``None`` when none of them is the source's."""
    for joint, chinese in JOINTS:
        pieces = _divided(text, joint)
        if len(pieces) > 1:
            translated = [piece if NAME.fullmatch(piece) else _filled(piece, depth - 1) for piece in pieces]
            if joint in OF_PROSE and any(map(is_prose, translated)):
                return None
            return chinese.join(translated) if translated != pieces or not _english(text) else None
    return None


def _filled(words: str, depth: int) -> str:
    chinese = _chinese(words, depth) if words else None
    return words if chinese is None else chinese


def _divided(text: str, joint: str) -> list[str]:
    """Divide a text at a joint that stands outside of backquotes and quotes."""
    pieces = [""]
    for piece in text.split(joint):
        open_ = bool(pieces[-1]) and (pieces[-1].count("`") % 2 or pieces[-1].count('"') % 2)
        if open_:
            pieces[-1] += joint + piece
        elif pieces == [""]:
            pieces = [piece]
        else:
            pieces.append(piece)
    return pieces


def _english(text: str) -> int:
    """Return how many English letters stand outside of quotes."""
    return sum(map(len, ENGLISH.findall(QUOTED.sub("", text))))
