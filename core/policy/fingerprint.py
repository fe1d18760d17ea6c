"""The fingerprint of a policy: ``sha256`` over its meaning, so that two texts with one fingerprint decide alike.

It counts: the slug, the subject; every fact, parameter, reading, module and decision with its keys and their order of declaration; the form's own
values in their order; the cells of tables, wherever they are written; what the overlay fills in; ids and order of rules.

It does not count: comments, blanks, quotes, the order of a declaration's own keys; titles, labels, notes and other texts for people (but the labels
of words count: data may be given by them), the version; a table's note column; whether a table stands in the policy or in a CSV file; cases and bindings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from tierwise.core.finding import has_errors
from tierwise.core.language.units import plain
from tierwise.core.policy.model import DecisionDeclaration, Policy
from tierwise.core.policy.text_table import TextTable, is_separator, split_cells
from tierwise.core.source import Source, Span
from tierwise.core.types import Type

__all__ = ["fingerprint"]

_FORMAT = 1
"""Raised when what counts changes, so that old fingerprints never match by accident."""

_NOWHERE = Span(Source("", ""), 1, 1, 1, 1)


def fingerprint(policy: Policy) -> str:
    """Return the fingerprint of a policy with its overlay, 64 hexadecimal digits."""
    meaning = {
        "fingerprint": _FORMAT,
        "policy": policy.policy,
        "subject": policy.subject,
        "facts": [[name, _declared(fact)] for name, fact in policy.facts.items()],
        "parameters": [[name, _declared(parameter)] for name, parameter in policy.parameters.items()],
        "parameter_values": {name: _value(value) for name, value in policy.parameter_values.items()},
        "readings": [[name, list(reading.values)] for name, reading in policy.readings.items()],
        "settled": policy.settled,
        "modules": [
            [name, module.kind, _spec(policy, module.kind_keys), _decisions(policy, name)] for name, module in policy.modules.items()
        ],
        "filled": {name: _lines(text) for name, (text, _) in policy.filled_tables.items()},
        **{name: section.meaning() for name, section in policy.sections.items()},
    }
    text = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _declared(declaration: Any) -> dict[str, Any]:
    """Return the keys of a fact or parameter that are no texts for people; its type as it was understood, so ``50万`` is ``500000``."""
    rest = {"judged", "missing", "local", "hidden"} & set(type(declaration).model_fields)
    return {"type": _type(declaration.type()), "nullable": declaration.nullable, **{key: getattr(declaration, key) for key in rest}}


def _decisions(policy: Policy, module: str) -> list[Any]:
    return [_decision(policy, decision) for decision in policy.modules[module].decisions.values()]


def _decision(policy: Policy, decision: DecisionDeclaration) -> list[Any]:
    outputs = [[name, _declared(output)] for name, output in decision.outputs.items()]
    own = [] if decision.type_ is None else [_type(decision.type()), decision.nullable]
    return [decision.name, own, outputs, decision.hidden, decision.of, decision.form, _spec(policy, decision.spec)]


def _spec(policy: Policy, raw: Any) -> Any:
    """Return a form's value with its order, its texts without what has no meaning, its tables as cells."""
    if isinstance(raw, Mapping):
        return [[key, _spec(policy, value)] for key, value in raw.items()]
    if isinstance(raw, list):
        return [_spec(policy, item) for item in raw]
    if not isinstance(raw, str):
        return raw
    if raw.strip() in policy.sources or "\n" in raw:
        return _table(policy.text_table(raw, _NOWHERE)) or _lines(raw)
    return _squeezed(raw)


def _table(table: TextTable) -> list[Any] | None:
    if not table.rows or has_errors(table.findings):
        return None
    header = [[_squeezed(cell.text) for cell in cells] for cells in (table.inputs, table.outputs)]
    rows = [[row.id, [_squeezed(cell.text) for cell in row.inputs], [_squeezed(cell.text) for cell in row.outputs]] for row in table.rows]
    return [header, rows]


def _lines(text: str) -> list[Any]:
    return [[_squeezed(cell.text) for cell in split_cells(line, _NOWHERE)[0]] for line in text.split("\n") if not is_separator(line)]


def _squeezed(text: str) -> str:
    """Return a text with every run of blanks as one, but for what stands in double quotes."""
    parts = text.strip().split('"')
    return '"'.join(part if index % 2 else " ".join(f"·{part}·".split())[1:-1] for index, part in enumerate(parts))


def _type(type: Type) -> Any:
    if not is_dataclass(type):
        return type
    return [str(type), *([field.name, _type_part(getattr(type, field.name))] for field in fields(type))]


def _type_part(part: Any) -> Any:
    if is_dataclass(part):
        return _type(part)  # type: ignore[arg-type]
    return [_type_part(item) for item in part] if isinstance(part, tuple) else _value(part)


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Decimal):
        return format(plain(value), "f")
    return value if value is None or isinstance(value, bool | int | str) else str(value)
