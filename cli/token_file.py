"""The token of a server, which stands in a file of its own."""

from __future__ import annotations

from pathlib import Path

from tierwise.core.errors import DataError

__all__ = ["token_of"]


def token_of(file: str | None) -> str | None:
    """Return the token in a file, ``None`` without a file.

    Raises:
        DataError: There is none in it.
    """
    if file is None:
        return None
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        token = ""
    if len(token) < 16 or not token.isascii() or not token.isprintable():
        raise DataError(f"`{file}` holds no token", "write at least 16 letters and digits on one line")
    return token
