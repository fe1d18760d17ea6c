"""What the makers of the demo share: the random source, the date, the customers and the staff, each with hidden traits that their rows follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

__all__ = ["Customer", "Employee", "World"]


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

    def number(self, prefix: str) -> str:
        """Return the next id with a prefix, such as ``O000017``."""
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]:06d}"

    def day(self, oldest: int, newest: int = 0) -> str:
        """Return an ISO date between ``oldest`` and ``newest`` days before the date of the demo."""
        return (self.as_of - timedelta(days=self.random.randint(newest, max(oldest, newest)))).isoformat()

    def moment(self, oldest: int, newest: int = 0) -> str:
        """Return an ISO date and time in working hours."""
        return f"{self.day(oldest, newest)} {self.random.randint(8, 17):02d}:{self.random.randint(0, 59):02d}:00"

    def chance(self, share: float) -> bool:
        """Return true in ``share`` of the calls."""
        return self.random.random() < share

    def flag(self, share: float) -> int:
        """Return 1 in ``share`` of the calls, else 0."""
        return int(self.random.random() < share)
