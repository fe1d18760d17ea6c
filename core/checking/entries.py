"""Lists everything that a policy decides: the entries its author wrote and those its kinds stand for, with their outputs and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.checking.kind_places import generated
from tierwise.core.checking.places import path_of_key, path_of_text, value_at
from tierwise.core.environment import DeclaringForm, Environment, Form, Kind, Path
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy import Policy
from tierwise.core.policy.model import DecisionDeclaration, ModuleDeclaration, OutputDeclaration
from tierwise.core.policy.modules import read_decision
from tierwise.core.policy.texts import Text
from tierwise.core.policy.validation import validate
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, Type

__all__ = ["Entry", "Module", "Output", "modules_of"]


@dataclass(frozen=True, slots=True)
class Output:
    """One decision that an entry makes."""

    name: str
    type: Type
    label: Named
    nullable: bool
    hidden: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ``decisions``, its form's value validated.

    Attributes:
        form_path: Where the form's value stands; for what a kind wrote, where it would stand.
        written_by_kind: The module's own keys when a kind wrote the entry, else ``None``.
        raw: The form's value as written.
        spec: The form's value as its model read it; ``None`` when that failed.
    """

    name: str
    module: str
    form: Form
    form_path: Path
    outputs: tuple[Output, ...]
    population: bool
    raw: Any
    spec: Any
    is_sound: bool
    written_by_kind: Mapping[str, Any] | None = None

    @property
    def nullable(self) -> frozenset[str]:
        """The outputs that may be none."""
        return frozenset(output.name for output in self.outputs if output.nullable)

    def span(self, policy: Policy, path: Path, key: bool = False) -> Span:
        """Return where a value of the entry, or its key, stands; a text that a kind passed on stands among the module's keys."""
        if self.written_by_kind is not None:
            return self._span_in_kind(policy, self.written_by_kind, path, key)
        return policy.key_span(path) if key else policy.span(path)

    def _span_in_kind(self, policy: Policy, keys: Mapping[str, Any], path: Path, key: bool) -> Span:
        module: Path = ("modules", self.module)
        last = path[-1]
        as_key = path_of_key(keys, last) if key and isinstance(last, str) else None
        if as_key is not None:
            return policy.key_span((*module, *as_key))
        written = last if key else value_at(self.raw, path[len(self.form_path) :])
        as_text = path_of_text(keys, written, last) if isinstance(written, str) else None
        if as_text is None and isinstance(written, str) and not key:
            return generated(written)
        return policy.span((*module, *(as_text or ())))


@dataclass(slots=True)
class Module:
    """A module with its kind, its keys as the kind's model read them, and its entries."""

    name: str
    kind: Kind | None
    keys: Any
    entries: list[Entry] = field(default_factory=list)


def modules_of(policy: Policy, environment: Environment) -> tuple[list[Module], list[Finding]]:
    """Return the modules in the author's order; in each the author's entries come before those of its kind."""
    reader = _Reader(policy, environment)
    return [reader.module(name, declared) for name, declared in policy.modules.items()], reader.findings


@dataclass
class _Reader:
    policy: Policy
    environment: Environment
    findings: list[Finding] = field(default_factory=list)

    def module(self, name: str, declared: ModuleDeclaration) -> Module:
        path: Path = ("modules", name)
        module = Module(name, self.environment.kinds.get(declared.kind), None)
        for entry, decision in declared.decisions.items():
            self._add(module, decision, (*path, "decisions", entry), None)
        if module.kind is not None:
            module.keys, found = validate(module.kind.keys, declared.kind_keys, path, self.policy.document)
            self.findings += found
        if module.kind is not None and module.keys is not None:
            for entry, raw in module.kind.decisions(name, module.keys).items():
                read, found = read_decision(entry, raw, path, self.policy.document, self.environment)
                self.findings += found
                if read is not None:
                    self._add(module, read, path, declared.kind_keys)
        return module

    def _add(self, module: Module, decision: DecisionDeclaration, path: Path, written_by_kind: Mapping[str, Any] | None) -> None:
        form = self.environment.forms[decision.form]
        form_path = (*path, decision.form)
        spec, found = validate(form.model, decision.spec, form_path, self.policy.document)
        self.findings += found
        outputs = tuple(self._outputs(decision, form, spec, path, not found))
        if not outputs and not found:
            message = f"decision `{decision.name}` does not say its type"
            self.findings.append(
                Finding.error("type-missing", message, self.policy.key_span(path), "add `type: …`, or `outputs` with a type each")
            )
        module.entries.append(
            Entry(
                name=decision.name,
                module=module.name,
                form=form,
                form_path=form_path,
                outputs=outputs,
                population=decision.of == "population",
                raw=decision.spec,
                spec=spec,
                is_sound=not found and bool(outputs),
                written_by_kind=written_by_kind,
            )
        )

    def _outputs(self, decision: DecisionDeclaration, form: Form, spec: Any, path: Path, valid: bool) -> Iterator[Output]:
        declared = decision.output_types()
        if not declared and valid and isinstance(form, DeclaringForm):
            declared = dict(form.declares(decision.name, spec))
            labels = form.labels(spec)
            for name, type in declared.items():
                label = labels.get(name) or _named(decision.label if len(declared) == 1 else None, name)
                yield Output(name, type, label, not isinstance(type, BooleanType), decision.hidden, self.policy.key_span(path))
            return
        for name, type in declared.items():
            one: OutputDeclaration | DecisionDeclaration = decision.outputs.get(name, decision)
            place = (*path, "outputs", name) if decision.outputs else path
            hidden = decision.hidden or one.hidden
            yield Output(name, type, _named(one.label, name), one.nullable, hidden, self.policy.key_span(place))


def _named(label: Text | None, name: str) -> Named:
    return label.named() if label is not None else {"zh": name, "en": name}
