"""Reads the literal values that declarations, overlays and cases hold, by their declared type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.policy.plain_literals import read_literal
from tierwise.core.source import Span
from tierwise.core.types import ListType, MapType, RecordType, SetType, Type

__all__ = ["read_value"]


def read_value(raw: Any, type: Type, span: Span) -> tuple[Any, list[Finding]]:
    """Read a value: a text, a list of values, or a mapping for a record or a map.

    Args:
        raw: Dicts, lists, texts and ``None``, as ``document.py`` gives them.
        type: What it must be.
        span: Where it stands.

    Returns:
        The value (``core/values.py``) and no finding, or ``None`` and why there is none.
    """
    if raw is None:
        return None, []
    if isinstance(type, RecordType | MapType):
        return _mapping(raw, type, span)
    if isinstance(raw, list) and isinstance(type, ListType | SetType):
        results = [read_value(item, type.item, span) for item in raw]
        findings = [finding for _, found in results for finding in found]
        return (None, findings) if findings else (tuple(value for value, _ in results), [])
    if not isinstance(raw, str):
        return None, [
            Finding.error("type-mismatch", f"a {'list' if isinstance(raw, list) else 'mapping'} stands where a {type} is demanded", span)
        ]
    return read_literal(raw, type, span)


def _mapping(raw: Any, type: RecordType | MapType, span: Span) -> tuple[Any, list[Finding]]:
    if not isinstance(raw, Mapping):
        return None, [Finding.error("type-mismatch", f"a {type} demands keys and values", span)]
    values, findings = {}, []
    for key, item in raw.items():
        inner = type.value if isinstance(type, MapType) else type.field(key)
        if inner is None:
            findings.append(Finding.error("unknown-field", f"the record has no field `{key}`", span))
            continue
        values[key], found = read_value(item, inner, span)
        findings += found
    return (None, findings) if findings else (values, [])
