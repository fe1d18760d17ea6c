"""The two sides of a comparison: a database graded by each of two policies, or two runs of a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Outcome, Reason
from tierwise.core.plan import Decision, DecisionRef, FactRef, Named, Plan, Undecided
from tierwise.core.policy import Try
from tierwise.core.types import EnumType, TextType
from tierwise.plugins.engine import DEFAULT_ENGINE, Engine
from tierwise.plugins.impact.grading_parts import parts_of_grading
from tierwise.plugins.measures import Measure, decisions_of, measures_of
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import OWN_BINDING, Bound, bound_database, choose_engine

if TYPE_CHECKING:
    from tierwise.plugins.ledger import Ledger
from tierwise.plugins.subject_columns import only_columns, refuse_unsupplied, with_columns

__all__ = ["Results", "Side", "group_decision", "policies_compared", "runs_compared", "scales_of"]

GROUPS = "group"


class Results(Protocol):
    """What is compared: outcomes by subject; a ``Tabled`` one is compared where it stands."""

    def rows(self) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        name: What messages call it.
        outputs: The decisions that are compared, by name.
        scales: Output to its grades, best first, for those that have a scale.
        measures: What its policy measures.
        results: All results; of a policy also the numbers of its measures and what the subjects are grouped by.
        bound: Policy and facts, by which a move is explained; ``None`` for a saved run.
        population: Outcomes about all subjects.
        more: The decisions beside these that are graded: the numbers of measures, and groups.
        tries: Who proposes what lies over its policy, and why.
    """

    name: str
    outputs: Mapping[str, Decision]
    scales: Mapping[str, tuple[str, ...]]
    measures: tuple[Measure, ...]
    results: Results
    bound: Bound | None = None
    population: Mapping[str, Outcome] = field(default_factory=dict)
    more: Mapping[str, Decision] = field(default_factory=dict)
    tries: tuple[Try, ...] = ()


def group_decision(name: str) -> str:
    """Return the name of the decision that holds what subjects are grouped by; no author can write it."""
    return f"{GROUPS} | {name}"


@contextmanager
def policies_compared(
    old: LoadedPolicy,
    new: LoadedPolicy,
    database: str,
    *,
    as_of: date | None = None,
    by: Sequence[str] = (),
    bindings: tuple[str | None, str | None] = (None, None),
    engine: str = DEFAULT_ENGINE,
    layers: tuple[str, str] = ("", ""),
    ledger: str | None = None,
) -> Iterator[tuple[Side, Side]]:
    """Grade a database by two policies; where both read the same facts, these are read once.

    Args:
        old: The baseline.
        new: What is proposed.
        database: Where the subjects are.
        as_of: The date of both runs.
        by: What the subjects are grouped by, as the baseline has it: facts, outputs, or columns of the subjects' table.
        bindings: The binding file of either side, where one is named.
        engine: The engine that runs both.
        layers: What lies over either policy, in words.
        ledger: The file from which facts of the last run come.

    Raises:
        DataError: The database cannot be read, or nothing supplies what the subjects are grouped by.
        PolicyError: A binding does not fit.
    """
    runs = choose_engine(old, engine), choose_engine(new, engine)
    columns = only_columns(old.plan, by)
    before, after = (replace(policy, plan=with_columns(policy.plan, columns)) for policy in (old, new))
    with ExitStack() as opened:
        bound = opened.enter_context(bound_database(before, database, bindings[0], as_of, ledger))
        refuse_unsupplied(by, old.plan, bound.facts.facts)
        other = (
            replace(bound, loaded=after)
            if _read_alike(before, after, bindings)
            else opened.enter_context(bound_database(after, database, bindings[1], as_of, ledger))
        )
        groups = {group_decision(name): _group(name, before.plan) for name in by}
        sides = _Ungraded(bound, layers[0], groups), _Ungraded(other, layers[1])
        yield _graded_at_once(*sides, runs[1]) if other.facts is bound.facts else (sides[0].graded(runs[0]), sides[1].graded(runs[1]))


def _read_alike(old: LoadedPolicy, new: LoadedPolicy, bindings: tuple[str | None, str | None]) -> bool:
    """Say whether both sides bind the same facts in the same way."""
    alike = [(policy.plan.policy, policy.plan.subject, policy.plan.facts, policy.environment.functions) for policy in (old, new)]
    if alike[0] != alike[1] or bindings[0] != bindings[1]:
        return False
    own = [policy.policy.sources.get(OWN_BINDING) for policy in (old, new)]
    return bindings[0] is not None or [source and source.text for source in own] == [own[0] and own[0].text] * 2


