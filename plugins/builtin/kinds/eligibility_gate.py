"""``eligibility-gate``: conditions that all have to be met, in an order, and the first that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, Field

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.plugins.builtin.kinds.named_conditions import Conclusion, asked_when, concluded, hidden_conditions, repeated_conditions
from tierwise.plugins.builtin.kinds.shared_keys import Gives, Labels, NamedDecision, labels_of, strange_labels

__all__ = ["EligibilityGate", "EligibilityGateKeys", "EligibilityGives", "Gate"]

LABELS: Mapping[str, Named] = {
    "eligible": {"zh": "符合资格", "en": "eligible"},
    "failed": {"zh": "未通过的第一道关", "en": "first gate failed"},
    "unmet": {"zh": "未满足的条件", "en": "conditions not met"},
}

CONCLUSIONS: Mapping[str, Conclusion] = {"eligible": "all met", "failed": "first unmet", "unmet": "unmet"}

TITLE: Named = {"zh": "资格审查", "en": "Eligibility gate"}


class EligibilityGives(Gives):
    """The decisions that are wanted."""

    eligible: NamedDecision | None = Field(default=None, description="whether all gates are passed")
    failed: NamedDecision | None = Field(default=None, description="the first gate that is not passed; none when all are")
    unmet: NamedDecision | None = Field(default=None, description="all gates that are not passed")


class Gate(Part):
    """A condition that not every subject is asked for."""

    must: Written = Field(description="the condition that has to hold, or `undetermined(…)`")
    when: Written = Field(description="the condition under which it is asked for; who is not asked passes")


class EligibilityGateKeys(Part):
    """The gates in their order."""

    gates: dict[Written, Gate | Written] = Field(
        min_length=1, description="gate to the condition that has to hold, in the order they are asked"
    )
    labels: Labels = Field(default_factory=dict, description="what people call the gates")
    give: EligibilityGives


class EligibilityGate:
    """Whether a subject is admitted at all."""

    name = "eligibility-gate"
    title: Named = TITLE
    about = "Conditions that all have to be met, and the first that is not."
    keys: type[BaseModel] = EligibilityGateKeys

    def decisions(self, module: str, keys: EligibilityGateKeys) -> Iterable[KindDecision]:
        """Return a hidden boolean ``<module>.<gate>`` for each gate, and what is asked about them."""
        gates, labels = list(keys.gates), labels_of(keys.labels)
        yield from hidden_conditions(module, {name: _condition(gate) for name, gate in keys.gates.items()}, labels)
        for what, given in keys.give.wanted():
            yield concluded(CONCLUSIONS[what], given.name, given.labelled(LABELS[what]), module, gates, labels)

    def check(self, keys: EligibilityGateKeys, context: KindContext) -> Iterable[Finding]:
        """Find a gate that asks for the same as an earlier one."""
        yield from strange_labels(keys.labels, keys.gates)
        yield from repeated_conditions(list(keys.gates), "gates", context)


def _condition(gate: Gate | Written) -> Written:
    return asked_when(gate.when, gate.must) if isinstance(gate, Gate) else gate
