"""What a company still has to supply for a policy: parameters and tables that are not in the source, readings that nobody has settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.plan import Plan
from tierwise.core.policy import Policy
from tierwise.core.policy.model import DecisionDeclaration, ParameterDeclaration
from tierwise.core.policy.texts import Text
from tierwise.plugins.yaml_text.yaml_writing import yaml_scalar

__all__ = ["LocalTable", "Supply", "asked_by", "overlay_draft", "supply_of"]


@dataclass(frozen=True, slots=True)
class LocalTable:
    """Rules, or the points of a characteristic, that every company sets itself.

    Attributes:
        name: What an overlay calls it, such as ``score.payment``.
        label: What people call it.
        inputs: What its rules may read; of points the one thing that is asked for.
        outputs: What its rules give; none for points.
    """

    name: str
    label: Text | None
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supply:
    """Everything that is open.

    Attributes:
        parameters: Name to declaration, of those that have no value.
        readings: Those that are not settled.
        tables: Those that are not filled.
    """

    parameters: dict[str, ParameterDeclaration]
    readings: tuple[str, ...]
    tables: tuple[LocalTable, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is open."""
        return not (self.parameters or self.readings or self.tables)


def supply_of(policy: Policy, plan: Plan) -> Supply:
    """Return what is open of a policy, as it is with its overlay."""
    decisions = {name: decision for module in policy.modules.values() for name, decision in module.decisions.items()}
    return Supply(
        {name: one for name, one in policy.parameters.items() if one.local and name not in policy.parameter_values},
        tuple(name for name, reading in plan.readings.items() if reading.settled is None),
        tuple(table for name in plan.lost if name not in policy.parameters for table in _table(name, decisions)),
    )


def _table(name: str, decisions: Mapping[str, DecisionDeclaration]) -> Iterator[LocalTable]:
    if name in decisions:
        decision = decisions[name]
        form = decision.ways.get("table")
        yield LocalTable(
            name, decision.label, _texts(form.get("inputs") if isinstance(form, dict) else None), tuple(decision.outputs) or (name,)
        )
        return
    of = asked_by(name, decisions)
    yield LocalTable(name, None, (of,) if of else ())


def asked_by(name: str, decisions: Mapping[str, DecisionDeclaration]) -> str:
    """Return what a characteristic of a scorecard, such as ``score.payment``, asks for; empty of anything else."""
    owner, _, name = name.rpartition(".")
    form: Any = decisions[owner].ways.get("scorecard") if owner in decisions else None
    characteristics = form.get("characteristics") if isinstance(form, dict) else None
    one = characteristics.get(name) if isinstance(characteristics, dict) else None
    return str(one.get("of", "")) if isinstance(one, dict) else ""


def _texts(values: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()


def overlay_draft(policy: Policy, supply: Supply, language: str) -> str:
    """Return an overlay file that says all that is open in comments, ready to fill."""
    said = _SAID[language]
    lines = [f"# {said['head'].format(policy=policy.policy)}", "overlay: 1", f"policy: {policy.policy}", f"company: {said['company']}"]
    if supply.parameters:
        lines += ["", "# parameters:"]
        for name, one in supply.parameters.items():
            label = one.label.in_language(language) if one.label is not None else name
            kind = " ".join(part for part in (one.type_ or "", one.unit) if part)
            lines += [f"#   # {label} ({kind})", f"#   {yaml_scalar(name, in_flow=True)}: "]
    if supply.readings:
        lines += ["", "# readings:"]
        for name in supply.readings:
            reading = policy.readings[name]
            label = reading.label.in_language(language) if reading.label is not None else name
            about = f": {reading.about.in_language(language)}" if reading.about is not None else ""
            lines += [f"#   # {label}{about}", f"#   {yaml_scalar(name, in_flow=True)}: {' | '.join(reading.values)}   # {said['one']}"]
    if supply.tables:
        lines += ["", "# tables:"]
        for table in supply.tables:
            label = table.label.in_language(language) if table.label is not None else ", ".join(table.inputs)
            lines += [f"#   # {label}", f"#   {yaml_scalar(table.name, in_flow=True)}: |"]
            columns = f"id | {' | '.join(table.inputs)} -> {' | '.join(table.outputs)}" if table.outputs else said["points"]
            lines += [f"#     {columns}"]
    if supply.is_nothing:
        lines.append(f"# {said['nothing']}")
    return "\n".join(lines) + "\n"


_SAID = {
    "en": {
        "head": "What a company must supply for `{policy}`. Fill a line and take its `# ` away, and that of the section above it; what stays a comment stays open.",
        "company": "Sample company",
        "one": "one of these",
        "points": ">= 100 | 20     one band a line: a test and its points",
        "nothing": "the policy leaves nothing open",
    },
    "zh": {
        "head": "公司须为 `{policy}` 补充的内容。填好后去掉该行及其上方小节前面的 `# `；仍是注释的保持未定。",
        "company": "示范公司",
        "one": "任选其一",
        "points": ">= 100 | 20     每行一档：条件和分值",
        "nothing": "该制度没有需要补充的内容",
    },
}
