"""Which missing facts keep how many subjects undetermined, and which of them to collect first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.plan import AS_OF, Decision, Named, Plan
from tierwise.plugins.data_finding import DataFinding

__all__ = ["FactToCollect", "OutputReadiness", "Readiness", "readiness_of"]

Needs = frozenset[str]


@dataclass(frozen=True, slots=True)
class OutputReadiness:
    """One output.

    Attributes:
        determined: Subjects of which it is determined.
        by_facts: Undetermined ones that knowing missing facts would decide.
        otherwise: The other undetermined ones by reason: the policy itself, a reading, a tie leaves them open.
    """

    output: Decision
    determined: int
    by_facts: int
    otherwise: Mapping[Reason, int]


@dataclass(frozen=True, slots=True)
class FactToCollect:
    """A missing fact.

    Attributes:
        blocks: Outcomes (of one subject and one output each) that hang on it.
        subjects: Subjects with such an outcome.
        alone: Outcomes that hang on nothing else, so that knowing it decides them whatever it is.
        first: Outcomes that are decided once it and all facts before it in the list are known.
        unread: What stands in the data instead, where a value did not read: the findings about it.
    """

    fact: str
    label: Named
    blocks: int
    subjects: int
    alone: int
    first: int
    unread: tuple[DataFinding, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the facts at hand decide.

    Attributes:
        subjects: How many subjects there are.
        outputs: Each output.
        facts: The missing facts, in the order in which to collect them: each decides the most outcomes together with those before it.
    """

    subjects: int
    outputs: tuple[OutputReadiness, ...]
    facts: tuple[FactToCollect, ...]


@dataclass(slots=True)
class _Tally:
    """What is counted of one output while rows go by; each way in which an outcome may hang on facts once."""

    determined: int = 0
    otherwise: Counter[Reason] = field(default_factory=Counter)
    needs: Counter[Needs] = field(default_factory=Counter)


def readiness_of(plan: Plan, outputs: Iterable[Decision], rows: Iterable[SubjectResult], findings: Iterable[DataFinding] = ()) -> Readiness:
    """Count what the outcomes of all subjects hang on.

    Args:
        plan: The plan.
        outputs: The outputs to look at; none that is about the whole population.
        rows: The results of all subjects; read once.
        findings: What was wrong with the data.
    """
    tallies = {output.name: _Tally() for output in outputs}
    facts = plan.facts.keys() | {AS_OF}
    subjects = 0
    blocked: Counter[str] = Counter()
    for row in rows:
        subjects += 1
        blocked.update({name for output, tally in tallies.items() for name in _count(tally, row.outcomes[output], facts)})
    needs: Counter[Needs] = Counter()
    for tally in tallies.values():
        needs.update(tally.needs)
    unread = tuple(findings)
    return Readiness(
        subjects,
        tuple(
            OutputReadiness(plan.decisions[name], tally.determined, sum(tally.needs.values()), dict(tally.otherwise))
            for name, tally in tallies.items()
        ),
        tuple(_to_collect(plan, needs, blocked, unread)),
    )


def _count(tally: _Tally, outcome: object, facts: AbstractSet[str]) -> Needs:
    """Count one outcome; return the facts that it hangs on, where knowing them all decides it."""
    if isinstance(outcome, Determined):
        tally.determined += 1
    elif isinstance(outcome, Undetermined):
        needs = frozenset(outcome.needs)
        if needs and needs <= facts:
            tally.needs[needs] += 1
            return needs
        tally.otherwise[outcome.reason] += 1
    return frozenset()


def _to_collect(
    plan: Plan, needs: Mapping[Needs, int], blocked: Mapping[str, int], findings: tuple[DataFinding, ...]
) -> Iterator[FactToCollect]:
    """Yield the facts, each the one that decides the most outcomes together with those before it; of equal ones that which blocks more."""
    open_needs = dict(needs)
    places = {name: place for place, name in enumerate(plan.facts)}
    names = sorted({name for some in needs for name in some}, key=lambda name: places.get(name, -1))
    known: set[str] = set()
    decided = 0

    def gain(name: str) -> tuple[int, int, int]:
        settled = sum(count for some, count in open_needs.items() if some <= known | {name})
        nearest = min((len(some - known) for some in open_needs if name in some), default=0)
        return settled, -nearest, sum(count for some, count in open_needs.items() if name in some)

    while names:
        name = max(names, key=gain)
        names.remove(name)
        known.add(name)
        decided += sum(count for some, count in open_needs.items() if some <= known)
        open_needs = {some: count for some, count in open_needs.items() if not some <= known}
        label = plan.facts[name].label if name in plan.facts else {"en": "the date of the run", "zh": "运行日期"}
        yield FactToCollect(
            fact=name,
            label=label,
            blocks=sum(count for some, count in needs.items() if name in some),
            subjects=blocked[name],
            alone=needs.get(frozenset({name}), 0),
            first=decided,
            unread=tuple(finding for finding in findings if finding.fact == name),
        )
