"""An explanation as JSON: everything it says, so that a program can follow it to the outcome without deciding again. Keys are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tierwise.core.explaining.explanation import DecisionTrace, Explanation, Miss, RankTrace, Read, RuleTrace, Term, TestTrace
from tierwise.core.outcome import Undetermined
from tierwise.core.values import Value, to_json
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.sentences.lines import lines_of
from tierwise.plugins.sentences.reasons import reasons_of

__all__ = ["explanation_document"]


def explanation_document(explanation: Explanation, language: str) -> dict[str, Any]:
    """Return an explanation in its JSON form: outcomes with their leading reasons, all decisions behind them, and all of it as sentences."""
    return {
        "policy": explanation.policy,
        "version": explanation.version,
        "fingerprint": explanation.fingerprint,
        "as_of": to_json(explanation.as_of),
        "outputs": {
            name: {
                **outcome_document(outcome),
                "rules": list(outcome.rules),
                "reasons": [{"about": reason.about, "text": reason.text} for reason in reasons_of(explanation, name, language)],
            }
            for name, outcome in explanation.outcomes.items()
        },
        "decisions": {name: _decision(trace, language) for name, trace in explanation.decisions.items()},
        "lines": [{"indent": indent, "text": text} for indent, text in lines_of(explanation, language)],
    }


def _decision(trace: DecisionTrace, language: str) -> dict[str, Any]:
    return {
        "label": trace.label.get(language, ""),
        "form": trace.form,
        "output": trace.is_output,
        "outcome": outcome_document(trace.outcome),
        "given": [_rule(rule, language) for rule in trace.given],
        "passed_over": [rule.id for rule in trace.passed_over],
        "missed": [_rule(rule, language) for rule in trace.missed],
        "more_missed": trace.more_missed,
        "terms": [_term(term, language) for term in trace.terms],
        "factors": [_term(term, language) for term in trace.factors],
        "rank": None if trace.rank is None else _rank(trace.rank),
        "reads": [_read(read, language) for read in trace.reads],
        "needs": [read.name for read in trace.needs],
    }


def _rule(rule: RuleTrace, language: str) -> dict[str, Any]:
    output = rule.output
    given = outcome_document(output) if isinstance(output, Undetermined) else {"value": to_json(output)}
    return {"rule": rule.id, "met": rule.met, "gives": given, "note": rule.note, "tests": [_test(test, language) for test in rule.tests]}


def _test(test: TestTrace, language: str) -> dict[str, Any]:
    reads, misses = [_read(read, language) for read in test.reads], [_miss(miss, language) for miss in test.misses]
    return {"column": test.column, "cell": test.cell, "met": test.met, "reads": reads, "misses": misses}


def _miss(miss: Miss, language: str) -> dict[str, Any]:
    wanted = [to_json(value) for value in miss.wanted]
    shown = {"value": to_json(miss.value), "asked": miss.op, "wanted": wanted, "by": to_json(miss.by)}
    return {"what": miss.what, "label": miss.label.get(language, ""), **shown}


def _term(term: Term, language: str) -> dict[str, Any]:
    known: Mapping[str, Value] = {"value": term.value, "weight": term.weight, "most": term.most, "lost": term.lost}
    undetermined = None if term.reason is None else str(term.reason)
    return {
        "name": term.name,
        "label": term.label.get(language, ""),
        **{k: to_json(v) for k, v in known.items()},
        "undetermined": undetermined,
    }


def _read(read: Read, language: str) -> dict[str, Any]:
    document = {"name": read.name, "label": read.label.get(language, ""), "kind": read.kind}
    if read.reason is None:
        return {**document, "value": to_json(read.value), "by_default": read.by_default}
    return {**document, "undetermined": str(read.reason), **({"stored": read.stored} if read.stored else {})}


def _rank(rank: RankTrace) -> dict[str, Any]:
    return {
        "ranked_by": rank.by_name,
        "first": rank.first,
        "last": rank.last,
        "count": rank.count,
        "last_rank": rank.last_rank,
        "share": to_json(rank.share),
        "limit": to_json(rank.limit),
        "better": to_json(rank.better),
        "to_better": rank.to_better,
        "to_better_share": to_json(rank.to_better_share),
        "by": to_json(rank.by),
        "by_at_cut": to_json(rank.by_at_cut),
    }
