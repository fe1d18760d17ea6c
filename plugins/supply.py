"""What a company still has to supply for a policy: parameters and tables that are not in the source, readings that nobody has settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.plan import Plan
from tierwise.core.policy import Policy
from tierwise.core.policy.model import DecisionDeclaration, ParameterDeclaration
from tierwise.core.policy.texts import Text

__all__ = ["LocalTable", "Supply", "supply_of"]


@dataclass(frozen=True, slots=True)
class LocalTable:
    """Rules, or the points of a characteristic, that every company sets itself.

    Attributes:
        name: What an overlay calls it, such as ``score.payment``.
        label: What people call it.
        inputs: What its rules may read; of points the one thing that is asked for.
        outputs: What its rules give; none for points.
    """

    name: str
    label: Text | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supply:
    """Everything that is open.

    Attributes:
        parameters: Name to declaration, of those that have no value.
        readings: Those that are not settled.
        tables: Those that are not filled.
    """

    parameters: dict[str, ParameterDeclaration]
    readings: tuple[str, ...]
    tables: tuple[LocalTable, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is open."""
        return not (self.parameters or self.readings or self.tables)


def supply_of(policy: Policy, plan: Plan) -> Supply:
    """Return what is open of a policy, as it is with its overlay."""
    decisions = {name: decision for module in policy.modules.values() for name, decision in module.decisions.items()}
    return Supply(
        {name: one for name, one in policy.parameters.items() if one.local and name not in policy.parameter_values},
        tuple(name for name, reading in plan.readings.items() if reading.settled is None),
        tuple(table for name in plan.lost if name not in policy.parameters for table in _table(name, decisions)),
    )


def _table(name: str, decisions: dict[str, DecisionDeclaration]) -> Iterator[LocalTable]:
    if name in decisions:
        decision = decisions[name]
        form = decision.ways.get("table")
        yield LocalTable(
            name, decision.label, _texts(form.get("inputs") if isinstance(form, dict) else None), tuple(decision.outputs) or (name,)
        )
        return
    owner, _, characteristic = name.rpartition(".")
    of = _characteristic(decisions.get(owner), characteristic)
    yield LocalTable(name, None, (of,) if of else ())


def _characteristic(decision: DecisionDeclaration | None, name: str) -> str:
    """Return what a characteristic of a scorecard asks for."""
    form: Any = decision.ways.get("scorecard") if decision is not None else None
    characteristics = form.get("characteristics") if isinstance(form, dict) else None
    one = characteristics.get(name) if isinstance(characteristics, dict) else None
    return str(one.get("of", "")) if isinstance(one, dict) else ""


def _texts(values: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()
