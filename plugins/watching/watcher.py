"""Watches events: batch by batch, each event once, in the order of their own time; actions make events for later rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.finding import Finding
from tierwise.core.language.messages import listed
from tierwise.core.meaning.unknown import Need, Unknown
from tierwise.plugins.watch_engine import Matcher
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.counting import CountRun
from tierwise.plugins.watching.duties import DutyRun
from tierwise.plugins.watching.event import Event, first_second
from tierwise.plugins.watching.event_conditions import Conditions
from tierwise.plugins.watching.firing import Arrival, Firing, Key, Run
from tierwise.plugins.watching.merging import merged
from tierwise.plugins.watching.rule import Count, Duty, Variant, WatchPlan, WatchRule
from tierwise.plugins.watching.silence import SilenceRun

__all__ = ["StateChange", "Watcher"]

_EXAMPLES = 3

StateChange = tuple[str, Key, Any]
"""The name of a run, a key, and its state as JSON (``None`` when there is none left)."""


@dataclass(slots=True)
class _Doubt:
    """Events of which it is not known whether they matter."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, id: str) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(id)


class Watcher:
    """Runs a watch plan. The caller sees to it that no event comes twice, and keeps the state where it has to outlive the process.

    Args:
        plan: The compiled section ``watch``.
        environment: The functions that conditions may use.
        matcher: What matches: the reference, or an engine that gives the same.
    """

    def __init__(self, plan: WatchPlan, environment: Environment, matcher: Matcher) -> None:
        self.plan = plan
        self.late = 0
        self.now = 0
        self._conditions = Conditions(plan, environment)
        self._matcher = matcher
        self._doubts: dict[tuple[str, str], _Doubt] = {}
        self._runs: dict[str, tuple[Run, ...]] = {rule.name: tuple(_runs(rule)) for rule in plan.rules}

    def process(self, events: Iterable[Event]) -> list[Action]:
        """Take a batch of events in and return the actions that fire, in the order of their times."""
        batch = sorted(events, key=lambda event: event.order)
        before = self.now
        self.late += sum(first_second(event.at) < before for event in batch)
        self.now = max([before, *(first_second(event.at) for event in batch[-1:])])
        return self._step(batch, before, final=False)

    def finish(self, as_of: date | None = None) -> list[Action]:
        """Let time pass to a date, and return what fires because nothing came; also what waits for a parameter without a value."""
        before = self.now
        if as_of is not None:
            self.now = max(before, first_second(as_of))
        return self._step([], before, final=True)

    def changes(self) -> Iterator[StateChange]:
        """Yield the state that changed since the last call."""
        for name, runs in self._runs.items():
            for number, run in enumerate(runs):
                for key, state in run.changed().items():
                    yield f"{name}/{number}", key, state

    def settle(self) -> None:
        """Forget which state changed: the caller does not keep it."""
        for runs in self._runs.values():
            for run in runs:
                run.settle()

    def restore(self, states: Iterable[StateChange], now: int) -> None:
        """Go on where another watcher of the same plan stopped."""
        self.now = now
        for name, key, state in states:
            rule, _, number = name.rpartition("/")
            self._runs[rule][int(number)].restore(key, state)

    def findings(self) -> list[Finding]:
        """Return what there is to say about the events that were watched."""
        found = [
            Finding.warning("watch-unknown", f"{doubt.count} events may matter to `{rule}`, but {said}; such as {listed(doubt.examples)}")
            for (rule, said), doubt in self._doubts.items()
        ]
        if self.late:
            closed = sum(run.late for runs in self._runs.values() for run in runs)
            message = f"{self.late} events came later than events of a later time"
            message += f"; {closed} times one did not count, since its window was closed" if closed else "; each still counted"
            found.append(Finding.warning("late-event", message))
        return found

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _step(self, batch: Sequence[Event], before: int, final: bool) -> list[Action]:
        actions: list[Action] = []
        made: list[Event] = []
        for rule in self.plan.rules:
            reads = rule.reads
            relevant = [event for event in batch if event.kind in reads]
            caused = [event for event in made if event.kind in reads]
            if caused:
                relevant = sorted([*relevant, *caused], key=lambda event: event.order)
            for action, firing in merged(self.plan.policy, rule, self._fired(rule, relevant, before, final), self._conditions):
                actions.append(action)
                made += self._posted(rule, action, firing)
        return sorted(actions, key=lambda action: first_second(action.at))

    def _fired(self, rule: WatchRule, events: Sequence[Event], before: int, final: bool) -> list[list[Firing]]:
        """Return what fires under each variant; all their questions go to the matcher at once."""
        runs = self._runs[rule.name]
        arrivals = self._arrivals(rule, events)
        tasks = [run.gather(found, before) for run, found in zip(runs, arrivals, strict=True)]
        flat = [task for some in tasks for task in some]
        answers = iter(self._matcher.match(flat) if flat else [])
        firings = []
        for run, some in zip(runs, tasks, strict=True):
            fired = run.conclude([next(answers) for _ in some], self.now)
            firings.append([*fired, *(run.finish() if final else [])])
        return firings

    def _arrivals(self, rule: WatchRule, events: Sequence[Event]) -> list[list[Arrival]]:
        """Return, for each variant, the events that matter, with the part they play."""
        arrivals: list[list[Arrival]] = [[] for _ in rule.variants]
        for event in events:
            doubts: set[str] = set()
            for found, variant in zip(arrivals, rule.variants, strict=True):
                if _happens(event, variant):
                    for role, (kinds, condition) in enumerate(rule.parts):
                        if event.kind in kinds:
                            holds = self._conditions.holds(condition, event, variant)
                            key = self._conditions.key(rule.per, event, variant)
                            if isinstance(holds, Unknown) or isinstance(key, Unknown):
                                doubts |= _needs(holds if isinstance(holds, Unknown) else key)
                            elif holds:
                                found.append(Arrival(event, role, (event.subject, *key)))
            for said in doubts:
                self._doubts.setdefault((rule.name, said), _Doubt()).add(event.id)
        return arrivals

    def _posted(self, rule: WatchRule, action: Action, firing: Firing) -> Iterator[Event]:
        plan = rule.met if firing.met and rule.met is not None else rule.action
        if plan.post is not None and not action.lost:
            cause = firing.events[-1]
            fields = {name: cause.fields[name] for name in self.plan.kinds[plan.post].fields if name in cause.fields}
            yield Event(f"{plan.post}/{action.id}", plan.post, action.subject, action.at, fields, action.readings, cause.step + 1)


def _runs(rule: WatchRule) -> Iterator[Run]:
    for variant in rule.variants:
        form = rule.form
        if isinstance(form, Count):
            yield CountRun(form, *form.period(variant))
        elif isinstance(form, Duty):
            yield DutyRun(form, rule.met is not None)
        else:
            yield SilenceRun(form.length)


def _happens(event: Event, variant: Variant) -> bool:
    under: Mapping[str, tuple[str, ...]] = event.under
    return not under or all(variant.get(name, "") in words for name, words in under.items())


def _needs(unknown: bool | Unknown | tuple[str, ...]) -> set[str]:
    """Say what the condition hangs on: a field that is missing, or a decision that is undetermined for such an event."""
    return {_said(need) for need in unknown.needs} if isinstance(unknown, Unknown) else set()


def _said(need: Need) -> str:
    if need.kind in ("decision", "policy"):
        return f"its decision `{need.name}` is undetermined ({need.reason})" if need.name else f"that is undetermined ({need.reason})"
    return f"`{need.name}` is missing"
