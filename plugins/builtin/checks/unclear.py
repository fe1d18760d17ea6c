"""Says which conditions the checks could not analyse, so that silence about a table is not taken for a proof."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import Plan
from tierwise.plugins.builtin.checks.wording import some
from tierwise.plugins.geometry.producing import Producing
from tierwise.plugins.geometry.space import lay_out

__all__ = ["find_unclear"]


def find_unclear(plan: Plan) -> Iterator[Finding]:
    """Yield a note for each table with conditions that compare one thing with another instead of with a constant."""
    producing = Producing(plan)
    for table in plan.tables.values():
        space = lay_out(producing, table.column_texts, [rule.tests for rule in table.rules])
        if space.unclear:
            names = some(table.column_texts[i] for i in space.unclear)
            many = len(space.unclear) > 1
            message = f"column{'s' if many else ''} {names} of `{table.name}` {'have' if many else 'has'} conditions without fixed bounds: not analysed"
            help = "gaps, overlaps and shadowed rules that hang on them are not found"
            yield Finding.note("not-analysed", message, table.span, help)
