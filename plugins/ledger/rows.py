"""Turns outcomes, runs and findings into rows of the ledger and back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.policy import Try
from tierwise.core.types import BooleanType, NumberType
from tierwise.core.values import Value, to_json
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.ledger.record import RunRecord, SavedRun

__all__ = ["Cells", "as_json", "cells_of", "finding", "outcome", "row_of_record", "saved_run"]

_MOST_DIGITS = 15
"""As many as SQLite shows of a number that is not whole; one that has more is kept as text."""
_LARGEST_WHOLE = 2**63 - 1

Cells = tuple[Any, str | None, str | None, str | None, str | None]
"""An outcome as the table `outcomes` has it: value, reason, candidates, rules, needs."""


def cells_of(outcome: Outcome) -> Cells:
    """Return an outcome as the table `outcomes` has it."""
    rules = as_json(outcome.rules) if outcome.rules else None
    if isinstance(outcome, Determined):
        return _plain(outcome.value), None, None, rules, None
    return None, outcome.reason.value, as_json(outcome.candidates), rules, as_json(outcome.needs) if outcome.needs else None


def _plain(value: Value) -> str | int | float | None:
    """Return a value as people who open the file by SQL expect it: words as they are, numbers as numbers, dates in ISO form, lists as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > _MOST_DIGITS and value != value.to_integral_value():
        return format(value, "f")
    shown = to_json(value)
    if isinstance(shown, list | dict):
        return as_json(value)
    if isinstance(shown, int) and abs(shown) > _LARGEST_WHOLE:
        return str(shown)
    return shown  # type: ignore[no-any-return]  # JSON's other values are text, numbers and none


def as_json(value: Any) -> str:
    """Return a value as JSON with all its digits."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def outcome(cells: Cells, type: str) -> Outcome:
    """Return an outcome as it was saved: numbers as ``Decimal``, dates and what JSON does not have as text.

    Args:
        cells: What the table `outcomes` has of it.
        type: The type of the output, in words; empty where it was not saved.
    """
    value, reason, candidates, rules, needs = cells
    given_by = tuple(json.loads(rules or "[]"))
    if reason is None:
        return Determined(_value(value, type), given_by)
    return Undetermined(Reason(reason), tuple(_read_json(candidates or "[]")), tuple(json.loads(needs or "[]")), given_by)


def _value(stored: Any, type: str) -> Any:
    if stored is None:
        return None
    if isinstance(stored, int | float) or type in (str(NumberType()), str(NumberType(scale=0))):
        return Decimal(str(stored))
    if type == str(BooleanType()):
        return stored == "true"
    return _read_json(stored) if type.startswith(("list", "set", "map", "record")) else stored


def _read_json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def row_of_record(record: RunRecord) -> dict[str, Any]:
    """Return how a run was made as the table `runs` has it; who proposes it and why as JSON."""
    tries = [one.model_dump(exclude_none=True) for one in record.tries]
    return {**asdict(record), "tries": as_json(tries) if tries else ""}


def saved_run(row: dict[str, Any]) -> SavedRun:
    """Return a run from its row."""
    texts = {field.name: row.get(field.name) or "" for field in fields(RunRecord)}
    tries = tuple(map(Try.model_validate, json.loads(texts.pop("tries") or "[]")))
    record = RunRecord(**texts, tries=tries)
    return SavedRun(row["run_id"], record, row["subjects"], row["undetermined"])


def finding(row: dict[str, Any]) -> DataFinding:
    """Return a finding about the data from its row."""
    examples = tuple((key, stored) for key, stored in json.loads(row["examples"]))
    return DataFinding(row["code"], row["message"], row["count"], row["fact"], row["table"], row["column"], examples)
