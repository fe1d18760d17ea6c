"""Overlays: what a company fills into a policy (parameters, readings, local tables), checked against what may be filled.

Overlays stand in layers, each over those before it; what is set for a try lies over them all. Where two layers differ the later one holds, and
that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import Field

from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import read_literal, suggest
from tierwise.core.language.messages import listed
from tierwise.core.limits import Limits
from tierwise.core.policy.declared_types import read_bounds
from tierwise.core.policy.document import Document, TextReader
from tierwise.core.policy.model import ParameterDeclaration, Policy, Try
from tierwise.core.policy.texts import Text
from tierwise.core.policy.validation import validate
from tierwise.core.source import Source, Span, Written
from tierwise.core.values import Value

__all__ = ["Overlay", "apply_overlays"]

SET = "--set"
"""The place of what is set for a try."""


class Overlay(Try):
    """An overlay file as written."""

    overlay: Literal["1"] = Field(description="version of the format")
    policy: str = Field(description="the policy it belongs to")
    company: Text | None = Field(None, description="whose it is")
    note: Text | None = Field(None, description="a remark for people")
    parameters: dict[str, Any] = Field(default_factory=dict, description="local or adjustable parameter to value")
    readings: dict[str, str] = Field(default_factory=dict, description="reading to the word it is settled to")
    tables: dict[str, Written] = Field(default_factory=dict, description="local table or characteristic to its rules")


def apply_overlays(
    policy: Policy, overlays: Sequence[Source], settings: Mapping[str, Any], limits: Limits, texts: TextReader
) -> tuple[Policy, list[Finding]]:
    """Fill a policy with what a company decided.

    Args:
        policy: The policy.
        overlays: The overlay files; where two differ the later one holds.
        settings: Parameter or reading to what it is for a try, over all overlays: text, or a plain value.
        limits: Bounds on each file.
        texts: Reads the text of each.

    Returns:
        The filled policy and no error; or the policy as it was and everything that is wrong.
    """
    filler = _Filler(policy)
    for source in overlays:
        filler.fill_from(source, limits, texts)
    for name, raw in settings.items():
        filler.set(name, _as_written(raw))
    return (policy if has_errors(filler.findings) else filler.filled()), filler.findings


@dataclass(frozen=True, slots=True)
class _Filling:
    """What one layer says of one thing, and where."""

    value: Value
    said: str
    span: Span


@dataclass
class _Filler:
    policy: Policy
    findings: list[Finding] = field(default_factory=list)
    fillings: dict[tuple[str, str], _Filling] = field(default_factory=dict)
    tries: list[Try] = field(default_factory=list)

    def fill_from(self, source: Source, limits: Limits, texts: TextReader) -> None:
        """Take in an overlay file."""
        document, found = texts.document(source, limits)
        self.findings += found
        if document is None or found:
            return
        if not isinstance(document.root, dict):
            self._report("wrong-shape", "an overlay demands keys and values", document.span(()), "start with `overlay: 1`")
            return
        overlay, found = validate(Overlay, document.root, (), document)
        self.findings += found
        if overlay is not None:
            self._take_in(overlay, document)

    def set(self, name: str, raw: Any) -> None:
        """Take in what one parameter or reading is for a try."""
        said = f"{name}={raw}"
        source = Source(SET, said)
        key, value = Span.at(source, 1, 1, len(name)), Span.at(source, 1, len(name) + 2, len(said) - len(name) - 1)
        if name in self.policy.readings:
            self._reading(name, str(raw), key, value)
        elif name in self.policy.parameters:
            self._parameter(name, raw, key, value)
        else:
            known = [*self.policy.parameters, *self.policy.readings]
            hint = suggest(name, known) or (f"they are {listed(known)}" if known else "it has neither")
            self._report("unknown-name", f"the policy has no parameter and no reading `{name}`", key, hint)

    def filled(self) -> Policy:
        """Return the policy with everything that was taken in."""
        filled: dict[str, dict[str, Any]] = {
            "parameter_values": {name: filling.value for name, filling in self._of("parameters")},
            "settled": {name: str(filling.value) for name, filling in self._of("readings")},
            "filled_tables": {name: filling.value for name, filling in self._of("tables") if isinstance(filling.value, Written)},
        }
        update = {key: {**getattr(self.policy, key), **given} for key, given in filled.items()}
        return self.policy.model_copy(update={**update, "tries": tuple(self.tries)})

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _take_in(self, overlay: Overlay, document: Document) -> None:
        if overlay.policy != self.policy.policy:
            message = f"this overlay belongs to the policy `{overlay.policy}`, not to `{self.policy.policy}`"
            self._report("wrong-policy", message, document.span(("policy",)))
        for name, raw in overlay.parameters.items():
            self._parameter(name, raw, document.key_span(("parameters", name)), document.span(("parameters", name)))
        for name, word in overlay.readings.items():
            self._reading(name, word, document.key_span(("readings", name)), document.span(("readings", name)))
        for name, text in overlay.tables.items():  # whether a table of that name is local is known where its form compiles
            self._fill("tables", name, _Filling(text, "these rules", document.span(("tables", name))))
        self.tries += [Try(by=overlay.by, why=overlay.why)] if overlay.by or overlay.why else []

    def _parameter(self, name: str, raw: Any, key: Span, span: Span) -> None:
        parameter = self.policy.parameters.get(name)
        if parameter is None:
            self._unknown("parameter", name, self.policy.parameters, key)
            return
        if not parameter.local and parameter.adjustable is None:
            message = f"parameter `{name}` comes from the source: an overlay cannot change it"
            self._report("not-local", message, key, "its author may mark it `adjustable: {min: …, max: …}`")
            return
        if raw is None and not parameter.nullable:
            self._report("none-not-allowed", f"parameter `{name}` is given nothing", span, "give it a value, or remove the line")
            return
        value, found = read_literal(raw, parameter.type(), span)
        self.findings += found
        if not found and self._within_bounds(name, parameter, value, span):
            self._fill("parameters", name, _Filling(value, f"`{raw}`", span))

    def _within_bounds(self, name: str, parameter: ParameterDeclaration, value: Value, span: Span) -> bool:
        """Say whether an adjustable parameter may have a value; report it where not."""
        if parameter.adjustable is None or value is None:
            return True
        place = self.policy.span(("parameters", name, "adjustable"))
        bounds, _ = read_bounds(parameter.adjustable, parameter.type(), place)
        if bounds.hold(value):
            return True
        message = f"parameter `{name}` may be {parameter.adjustable}, not `{span.text}`"
        self.findings.append(Finding.error("out-of-bounds", message, span, related=(("the bounds that its author set", place),)))
        return False

    def _reading(self, name: str, word: str, key: Span, span: Span) -> None:
        reading = self.policy.readings.get(name)
        if reading is None:
            self._unknown("reading", name, self.policy.readings, key)
        elif word not in reading.values:
            hint = suggest(word, reading.values) or f"the readings are {listed(reading.values)}"
            self._report("unknown-value", f"`{word}` is no reading of `{name}`", span, hint)
        else:
            self._fill("readings", name, _Filling(word, f"`{word}`", span))

    def _fill(self, section: str, name: str, filling: _Filling) -> None:
        earlier = self.fillings.get((section, name))
        if earlier is not None and earlier.value != filling.value:
            message = f"`{name}` is settled twice, and differently: {filling.said} holds, since it comes later"
            related = ((f"{earlier.said} is overruled", earlier.span),)
            self.findings.append(Finding.note("overlay-overruled", message, filling.span, related=related))
        self.fillings[section, name] = filling

    def _of(self, section: str) -> Iterator[tuple[str, _Filling]]:
        return ((name, filling) for (of, name), filling in self.fillings.items() if of == section)

    def _unknown(self, what: str, name: str, names: Iterable[str], key: Span) -> None:
        known = list(names)
        hint = suggest(name, known) or (f"the {what}s are {listed(known)}" if known else f"the policy has no {what}s")
        self._report("unknown-name", f"the policy has no {what} `{name}`", key, hint)

    def _report(self, code: str, message: str, span: Span, help: str = "") -> None:
        self.findings.append(Finding.error(code, message, span, help))


def _as_written(raw: Any) -> Any:
    """Return a plain value as a file would have it: texts, and lists and mappings of them; nothing for ``None``, ``null`` and an empty text."""
    if raw is None or (isinstance(raw, str) and raw.strip() in ("", "null", "~")):
        return None
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, Mapping):
        return {str(key): _as_written(value) for key, value in raw.items()}
    if isinstance(raw, list | tuple | set | frozenset):
        return [_as_written(item) for item in raw]
    return str(raw)
