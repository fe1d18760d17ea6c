"""What a plan takes as given or reads elsewhere: constants, and references to facts, decisions, readings, items and fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierwise.core.outcome import Reason
    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Constant", "DecisionRef", "FactRef", "FieldRef", "ItemRef", "ReadingRef", "Undecided"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal value (see ``core/values.py``); a parameter's value once it is known. ``None`` is *none*."""

    value: Any
    type: Type

    def __hash__(self) -> int:
        """Return a hash that holds for records and maps, too, which are dictionaries."""
        try:
            return hash((self.value, self.type))
        except TypeError:
            return hash((_hashable(self.value), self.type))


def _hashable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(_hashable(item) for item in value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Undecided:
    """An outcome that the policy itself leaves open: ``undetermined(lost)`` or ``undetermined(gap, X, Y)``.

    Allowed where a decision's value stands: an output cell, a branch of ``if``, a whole formula, a lookup value.
    """

    reason: Reason
    candidates: tuple[Any, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of a fact; unknown when it is missing. ``as_of`` is a fact of type date that the run supplies."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """The value of another decision of the same plan.

    When that decision is undetermined with candidates, it may be any of them; with none, it is unknown with that reason.
    """

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class ReadingRef:
    """The word (text) to which a reading is settled; unknown, with reason ``reading``, while it is not settled."""

    name: str
    values: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class ItemRef:
    """The item that the nearest enclosing ``Filter``, ``Project``, ``Quantified`` or ``Sorted`` of that ``depth`` looks at (0 = innermost)."""

    type: Type
    depth: int = 0


@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of a record, or a key of a map (none when the map lacks it). A record that lacks the field makes it unknown."""

    of: Node
    name: str
    type: Type
