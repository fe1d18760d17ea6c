"""Reads modules and the entries of their ``decisions``: which kind, which form, which outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.environment import Environment, Path
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.language.messages import listed
from tierwise.core.language.suggest import nearest
from tierwise.core.policy.declared_types import read_type
from tierwise.core.policy.document import Document
from tierwise.core.policy.model import DecisionDeclaration, DecisionKeys, ModuleDeclaration, ModuleKeys
from tierwise.core.policy.validation import in_model_order, keys_of, validate

__all__ = ["read_decision", "read_module"]

_DECISION_KEYS = keys_of(DecisionKeys)
_MODULE_KEYS = keys_of(ModuleKeys)


def read_module(raw: Any, path: Path, document: Document, environment: Environment) -> tuple[ModuleDeclaration | None, list[Finding]]:
    """Read one module; keys that it does not know are left to its kind.

    Args:
        raw: As written.
        path: Where it stands.
        document: Where its parts stand.
        environment: The kinds and forms there are.
    """
    if not isinstance(raw, dict):
        return None, [
            Finding.error("wrong-shape", f"module `{path[-1]}` demands keys and values", document.span(path), "add `kind: module`")
        ]
    keys, findings = validate(ModuleKeys, {key: raw[key] for key in raw if key in _MODULE_KEYS}, path, document)
    if keys is not None and keys.kind not in environment.kinds:
        hint = suggest(keys.kind, environment.kinds) or f"the kinds are {listed(environment.kinds)}"
        findings.append(Finding.error("unknown-kind", f"there is no kind `{keys.kind}`", document.span((*path, "kind")), hint))
    decisions = {}
    entries = raw.get("decisions")
    if entries is not None and not isinstance(entries, dict):
        findings.append(
            Finding.error("wrong-shape", "`decisions` demands a name and how it is decided", document.span((*path, "decisions")))
        )
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        decision, found = read_decision(name, entry, (*path, "decisions", name), document, environment)
        findings += found
        if decision is not None:
            decisions[name] = decision
    if keys is None:
        return None, findings
    rest = {key: value for key, value in raw.items() if key not in _MODULE_KEYS and key != "decisions"}
    kind = environment.kinds.get(keys.kind)
    ordered = in_model_order(kind.keys, rest) if kind is not None else rest
    return ModuleDeclaration(**dict(keys), decisions=decisions, kind_keys=ordered), findings


def read_decision(
    name: str, raw: Any, path: Path, document: Document, environment: Environment
) -> tuple[DecisionDeclaration | None, list[Finding]]:
    """Read one entry of ``decisions``, written by an author or by a kind.

    Args:
        name: Its key.
        raw: As written.
        path: Where it stands; for what a kind wrote, where the findings should point.
        document: Where its parts stand.
        environment: The forms there are.

    Returns:
        The decision and no error, or ``None`` and why there is none.
    """
    if not isinstance(raw, Mapping):
        return None, [
            Finding.error("wrong-shape", f"decision `{name}` demands keys and values", document.span(path), "add a type and a form")
        ]
    form, findings = _form(name, raw, path, document, environment)
    known = {key: value for key, value in raw.items() if key in _DECISION_KEYS}
    keys, found = validate(DecisionKeys, known, path, document)
    findings += found
    if keys is None:
        return None, findings
    findings += _check_types(keys, path, document)
    if findings or form is None:
        return None, findings
    return DecisionDeclaration.of_keys(keys, name, form, in_model_order(environment.forms[form].model, raw[form])), []


def _form(name: str, raw: Mapping[str, Any], path: Path, document: Document, environment: Environment) -> tuple[str | None, list[Finding]]:
    findings = []
    forms = [key for key in raw if key in environment.forms and key not in _DECISION_KEYS]
    unknown = [key for key in raw if key not in forms and key not in _DECISION_KEYS]
    # Where the form is missing, a misspelt word is more likely the form.
    choices = [*_DECISION_KEYS, *environment.forms] if forms else [*environment.forms, *_DECISION_KEYS]
    for key in unknown:
        place = document.key_span((*path, key))
        if forms or nearest(key, choices) in _DECISION_KEYS:
            findings.append(Finding.error("unknown-key", f"there is no key `{key}` here", place, suggest(key, choices)))
        else:
            help = suggest(key, choices) or f"the forms are {listed(environment.forms)}"
            findings.append(Finding.error("unknown-form", f"there is no form `{key}`", place, help))
    if not forms and not unknown:
        help = f"add one of {listed(environment.forms)}"
        findings.append(Finding.error("no-form", f"decision `{name}` does not say how it is decided", document.key_span(path), help))
    for second in forms[1:]:
        place = document.key_span((*path, second))
        related = (("the first form", document.key_span((*path, forms[0]))),)
        findings.append(Finding.error("two-forms", f"decision `{name}` has two forms, `{forms[0]}` and `{second}`", place, related=related))
    return (forms[0] if forms else None), findings


def _check_types(keys: DecisionKeys, path: Path, document: Document) -> list[Finding]:
    findings = []
    if keys.outputs and keys.type_ is not None:
        message = "a decision has either a `type` or several `outputs`"
        findings.append(Finding.error("type-and-outputs", message, document.key_span((*path, "type"))))
    if keys.type_ is not None:
        findings += read_type(keys, path, document)[1]
    for name, output in keys.outputs.items():
        findings += read_type(output, (*path, "outputs", name), document)[1]
    return findings
