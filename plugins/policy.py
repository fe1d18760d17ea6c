"""The Python door: load a policy by name or path, then decide, explain or grade with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.finding import Finding
from tierwise.core.plan import Plan
from tierwise.core.policy import Policy, read_policy
from tierwise.core.source import Source
from tierwise.plugins.loading import policy_files, read_overlay_file
from tierwise.plugins.manager import Plugins

if TYPE_CHECKING:
    from tierwise.core.explaining import Explanation
    from tierwise.core.meaning import Result

__all__ = ["LoadedPolicy", "check_policy", "load"]


class LoadedPolicy:
    """A policy that passed its checks, ready to decide.

    Attributes:
        policy: What the author wrote, with the overlay merged in.
        plan: What it compiled to.
        findings: Warnings and notes of the checks.
        sections: Name to what each section that a plugin gives compiled to, such as ``watch``.
        plugins: The plugins it was loaded with.
        origin: The name or path it was loaded from.
    """

    def __init__(self, checked: CheckedPolicy, plugins: Plugins, origin: str) -> None:
        self.policy: Policy = checked.policy
        self.plan: Plan = checked.require_plan()
        self.findings: tuple[Finding, ...] = checked.findings
        self.sections: Mapping[str, object] = checked.sections
        self.plugins = plugins
        self.origin = origin
        self.environment = plugins.environment()

    @property
    def fingerprint(self) -> str:
        """``sha256`` in hex over the meaning of the policy and its overlay."""
        return self.plan.fingerprint

    @cached_property
    def _decider(self) -> Any:
        from tierwise.core.meaning import Decider

        return Decider(self.plan, self.environment)

    def decide(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result:
        """Decide all outputs for one subject, or for a population (contract; DESIGN.md 6).

        Args:
            facts: Fact name to JSON-like value. ``{"population": [{"customer_id": …, …}, …]}`` decides for each of many.
            as_of: The date of the decision; without it, what depends on it is undetermined.

        Returns:
            The outcomes; a value that does not fit its fact counts as missing and is among ``findings``.

        Raises:
            DataError: ``as_of`` is no date, or the facts are not named values.
        """
        result: Result = self._decider.decide(facts, as_of)
        return result

    def explain(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Explanation:
        """Explain every output for one subject."""
        from tierwise.core.explaining import explain
        from tierwise.core.meaning import read_as_of, read_facts

        values, _ = read_facts(self.plan, facts)
        return explain(self.plan, self.environment, values, read_as_of(as_of))


def check_policy(
    name_or_path: str | PathLike[str], overlay: str | PathLike[str] | None = None, plugins: Plugins | None = None
) -> CheckedPolicy:
    """Read and check a policy; errors in it are findings of the result, not exceptions.

    Raises:
        PolicyError: It cannot be read at all: no such policy, bad YAML, unknown keys.
    """
    plugins = plugins or Plugins()
    environment = plugins.environment()
    files = policy_files(str(name_or_path), plugins.policies())
    source: Source | None = read_overlay_file(str(overlay)) if overlay is not None else None
    return check(read_policy(files, environment, source, files.shown()), environment)


def load(name_or_path: str | PathLike[str], *, overlay: str | PathLike[str] | None = None, plugins: Plugins | None = None) -> LoadedPolicy:
    """Load a policy that can be run.

    Args:
        name_or_path: A shipped policy's name, or the path of a folder or file.
        overlay: A file that fills local parameters and settles readings.
        plugins: The plugins to use; all installed ones by default.

    Raises:
        PolicyError: It cannot be read, or has findings of severity error; they are in ``findings``.
        PluginError: A plugin failed.
    """
    plugins = plugins or Plugins()
    return LoadedPolicy(check_policy(name_or_path, overlay, plugins), plugins, str(name_or_path))
