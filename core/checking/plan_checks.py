"""Runs every check that needs no more than the compiled plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierwise.core.checking.constant_conditions import find_constant_conditions
from tierwise.core.checking.gaps import find_gaps
from tierwise.core.checking.none_given import find_none_given
from tierwise.core.checking.overlaps import find_overlaps
from tierwise.core.checking.recorded_first import find_recorded_first
from tierwise.core.checking.shadowed import find_shadowed
from tierwise.core.checking.unclear import find_unclear
from tierwise.core.checking.unreachable import find_unreachable
from tierwise.core.checking.unused import find_unused
from tierwise.core.finding import Finding
from tierwise.core.plan import Plan

__all__ = ["CHECKS", "check_plan"]

# The order is that in which an author mends: a rule or condition that is wrong in itself, then what rules do to each other, then what is
# missing (a corrected rule often closes the gap), then what is merely left over. Each check stands alone; none reads another's findings.
CHECKS: tuple[Callable[[Plan], Iterable[Finding]], ...] = (
    find_constant_conditions,
    find_recorded_first,
    find_shadowed,
    find_overlaps,
    find_gaps,
    find_none_given,
    find_unclear,
    find_unreachable,
)


def check_plan(plan: Plan, read_elsewhere: frozenset[str] = frozenset()) -> list[Finding]:
    """Return what the checks say about a plan: warnings and notes, never errors, for a plan always runs.

    Args:
        plan: The plan.
        read_elsewhere: Names that something beside its decisions reads.
    """
    found = [finding for check in CHECKS for finding in check(plan)]
    return found + list(find_unused(plan, read_elsewhere))
