"""The form ``prefer``: a decision is the first of several values of which anything is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Node
from tierwise.core.plan import Prefer as PreferNode
from tierwise.core.source import Written

__all__ = ["Prefer"]


class Prefer:
    """Values in order of preference, such as the level as computed, else the level as recorded."""

    name = "prefer"
    about = "The first of several values of which anything is given."
    model: Any = list[Written]

    def compile(self, spec: list[Written], context: FormContext) -> Mapping[str, Node]:
        """Return a ``Prefer`` over the parts that are sound."""
        name = context.only_output()
        if name is None:
            return {}
        if not spec:
            context.report(Finding.error("empty-form", "`prefer` names nothing to prefer", context.span(context.path)))
        parts = [context.output(name, part, (*context.path, i)) for i, part in enumerate(spec)]
        sound = tuple(part for part in parts if part is not None)
        return {name: PreferNode(sound, context.outputs[name])} if sound else {}
