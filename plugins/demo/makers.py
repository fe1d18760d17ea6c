"""What the makers of the demo share: the random source, the date, the customers and the staff, each with hidden traits that their rows follow.

There are hundreds of thousands of draws: what is drawn often is one call of ``random()``, and each date is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

__all__ = ["Customer", "Employee", "World", "weighted"]

Option = TypeVar("Option")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's hidden traits.

    Attributes:
        key: The customer's id.
        city: Where it is.
        size: About how much it orders in a year, in yuan; log-normal, so that a few are giants.
        quality: From 0 (pays late, unloved) to 1 (a model customer).
        age_years: For how long it has been buying; 0 for one without any order.
        organisation: Whether it is an organisation, not a person.
    """

    key: str
    city: str
    size: float
    quality: float
    age_years: float
    organisation: bool


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of staff."""

    key: str
    role: str
    city: str


@dataclass
class World:
    """Everything the makers draw from, in a fixed order."""

    random: Random
    as_of: date
    customer_count: int
    customers: list[Customer] = field(default_factory=list)
    staff: list[Employee] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _dates: dict[int, str] = field(default_factory=dict)

    def number(self, prefix: str) -> str:
        """Return the next id with a prefix, such as ``O000017``."""
        number = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{number:06d}"

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[int(self.random.random() * len(options))]

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        return low + int(self.random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Return true in ``share`` of the calls."""
        return self.random.random() < share

    def flag(self, share: float) -> int:
        """Return 1 in ``share`` of the calls, else 0."""
        return int(self.random.random() < share)

    def ago(self, days: int) -> str:
        """Return the ISO date that is so many days before the date of the demo; after it when ``days`` is negative."""
        if days not in self._dates:
            self._dates[days] = (self.as_of - timedelta(days=days)).isoformat()
        return self._dates[days]

    def day(self, oldest: int, newest: int = 0) -> str:
        """Return an ISO date between ``oldest`` and ``newest`` days before the date of the demo."""
        return self.ago(self.between(newest, max(oldest, newest)))

    def moment(self, oldest: int, newest: int = 0) -> str:
        """Return an ISO date and time in working hours."""
        return f"{self.day(oldest, newest)} {self.between(8, 17):02d}:{self.between(0, 59):02d}:00"


def weighted(options: Mapping[Option, int]) -> tuple[Option, ...]:
    """Return options to pick from, each as often as its weight says."""
    return tuple(option for option, weight in options.items() for _ in range(weight))
