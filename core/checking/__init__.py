"""Checks a policy before it runs: names, types and cycles itself, then what the checks of the environment and its kinds find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tierwise.core.checking.compile_policy import compile_policy, frame_of
from tierwise.core.checking.entries import Module, modules_of
from tierwise.core.checking.name_space import names_of
from tierwise.core.environment import CheckContext, CompiledSection, Environment, KindContext, SectionContext
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, has_errors, sorted_findings
from tierwise.core.plan import Plan
from tierwise.core.plan.canonical import canonical_text
from tierwise.core.policy import Policy

__all__ = ["CheckedPolicy", "check"]


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """A policy and what is known about it.

    Attributes:
        policy: The policy as written.
        plan: What engines run; ``None`` when it does not compile.
        findings: Everything found, by place.
        sections: Name to what each section that a plugin gives compiled to; none when there are errors.
        text: The canonical text of the plan and of these; empty when there are errors.
    """

    policy: Policy
    plan: Plan | None
    findings: tuple[Finding, ...]
    sections: Mapping[str, object] = field(default_factory=dict)
    text: str = ""

    def require_plan(self) -> Plan:
        """Return the plan of a policy without errors.

        Raises:
            PolicyError: There are errors; it carries all findings.
        """
        if self.plan is None or has_errors(self.findings):
            raise PolicyError(f"policy `{self.policy.policy}` has errors", self.findings)
        return self.plan


def check(policy: Policy, environment: Environment) -> CheckedPolicy:
    """Check a policy and compile it.

    A policy that does not compile is not searched for gaps and the like: half a table would only give false ones.

    Args:
        policy: The policy, with its overlay applied.
        environment: The functions, forms and kinds that it may use, and the checks that look at it.
    """
    modules, in_modules = modules_of(policy, environment)
    plan, found = compile_policy(policy, modules, environment)
    sections = _compile_sections(policy, modules, plan, environment)
    findings = [*policy.findings, *in_modules, *found, *(finding for section in sections.values() for finding in section.findings)]
    if has_errors(findings):
        return CheckedPolicy(policy, None, sorted_findings(findings))
    assert plan is not None
    context = CheckContext(
        plan,
        policy.document,
        read_elsewhere=frozenset(name for section in sections.values() for name in section.reads),
        written=frozenset(name for module in policy.modules.values() for name in module.decisions),
    )
    findings += [finding for one in environment.checks.values() for finding in one.find(context)]
    findings += _check_kinds(policy, modules, plan)
    text = "\n".join((canonical_text(plan), *(section.text for section in sections.values())))
    return CheckedPolicy(policy, plan, sorted_findings(findings), {name: section.value for name, section in sections.items()}, text)


def _compile_sections(
    policy: Policy, modules: Sequence[Module], plan: Plan | None, environment: Environment
) -> Mapping[str, CompiledSection]:
    if not policy.sections:
        return {}
    names = names_of(policy, [entry for module in modules for entry in module.entries])
    context = SectionContext(environment, policy.document, names, plan or frame_of(policy), policy.named_types)
    return {name: environment.sections[name].compile(keys, context) for name, keys in policy.sections.items()}


def _check_kinds(policy: Policy, modules: list[Module], plan: Plan) -> list[Finding]:
    found: list[Finding] = []
    for module in modules:
        if module.kind is not None and module.keys is not None:
            found += module.kind.check(module.keys, KindContext(module.name, ("modules", module.name), plan, policy.document))
    return found
