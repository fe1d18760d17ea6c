"""A function that expressions may call, as a plugin gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.plan.nodes import Undefined
from tierwise.core.types import Type

__all__ = ["Function"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the policy language.

    Attributes:
        name: As authors write it; may hold spaces.
        signature: For docs and messages, such as ``most per quarter(dates: list of date) -> integer``.
        about: One sentence for the reference page.
        type_of: Argument types to the result type, or to a message (lower case, no full stop) that says what is wrong.
        python: Its meaning, over values (``core/values.py``); an argument may be none. It never raises: it returns none where it is undefined.
        sql: Dialect name to a template such as ``lower({0})``; without one for a dialect the reference engine computes it.
        rises: For each argument ``+`` when a greater one never makes the result less, ``-`` when it never makes it greater, the last for
            all that follow; empty where neither is known. Searches for the nearest change use it, decisions do not.
        undefined: Where it gives none though no argument is none: ``never``; ``empty``: of a single list that is empty; ``zero``: where its
            last argument, or the total of its map, is 0; ``several``: where several arguments do not fit together; ``perhaps``: in other cases, or nobody has said. A decision that may be none is told to its author.
    """

    name: str
    signature: str
    about: str
    type_of: Callable[[tuple[Type, ...]], Type | str]
    python: Callable[..., Any]
    sql: Mapping[str, str] = field(default_factory=dict)
    rises: str = ""
    undefined: Undefined = "perhaps"
