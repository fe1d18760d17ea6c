"""The Python door: load a policy by name or path, then decide, explain or grade with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.environment import Environment
from tierwise.core.finding import Finding, sorted_findings
from tierwise.core.plan import Plan
from tierwise.core.policy import Policy
from tierwise.plugins.loading import policy_files, read_file_of
from tierwise.plugins.manager import Plugins
from tierwise.plugins.yaml_text.yaml_document import read_policy

if TYPE_CHECKING:
    from tierwise.core.explaining import Explanation
    from tierwise.plugins.deciding.decider import Decider
    from tierwise.plugins.deciding.result import Result
    from tierwise.plugins.grading import Grading

__all__ = ["LoadedPolicy", "check_policy", "load", "proved"]

FilePath = str | PathLike[str]


class ArrowStream(Protocol):
    """A table that gives itself as a stream of Arrow data."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream as a capsule."""


@dataclass(frozen=True, eq=False)
class LoadedPolicy:
    """A policy that passed its checks, ready to decide.

    Attributes:
        policy: What the author wrote, with the overlay merged in, and the files that it was read from.
        plan: What it compiled to.
        findings: Warnings and notes of the checks.
        sections: Name to what each section that a plugin gives compiled to, such as ``watch``.
        text: The canonical text of the plan and the sections.
        plugins: The plugins it was loaded with.
    """

    policy: Policy
    plan: Plan
    findings: tuple[Finding, ...]
    sections: Mapping[str, object]
    text: str
    plugins: Plugins

    @classmethod
    def of(cls, checked: CheckedPolicy, plugins: Plugins) -> LoadedPolicy:
        """Return a policy that was checked.

        Raises:
            PolicyError: It has errors; all findings are in the exception.
        """
        return cls(checked.policy, checked.require_plan(), checked.findings, checked.sections, checked.text, plugins)

    @cached_property
    def environment(self) -> Environment:
        """The functions, forms, kinds and sections that its plugins give."""
        return self.plugins.environment()

    @property
    def fingerprint(self) -> str:
        """``sha256`` in hex over the meaning of the policy and its overlay."""
        return self.plan.fingerprint

    @cached_property
    def _decider(self) -> Decider:
        from tierwise.plugins.deciding.decider import Decider

        return Decider(self.plan, self.environment)

    def decide(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result:
        """Decide all outputs for one subject, or for a population.

        Args:
            facts: Fact name to JSON-like value. ``{"population": [{"customer_id": …, …}, …]}`` decides for each of many.
            as_of: The date of the decision; without it, what depends on it is undetermined.

        Returns:
            The outcomes; a value that does not fit its fact counts as missing and is among ``findings``.

        Raises:
            DataError: ``as_of`` is no date, or the facts are not named values.
        """
        return self._decider.decide(facts, as_of)

    def prepare(self) -> None:
        """Learn about the policy now what else the first decisions would wait for."""
        self._decider.prepare()

    def decide_at_once(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result | None:
        """Decide for one subject if that takes microseconds; ``None`` where it may take longer and ``decide`` has to be asked.

        Raises:
            DataError: ``as_of`` is no date.
        """
        return self._decider.decide_at_once(facts, as_of)

    def decide_many(self, subjects: Iterable[Mapping[str, Any]] | ArrowStream, as_of: date | str | None = None) -> list[Result]:
        """Decide all outputs for many subjects; each comes to what ``decide`` says of it.

        Where the policy ranks, or looks at all subjects at once, they are one population, and what is about all of them is in every result. The key and
        name of a subject (``customer_id``, ``customer_name``) may be given beside its facts.

        Args:
            subjects: For each subject fact name to JSON-like value; or a table with a row a subject and a column for each fact, of exactly its name:
                a ``pyarrow`` table, a data frame of Polars or pandas, a DuckDB relation.
            as_of: The date of the decision.

        Returns:
            A result for each subject, in their order; for millions of them see ``grade_table``, which makes no object for each.

        Raises:
            DataError: ``as_of`` is no date, the facts of a subject are not named values, or the table has no column called like a fact.
        """
        return self._decider.decide_many(subjects, as_of)

    def grade_table(self, table: Any, as_of: date | str | None = None) -> Grading:
        """Grade all rows of a table that is at hand, by DuckDB, without a file or a database.

        Columns that are called like facts are the facts. The subjects' key is the column called like one (``customer_id``, ``id``); without any it
        is the number of the row, from 1, in as many digits for all.

        Args:
            table: A ``pyarrow`` table, or anything that gives itself as one: a data frame of Polars or pandas, a DuckDB relation.
            as_of: The date of the run.

        Returns:
            The grading: ``rows()`` yields the results by key, ``distribution(output)`` counts values and reasons.

        Raises:
            DataError: It is no table, or has no column called like a fact.
        """
        from tierwise.plugins.deciding.given import read_as_of
        from tierwise.plugins.engine import DEFAULT_ENGINE
        from tierwise.plugins.tables_at_hand import grade_table

        engine = self.plugins.engines()[DEFAULT_ENGINE]
        return grade_table(self.plan, self.environment, engine, table, read_as_of(as_of))

    def explain(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Explanation:
        """Explain every output for one subject."""
        from tierwise.core.explaining import explain
        from tierwise.plugins.deciding.given import read_as_of

        day = read_as_of(as_of)
        return explain(self._decider.trace(facts, day), day)


def check_policy(
    name_or_path: FilePath,
    overlay: FilePath | Sequence[FilePath] | None = None,
    plugins: Plugins | None = None,
    settings: Mapping[str, Any] | None = None,
) -> CheckedPolicy:
    """Read and check a policy; errors in it are findings of the result, not exceptions. The arguments are those of ``load``.

    Raises:
        PolicyError: It cannot be read at all: no such policy, bad YAML, unknown keys.
    """
    plugins = plugins or Plugins()
    environment = plugins.environment()
    files = policy_files(str(name_or_path), plugins.policies())
    paths = [overlay] if isinstance(overlay, str | PathLike) else overlay or ()
    sources = [read_file_of("overlay", path) for path in paths]
    return check(read_policy(files, environment.limits, sources, files.shown(), environment.section_keys, settings), environment)


def proved(checked: CheckedPolicy, plugins: Plugins) -> tuple[Finding, ...]:
    """Return what was found in a policy, and what became of its invariants: these are proved only when somebody asks."""
    from tierwise.plugins.invariants.section import invariants_of

    promised = invariants_of(checked.sections)
    if checked.plan is None or not promised:
        return checked.findings
    from tierwise.plugins.invariants.proof import findings_of_proofs  # here, because most policies promise nothing

    found = findings_of_proofs(checked.plan, plugins.environment(), promised)
    return sorted_findings((*checked.findings, *found))


def load(
    name_or_path: FilePath,
    *,
    overlay: FilePath | Sequence[FilePath] | None = None,
    settings: Mapping[str, Any] | None = None,
    plugins: Plugins | None = None,
) -> LoadedPolicy:
    """Load a policy that can be run.

    Args:
        name_or_path: A shipped policy's name, or the path of a folder or file.
        overlay: A file, or several, that fill local and adjustable parameters and local tables and settle readings. Where two differ the
            later one holds, and a note in ``findings`` tells it.
        settings: Parameter or reading to its value for a try, over all overlays: as a file would say it, or a plain value.
        plugins: The plugins to use; all installed ones by default.

    Raises:
        PolicyError: It cannot be read, or has findings of severity error; they are in ``findings``.
        PluginError: A plugin failed.
    """
    plugins = plugins or Plugins()
    return LoadedPolicy.of(check_policy(name_or_path, overlay, plugins, settings), plugins)
