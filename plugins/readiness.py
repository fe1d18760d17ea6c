"""Which missing facts keep how many subjects undetermined, and which of them to collect first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappush, heappushpop
from zlib import crc32

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.plan import AS_OF, Decision, Named, Plan
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.filling import SAMPLE, Filling, Trial

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
        blocks: Outcomes (of one subject and one output each) that hang on it, perhaps on the policy or a reading as well.
        subjects: Subjects with such an outcome.
        alone: Outcomes that hang on nothing else: once it is known no fact keeps them open, whatever it is (the policy itself may).
        first: The same of it and all facts before it in the list, together.
        likely: Outcomes that are determined once it and all before it are filled in with what others have; ``None`` when that was not tried.
        unread: What stands in the data instead, where a value did not read: the findings about it.
    """

    fact: str
    label: Named
    blocks: int
    subjects: int
    alone: int
    first: int
    likely: int | None
    unread: tuple[DataFinding, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the facts at hand decide.

    Attributes:
        subjects: How many subjects there are.
        outputs: Each output.
        facts: The missing facts, in the order in which to collect them: each decides the most outcomes together with those before it, as
            filling them in shows.
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
    beside: Counter[str] = field(default_factory=Counter)
    """Facts on which an outcome hangs beside what no fact decides."""


def readiness_of(
    plan: Plan,
    outputs: Iterable[Decision],
    rows: Iterable[SubjectResult],
    findings: Iterable[DataFinding] = (),
    filling: Filling | None = None,
) -> Readiness:
    """Count what the outcomes of all subjects hang on.

    Args:
        plan: The plan.
        outputs: The outputs to look at; none that is about the whole population.
        rows: The results of all subjects; read once.
        findings: What was wrong with the data.
        filling: Decides a sample of the subjects again with facts filled in; without it facts are ordered by what they surely settle.
    """
    tallies = {output.name: _Tally() for output in outputs}
    facts = plan.facts.keys() | {AS_OF}
    subjects = 0
    blocked: Counter[str] = Counter()
    sample: list[tuple[int, str, SubjectResult]] = []
    for row in rows:
        subjects += 1
        _keep(sample, row)
        blocked.update({name for output, tally in tallies.items() for name in _count(tally, row.outcomes[output], facts)})
    needs: Counter[Needs] = Counter()
    beside: Counter[str] = Counter()
    for tally in tallies.values():
        needs.update(tally.needs)
        beside.update(tally.beside)
    unread = tuple(findings)
    trial = filling.trial((row for _, _, row in sorted(sample)), tuple(tallies)) if filling is not None else None
    share = Fraction(subjects, len(sample)) if sample else Fraction(1)
    return Readiness(
        subjects,
        tuple(
            OutputReadiness(plan.decisions[name], tally.determined, sum(tally.needs.values()), dict(tally.otherwise))
            for name, tally in tallies.items()
        ),
        tuple(_to_collect(plan, needs, beside, blocked, unread, trial, share)),
    )


def _keep(sample: list[tuple[int, str, SubjectResult]], row: SubjectResult) -> None:
    """Keep those with the least digests of their keys: the same at every run, and no kind of key before another."""
    ranked = (-crc32(row.key.encode()), row.key, row)
    if len(sample) < SAMPLE:
        heappush(sample, ranked)
    else:
        heappushpop(sample, ranked)


def _count(tally: _Tally, outcome: object, facts: AbstractSet[str]) -> Needs:
    """Count one outcome; return the facts that it hangs on."""
    if isinstance(outcome, Determined):
        tally.determined += 1
    elif isinstance(outcome, Undetermined):
        needs = frozenset(outcome.needs)
        if needs and needs <= facts:
            tally.needs[needs] += 1
            return needs
        tally.otherwise[outcome.reason] += 1
        tally.beside.update(needs & facts)
        return needs & facts
    return frozenset()


def _to_collect(
    plan: Plan,
    needs: Mapping[Needs, int],
    beside: Mapping[str, int],
    blocked: Mapping[str, int],
    findings: tuple[DataFinding, ...],
    trial: Trial | None,
    share: Fraction,
) -> Iterator[FactToCollect]:
    """Yield the facts, each the one that decides the most outcomes together with those before it; of equal ones that which blocks more."""
    likely = 0
    open_needs = dict(needs)
    places = {name: place for place, name in enumerate(plan.facts)}
    blocking = {*beside, *(name for some in needs for name in some)}
    names = sorted({*blocking, *(trial.instead() if trial is not None else ())}, key=lambda name: places.get(name, -1))
    known: set[str] = set()
    decided = 0

    def gain(name: str) -> tuple[int, int, int, int]:
        settled = sum(count for some, count in open_needs.items() if some <= known | {name})
        nearest = min((len(some - known) for some in open_needs if name in some), default=0)
        return (
            trial.gain(name) if trial is not None else 0,
            settled,
            -nearest,
            sum(count for some, count in open_needs.items() if name in some),
        )

    while names:
        name = max(names, key=gain)
        names.remove(name)
        known.add(name)
        if trial is not None:
            gained = trial.gain(name)
            if gained <= 0 and name not in blocking:
                continue
            likely += gained
            trial.take(name)
        decided += sum(count for some, count in open_needs.items() if some <= known)
        open_needs = {some: count for some, count in open_needs.items() if not some <= known}
        label = plan.facts[name].label if name in plan.facts else {"en": "the date of the run", "zh": "运行日期"}
        yield FactToCollect(
            fact=name,
            label=label,
            blocks=sum(count for some, count in needs.items() if name in some) + beside.get(name, 0),
            subjects=blocked[name],
            alone=needs.get(frozenset({name}), 0),
            first=decided,
            likely=None if trial is None else round(likely * share),
            unread=tuple(finding for finding in findings if finding.fact == name),
        )
