"""The built-in forms: each file holds one, its YAML value and how it compiles to plan nodes."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.core.environment import Form
from tierwise.core.forms.agree import Agree
from tierwise.core.forms.formula import Formula
from tierwise.core.forms.gather import Gather
from tierwise.core.forms.labels import Labels
from tierwise.core.forms.lookup import Lookup
from tierwise.core.forms.order import Order
from tierwise.core.forms.prefer import Prefer
from tierwise.core.forms.ranking import Ranking
from tierwise.core.forms.schedule import Schedule
from tierwise.core.forms.scorecard import Scorecard
from tierwise.core.forms.table import DecisionTable
from tierwise.core.forms.weighted import Weighted

__all__ = ["BUILTIN_FORMS"]

_FORMS: tuple[Form, ...] = (
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

BUILTIN_FORMS: Mapping[str, Form] = {form.name: form for form in _FORMS}
"""Name to form."""
