"""Lays an explanation out as sentences with indentation; how they are shown is up to the caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierwise.core.explaining.explanation import DecisionTrace, Explanation, RankTrace, Read, RuleTrace, Term, TestTrace
from tierwise.core.outcome import Determined, Undetermined
from tierwise.core.types import SetType
from tierwise.core.values import Value
from tierwise.plugins.sentences.phrases import phrase
from tierwise.plugins.sentences.reasons import reasons_of
from tierwise.plugins.sentences.words import joined, miss_text, name_text, outcome_text, percent_text, read_text, value_text

__all__ = ["Line", "lines_of", "rank_texts"]

MOST_COSTLY = 3
"""How many parts of a sum are named as those that cost most."""

Line = tuple[int, str]

CLASSES = ("labels", "agree", "gather")
"""Forms whose rules are the classes that they give."""


def lines_of(explanation: Explanation, language: str = "en") -> list[Line]:
    """Return an explanation as sentences, each with its indentation; a hidden decision follows the first output that reads it.

    Args:
        explanation: The explanation.
        language: ``en`` or ``zh``.
    """
    told: set[str] = set()
    lines: list[Line] = []
    for trace in explanation.decisions.values():
        if trace.is_output:
            head, *body = _decision(trace, explanation, language, 0, told)
            lines += [head, *_reasons(explanation, trace.name, language), *body]
    return lines


def _reasons(explanation: Explanation, output: str, language: str) -> Iterator[Line]:
    found = reasons_of(explanation, output, language)
    if found:
        yield 1, phrase("reasons", language)
        yield from ((2, reason.text) for reason in found)


def _decision(trace: DecisionTrace, explanation: Explanation, language: str, indent: int, told: set[str]) -> Iterator[Line]:
    told.add(trace.name)
    name = name_text(trace.name, trace.label, language)
    yield indent, f"{name}{'：' if language == 'zh' else ': '}{outcome_text(trace.outcome, trace.type, language)}"
    for depth, text in _body(trace, language):
        yield indent + 1 + depth, text
    names = [read.name for read in trace.reads]
    for behind in [trace.rank.by_name, *names] if trace.rank is not None else names:
        hidden = explanation.decisions.get(behind)
        if hidden is not None and not hidden.is_output and hidden.name not in told:
            yield from _decision(hidden, explanation, language, indent + 1, told)


def _body(trace: DecisionTrace, language: str) -> Iterator[Line]:
    for rule in trace.given:
        yield from _given(rule, trace, language)
    for rule in trace.passed_over:
        yield 0, phrase("later", language, id=rule.id)
    if trace.rank is not None:
        yield from ((0, text) for text in rank_texts(trace.rank, trace, language))
    if trace.terms:
        yield from _sum(trace, language)
    if not (trace.given or trace.terms):
        yield from ((0, read_text(read, language)) for read in _telling(trace))
    yield from _missed_rules(trace, language)
    if trace.needs:
        names = ", ".join(name_text(read.name, read.label, language) for read in trace.needs)
        yield 0, phrase("settle", language, names=names)


def _telling(trace: DecisionTrace) -> Iterable[Read]:
    """Return what a decision read; of a rank that is known, not what another way to it would have asked for."""
    is_placed = trace.rank is not None and isinstance(trace.outcome, Determined)
    return (read for read in trace.reads if not (is_placed and read.reason is not None))


def _missed_rules(trace: DecisionTrace, language: str) -> Iterator[Line]:
    if trace.form == "lookup" and isinstance(trace.outcome, Determined):
        return  # that the other grades have other rights is no news
    for rule in trace.missed:
        yield from _missed(rule, trace, language)
    if trace.more_missed:
        yield 0, phrase("more", language, count=trace.more_missed)


def _given(rule: RuleTrace, trace: DecisionTrace, language: str) -> Iterator[Line]:
    if rule.id in ("then", "else") and trace.form != "table":
        key = "perhaps" if rule.met is None else rule.id
    elif trace.form == "labels":
        key = "class holds" if rule.met else "class may hold"
    elif trace.form in CLASSES:
        key = "class gives"
    else:
        key = "rule gives" if rule.met else "rule may give"
    note = f"  # {rule.note}" if rule.note else ""
    yield 0, phrase(key, language, id=_rule_text(rule, trace, language), value=_output(rule.output, trace, language)) + note
    for test in rule.tests:
        yield 1, _test(test, language)


def _test(test: TestTrace, language: str) -> str:
    key = "unknown" if test.met is None else "met" if test.met else "not met"
    text = phrase(key, language, test=f"`{test.column} {test.cell}`".replace("` ", "`"))
    reads = "; ".join(read_text(read, language) for read in test.reads)
    return phrase("with", language, text=text, reads=reads) if reads else text


def _missed(rule: RuleTrace, trace: DecisionTrace, language: str) -> Iterator[Line]:
    key = "missed class" if trace.form == "labels" else "missed rule"
    yield 0, phrase(key, language, id=_rule_text(rule, trace, language), value=_output(rule.output, trace, language))
    for test in rule.failing:
        yield from ((1, miss_text(miss, language)) for miss in test.misses)
        if not test.misses:
            yield 1, _test(test, language)


def _rule_text(rule: RuleTrace, trace: DecisionTrace, language: str) -> str:
    """Return what a rule is called: its id, which is the class itself where a decision gives classes by their conditions."""
    item = trace.type.item if isinstance(trace.type, SetType) else trace.type
    return value_text(rule.id, item, language) if trace.form in CLASSES else rule.id


def _output(value: Value | Undetermined, trace: DecisionTrace, language: str) -> str:
    return outcome_text(value if isinstance(value, Undetermined) else Determined(value), trace.type, language)


def _sum(trace: DecisionTrace, language: str) -> Iterator[Line]:
    yield 0, phrase("sum", language)
    yield from ((1, _term("term", term, language)) for term in trace.terms)
    yield from ((0, _term("factor", factor, language)) for factor in trace.factors)
    costly = sorted((term for term in trace.terms if term.lost > 0), key=lambda term: -term.lost)
    if costly:
        told = [
            phrase("less by", language, name=name_text(t.name, t.label, language), lost=value_text(t.lost, None, language)) for t in costly
        ]
        yield 0, phrase("cost most", language, names=joined(told[:MOST_COSTLY], language))


def _term(key: str, term: Term, language: str) -> str:
    name = name_text(term.name, term.label, language)
    value = outcome_text(Undetermined(term.reason) if term.reason else Determined(term.value), None, language)
    if key == "term" and term.most is not None and term.most != term.value:
        value = phrase("of at most", language, value=value, most=value_text(term.most, None, language))
    if term.weight is not None and key == "term":
        return phrase("weighted term", language, name=name, value=value, weight=value_text(term.weight, None, language))
    return phrase(key, language, name=name, value=value)


def rank_texts(rank: RankTrace, trace: DecisionTrace, language: str) -> Iterator[str]:
    """Yield what is said of a place in a ranking: the rank, the cut, and how far the next better class is."""
    if rank.by_name and rank.by is not None:
        name = name_text(rank.by_name, rank.by_label, language)
        yield phrase("ranked by", language, name=name, value=value_text(rank.by, rank.by_type, language))
    key = "rank" if rank.first == rank.last else "tie"
    yield phrase(key, language, first=rank.first, last=rank.last, count=rank.count)
    if rank.last_rank is not None:
        yield phrase("rank end", language, last=rank.last_rank)
    if rank.share is not None:
        ends = "" if rank.limit is None else percent_text(rank.limit)
        yield phrase("share" if rank.limit is None else "share end", language, share=percent_text(rank.share), limit=ends)
    if rank.to_better_share is not None:
        better = value_text(rank.better, trace.type, language)
        yield phrase("better share", language, value=better, share=percent_text(rank.to_better_share))
    if rank.to_better is not None:
        better = value_text(rank.better, trace.type, language)
        cut, own = (value_text(value, rank.by_type, language) for value in (rank.by_at_cut, rank.by))
        key = "better" if rank.by_at_cut is None else "better by"
        yield phrase(key, language, value=better, count=rank.to_better, cut=cut, own=own)
