"""The form ``formula``: a decision is the value of one expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.environment import FormContext
from tierwise.core.plan import Node
from tierwise.plugins.builtin.forms.form_values import WrittenValue

__all__ = ["Formula"]


class Formula:
    """One expression, a literal, or ``undetermined(…)``."""

    name = "formula"
    about = "The value of one expression."
    model: Any = WrittenValue

    def compile(self, spec: WrittenValue, context: FormContext) -> Mapping[str, Node]:
        """Return the node of the expression."""
        name = context.only_output()
        if name is None:
            return {}
        node = context.output(name, spec, context.path)
        return {} if node is None else {name: node}
