"""The built-in checks of a plan: one file each; none reads another's findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import CheckContext
    from tierwise.core.finding import Finding

__all__ = ["BuiltInCheck", "tierwise_checks"]


@dataclass(frozen=True, slots=True)
class BuiltInCheck:
    """A check under its name."""

    name: str
    about: str
    find: Callable[[CheckContext], Iterable[Finding]]


@hookimpl
def tierwise_checks() -> Iterable[BuiltInCheck]:
    """Give the checks in the order in which an author mends what they find.

    First a rule or condition that is wrong in itself, then what rules do to each other, then what is missing (a corrected rule often closes
    the gap), then what is merely left over.
    """
    from tierwise.plugins.builtin.checks.agreements import find_disagreements
    from tierwise.plugins.builtin.checks.chains import find_chains
    from tierwise.plugins.builtin.checks.gaps import find_gaps
    from tierwise.plugins.builtin.checks.leftovers import find_constant_conditions, find_unclear, find_unreachable, find_unused
    from tierwise.plugins.builtin.checks.look_alike_words import find_look_alikes
    from tierwise.plugins.builtin.checks.none_given import find_none_given
    from tierwise.plugins.builtin.checks.overlaps import find_overlaps
    from tierwise.plugins.builtin.checks.recorded_first import find_recorded_first
    from tierwise.plugins.builtin.checks.shadowed import find_shadowed

    return (
        BuiltInCheck("look-alikes", "Words that look the same and are not.", lambda of: find_look_alikes(of.plan, of.document)),
        BuiltInCheck("constant-conditions", "Conditions that decide nothing.", lambda of: find_constant_conditions(of.plan)),
        BuiltInCheck("recorded-first", "What is recorded, preferred to what is computed.", lambda of: find_recorded_first(of.plan)),
        BuiltInCheck("shadowed", "Rules that never decide.", lambda of: find_shadowed(of.plan)),
        BuiltInCheck("overlaps", "Subjects for whom rules differ.", lambda of: find_overlaps(of.plan)),
        BuiltInCheck("agreements", "Subjects whose classes do not agree.", lambda of: find_disagreements(of.plan)),
        BuiltInCheck("gaps", "Subjects for whom there is no rule.", lambda of: find_gaps(of.plan)),
        BuiltInCheck("none-given", "Decisions that may be none.", lambda of: find_none_given(of.plan)),
        BuiltInCheck("unclear", "Conditions that cannot be analysed.", lambda of: find_unclear(of.plan)),
        BuiltInCheck("unreachable", "Words that nothing gives.", lambda of: find_unreachable(of.plan)),
        BuiltInCheck("unused", "Names that nothing reads.", lambda of: find_unused(of.plan, of.read_elsewhere)),
        BuiltInCheck("chains", "Chains of `if` that are a lookup or a table.", lambda of: find_chains(of.plan, of.written)),
    )
