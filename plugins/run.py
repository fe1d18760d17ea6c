"""One run of a policy over a database: open, bind, grade; and explain one of its subjects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.core.meaning.subjects import Subject
from tierwise.core.source import Path
from tierwise.plugins.binding.binding_file import Binding, read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.files import with_files
from tierwise.plugins.binding.naming import find_column, find_table
from tierwise.plugins.data_source import Source, open_source
from tierwise.plugins.engine import DEFAULT_ENGINE, Engine
from tierwise.plugins.facts import FactTable
from tierwise.plugins.loading import read_file_of
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.scratch import spooled

if TYPE_CHECKING:
    from tierwise.core.explaining import Explanation
    from tierwise.plugins.grading import Grading

__all__ = ["Bound", "Run", "bound_database", "choose_engine", "explain_subject", "grade_bound", "grade_by_default"]

OWN_BINDING = "binding.yaml"
EQUAL_NAMES = "equal names"


@dataclass(frozen=True, slots=True)
class Bound:
    """A policy and the facts of a database's subjects.

    Attributes:
        bound_by: In words, how the facts were bound.
        findings: Why the policy's own binding was not used, where it has one.
    """

    loaded: LoadedPolicy
    facts: FactTable
    as_of: date | None
    bound_by: str
    findings: tuple[Finding, ...] = ()

    def subject(self, key: str) -> Subject:
        """Return one subject.

        Raises:
            DataError: There is none with that id.
        """
        row = self.facts.row(key)
        if row is None:
            near = [subject.key for _, subject in zip(range(5), self.facts.subjects(), strict=False)]
            raise DataError(
                f"`{self.facts.location}` has no {self.loaded.plan.subject} `{key}`",
                help=f"ids look like {', '.join(f'`{k}`' for k in near)}" if near else "",
            )
        return row


@dataclass(frozen=True, slots=True)
class Run:
    """A database graded by a policy."""

    bound: Bound
    grading: Grading
    engine: str


@contextmanager
def bound_database(
    loaded: LoadedPolicy, location: str, binding_file: str | None, as_of: date | None, ledger: str | None = None
) -> Iterator[Bound]:
    """Open a database read-only and bind its facts; it is closed at the end.

    Without a binding file the policy's own ``binding.yaml`` is used when the database has every table it names; else that is a finding, and
    columns that are called like facts bind by themselves. Facts of the last run come from the file ``ledger``, which is only read.

    ``-`` is standard input; where it is text, its table is called as the binding calls the subject's.

    Raises:
        DataError: The database cannot be opened or read, or the run needs ``as_of``.
        PolicyError: The binding cannot be read or does not fit.
    """
    written = _written_binding(loaded, binding_file)
    openers = loaded.plugins.sources().values()
    told = written.told() if written else None
    piped = {"table": written.subject.table} if written is not None and written.subject is not None else {}
    with (
        spooled(location, **piped) as file,
        closing(with_files(file.named(open_source(file.path, openers, told)), written, openers)) as source,
    ):
        binding, bound_by, findings = _binding(source, written, binding_file)
        if as_of is None and binding is not None and (windowed := _needs_date(binding)):
            shown = ", ".join(f"`{name}`" for name in windowed[:5])
            raise DataError(f"the binding counts by date for {shown}, and the run has none", help="add `--as-of 2026-11-21`")
        yield Bound(loaded, bind(source, loaded.plan, binding, as_of, ledger), as_of, bound_by, findings)


def _written_binding(loaded: LoadedPolicy, binding_file: str | None) -> Binding | None:
    """Return the binding of that file, or the policy's own, whether or not it fits a database."""
    if binding_file is not None:
        return read_binding(read_file_of("binding", binding_file), loaded.plan)
    own = loaded.policy.sources.get(OWN_BINDING)
    return None if own is None else read_binding(own, loaded.plan)


def _binding(source: Source, written: Binding | None, binding_file: str | None) -> tuple[Binding | None, str, tuple[Finding, ...]]:
    """Return the binding, how it is called, and why the policy's own is not used."""
    if written is None:
        return None, EQUAL_NAMES, ()
    if binding_file is not None:
        return written, f"the binding `{binding_file}`", ()
    misfit = _misfit(source, written)
    return (written, "the policy's own binding", ()) if misfit is None else (None, EQUAL_NAMES, (misfit,))


