"""Turns results and findings into rows of the ledger and back, and compares the rows of two runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.values import to_json
from tierwise.plugins.facts import DataFinding
from tierwise.plugins.ledger.record import RunRecord, SavedRun

__all__ = ["COMPARISON", "as_json", "finding", "outcome", "result_rows", "saved_run"]

_SIDE = "json_object('value', {0}.value, 'reason', {0}.reason, 'candidates', {0}.candidates, 'rules', {0}.rules, 'needs', {0}.needs)"
_KNOWN = "SELECT key, output FROM results WHERE run_id = {0} AND (:output IS NULL OR output = :output)"
COMPARISON = f"""
SELECT k.key, k.output,
  CASE WHEN b.key IS NOT NULL THEN {_SIDE.format("b")} END AS old, CASE WHEN a.key IS NOT NULL THEN {_SIDE.format("a")} END AS new
FROM ({_KNOWN.format(":before")} UNION {_KNOWN.format(":after")}) k
LEFT JOIN results b ON b.run_id = :before AND b.key = k.key AND b.output = k.output
LEFT JOIN results a ON a.run_id = :after AND a.key = k.key AND a.output = k.output
WHERE b.key IS NULL OR a.key IS NULL OR b.value IS NOT a.value OR b.reason IS NOT a.reason OR b.candidates IS NOT a.candidates
ORDER BY k.key, k.output
"""


def result_rows(run_id: int, result: SubjectResult) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one subject, an output each, as the table `results` has them."""
    for output, outcome in result.outcomes.items():
        rules = _words(outcome.rules) if outcome.rules else None
        if isinstance(outcome, Determined):
            value = outcome.value
            yield run_id, result.key, output, _words(value) if isinstance(value, str) else as_json(value), None, None, rules, None
        else:
            needs = _words(outcome.needs) if outcome.needs else None
            yield run_id, result.key, output, None, outcome.reason.value, as_json(outcome.candidates), rules, needs


@lru_cache(maxsize=4_096)
def _words(words: str | tuple[str, ...]) -> str:
    """Return text as JSON; grades and rules repeat in millions of rows."""
    return as_json(words)


def as_json(value: Any) -> str:
    """Return a value as JSON with all its digits."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def outcome(row: dict[str, Any]) -> Outcome:
    """Return an outcome as it was saved: numbers as ``Decimal``, dates and what JSON does not have as text."""
    rules = tuple(json.loads(row["rules"] or "[]"))
    if row["reason"] is None:
        return Determined(json.loads(row["value"], parse_float=Decimal, parse_int=Decimal), rules)
    candidates = tuple(json.loads(row["candidates"], parse_float=Decimal, parse_int=Decimal))
    return Undetermined(Reason(row["reason"]), candidates, tuple(json.loads(row["needs"] or "[]")), rules)


def saved_run(row: dict[str, Any]) -> SavedRun:
    """Return a run from its row."""
    record = RunRecord(**{field.name: row.get(field.name) or "" for field in fields(RunRecord)})
    return SavedRun(row["run_id"], record, row["subjects"], row["undetermined"])


def finding(row: dict[str, Any]) -> DataFinding:
    """Return a finding about the data from its row."""
    examples = tuple((key, stored) for key, stored in json.loads(row["examples"]))
    return DataFinding(row["code"], row["message"], row["count"], row["fact"], row["table"], row["column"], examples)
