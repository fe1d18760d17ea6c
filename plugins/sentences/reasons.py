"""The leading reasons why an outcome is not a better one, or is undetermined: at most four plain sentences, the policy's own where it has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tierwise.core.explaining.explanation import DecisionTrace, Explanation, Miss, RankTrace, Read, RuleTrace, Term
from tierwise.core.outcome import Determined, Undetermined
from tierwise.core.plan import Named
from tierwise.core.types import EnumType, NumberType
from tierwise.core.values import Value
from tierwise.plugins.sentences.phrases import phrase
from tierwise.plugins.sentences.words import miss_text, name_text, percent_text, value_text

__all__ = ["MOST_REASONS", "Reason", "reasons_of"]

MOST_REASONS = 4
"""How many reasons are told; credit scorecards give an applicant four at most (US Regulation B, 12 CFR 1002.9, comment 9(b)(2)-1)."""
DEEPEST = 8
"""How many decisions are followed from what is shown to what it hangs on."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        about: The fact or decision that it is about.
        text: A sentence.
    """

    about: str
    text: str


def reasons_of(explanation: Explanation, output: str, language: str = "en") -> tuple[Reason, ...]:
    """Return the leading reasons of one outcome, the weightiest first; none of the best outcome of a list, or where nothing stands in the way.

    What a score lost most by comes first, then what the nearest rule with a better outcome asks for. Of a decision that is asked for by a rule
    the reasons are those of that decision, as far as there are any.

    Args:
        explanation: The explanation.
        output: The decision, hidden or not.
        language: ``en`` or ``zh``.
    """
    found: dict[str, Reason] = {}
    for reason in _Finder(explanation, language).of(explanation.decisions[output], DEEPEST):
        found.setdefault(reason.about, reason)
        if len(found) == MOST_REASONS:
            break
    return tuple(found.values())


class _Finder:
    """Follows one explanation."""

    def __init__(self, explanation: Explanation, language: str) -> None:
        self.explanation = explanation
        self.language = language

    def of(self, trace: DecisionTrace, depth: int) -> Iterator[Reason]:
        if isinstance(trace.outcome, Undetermined):
            yield from self._missing(trace, depth)
            return
        if trace.outcome.value is True:
            return
        yield from self._lost(trace, depth)
        if trace.rank is not None:
            yield from self._rank(trace, trace.rank, depth)
        better = next((rule for rule in trace.missed if _is_better(rule, trace)), None)
        if better is not None:
            for test in better.failing:
                for miss in test.misses:
                    yield from self._missed(miss, depth)
        if isinstance(trace.type, EnumType | NumberType) and not (trace.terms or trace.rank or trace.missed):
            for read in trace.reads:
                if read.reason is None:  # what is not known did not keep it from being determined
                    yield from self._behind(read.name, depth)

    def _missing(self, trace: DecisionTrace, depth: int) -> Iterator[Reason]:
        for read in trace.needs:
            behind = list(self._behind(read.name, depth))
            yield from behind or [self._unknown(read)]

    def _unknown(self, read: Read) -> Reason:
        name = name_text(read.name, read.label, self.language)
        if read.stored:
            return Reason(read.name, phrase("reason stored", self.language, name=name, stored=read.stored))
        return Reason(read.name, phrase("reason open" if read.kind == "reading" else "reason missing", self.language, name=name))

    def _lost(self, trace: DecisionTrace, depth: int) -> Iterator[Reason]:
        for term in sorted((term for term in trace.terms if term.lost > 0), key=lambda term: -term.lost):
            text = self._own(term.because) or self._points(term)
            yield Reason(term.name, text)
        for part in (*trace.terms, *trace.factors):
            if not part.lost:
                yield from self._behind(part.name, depth)

    def _points(self, term: Term) -> str:
        name = name_text(term.name, term.label, self.language)
        value, most = (value_text(number, None, self.language) for number in (term.value, term.most))
        return phrase("reason lost", self.language, name=name, value=value, most=most)

    def _rank(self, trace: DecisionTrace, rank: RankTrace, depth: int) -> Iterator[Reason]:
        if rank.better is None:
            return
        found = list(self._behind(rank.by_name, depth))
        yield from found
        if not found:
            yield from self._places(trace, rank)

    def _places(self, trace: DecisionTrace, rank: RankTrace) -> Iterator[Reason]:
        name, own = name_text(rank.by_name, rank.by_label, self.language), value_text(rank.by, rank.by_type, self.language)
        better = value_text(rank.better, trace.type, self.language)
        if rank.to_better is not None:
            yield Reason(rank.by_name, phrase("reason rank", self.language, name=name, value=own, count=rank.to_better, better=better))
        elif rank.to_better_share is not None:
            share = percent_text(rank.to_better_share)
            yield Reason(rank.by_name, phrase("reason share", self.language, name=name, value=own, share=share, better=better))

    def _missed(self, miss: Miss, depth: int) -> Iterator[Reason]:
        behind = list(self._behind(miss.what, depth))
        yield from behind or [Reason(miss.what, self._own(miss.because) or miss_text(miss, self.language))]

    def _behind(self, name: str, depth: int) -> Iterator[Reason]:
        """Yield the reasons of a decision by its name; a fact has none behind it."""
        trace = self.explanation.decisions.get(name)
        if trace is not None and depth and not trace.because:
            yield from self.of(trace, depth - 1)

    def _own(self, because: Named) -> str:
        return because.get(self.language) or because.get("en") or ""


def _is_better(rule: RuleTrace, trace: DecisionTrace) -> bool:
    """Say whether a rule that was missed gives something better: of a list of words one before the present one, of truths the true one."""
    if not isinstance(trace.outcome, Determined) or isinstance(rule.output, Undetermined):
        return False
    present: Value = trace.outcome.value
    if isinstance(trace.type, EnumType):
        words = trace.type.values
        return rule.output in words and present in words and words.index(str(rule.output)) < words.index(str(present))
    return rule.output is True and present is False
