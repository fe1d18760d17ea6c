"""A window is the days that its words mean, and one without a day is an error."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from tierwise.core.source import Source, Span
from tierwise.plugins.binding.binding_file import Window
from tierwise.plugins.binding.groups import window_days

AS_OF = date(2026, 5, 15)
SPAN = Span.at(Source("binding.yaml", "x"), 1, 1, 1)


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ({}, None, "2026-05-15"),
        ({"last": "12 months"}, "2025-05-16", "2026-05-15"),
        ({"calendar": "quarter"}, "2026-04-01", "2026-05-15"),
        ({"previous": "quarter"}, "2026-01-01", "2026-03-31"),
        ({"previous": "2 quarters"}, "2025-10-01", "2026-03-31"),
        ({"previous": "quarter", "skip": 1}, "2025-10-01", "2025-12-31"),
        ({"previous": "quarter", "skip": 5}, "2024-10-01", "2024-12-31"),
        ({"previous": "1 month"}, "2026-04-01", "2026-04-30"),
        ({"previous": "3 months"}, "2026-02-01", "2026-04-30"),
        ({"previous": "half-year"}, "2025-07-01", "2025-12-31"),
        ({"previous": "2 years", "skip": 1}, "2023-01-01", "2024-12-31"),
        ({"since": "2026-07-01"}, "2026-07-01", "2026-05-15"),
    ],
)
def test_a_window_is_the_days_that_it_says(told: dict[str, object], first: str | None, last: str) -> None:
    found = window_days(Window.model_validate({"column": "d", **told}), AS_OF, SPAN)
    assert found == (None if first is None else date.fromisoformat(first), date.fromisoformat(last), [])


@pytest.mark.parametrize(
    "told",
    [
        {"previous": "quarter", "until": "2025-12-31"},
        {"previous": "quarter", "since": "2026-04-01"},
        {"since": "2026-03-01", "until": "2026-02-01"},
        {"calendar": "quarter", "until": "2025-12-31"},
        {"last": "3 months", "until": "2026-01-31"},
        {"last": "0 days"},
    ],
)
def test_a_window_without_a_day_is_an_error(told: dict[str, object]) -> None:
    _, _, findings = window_days(Window.model_validate({"column": "d", **told}), AS_OF, SPAN)
    assert [finding.code for finding in findings] == ["empty-window"]


@pytest.mark.parametrize(
    "told", [{"previous": "week"}, {"previous": "0 quarters"}, {"skip": "1"}, {"previous": "year", "calendar": "year"}]
)
def test_what_is_no_window_does_not_read(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Window.model_validate({"column": "d", **told})
