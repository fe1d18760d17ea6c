"""Gives the forms of decisions; each file holds one, its YAML value and how it compiles to plan nodes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl

if TYPE_CHECKING:
    from tierwise.core.environment import Form


@hookimpl
def tierwise_forms() -> Iterable[Form]:
    # Here, because the forms bring pydantic and `--help` needs none.
    from tierwise.plugins.builtin.forms.by_class import Agree, Gather, Labels
    from tierwise.plugins.builtin.forms.formula import Formula
    from tierwise.plugins.builtin.forms.lookup import Lookup
    from tierwise.plugins.builtin.forms.order import Order
    from tierwise.plugins.builtin.forms.prefer import Prefer
    from tierwise.plugins.builtin.forms.ranking import Ranking
    from tierwise.plugins.builtin.forms.schedule import Schedule
    from tierwise.plugins.builtin.forms.scorecard import Scorecard
    from tierwise.plugins.builtin.forms.table import DecisionTable
    from tierwise.plugins.builtin.forms.weighted import Weighted

    return (
        DecisionTable(),
        Formula(),
        Lookup(),
        Scorecard(),
        Weighted(),
        Ranking(),
        Labels(),
        Agree(),
        Gather(),
        Schedule(),
        Order(),
        Prefer(),
    )
