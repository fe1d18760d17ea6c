"""Decides from all bytes of a text file in which encoding it is written."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from tierwise.core.errors import DataError

__all__ = ["encoding_of", "text_parts"]

CHUNK = 1 << 22
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HAN = re.compile(rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+")
"""Characters of GB2312, which almost all Chinese text is made of: two high bytes each."""
RUN = re.compile(rb"[\x80-\xff]+")
LETTER = re.compile(rb"[A-Za-z]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
CLEAR = 4
"""One reading is taken when it explains this many times as much as the other."""


def encoding_of(file: Path, told: str = "") -> str:
    """Return the Python name of a file's encoding.

    A byte order mark decides; else text that is UTF-8 throughout is that. What is neither is GB18030 or a Western code page, by whether its
    high bytes come in pairs that are common Chinese characters, or alone between Latin letters.

    Args:
        file: The file.
        told: An encoding that somebody named.

    Raises:
        DataError: It is no text, is not in the encoding named, or cannot be told.
    """
    if told:
        return _as_told(file, told)
    with file.open("rb") as stream:
        head = stream.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name if _decodes(file, name) else _refused(file)
    if b"\0" in head:
        wide = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
        if CONTROL.search(head[: len(head) // 2 * 2].decode(wide, "replace")) or not _decodes(file, wide):
            raise DataError(f"`{file}` is not a CSV file: it holds binary data")
        return wide
    if _decodes(file, "utf-8"):
        return "utf-8"
    return _chinese_or_western(file)


def text_parts(file: Path, encoding: str) -> Iterator[str]:
    """Yield the text of a file piece by piece."""
    with file.open(encoding=encoding, newline="") as text:
        while part := text.read(CHUNK):
            yield part


def _as_told(file: Path, told: str) -> str:
    try:
        name = codecs.lookup(told).name
    except LookupError:
        raise DataError(f"there is no text encoding `{told}`", help="such as utf-8, gb18030, big5, shift_jis, windows-1252") from None
    if not _decodes(file, name):
        raise DataError(f"`{file}` is not written in `{told}`", help="leave `encoding` out, and it is found out")
    return "utf-8-sig" if name == "utf-8" else name


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as stream:
            while part := stream.read(CHUNK):
                if encoding == "utf-8" and b"\0" in part:
                    raise DataError(f"`{file}` is not a CSV file: it holds binary data")
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _chinese_or_western(file: Path) -> str:
    """Weigh the high bytes of all lines: those in pairs of common Chinese characters against those that stand alone."""
    paired = single = 0
    with file.open("rb") as stream:
        for line in stream:
            for run in RUN.finditer(line):
                high = run[0]
                beside = line[run.start() - 1 : run.start()] + line[run.end() : run.end() + 1]
                if len(high) == 1 or (len(high) < 4 and LETTER.search(beside)):
                    single += 1
                else:
                    paired += sum(map(len, HAN.findall(high)))
    if paired > CLEAR * single and _decodes(file, "gb18030"):
        return "gb18030"
    if single > CLEAR * paired:
        return "cp1252" if _decodes(file, "cp1252") else "latin-1"
    return _refused(file)


def _refused(file: Path) -> str:
    raise DataError(
        f"it cannot be told in which encoding `{file.name}` is written",
        help="save it as UTF-8, or name it in a binding: `file: {encoding: gb18030}` (or windows-1252, big5, shift_jis, …)",
    )
