"""A binding file to a ``Binding``, or to everything that is wrong with it."""

from __future__ import annotations

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.core.plan import Plan
from tierwise.core.policy.validation import validate
from tierwise.core.source import Source
from tierwise.plugins.binding.binding_file import Binding
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["read_binding"]


def read_binding(source: Source, plan: Plan, limits: Limits | None = None) -> Binding:
    """Read a binding.

    Args:
        source: The file.
        plan: The policy it must belong to.
        limits: Bounds on the file.

    Raises:
        PolicyError: It cannot be read, or does not fit the policy; all findings are in the exception.
    """
    document, findings = read_document(source, limits or Limits())
    if document is None or findings:
        raise PolicyError(f"the binding `{source.name}` cannot be read", findings)
    if not isinstance(document.root, dict):
        shape = Finding.error("wrong-shape", "a binding demands keys and values", document.span(()), "start with `binding: 1`")
        raise PolicyError(f"the binding `{source.name}` cannot be read", [shape])
    binding, findings = validate(Binding, document.root, (), document)
    if binding is None:
        raise PolicyError(f"the binding `{source.name}` cannot be read", findings)
    if binding.policy != plan.policy:
        message = f"this binding belongs to the policy `{binding.policy}`, not to `{plan.policy}`"
        findings.append(Finding.error("wrong-policy", message, document.span(("policy",))))
    for name in binding.facts:
        if name not in plan.facts:
            place = document.key_span(("facts", name))
            findings.append(Finding.error("unknown-fact", f"the policy has no fact `{name}`", place, suggest(name, plan.facts)))
    outputs = [decision.name for decision in plan.outputs]
    for name, told in binding.facts.items():
        if told.last_run is not None and told.last_run not in outputs:
            place = document.span(("facts", name, "last_run"))
            findings.append(
                Finding.error("unknown-output", f"the policy has no output `{told.last_run}`", place, suggest(told.last_run, outputs))
            )
    if findings:
        raise PolicyError(f"the binding `{source.name}` does not fit the policy `{plan.policy}`", findings)
    found: Binding = binding
    return found.with_document(document)
