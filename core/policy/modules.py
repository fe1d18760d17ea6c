"""Reads modules and the entries of their ``decisions``; which kinds and forms there are is not known here."""

from __future__ import annotations

from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.policy.declared_types import NamedTypes, read_type
from tierwise.core.policy.document import Document
from tierwise.core.policy.model import DecisionDeclaration, DecisionKeys, ModuleDeclaration, ModuleKeys
from tierwise.core.policy.validation import keys_of, validate
from tierwise.core.source import Path

__all__ = ["read_module"]

_DECISION_KEYS = keys_of(DecisionKeys)
_MODULE_KEYS = keys_of(ModuleKeys)


def read_module(raw: Any, path: Path, document: Document, named: NamedTypes) -> tuple[ModuleDeclaration | None, list[Finding]]:
    """Read one module; keys that it does not know are left to its kind.

    Args:
        raw: As written.
        path: Where it stands.
        document: Where its parts stand.
        named: The types that it may name.
    """
    if not isinstance(raw, dict):
        return None, [
            Finding.error("wrong-shape", f"module `{path[-1]}` demands keys and values", document.span(path), "add `kind: module`")
        ]
    keys, findings = validate(ModuleKeys, {key: raw[key] for key in raw if key in _MODULE_KEYS}, path, document)
    decisions = {}
    entries = raw.get("decisions")
    if entries is not None and not isinstance(entries, dict):
        findings.append(
            Finding.error("wrong-shape", "`decisions` demands a name and how it is decided", document.span((*path, "decisions")))
        )
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        decision, found = _read_decision(name, entry, (*path, "decisions", name), document, named)
        findings += found
        if decision is not None:
            decisions[str(name)] = decision
    if keys is None:
        return None, findings
    rest = {key: value for key, value in raw.items() if key not in _MODULE_KEYS and key != "decisions"}
    return ModuleDeclaration(**dict(keys), decisions=decisions, kind_keys=rest), findings


def _read_decision(
    name: str, raw: Any, path: Path, document: Document, named: NamedTypes
) -> tuple[DecisionDeclaration | None, list[Finding]]:
    if not isinstance(raw, dict):
        return None, [
            Finding.error("wrong-shape", f"decision `{name}` demands keys and values", document.span(path), "add a type and a form")
        ]
    keys, findings = validate(DecisionKeys, {key: value for key, value in raw.items() if key in _DECISION_KEYS}, path, document)
    if keys is None:
        return None, findings
    if keys.outputs and keys.type_ is not None:
        message = "a decision has either a `type` or several `outputs`"
        findings.append(Finding.error("type-and-outputs", message, document.key_span((*path, "type"))))
    types = {} if keys.type_ is None else {name: read_type(keys, path, document, named)}
    types |= {output: read_type(declared, (*path, "outputs", output), document, named) for output, declared in keys.outputs.items()}
    findings += [finding for _, found in types.values() for finding in found]
    ways = {key: value for key, value in raw.items() if key not in _DECISION_KEYS}
    known = {str(output): type for output, (type, _) in types.items() if type is not None}
    return (None if findings else DecisionDeclaration.of_keys(keys, str(name), known, ways)), findings
