"""``module``: a plain group of decisions without keys of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Named

__all__ = ["PlainKeys", "PlainModule"]


class PlainKeys(BaseModel):
    """No keys beside ``decisions``."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlainModule:
    """A group of decisions."""

    name = "module"
    title: Named = {"zh": "模块", "en": "Module"}
    about = "A plain group of decisions."
    keys: type[BaseModel] = PlainKeys

    def decisions(self, module: str, keys: PlainKeys) -> Mapping[str, Any]:
        """Return nothing: all decisions are written out."""
        return {}

    def check(self, keys: PlainKeys, context: KindContext) -> Iterable[Finding]:
        """Return nothing: a plain group promises nothing."""
        return ()
