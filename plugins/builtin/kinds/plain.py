"""``module``: a plain group of decisions without keys of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.plugins.builtin.kinds.keys import KindKeys

__all__ = ["PlainModule"]

TITLE: Named = {"zh": "模块", "en": "Module"}


class PlainModule:
    """A group of decisions."""

    name = "module"
    title: Named = TITLE
    about = "A plain group of decisions."
    keys: type[BaseModel] = KindKeys

    def decisions(self, module: str, keys: KindKeys) -> Mapping[str, Any]:
        """Return nothing: all decisions are written out."""
        return {}

    def check(self, keys: KindKeys, context: KindContext) -> Iterable[Finding]:
        """Return nothing: a plain group promises nothing."""
        return ()
