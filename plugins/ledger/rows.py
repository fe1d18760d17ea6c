"""Turns results and findings into rows of the ledger and back, and compares the rows of two runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Decision
from tierwise.core.types import BooleanType, NumberType
from tierwise.core.values import Value, to_json
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.ledger.record import RunRecord, SavedRun

__all__ = ["COMPARISON", "RESULTS", "UPGRADE", "as_json", "finding", "outcome", "output_rows", "result_rows", "saved_run"]

_CELLS = ("value", "reason", "candidates", "rules", "needs")
_MOST_DIGITS = 15
"""As many as SQLite shows of a number that is not whole; one that has more is kept as text."""
_LARGEST_WHOLE = 2**63 - 1

RESULTS = "SELECT r.*, o.type FROM results r LEFT JOIN outputs o USING (run_id, output) WHERE {where} ORDER BY {order}"
_KNOWN = "SELECT key, output FROM results WHERE run_id = {0} AND (:output IS NULL OR output = :output)"
_SIDE = "{0}.run_id {0}_run, {0}_output.type {0}_type, " + ", ".join(f"{{0}}.{cell} {{0}}_{cell}" for cell in _CELLS)
_JOIN = """
LEFT JOIN results {0} ON {0}.run_id = :{0} AND {0}.key = k.key AND {0}.output = k.output
LEFT JOIN outputs {0}_output ON {0}_output.run_id = :{0} AND {0}_output.output = k.output"""
COMPARISON = f"""
SELECT k.key, k.output, {_SIDE.format("earlier")}, {_SIDE.format("later")}
FROM ({_KNOWN.format(":earlier")} UNION {_KNOWN.format(":later")}) k {_JOIN.format("earlier")} {_JOIN.format("later")}
WHERE earlier.run_id IS NULL OR later.run_id IS NULL OR earlier.value IS NOT later.value
  OR earlier.reason IS NOT later.reason OR earlier.candidates IS NOT later.candidates
ORDER BY k.key, k.output
"""

_SORTS = {"text": "text", "integer": "number", "real": "number", "true": "boolean", "false": "boolean", "array": "list", "object": "record"}
_SORT = "CASE json_type(value) " + " ".join(f"WHEN '{json}' THEN '{sort}'" for json, sort in _SORTS.items()) + " ELSE '' END"
_IS_WORD = "json_type(value) IN ('text', 'null') OR (json_type(value) IN ('integer', 'real') AND length(value) <= 15)"
_PLAIN = f"CASE WHEN {_IS_WORD} THEN json_extract(value, '$') ELSE value END"
UPGRADE = (
    f"INSERT INTO outputs SELECT run_id, output, max({_SORT}) FROM results GROUP BY run_id, output",
    f"INSERT INTO upgraded SELECT run_id, key, output, {_PLAIN}, reason, candidates, rules, needs FROM results",
    "DROP TABLE results",
    "ALTER TABLE upgraded RENAME TO results",
)
"""Makes of results whose values are all JSON, as the first ledgers kept them, what they are now, in the table ``upgraded``."""


def output_rows(run_id: int, outputs: Iterable[Decision]) -> Iterator[tuple[int, str, str]]:
    """Yield the rows of a run's outputs, as the table `outputs` has them."""
    for output in outputs:
        yield run_id, output.name, str(output.type)


def result_rows(run_id: int, result: SubjectResult) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one subject, an output each, as the table `results` has them."""
    for output, outcome in result.outcomes.items():
        rules = _words(outcome.rules) if outcome.rules else None
        if isinstance(outcome, Determined):
            yield run_id, result.key, output, _plain(outcome.value), None, None, rules, None
        else:
            needs = _words(outcome.needs) if outcome.needs else None
            yield run_id, result.key, output, None, outcome.reason.value, as_json(outcome.candidates), rules, needs


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


@lru_cache(maxsize=4_096)
def _words(words: tuple[str, ...]) -> str:
    """Return words as JSON; rules repeat in millions of rows."""
    return as_json(words)


def as_json(value: Any) -> str:
    """Return a value as JSON with all its digits."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))


def outcome(row: Mapping[str, Any], side: str = "") -> Outcome:
    """Return an outcome as it was saved: numbers as ``Decimal``, dates and what JSON does not have as text.

    Args:
        row: A row of ``RESULTS`` or of ``COMPARISON``.
        side: What stands before the names of its columns.
    """
    value, reason, candidates, rules, needs = (row[side + cell] for cell in _CELLS)
    given_by = tuple(json.loads(rules or "[]"))
    if reason is None:
        return Determined(_value(value, row[side + "type"] or ""), given_by)
    return Undetermined(Reason(reason), tuple(_read_json(candidates)), tuple(json.loads(needs or "[]")), given_by)


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


def saved_run(row: dict[str, Any]) -> SavedRun:
    """Return a run from its row."""
    record = RunRecord(**{field.name: row.get(field.name) or "" for field in fields(RunRecord)})
    return SavedRun(row["run_id"], record, row["subjects"], row["undetermined"])


def finding(row: dict[str, Any]) -> DataFinding:
    """Return a finding about the data from its row."""
    examples = tuple((key, stored) for key, stored in json.loads(row["examples"]))
    return DataFinding(row["code"], row["message"], row["count"], row["fact"], row["table"], row["column"], examples)
