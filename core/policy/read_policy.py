"""The files of a policy to a ``Policy``, or to everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, has_errors, sorted_findings
from tierwise.core.language import read_literal
from tierwise.core.limits import Limits
from tierwise.core.policy.declared_types import NamedTypes, check_bounds, names_of_types, read_type, type_name_problem
from tierwise.core.policy.document import Document, TextReader
from tierwise.core.policy.model import (
    DecisionDeclaration,
    DecisionKeys,
    FactDeclaration,
    ModuleDeclaration,
    ModuleKeys,
    ParameterDeclaration,
    Policy,
    PolicyKeys,
    ReadingDeclaration,
    TypeDeclaration,
)
from tierwise.core.policy.overlay import apply_overlays
from tierwise.core.policy.texts import SectionKeys
from tierwise.core.policy.validation import keys_of, validate
from tierwise.core.source import Path, Source, Span
from tierwise.core.types import Type

__all__ = ["policy_of", "read_module"]

_OWN = ("types", "facts", "parameters", "readings", "modules")
_REQUIRED = ("facts", "modules")
Declaration = TypeVar("Declaration", bound=BaseModel)
Typed = TypeVar("Typed", FactDeclaration, ParameterDeclaration)


def policy_of(
    files: Mapping[str, str],
    limits: Limits,
    texts: TextReader,
    overlay: Source | Sequence[Source] | None = None,
    shown: Mapping[str, str] | None = None,
    sections: Mapping[str, type[SectionKeys]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Policy:
    """Read a policy.

    Args:
        files: Relative name to text; ``policy.yaml`` is the policy, ``tables/….csv`` may be named by its tables.
        limits: Bounds on the files.
        texts: Reads their texts.
        overlay: What a company fills in; several files in layers, of which the later holds where they differ.
        shown: What messages call a file, by its relative name; that name when it is not there.
        sections: What may stand at the top beside what every policy may say, by name.
        settings: Parameter or reading to what it is for a try, over all overlays.

    Returns:
        The policy, with its overlay applied; what was found that is no error is in its ``findings``.

    Raises:
        PolicyError: It has errors; all of them are in the exception.
    """
    if "policy.yaml" not in files:
        raise PolicyError("there is no `policy.yaml`", help="a policy is a folder with the file `policy.yaml` in it")
    called = shown or {}
    sources = {name: Source(called.get(name, name), text.removeprefix("\ufeff")) for name, text in files.items()}
    reader = _PolicyReader(sources, limits, texts, sections or {})
    policy = reader.read()
    if policy is not None:
        overlays = [overlay] if isinstance(overlay, Source) else list(overlay or ())
        policy, found = apply_overlays(policy, overlays, settings or {}, limits, texts)
        reader.findings += found
    findings = sorted_findings(reader.findings)
    if policy is None or has_errors(findings):
        raise PolicyError("the policy cannot be read", findings)
    return policy.with_findings(findings)


@dataclass
class _PolicyReader:
    sources: Mapping[str, Source]
    limits: Limits
    texts: TextReader
    sections: Mapping[str, type[SectionKeys]]
    findings: list[Finding] = field(default_factory=list)
    types: dict[str, TypeDeclaration] = field(default_factory=dict)
    named: dict[str, Type | None] = field(default_factory=dict)

    def read(self) -> Policy | None:
        for name, source in self.sources.items():
            if name.endswith(".csv"):
                self.findings += self.texts.check(source, self.limits)
        document, found = self.texts.document(self.sources["policy.yaml"], self.limits)
        self.findings += found
        if document is None:
            return None
        self.document = document
        if not isinstance(document.root, dict):
            self.findings.append(
                Finding.error("wrong-shape", "a policy demands keys and values", document.span(()), "start with `tierwise: 1`")
            )
            return None
        return self._policy(document.root)

    def _policy(self, root: dict[str, Any]) -> Policy | None:
        given = {name: keys for name, keys in self.sections.items() if name not in _OWN}
        about = {key: value for key, value in root.items() if key not in (*_OWN, *given)}
        keys = self._validated(PolicyKeys, about, (), (*_OWN, *given))
        for section in _REQUIRED:
            if not root.get(section):
                self.findings.append(
                    Finding.error("missing-key", f"a policy demands `{section}`", self.document.key_span((section,)), f"add `{section}:`")
                )
        self._read_types(root)
        facts = self._typed(self._section(root, "facts", FactDeclaration), "facts")
        parameters = self._typed(self._section(root, "parameters", ParameterDeclaration), "parameters")
        readings = self._section(root, "readings", ReadingDeclaration)
        modules = self._modules(root)
        read = {name: self._validated(model, root[name], (name,)) for name, model in given.items() if name in root}
        defaults = self._fact_defaults(facts)
        values = self._parameter_values(parameters)
        self._check_readings(readings)
        if has_errors(self.findings) or keys is None:
            return None
        policy = Policy(
            **{name: getattr(keys, name) for name in PolicyKeys.model_fields},
            types=self.types, facts=facts, fact_defaults=defaults, parameters=parameters, readings=readings, modules=modules, parameter_values=values,
            sections={name: section for name, section in read.items() if section is not None},
        )  # fmt: skip
        return policy.with_origin(self.document, self.sources)

    def _validated(self, model: type[Declaration], raw: Any, path: Path, more_keys: tuple[str, ...] = ()) -> Declaration | None:
        value, found = validate(model, raw, path, self.document, more_keys)
        self.findings += found
        return value if isinstance(value, model) else None

    def _entries(self, root: Mapping[str, Any], section: str) -> Iterator[tuple[str, Any]]:
        raw = root.get(section)
        if isinstance(raw, dict):
            yield from raw.items()
        elif raw is not None:
            self.findings.append(
                Finding.error("wrong-shape", f"`{section}` demands a name and what it is on each line", self.document.span((section,)))
            )

    def _section(self, root: Mapping[str, Any], section: str, model: type[Declaration]) -> dict[str, Declaration]:
        read = ((name, self._validated(model, raw, (section, name))) for name, raw in self._entries(root, section))
        return {name: declaration for name, declaration in read if declaration is not None}

    def _modules(self, root: Mapping[str, Any]) -> dict[str, ModuleDeclaration]:
        modules = {}
        for name, raw in self._entries(root, "modules"):
            module, found = read_module(raw, ("modules", name), self.document, self.named)
            self.findings += found
            if module is not None:
                modules[name] = module
        return modules

    def _read_types(self, root: Mapping[str, Any]) -> None:
        """Read the declared types; each may name those that stand before it."""
        used = set(names_of_types(root))
        for name, declared in self._section(root, "types", TypeDeclaration).items():
            path = ("types", name)
            problem = type_name_problem(name)
            if problem:
                self._report("reserved-name", f"`{name}` {problem}", self.document.key_span(path), "give the type another name")
            elif name not in used:
                message = f"nothing has the type `{name}`"
                self.findings.append(Finding.warning("unused-type", message, self.document.key_span(path), "remove it, or use it"))
            type, found = read_type(declared, path, self.document, self.named)
            self.findings += found
            if declared.nullable:
                message = "what may be none is a fact or a decision, not its type"
                self._report("key-not-for-type", message, self.document.key_span((*path, "nullable")))
            self.named[str(name)] = type
            self.types[str(name)] = declared.typed(type)

    def _typed(self, declared: Mapping[str, Typed], section: str) -> dict[str, Typed]:
        found: dict[str, Typed] = {}
        for name, declaration in declared.items():
            type, problems = read_type(declaration, (section, name), self.document, self.named)
            self.findings += problems
            found[name] = declaration.typed(type)
        return found

    def _fact_defaults(self, facts: Mapping[str, FactDeclaration]) -> dict[str, Any]:
        """Return the default of every fact that has one; a fact with a default is never none."""
        defaults = {}
        for name, fact in facts.items():
            path: Path = ("facts", name)
            has_default = "default" in fact.model_fields_set
            if has_default and (fact.nullable or fact.missing == "none"):
                key = "nullable" if fact.nullable else "missing"
                self._report(
                    "default-and-none",
                    f"`{name}` has a `default`, so it is never none",
                    self.document.key_span((*path, key)),
                    f"remove `{key}`",
                )
            elif has_default:
                defaults[str(name)] = self._literal(fact.default, fact, "a default", (*path, "default"))
                if not _is_plain(defaults[str(name)]):
                    message = "the default of a fact is a plain value, a list of such, or an empty list"
                    self._report("wrong-value", message, self.document.span((*path, "default")))
            elif fact.missing == "none" and not fact.nullable:
                message = f"`{name}` is none when missing, but it is not nullable"
                self._report("none-not-allowed", message, self.document.span((*path, "missing")), "add `nullable: true`")
        return defaults

    def _parameter_values(self, parameters: Mapping[str, ParameterDeclaration]) -> dict[str, Any]:
        values = {}
        for name, parameter in parameters.items():
            path: Path = ("parameters", name)
            given = "value" in parameter.model_fields_set
            if given == parameter.local:
                message = f"parameter `{name}` demands either a `value` or `local: true`"
                self._report("parameter-value", message, self.document.key_span(path))
            elif given:
                values[str(name)] = self._literal(parameter.value, parameter, "a parameter", (*path, "value"))
            if parameter.adjustable is not None and parameter.own_type is not None:
                span = self.document.span((*path, "adjustable"))
                self.findings += check_bounds(name, parameter.adjustable, parameter.own_type, values.get(name), span)
        return values

    def _literal(self, written: Any, declared: FactDeclaration | ParameterDeclaration, what: str, path: Path) -> Any:
        """Read the value that a declaration gives."""
        type = declared.own_type
        if written is None and not declared.nullable:
            self._report(
                "none-not-allowed",
                f"{what} has a value",
                self.document.span(path),
                "add `nullable: true`, or a value" if what == "a parameter" else "give it a value",
            )
        if type is None:
            return None
        value, found = read_literal(written, type, self.document.span(path))
        self.findings += found
        return value

    def _report(self, code: str, message: str, span: Span, help: str = "") -> None:
        self.findings.append(Finding.error(code, message, span, help))

    def _check_readings(self, readings: Mapping[str, ReadingDeclaration]) -> None:
        for name, reading in readings.items():
            if len(reading.values) < 2:
                span = self.document.key_span(("readings", name))
                self.findings.append(Finding.error("single-reading", f"reading `{name}` demands two or more values", span))


def _is_plain(value: Any) -> bool:
    """Say whether a value holds no record and no map: these have no constants that every engine knows."""
    return all(map(_is_plain, value)) if isinstance(value, tuple) else not isinstance(value, Mapping)


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
