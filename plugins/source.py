"""What a data source is to the plugin seam: something that says which locations it opens, and opens them read-only."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["SourceOpener"]


class SourceOpener(Protocol):
    """Opens one sort of database or data file.

    Attributes:
        name: A slug for lists and messages, such as ``sqlite``.
        about: One sentence: which locations it opens.
    """

    name: str
    about: str

    def opens(self, location: str) -> bool:
        """Say whether a path or URL is this opener's; it may look at the name and the first bytes, nothing more."""

    def open(self, location: str) -> Any:
        """Open the location, read-only.

        Raises:
            DataError: It cannot be opened or is not what its name says.
        """
