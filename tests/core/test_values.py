"""Durations and their texts, and days some time away."""

from __future__ import annotations

from datetime import date

import pytest

from tierwise.core.language.scan import read_iso
from tierwise.core.values import Duration, add_duration

LENGTHS = [
    Duration(),
    Duration(months=14),
    Duration(months=-14),
    Duration.of_days(7),
    Duration.of_days(-7),
    Duration(seconds=129_600),
    Duration(seconds=-1),
]


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_a_duration_is_printed_as_iso_has_it_and_read_back(length: Duration) -> None:
    assert read_iso(str(length)) == length


@pytest.mark.parametrize(
    ("length", "text"), [(Duration(seconds=-129_600), "-PT129600S"), (Duration(months=-14), "-P14M"), (Duration.of_days(-7), "-P7D")]
)
def test_a_negative_duration_has_its_sign_in_front(length: Duration, text: str) -> None:
    assert str(length) == text


@pytest.mark.parametrize("seconds", [1, 3_600, 86_399, 86_400, 86_401, 129_600])
@pytest.mark.parametrize("sign", [1, -1])
def test_to_subtract_a_duration_is_to_add_its_opposite(seconds: int, sign: int) -> None:
    start, length = date(2021, 1, 2), Duration(seconds=sign * seconds)
    assert add_duration(start, length, -1) == add_duration(start, length.times(-1))
