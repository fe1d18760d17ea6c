"""Lists everything that a policy decides: the entries its author wrote and those its kinds stand for, with their outputs and types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.environment import DeclaringForm, Environment, Form, Kind, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.language.messages import listed
from tierwise.core.language.suggest import nearest
from tierwise.core.plan import POPULATION, Named
from tierwise.core.policy import Policy
from tierwise.core.policy.model import DecisionDeclaration, DecisionKeys, ModuleDeclaration
from tierwise.core.policy.texts import named
from tierwise.core.policy.validation import keys_of, validate
from tierwise.core.source import Path, Places, Span, Written
from tierwise.core.types import BooleanType, Type

__all__ = ["Entry", "Module", "Output", "modules_of"]

_DECISION_KEYS = keys_of(DecisionKeys)


@dataclass(frozen=True, slots=True)
class Output:
    """One decision that an entry makes."""

    name: str
    type: Type
    label: Named
    nullable: bool
    hidden: bool
    span: Span
    because: Named | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of ``decisions``, its form's value validated.

    Attributes:
        path: Where the form's value stands in ``places``.
        places: Where the parts of the entry stand.
        spec: The form's value as its model read it; ``None`` when that failed.
        where: The names it gives to parts of itself, with their expressions.
    """

    name: str
    module: str
    form: Form
    path: Path
    places: Places
    outputs: tuple[Output, ...]
    population: bool
    spec: Any
    is_sound: bool
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def nullable(self) -> frozenset[str]:
        """The outputs that may be none."""
        return frozenset(output.name for output in self.outputs if output.nullable)


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


@dataclass(frozen=True, slots=True)
class _KindPlaces:
    """Where the parts of what a kind made stand: at the author's texts that went into it."""

    value: Any
    otherwise: Span

    def span(self, path: Path) -> Span:
        """Return where a value stands: a text where it was written, anything else at the nearest key that an author wrote."""
        return self._found(path, with_value=True)

    def key_span(self, path: Path) -> Span:
        """Return where a key stands."""
        return self._found(path, with_value=False)

    def _found(self, path: Path, with_value: bool) -> Span:
        place, value = self.otherwise, self.value
        for part in path:
            if isinstance(value, Mapping) and part in value:
                key = next(key for key in value if key == part)
                place = (key.whole if isinstance(key, Written) else None) or place
                value = value[part]
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return place
        return (value.whole or place) if with_value and isinstance(value, Written) else place


