"""Gives names of sheets that Excel takes, each another one."""

from __future__ import annotations

import re

__all__ = ["SheetNames"]

LONGEST = 31
"""A sheet's name may have no more characters, and none of those below."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


class SheetNames:
    """The names of the sheets of one workbook."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def name(self, wanted: str) -> str:
        """Return the name of one more sheet: as wanted, as far as that can be."""
        plain = FORBIDDEN.sub(" ", wanted).strip()
        name, number = plain[:LONGEST].strip() or "1", 1
        while name.casefold() in self._given:
            number += 1
            name = f"{plain[: LONGEST - 4]} {number}"
        self._given.add(name.casefold())
        return name
