"""The different outcomes of a run under numbers, so that a subject takes one narrow row: a list of numbers, one for each output."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tierwise.core.outcome import Determined, Outcome
from tierwise.plugins.ledger.rows import Cells, cells_of, outcome

__all__ = ["Numbers", "SavedOutcomes"]

_MOST_KEPT = 200_000  # outcomes in memory; beyond them one may get a second number


class Numbers:
    """Gives each different outcome of a run a number, and each output a place.

    Args:
        outputs: The outputs in order; others get the places behind them.
    """

    def __init__(self, outputs: Iterable[str]) -> None:
        self.places = {name: place for place, name in enumerate(outputs)}
        self._numbers: dict[object, int] = {}
        self._fresh: list[tuple[Any, ...]] = []
        self._last = 0

    def number(self, outcome: Outcome) -> int:
        """Return the number of an outcome."""
        value = outcome.value if isinstance(outcome, Determined) else None
        try:
            found = self._numbers.get((value.__class__, outcome))
        except TypeError:  # a record cannot be hashed
            return self.number_of(cells_of(outcome))
        if found is None:
            found = self._add((value.__class__, outcome), cells_of(outcome))
        return found

    def number_of(self, cells: Cells) -> int:
        """Return the number of an outcome that is as the table `outcomes` has it."""
        mark = (cells[0].__class__, cells)
        return self._numbers.get(mark) or self._add(mark, cells)

    def _add(self, mark: object, cells: Cells) -> int:
        if len(self._numbers) >= _MOST_KEPT:
            self._numbers.clear()
        self._numbers[mark] = self._last = self._last + 1
        self._fresh.append((self._last, *cells))
        return self._last

    def fresh(self) -> list[tuple[Any, ...]]:
        """Return the outcomes that got a number since this was asked last, each behind its number."""
        rows, self._fresh = self._fresh, []
        return rows

    def list_of(self, numbers: Iterable[tuple[str, int]]) -> str:
        """Return the numbers of a subject's outcomes, each with the name of its output, as a JSON list in the places of the outputs."""
        listed: list[int | None] = [None] * len(self.places)
        for output, number in numbers:
            place = self.places.setdefault(output, len(self.places))
            if place == len(listed):
                listed.append(None)
            listed[place] = number
        return json.dumps(listed, separators=(",", ":"))


class SavedOutcomes:
    """The outcomes of a saved run by their numbers; those that were asked for are kept.

    Args:
        types: The type of each output, in words, by name, in the order of their places.
        cells_of: Number to what the table `outcomes` has of it.
    """

    def __init__(self, types: Mapping[str, str], cells_of: Callable[[int], Cells]) -> None:
        self._types = types
        self._places = {name: place for place, name in enumerate(types)}
        self.names = sorted(types)
        self._cells_of = cells_of
        self._cells: dict[int, Cells] = {}
        self._outcomes: dict[tuple[int, str], Outcome] = {}

    def cells(self, numbers: list[int | None], output: str) -> Cells | None:
        """Return what is saved of an output of the subject with these numbers, if anything."""
        place = self._places.get(output, len(numbers))
        number = numbers[place] if place < len(numbers) else None
        if number is None:
            return None
        found = self._cells.get(number)
        if found is None:
            if len(self._cells) >= _MOST_KEPT:
                self._cells.clear()
            found = self._cells[number] = self._cells_of(number)
        return found

    def outcome(self, numbers: list[int | None], output: str) -> Outcome | None:
        """Return an output's outcome, if it has one."""
        cells = self.cells(numbers, output)
        if cells is None:
            return None
        mark = (numbers[self._places[output]] or 0, output)
        found = self._outcomes.get(mark)
        if found is None:
            if len(self._outcomes) >= _MOST_KEPT:
                self._outcomes.clear()
            found = self._outcomes[mark] = outcome(cells, self._types[output])
        return found
