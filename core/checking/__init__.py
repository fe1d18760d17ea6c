"""Checks a policy before it runs: names, types, cycles, gaps, overlaps, what its kinds demand."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.checking.compile import compile_policy
from tierwise.core.checking.entries import Module, modules_of
from tierwise.core.checking.plan_checks import check_plan
from tierwise.core.environment import Environment, Path
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding, has_errors, sorted_findings
from tierwise.core.plan import Plan
from tierwise.core.policy import Policy
from tierwise.core.source import Span
from tierwise.core.watching.compile import compile_watch
from tierwise.core.watching.rule import WatchPlan

__all__ = ["CheckedPolicy", "check"]


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """A policy and what is known about it.

    Attributes:
        policy: The policy as written.
        plan: What engines run; ``None`` when it does not compile.
        findings: Everything found, by place.
        watch: What is watched; ``None`` when nothing is, or when there are errors.
    """

    policy: Policy
    plan: Plan | None
    findings: tuple[Finding, ...]
    watch: WatchPlan | None = None

    def require_plan(self) -> Plan:
        """Return the plan of a policy without errors.

        Raises:
            PolicyError: There are errors; it carries all findings.
        """
        if self.plan is None or has_errors(self.findings):
            raise PolicyError(f"policy `{self.policy.policy}` has errors", self.findings)
        return self.plan


@dataclass(slots=True)
class _KindContext:
    """What a kind may look at (see ``KindContext``)."""

    module: str
    path: Path
    plan: Plan
    policy: Policy

    def span(self, path: Path) -> Span | None:
        """Return where a value of the document stands."""
        return self.policy.span(path)


def check(policy: Policy, environment: Environment) -> CheckedPolicy:
    """Check a policy and compile it.

    A policy that does not compile is not searched for gaps and the like: half a table would only give false ones.

    Args:
        policy: The policy, with its overlay applied.
        environment: The functions, forms and kinds that it may use.
    """
    modules, in_modules = modules_of(policy, environment)
    plan, found = compile_policy(policy, modules, environment)
    watch, in_watch = compile_watch(policy, environment)
    findings = [*policy.findings, *in_modules, *found, *in_watch]
    if has_errors(findings):
        plan = None
    if plan is not None:
        watched = [plan.readings[name].span for name in watch.readings] if watch is not None else []
        findings += [f for f in check_plan(plan) if f.code != "unused-reading" or f.span not in watched]
        findings += _check_kinds(policy, modules, plan)
    return CheckedPolicy(policy, plan, sorted_findings(findings), watch if plan is not None else None)


def _check_kinds(policy: Policy, modules: list[Module], plan: Plan) -> list[Finding]:
    found: list[Finding] = []
    for module in modules:
        if module.kind is not None and module.keys is not None:
            found += module.kind.check(module.keys, _KindContext(module.name, ("modules", module.name), plan, policy))
    return found
