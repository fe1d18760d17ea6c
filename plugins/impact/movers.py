"""Says why a subject moved: on each side the rules, values and distances that decided, told by the reference engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from tierwise.core.explaining import Explanation, explain
from tierwise.core.explaining.explanation import DecisionTrace, Miss, RankTrace, RuleTrace, Term, TestTrace
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Undetermined
from tierwise.core.values import to_json
from tierwise.plugins.graded_population import GradedPopulation
from tierwise.plugins.grading import Placing
from tierwise.plugins.impact.comparison import Comparison, Moved
from tierwise.plugins.impact.impact import Mover
from tierwise.plugins.impact.sides import Side
from tierwise.plugins.part_of_plan import part_behind
from tierwise.plugins.run import explain_subject
from tierwise.plugins.sentences.lines import rank_texts
from tierwise.plugins.sentences.phrases import phrase
from tierwise.plugins.sentences.words import miss_text, name_text, outcome_text, read_text, reason_word, value_text

__all__ = ["movers"]

AT_ONCE = 500
ALL = 10_000
MOST_TESTS = 3

Why: TypeAlias = Literal["", "customer", "cut", "others"]


def movers(comparison: Comparison, language: str, limit: int | None = None, outputs: Sequence[str] = ()) -> Iterator[Mover]:
    """Yield who moved, by output and key, with what decided on each side.

    Args:
        comparison: The two sides.
        language: The language of the sentences.
        limit: How many at most.
        outputs: Only in these; in any when empty.
    """
    for output, found in groupby(comparison.moved(limit, outputs), key=attrgetter("output")):
        old, new = (_explainer(side, output) for side in (comparison.old, comparison.new))
        while some := list(islice(found, AT_ONCE)):
            keys = [moved.key for moved in some]
            before, after = old(keys), new(keys)
            for moved in some:
                yield _mover(moved, before.get(moved.key), after.get(moved.key), language)


def _mover(moved: Moved, before: Explanation | None, after: Explanation | None, language: str) -> Mover:
    own = (moved.key, moved.name, moved.output, moved.before, moved.after, moved.move)
    if before is None or after is None:
        return Mover(*own)
    ranking = _ranking(*(_rank(side, moved.output) for side in (before, after)))
    because = [_because(*pair, moved.output, language) for pair in ((before, after), (after, before))]
    if ranking:
        because[1]["text"] = "; ".join(part for part in (because[1]["text"], phrase(f"{ranking} moved", language)) if part)
    return Mover(*own, (because[0], because[1]), ranking)


def _explainer(side: Side, output: str) -> Callable[[Sequence[str]], Mapping[str, Explanation]]:
    """Return what explains an output of some subjects, by key; of a saved run, whose facts nobody has, nothing."""
    bound, results = side.bound, side.results
    if bound is None:
        return lambda keys: {}
    plan, environment = part_behind(bound.loaded.plan, [output]), bound.loaded.environment
    if plan.rankings and isinstance(results, Placing):
        population = GradedPopulation(plan, environment, bound.facts, results, bound.as_of)
        return lambda keys: population.explanations(keys, ALL)
    if plan.rankings:
        return lambda keys: {key: explain_subject(bound, key) for key in keys}
    evaluator = Evaluator(plan, environment)

    def alone(subject: Subject) -> Explanation:
        return explain(evaluator.trace(with_as_of(subject.facts, bound.as_of)), bound.as_of, most_missed=ALL)

    return lambda keys: {key: alone(subject) for key, subject in bound.facts.some(keys).items()}


# ---- what decided ------------------------------------------------------------------------------------------------------------


def _because(own: Explanation, other: Explanation, output: str, language: str) -> dict[str, Any]:
    """Return why an output is what it is on one side, as far as the other side differs."""
    steps = [_Step(trace, other.decisions.get(trace.name), language) for trace in _traces(own, other, output)]
    texts = [text for step in steps if (text := step.text())]
    return {
        "rules": list(dict.fromkeys(rule for step in steps for rule in step.rules)),
        "steps": [step.document() for step in steps],
        "text": " ← ".join(texts),
    }


def _traces(own: Explanation, other: Explanation, output: str) -> Iterator[DecisionTrace]:
    """Yield the trace of an output, then of each decision behind it that comes out differently on the other side."""
    waiting, told = [output], {output}
    while waiting:
        trace = own.decisions[waiting.pop(0)]
        yield trace
        for read in trace.reads:
            found, there = own.decisions.get(read.name), other.decisions.get(read.name)
            if found is not None and found.name not in told and (there is None or _outcome(there) != _outcome(found)):
                told.add(found.name)
                waiting.append(found.name)


def _outcome(trace: DecisionTrace) -> Any:
    return trace.outcome.value if isinstance(trace.outcome, Determined) else trace.outcome.reason


class _Step:
    """One decision on the way, beside what the other side makes of it."""

    def __init__(self, trace: DecisionTrace, other: DecisionTrace | None, language: str) -> None:
        self.trace = trace
        self.other = other
        self.language = language
        self.rules = [rule.id for rule in trace.given]

    def document(self) -> dict[str, Any]:
        """Return the step as JSON."""
        trace, missed = self.trace, self._missed()
        document: dict[str, Any] = {"decision": trace.name, **_outcome_document(trace.outcome), "rules": self.rules}
        document["conditions"] = [_test(test) for rule in trace.given for test in self._telling(rule)]
        document["reads"] = {read.name: None if read.reason else to_json(read.value) for read in trace.reads}
        document["missed"] = [] if missed is None else [_miss(missed.id, miss) for test in missed.failing for miss in test.misses]
        if trace.rank is not None:
            document["rank"] = _rank_document(trace.rank)
        return document

    def text(self) -> str:
        """Return the step as a sentence."""
        trace, language, missed = self.trace, self.language, self._missed()
        parts = [self._given(rule) for rule in trace.given]
        if trace.rank is not None:
            parts += rank_texts(trace.rank, trace, language)
        parts += [self._term(term) for term in self._changed_terms()]
        if not parts:
            parts = [read_text(read, language) for read in trace.reads[:MOST_TESTS]]
        if missed is not None:
            misses = [miss_text(miss, language) for test in missed.failing for miss in test.misses]
            value = self._output(missed)
            parts.append(phrase("missed by", language, id=missed.id, value=value, misses="; ".join(misses)))
        outcome = outcome_text(trace.outcome, trace.type, language)
        name = f"{name_text(trace.name, trace.label, language)} {outcome}"
        return phrase("in step", language, name=name, texts="; ".join(parts)) if parts else name

    def _given(self, rule: RuleTrace) -> str:
        key = "rule may give" if rule.met is None else "rule gives"
        tests = [phrase("asked", self.language, column=test.column, cell=test.cell).strip() for test in self._telling(rule)]
        reads = {read.name: read_text(read, self.language) for test in self._telling(rule) for read in test.reads}
        said = phrase(key, self.language, id=rule.id, value=self._output(rule))
        return said + (f" ({', '.join(f'`{test}`' for test in tests)}; {', '.join(reads.values())})" if reads else "")

    def _output(self, rule: RuleTrace) -> str:
        output = rule.output if isinstance(rule.output, Undetermined) else Determined(rule.output)
        return outcome_text(output, self.trace.type, self.language)

    def _telling(self, rule: RuleTrace) -> Sequence[TestTrace]:
        """Return the tests of a rule that the other side does not meet in the rule of that name; without such the first few."""
        there = None if self.other is None else next((r for r in (*self.other.missed, *self.other.given) if r.id == rule.id), None)
        failing = set() if there is None else {test.column for test in there.failing}
        return [test for test in rule.tests if test.column in failing] or rule.tests[:MOST_TESTS]

    def _missed(self) -> RuleTrace | None:
        """Return the rule that was missed here and counts on the other side: of that name, else of that outcome, else the nearest."""
        if self.other is None or not self.trace.missed:
            return None
        given = {rule.id for rule in self.other.given}
        wanted = _outcome(self.other)
        same_name = (rule for rule in self.trace.missed if rule.id in given)
        same_value = (rule for rule in self.trace.missed if not isinstance(rule.output, Undetermined) and rule.output == wanted)
        return next(same_name, None) or next(same_value, None) or self.trace.missed[0]

    def _changed_terms(self) -> list[Term]:
        there = () if self.other is None else (*self.other.terms, *self.other.factors)
        return [term for term in (*self.trace.terms, *self.trace.factors) if term not in there]

    def _term(self, term: Term) -> str:
        value = value_text(term.value, None, self.language) if term.reason is None else reason_word(term.reason, self.language)
        return phrase("term", self.language, name=name_text(term.name, term.label, self.language), value=value)


def _outcome_document(outcome: Determined | Undetermined) -> dict[str, Any]:
    return {"value": to_json(outcome.value)} if isinstance(outcome, Determined) else {"undetermined": outcome.reason.value}


def _test(test: TestTrace) -> dict[str, Any]:
    reads = {read.name: None if read.reason else to_json(read.value) for read in test.reads}
    return {"test": f"{test.column} {test.cell}".strip(), "met": test.met, "reads": reads}


def _miss(rule: str, miss: Miss) -> dict[str, Any]:
    wanted = [to_json(value) for value in miss.wanted]
    return {"rule": rule, "what": miss.what, "value": to_json(miss.value), "asked": miss.op, "wanted": wanted, "by": to_json(miss.by)}


def _rank_document(rank: RankTrace) -> dict[str, Any]:
    return {
        "first": rank.first,
        "last": rank.last,
        "of": rank.count,
        "last_rank": rank.last_rank,
        "by": to_json(rank.by),
        "to_better": rank.to_better,
        "by_at_cut": to_json(rank.by_at_cut),
    }


def _rank(explanation: Explanation, output: str) -> RankTrace | None:
    """Return the place in a ranking that an output hangs on, through decisions behind it."""
    waiting, told = [output], {output}
    while waiting:
        trace = explanation.decisions[waiting.pop(0)]
        if trace.rank is not None:
            return trace.rank
        found = [read.name for read in trace.reads if read.name in explanation.decisions and read.name not in told]
        told.update(found)
        waiting += found
    return None


def _ranking(before: RankTrace | None, after: RankTrace | None) -> Why:
    """Say who moved in a ranking: the subject, the cut, or others."""
    if before is None or after is None:
        return ""
    if before.by != after.by:
        return "customer"
    return "cut" if (before.first, before.last, before.count) == (after.first, after.last, after.count) else "others"