def _misfit(source: Source, binding: Binding) -> Finding | None:
    """Say why a policy's own binding is not meant for this database: a table that it names is not there, or the subject's key.

    It is a note where the database has none of these tables: then it is clearly another one.
    """
    lacking: list[tuple[DataError, Path]] = []
    there = 0
    for path, table in _tables_of(binding):
        try:
            find_table(source, table, None, ())
            there += 1
        except DataError as error:
            lacking.append((error, path))
    if not lacking and binding.subject is not None and binding.subject.key is not None:
        try:
            find_column(find_table(source, binding.subject.table, None, ()), binding.subject.key, None, ())
        except DataError as error:
            lacking.append((error, ("subject", "key")))
    if not lacking:
        return None
    why, path = lacking[0]
    report = Finding.warning if there else Finding.note
    return report("binding-not-used", f"the policy's own binding is not used, but {EQUAL_NAMES}: {why}", binding.span(path), why.help)


def _tables_of(binding: Binding) -> Iterator[tuple[Path, str]]:
    if binding.subject is not None:
        yield ("subject", "table"), binding.subject.table
    for name, fact in binding.facts.items():
        if fact.table is not None:
            yield ("facts", name, "table"), fact.table
        if fact.via is not None:
            yield ("facts", name, "via", "table"), fact.via.table


def _needs_date(binding: Binding) -> list[str]:
    return [
        name for name, fact in binding.facts.items() if fact.valid_until or (fact.window and not (fact.window.since or fact.window.until))
    ]


def choose_engine(loaded: LoadedPolicy, name: str) -> Engine:
    """Return an engine by name.

    Raises:
        PolicyError: There is none of that name.
    """
    engines = loaded.plugins.engines()
    if name not in engines:
        known = ", ".join(f"`{engine}`" for engine in sorted(engines))
        raise PolicyError(f"no engine `{name}`", help=suggest(name, engines) or f"the engines are {known}")
    return engines[name]


def grade_bound(bound: Bound, engine: Engine) -> Run:
    """Grade every subject and tell the plugins that watch runs."""
    loaded = bound.loaded
    grading = engine.grade(loaded.plan, loaded.environment, bound.facts, bound.as_of)
    loaded.plugins.graded(loaded.plan, bound.as_of, grading)
    return Run(bound, grading, engine.name)


def explain_subject(bound: Bound, key: str, grading: Grading | None = None) -> Explanation:
    """Explain every output for one subject; rankings look at all of them.

    Args:
        bound: The subjects.
        key: The subject's id.
        grading: How they have been graded, if they have: then nobody needs to be ranked again.

    Raises:
        DataError: There is no subject with that id.
    """
    from tierwise.core.explaining import explain
    from tierwise.core.meaning import Evaluator
    from tierwise.core.meaning.decide import with_as_of
    from tierwise.plugins.engine_reference import grade
    from tierwise.plugins.graded_population import GradedPopulation
    from tierwise.plugins.grading import Placing

    plan, environment, as_of = bound.loaded.plan, bound.loaded.environment, bound.as_of
    row = bound.subject(key)
    if not plan.rankings:
        return explain(Evaluator(plan, environment).trace(with_as_of(row.facts, as_of)), as_of, stored=bound.facts.unread(key))
    grading = grading or grade_by_default(bound)
    if not isinstance(grading, Placing):
        grading = grade(plan, environment, bound.facts.subjects(), as_of)
    return GradedPopulation(plan, environment, bound.facts, grading, as_of).explain(key)


def grade_by_default(bound: Bound) -> Grading | None:
    """Return how the default engine grades all subjects, ``None`` where it is not there."""
    engine = bound.loaded.plugins.engines().get(DEFAULT_ENGINE)
    return None if engine is None else engine.grade(bound.loaded.plan, bound.loaded.environment, bound.facts, bound.as_of)
