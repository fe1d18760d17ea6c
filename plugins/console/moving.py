"""Who moves by a draft: what is saved against the draft, over the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from tierwise.plugins.impact import compare, policies_compared
from tierwise.plugins.impact.json_document import impact_document
from tierwise.plugins.impact.movers import movers
from tierwise.plugins.impact.page import impact_page
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.policy_page import Block

__all__ = ["impact_json", "impact_pages"]

NAMED = 20


def impact_pages(old: LoadedPolicy, new: LoadedPolicy, database: str, as_of: date | None, language: str) -> tuple[Block, ...]:
    """Return the page that ``tierwise impact`` prints.

    Raises:
        DataError: The database cannot be read.
    """
    with policies_compared(old, new, database, as_of=as_of, layers=("", "")) as sides:
        comparison = compare(*sides, ())
        impact = comparison.impact()
        told = list(movers(comparison, language, NAMED))
        more = sum(found.moved for found in impact.outputs.values()) - len(told)
        return impact_page(impact, told, (), more, new.plan, language)


def impact_json(old: LoadedPolicy, new: LoadedPolicy, database: str, as_of: date | None, language: str) -> dict[str, Any]:
    """Return the document that ``tierwise impact --format json`` prints.

    Raises:
        DataError: The database cannot be read.
    """
    with policies_compared(old, new, database, as_of=as_of, layers=("", "")) as sides:
        comparison = compare(*sides, ())
        return dict(impact_document(comparison.impact(), list(movers(comparison, language, None)), (), 0))
