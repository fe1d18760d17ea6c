"""Gives the kinds of modules that ship with Tierwise, one file each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Kind


@hookimpl
def tierwise_kinds() -> Iterable[Kind]:
    # Here, because the kinds bring pydantic and `--help` needs none.
    from tierwise.plugins.builtin.kinds.approval import Approval
    from tierwise.plugins.builtin.kinds.completeness import Completeness
    from tierwise.plugins.builtin.kinds.composition import Composition
    from tierwise.plugins.builtin.kinds.constraint_check import ConstraintCheck
    from tierwise.plugins.builtin.kinds.credit_level import CreditLevel
    from tierwise.plugins.builtin.kinds.duty_owner import DutyOwner
    from tierwise.plugins.builtin.kinds.eligibility_gate import EligibilityGate
    from tierwise.plugins.builtin.kinds.handling_guidance import HandlingGuidance
    from tierwise.plugins.builtin.kinds.plain import PlainModule
    from tierwise.plugins.builtin.kinds.pricing_rights import PricingRights
    from tierwise.plugins.builtin.kinds.transition import Transition
    from tierwise.plugins.builtin.kinds.value_tier import ValueTier
    from tierwise.plugins.builtin.kinds.visit_cadence import VisitCadence

    return (
        ValueTier(),
        CreditLevel(),
        VisitCadence(),
        PricingRights(),
        EligibilityGate(),
        Completeness(),
        HandlingGuidance(),
        DutyOwner(),
        Approval(),
        Transition(),
        ConstraintCheck(),
        Composition(),
        PlainModule(),
    )
