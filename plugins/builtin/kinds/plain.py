"""``module``: a plain group of decisions without keys of its own."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part

__all__ = ["PlainModule"]

TITLE: Named = {"zh": "模块", "en": "Module"}


class PlainModule:
    """A group of decisions."""

    name = "module"
    title: Named = TITLE
    about = "A plain group of decisions."
    keys: type[BaseModel] = Part

    def decisions(self, module: str, keys: Part) -> Iterable[KindDecision]:
        """Return nothing: all decisions are written out."""
        return ()

    def check(self, keys: Part, context: KindContext) -> Iterable[Finding]:
        """Return nothing: a plain group promises nothing."""
        return ()
