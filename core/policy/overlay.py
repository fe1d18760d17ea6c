"""An overlay: what one company fills into a policy (local parameters, readings, local tables), checked against what may be filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field

from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import read_literal, suggest
from tierwise.core.language.messages import listed
from tierwise.core.limits import Limits
from tierwise.core.policy.declared_types import read_type
from tierwise.core.policy.document import Document, read_document
from tierwise.core.policy.model import Policy
from tierwise.core.policy.texts import Part, Text
from tierwise.core.policy.validation import validate
from tierwise.core.source import Source, Written

__all__ = ["Overlay", "apply_overlay"]


class Overlay(Part):
    """An overlay file as written."""

    overlay: Literal["1"] = Field(description="version of the format")
    policy: str = Field(description="the policy it belongs to")
    company: Text | None = Field(None, description="whose it is")
    note: Text | None = Field(None, description="a remark for people")
    parameters: dict[str, Any] = Field(default_factory=dict, description="local parameter to value")
    readings: dict[str, str] = Field(default_factory=dict, description="reading to the word it is settled to")
    tables: dict[str, Written] = Field(default_factory=dict, description="local table or characteristic to its rules")


def apply_overlay(policy: Policy, source: Source, limits: Limits) -> tuple[Policy, list[Finding]]:
    """Fill a policy with what a company decided.

    Args:
        policy: The policy.
        source: The overlay file.
        limits: Bounds on it.

    Returns:
        The filled policy and no error; or the policy as it was and everything that is wrong with the overlay.
    """
    document, findings = read_document(source, limits)
    if document is None or findings:
        return policy, findings
    if not isinstance(document.root, dict):
        return policy, [Finding.error("wrong-shape", "an overlay demands keys and values", document.span(()), "start with `overlay: 1`")]
    overlay, findings = validate(Overlay, document.root, (), document)
    if overlay is None:
        return policy, findings
    filler = _Filler(policy, overlay, document)
    filled = filler.fill()
    return (policy if has_errors(filler.findings) else filled), filler.findings


@dataclass
class _Filler:
    policy: Policy
    overlay: Overlay
    document: Document
    findings: list[Finding] = field(default_factory=list)

    def fill(self) -> Policy:
        if self.overlay.policy != self.policy.policy:
            message = f"this overlay belongs to the policy `{self.overlay.policy}`, not to `{self.policy.policy}`"
            self._report("wrong-policy", message, "policy")
        values = {**self.policy.parameter_values, **self._parameters()}
        settled = {**self.policy.settled, **self._readings()}
        # Whether a table of that name is local is known where its form compiles.
        tables = {**self.policy.filled_tables, **self.overlay.tables}
        sources = {**self.policy.sources, self.document.source.name: self.document.source}
        filled = self.policy.model_copy(update={"parameter_values": values, "settled": settled, "filled_tables": tables})
        return filled.with_origin(self.policy.document, sources)

    def _parameters(self) -> dict[str, Any]:
        values = {}
        for name, raw in self.overlay.parameters.items():
            parameter = self._known("parameter", name, self.policy.parameters.get, self.policy.parameters)
            if parameter is None:
                continue
            place = ("parameters", name)
            if not parameter.local:
                self._report("not-local", f"parameter `{name}` comes from the source: an overlay cannot change it", *place, key_itself=True)
                continue
            if raw is None and not parameter.nullable:
                self._report("none-not-allowed", f"parameter `{name}` is given nothing", *place, help="give it a value, or remove the line")
                continue
            type, _ = read_type(parameter, ("parameters", name), self.policy.document)
            if type is not None:
                values[name], found = read_literal(raw, type, self.document.span(place))
                self.findings += found
        return values

    def _readings(self) -> dict[str, str]:
        settled = {}
        for name, word in self.overlay.readings.items():
            reading = self._known("reading", name, self.policy.readings.get, self.policy.readings)
            if reading is None:
                continue
            if word not in reading.values:
                hint = suggest(word, reading.values) or f"the readings are {listed(reading.values)}"
                self._report("unknown-value", f"`{word}` is no reading of `{name}`", "readings", name, help=hint)
                continue
            settled[name] = word
        return settled

    def _known(self, what: str, name: str, get: Callable[[str], Any], names: Any) -> Any:
        found = get(name)
        if found is None:
            hint = suggest(name, names) or (f"the {what}s are {listed(names)}" if names else f"the policy has no {what}s")
            self._report("unknown-name", f"the policy has no {what} `{name}`", f"{what}s", name, help=hint, key_itself=True)
        return found

    def _report(self, code: str, message: str, *path: str, help: str = "", key_itself: bool = False) -> None:
        span = self.document.key_span(path) if key_itself else self.document.span(path)
        self.findings.append(Finding.error(code, message, span, help))