def _group(name: str, plan: Plan) -> Decision:
    """Return the decision that gives the group of a subject."""
    source = plan.decisions.get(name) or plan.facts[name]
    node = DecisionRef(name, source.type) if name in plan.decisions else FactRef(name, source.type)
    return Decision(group_decision(name), source.type, node, source.label, GROUPS, "formula")


@dataclass(frozen=True)
class _Ungraded:
    """A side before it is graded, and what subjects are grouped by where it is the baseline."""

    bound: Bound
    layers: str
    groups: Mapping[str, Decision] = field(default_factory=dict)

    @cached_property
    def more(self) -> Mapping[str, Decision]:
        return {**decisions_of(measures_of(self.bound.loaded.sections)), **self.groups}

    @cached_property
    def plan(self) -> Plan:
        """Its plan with the numbers of its measures and with the groups."""
        own = self.bound.loaded.plan
        return replace(own, decisions={**own.decisions, **self.more})

    def graded(self, engine: Engine) -> Side:
        grading = engine.grade(self.plan, self.bound.loaded.environment, self.bound.facts, self.bound.as_of)
        return self.side(grading, grading.population)

    def side(self, results: Results, population: Mapping[str, Outcome]) -> Side:
        loaded = self.bound.loaded
        outputs = {decision.name: decision for decision in loaded.plan.outputs if not decision.population}
        name = f"{loaded.plan.policy} {loaded.plan.version}" + (f" ({self.layers})" if self.layers else "")
        return Side(
            name, outputs, scales_of(loaded), measures_of(loaded.sections), results, self.bound, population, self.more, loaded.policy.tries
        )


def _graded_at_once(old: _Ungraded, new: _Ungraded, engine: Engine) -> tuple[Side, Side]:
    """Grade subjects whose facts both policies read alike, by one plan that decides what both do."""
    parts = parts_of_grading(
        old.plan, new.plan, lambda plan: engine.grade(plan, new.bound.loaded.environment, new.bound.facts, new.bound.as_of)
    )
    before, after = (side.side(part, part.population) for side, part in zip((old, new), parts, strict=True))
    return before, after


def scales_of(loaded: LoadedPolicy) -> dict[str, tuple[str, ...]]:
    """Return, for each output whose values are the scale of a module, these grades, best first."""
    scales = [module.kind_keys.get("scale") for module in loaded.policy.modules.values()]
    known = {tuple(str(grade) for grade in scale) for scale in scales if isinstance(scale, list | tuple)}
    graded = ((d.name, d.type) for d in loaded.plan.outputs)
    return {name: type.values for name, type in graded if isinstance(type, EnumType) and type.values in known}


# ---- saved runs --------------------------------------------------------------------------------------------------------------


class SavedResults:
    """The results of a saved run, read from a ledger."""

    def __init__(self, ledger: Ledger, run_id: int) -> None:
        self._ledger = ledger
        self._run_id = run_id

    def rows(self) -> Iterator[SubjectResult]:
        """Yield the results by subject, each with the name that it was given last."""
        names = self._ledger.names(self._ledger.run(self._run_id).record.policy)
        named, name = next(names, ("", ""))
        for key, rows in groupby(self._ledger.results(self._run_id), key=itemgetter(0)):
            while named and named < key:  # both are by id
                named, name = next(names, ("", ""))
            yield SubjectResult(key, name if named == key else None, {output: outcome for _, output, outcome in rows})


def runs_compared(ledger: Ledger, before: int, after: int, policy: LoadedPolicy | None = None) -> tuple[Side, Side]:
    """Return two saved runs as the sides of a comparison.

    Args:
        ledger: Where they are saved.
        before: The number of the baseline.
        after: The number of the new side.
        policy: Whose scales say what is a promotion; without one nothing is.

    Raises:
        DataError: The ledger has no such run.
    """
    scales = {} if policy is None else scales_of(policy)
    declared = {} if policy is None else {decision.name: decision for decision in policy.plan.outputs}
    return _saved(ledger, before, scales, declared), _saved(ledger, after, scales, declared)


def _saved(ledger: Ledger, run_id: int, scales: Mapping[str, tuple[str, ...]], declared: Mapping[str, Decision]) -> Side:
    run = ledger.run(run_id)
    outputs = {name: declared.get(name) or _undeclared(name) for name in ledger.outputs(run_id)}
    record = run.record
    told = ", ".join(part for part in (f"{record.policy} {record.version}", record.overlay, record.settings) if part)
    return Side(f"run {run_id} ({told})", outputs, scales, (), SavedResults(ledger, run_id), tries=record.tries)


def _undeclared(name: str) -> Decision:
    """Return an output of which only the name is known."""
    label: Named = {"zh": name, "en": name}
    return Decision(name, TextType(), Undecided(Reason.LOST, (), TextType()), label, "", "saved")
