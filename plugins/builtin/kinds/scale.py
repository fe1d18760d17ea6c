"""Checks that a decision gives exactly the grades of a module's scale, in its order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierwise.core.environment import KindContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.types import EnumType

__all__ = ["check_scale"]


def check_scale(name: str, key: str, scale: Sequence[str], context: KindContext) -> Iterator[Finding]:
    """Yield a finding when the decision ``name`` is missing, is no enum, or has other values than the scale.

    Args:
        name: The decision that gives the grade.
        key: The key of the module that names the decision, where a finding about its absence is shown.
        scale: The grades, best first.
        context: The module and its plan.
    """
    decision = context.plan.decisions.get(name)
    here = context.span((*context.path, key))
    if decision is None:
        help = suggest(name, context.plan.decisions) or "name the decision that gives the grade"
        yield Finding.error("grade-not-decided", f"no decision `{name}` gives the grade of module `{context.module}`", here, help)
    elif not isinstance(decision.type, EnumType):
        message = f"`{name}` is `{decision.type}`; the grade of a scale is `enum` with the values [{', '.join(scale)}]"
        yield Finding.error("grade-off-scale", message, decision.span or here)
    elif decision.type.values != tuple(scale):
        message = f"`{name}` has the values [{', '.join(decision.type.values)}] but the scale is [{', '.join(scale)}]"
        help = "put both in the same order, best first" if set(decision.type.values) == set(scale) else "give both the same grades"
        yield Finding.error("grade-off-scale", message, context.span((*context.path, "scale")), help)