@dataclass
class _Reader:
    policy: Policy
    environment: Environment
    findings: list[Finding] = field(default_factory=list)

    def module(self, name: str, declared: ModuleDeclaration) -> Module:
        path: Path = ("modules", name)
        module = Module(name, self.environment.kinds.get(declared.kind), None)
        for entry, decision in declared.decisions.items():
            self._add_written(module, decision, (*path, "decisions", entry))
        if module.kind is None:
            hint = suggest(declared.kind, self.environment.kinds) or f"the kinds are {listed(self.environment.kinds)}"
            self.findings.append(
                Finding.error("unknown-kind", f"there is no kind `{declared.kind}`", self.policy.span((*path, "kind")), hint)
            )
            return module
        module.keys, found = validate(module.kind.keys, declared.kind_keys, path, self.policy.document)
        self.findings += found
        if module.keys is not None:
            for made in module.kind.decisions(name, module.keys):
                self._add_made(module, made, self.policy.key_span(path))
        return module

    def _add_written(self, module: Module, decision: DecisionDeclaration, path: Path) -> None:
        form = self._form(decision, path)
        if form is None:
            return
        form_path = (*path, form.name)
        spec, found = validate(form.model, decision.ways[form.name], form_path, self.policy.document)
        self.findings += found
        outputs = tuple(self._outputs(decision, form, spec, path, not found))
        if not outputs and not found:
            self.findings.append(_untyped(decision.name, self.policy.key_span(path)))
        is_sound = not found and bool(outputs)
        population = decision.of == POPULATION
        module.entries.append(
            Entry(decision.name, module.name, form, form_path, self.policy.document, outputs, population, spec, is_sound, decision.where)
        )

    def _add_made(self, module: Module, made: KindDecision, otherwise: Span) -> None:
        span = (made.name.whole if isinstance(made.name, Written) else None) or otherwise
        form = self.environment.forms.get(made.form)
        if form is None:
            message = f"kind `{module.kind.name if module.kind else ''}` needs the form `{made.form}`, which is not there"
            self.findings.append(Finding.error("unknown-form", message, otherwise))
            return
        places = _KindPlaces(made.value, span)
        spec, found = validate(form.model, made.value, (), places)
        self.findings += found
        outputs: tuple[Output, ...] = ()
        name = str(made.name)
        if made.type is not None:
            outputs = (Output(name, made.type, made.label or {"zh": name, "en": name}, made.nullable, made.hidden, span),)
        elif not found and isinstance(form, DeclaringForm):
            outputs = tuple(self._declared(form, name, spec, made.label, made.hidden, span))
        if not outputs and not found:
            self.findings.append(_untyped(name, span))
        module.entries.append(Entry(name, module.name, form, (), places, outputs, False, spec, not found and bool(outputs)))

    def _form(self, decision: DecisionDeclaration, path: Path) -> Form | None:
        """Return the form of a written decision; what is wrong with its keys is reported."""
        known = self.environment.forms
        forms = [key for key in decision.ways if key in known]
        before = len(self.findings)
        self.findings += self._strange_keys([key for key in decision.ways if key not in forms], bool(forms), path)
        if not decision.ways:
            message, help = f"decision `{decision.name}` does not say how it is decided", f"add one of {listed(known)}"
            self.findings.append(Finding.error("no-form", message, self.policy.key_span(path), help))
        for second in forms[1:]:
            message = f"decision `{decision.name}` has two forms, `{forms[0]}` and `{second}`"
            related = (("the first form", self.policy.key_span((*path, forms[0]))),)
            self.findings.append(Finding.error("two-forms", message, self.policy.key_span((*path, second)), related=related))
        return known[forms[0]] if len(self.findings) == before else None

    def _strange_keys(self, keys: Iterable[str], has_form: bool, path: Path) -> Iterator[Finding]:
        # Where the form is missing, a misspelt word is more likely the form.
        choices = [*_DECISION_KEYS, *self.environment.forms] if has_form else [*self.environment.forms, *_DECISION_KEYS]
        for key in keys:
            place = self.policy.key_span((*path, key))
            if has_form or nearest(key, choices) in _DECISION_KEYS:
                yield Finding.error("unknown-key", f"there is no key `{key}` here", place, suggest(key, choices))
            else:
                help = suggest(key, choices) or f"the forms are {listed(self.environment.forms)}"
                yield Finding.error("unknown-form", f"there is no form `{key}`", place, help)

    def _outputs(self, decision: DecisionDeclaration, form: Form, spec: Any, path: Path, valid: bool) -> Iterator[Output]:
        if not decision.output_types and valid and isinstance(form, DeclaringForm):
            yield from self._declared(
                form, decision.name, spec, decision.label.named() if decision.label else None, decision.hidden, self.policy.key_span(path)
            )
        for name, type in decision.output_types.items():
            one = decision.outputs.get(name, decision)
            place = (*path, "outputs", name) if decision.outputs else path
            because = one.because.named() if one.because is not None else None
            yield Output(
                name, type, named(one.label, name), one.nullable, decision.hidden or one.hidden, self.policy.key_span(place), because
            )

    def _declared(self, form: DeclaringForm, entry: str, spec: Any, label: Named | None, hidden: bool, span: Span) -> Iterator[Output]:
        """Yield the outputs that a form declares by itself; the entry's label is for the only one."""
        types, labels = form.declares(entry, spec), form.labels(spec)
        for name, type in types.items():
            own = labels.get(name) or (label if len(types) == 1 else None) or {"zh": str(name), "en": str(name)}
            yield Output(str(name), type, own, not isinstance(type, BooleanType), hidden, span)


def _untyped(name: str, span: Span) -> Finding:
    return Finding.error("type-missing", f"decision `{name}` does not say its type", span, "add `type: …`, or `outputs` with a type each")
