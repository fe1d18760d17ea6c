"""Explains the outcomes of one subject out of its trace: what gave each, what it read, its place in a ranking, what was missed and by how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tierwise.core.explaining.explanation import DecisionTrace, Explanation, RankTrace, Read, RuleTrace, Term, TestTrace
from tierwise.core.explaining.misses import misses_of, nearness
from tierwise.core.explaining.reader import Reader, plain
from tierwise.core.meaning.evaluator import Trace
from tierwise.core.meaning.rank_classes import ROUNDINGS, class_at, last_rank, shares_of
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.outcome import Outcome, Undetermined
from tierwise.core.plan import (
    AS_OF,
    Agree,
    Arithmetic,
    Collected,
    Conditional,
    Decision,
    FactRef,
    HitPolicy,
    Labels,
    Named,
    Node,
    Pick,
    Plan,
    Position,
    RankCut,
    Round,
    Rule,
    Table,
    constant_of,
    cut_of,
    name_of,
    table_of,
    undecided_of,
    usage_of,
    ways,
)
from tierwise.core.plan.node_text import PEOPLE
from tierwise.core.types import NumberType
from tierwise.core.values import Value

__all__ = ["MOST_MISSED", "ByAt", "explain", "rank_of"]

_BASE: Named = {"zh": "基本分", "en": "base"}
"""What people call the part of a sum that every subject has."""

MOST_MISSED = 5
_DEEPEST = 12
"""How many references and branches are followed to the most that a part of a sum can be."""


def explain(
    trace: Trace, as_of: date | None, by_at: ByAt | None = None, most_missed: int = MOST_MISSED, stored: Mapping[str, str] | None = None
) -> Explanation:
    """Explain every output for one subject.

    Args:
        trace: What deciding it found.
        as_of: The date of the run.
        by_at: Returns what the member at a rank of a ranking is ranked by, where the population is known.
        most_missed: How many of the rules that a decision missed are told.
        stored: Fact to what stands in the data and does not read, of those that are missing for that.

    Returns:
        The explanation; its outcomes are those of the trace.
    """
    plan, reader = trace.plan, Reader(trace, stored or {})
    shown = {decision.name for decision in plan.outputs}
    for decision in plan.outputs:
        shown.update(usage_of(plan, decision.node).decisions)
        shown.update([read.name for read in reader.reads(decision.node) if read.kind == "decision"])
    for name in tuple(shown):
        cut = cut_of(plan.decisions[name].node)
        if cut is not None and cut.ranking in plan.rankings:
            shown.update(usage_of(plan, plan.rankings[cut.ranking].by).decisions)
    decisions = {d.name: _explained(d, reader, by_at, most_missed) for d in plan.decisions.values() if d.name in shown}
    return Explanation(plan.policy, plan.version, plan.fingerprint, plan.title, as_of, decisions)


def _explained(decision: Decision, reader: Reader, by_at: ByAt | None, most_missed: int) -> DecisionTrace:
    node, outcome = decision.node, reader.trace.outcomes[decision.name]
    terms, factors = _terms(node, reader)
    rules = _rules(node, reader)
    given, passed_over, missed = _sorted_out(node, rules, outcome, reader)
    return DecisionTrace(
        name=decision.name,
        label=decision.label,
        type=decision.type,
        form=decision.form,
        outcome=outcome,
        is_output=decision.output,
        reads=reader.reads(node),
        given=given,
        passed_over=passed_over,
        missed=missed[:most_missed],
        more_missed=max(len(missed) - most_missed, 0),
        terms=terms,
        factors=factors,
        rank=None if (cut := cut_of(node)) is None else rank_of(cut, reader, by_at),
        needs=_needs(outcome, reader),
        because=decision.because or {},
    )


def _rules(node: Node, reader: Reader) -> list[RuleTrace]:
    """Return the rules of a table, the classes of labels, or the two ways of a condition, each with its tests."""
    match node:
        case Pick(table=name, output=output):
            table = reader.plan.tables[name]
            return [_rule(table, rule, output, reader) for rule in table.rules]
        case Labels(tests=tests):
            return [_labelled(label, test, reader) for label, test in tests]
        case Conditional(condition=condition, yes=yes, no=no):
            met = reader.truth(condition)
            then = RuleTrace("then", met, (_test("", condition, "", reader),), _output(yes, reader))
            return [then, RuleTrace("else", None if met is None else not met, (), _output(no, reader))]
        case Agree(of=of, values=values) | Collected(of=of, values=values):
            classes = reader.value(of)
            held = () if isinstance(classes, Unknown) or classes is None else classes if isinstance(classes, tuple) else (classes,)
            return [RuleTrace(word, True, (), _output(right, reader)) for word, right in values if word in held]
        case _:
            return []


def _rule(table: Table, rule: Rule, output: int, reader: Reader) -> RuleTrace:
    texts = rule.test_texts or tuple("" for _ in rule.tests)
    tests = tuple(
        _test(column, test, text, reader)
        for column, test, text in zip(table.column_texts, rule.tests, texts, strict=False)
        if test is not None
    )
    return RuleTrace(rule.id, _all_met(tests), tests, _output(rule.outputs[output], reader), rule.note)


def _labelled(label: str, test: Node, reader: Reader) -> RuleTrace:
    tests = (_test("", test, "", reader),)
    return RuleTrace(label, _all_met(tests), tests, label)


def _test(column: str, test: Node, text: str, reader: Reader) -> TestTrace:
    met = reader.truth(test)
    cell = text if text not in ("", "…") else PEOPLE.cell(test) if column else PEOPLE.write(test)
    return TestTrace(column, cell, met, reader.reads(test), misses_of(test, reader) if met is False else ())


def _all_met(tests: Sequence[TestTrace]) -> bool | None:
    if any(test.met is False for test in tests):
        return False
    return None if any(test.met is None for test in tests) else True


def _output(node: Node, reader: Reader) -> Value | Undetermined:
    """Return the value that a rule gives, or ``Undetermined`` where the policy leaves it open."""
    value = reader.value(node)
    return Undetermined(value.reason, value.bound or ()) if isinstance(value, Unknown) else value


def _sorted_out(
    node: Node, rules: Sequence[RuleTrace], outcome: Outcome, reader: Reader
) -> tuple[tuple[RuleTrace, ...], tuple[RuleTrace, ...], tuple[RuleTrace, ...]]:
    """Divide rules into those that gave the outcome, those that are hit but come later, and those missed (nearest first)."""
    table = table_of(node, reader.plan)
    if table is not None:
        ids = set(outcome.rules)
        given = tuple(rule for rule in rules if rule.id in ids)
        later = table.hit in (HitPolicy.FIRST, HitPolicy.PRIORITY)
        passed_over = tuple(rule for rule in rules if rule.id not in ids and rule.met is not False and later)
    else:
        given, passed_over = tuple(rule for rule in rules if rule.met is not False), ()
    missed = () if isinstance(node, Conditional) else tuple(rule for rule in rules if rule.met is False and rule not in given)
    return given, passed_over, tuple(sorted(missed, key=nearness))


def _needs(outcome: Outcome, reader: Reader) -> tuple[Read, ...]:
    """Return what would settle an outcome, with its label; a part of a list has none."""
    if not isinstance(outcome, Undetermined):
        return ()
    known = reader.plan.facts.keys() | reader.plan.readings.keys() | reader.plan.decisions.keys() | {AS_OF}
    return tuple(
        reader.read(name) if name in known else Read(name, plain(name), "fact", None, None, outcome.reason) for name in outcome.needs
    )


# ---- sums --------------------------------------------------------------------------------------------------------------------


def _terms(node: Node, reader: Reader) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return the terms of a sum and the factors on it; both empty when the node is no sum (it may be rounded)."""
    match node:
        case Round(value=value):
            return _terms(value, reader)
        case Arithmetic(op="+", parts=parts):
            return tuple(_term(part, reader) for part in parts), ()
        case Arithmetic(op="*", parts=parts):
            sums = [part for part in parts if isinstance(part, Arithmetic) and part.op == "+"]
            if len(sums) == 1:
                return _terms(sums[0], reader)[0], tuple(_term(part, reader) for part in parts if part is not sums[0])
    return (), ()


def _term(part: Node, reader: Reader) -> Term:
    """Return one part: a name, perhaps with a constant weight."""
    named, weight = part, None
    match part:
        case Arithmetic(op="*", parts=parts):
            constants = [constant for p in parts if (constant := constant_of(p)) is not None]
            others = [p for p in parts if constant_of(p) is None]
            if len(constants) == 1 and len(others) == 1:
                named, weight = others[0], constants[0].value
    is_base = constant_of(named) is not None
    label = _BASE if is_base else reader.label(named)
    value = reader.value(part)
    most, because = None if is_base else _most(part, reader.plan), reader.because(named)
    if isinstance(value, Unknown):
        return Term(name_of(named), label, None, weight, value.reason, most, because)
    return Term("" if is_base else name_of(named) or PEOPLE.write(named), label, value, weight, None, most, because)


def _most(node: Node, plan: Plan, depth: int = _DEEPEST) -> Decimal | None:
    """Return the most that a part can be for anybody, as far as its rules and bounds tell."""
    constant = constant_of(node)
    if constant is not None:
        return constant.value if isinstance(constant.value, Decimal) else None
    if not depth:
        return None
    match node:
        case FactRef(type=NumberType(high=high)):
            return high
        case Arithmetic(op="*", parts=(left, right)):
            pairs = ((constant_of(left), right), (constant_of(right), left))
            weight, other = next(((c.value, part) for c, part in pairs if c is not None and isinstance(c.value, Decimal)), (None, None))
            most = None if other is None else _most(other, plan, depth - 1)
            return weight * most if weight is not None and weight >= 0 and most is not None else None
    branches = [branch for branch in ways(node, plan) or () if undecided_of(branch) is None]
    found = [most for branch in branches if (most := _most(branch, plan, depth - 1)) is not None]
    return max(found) if found and len(found) == len(branches) else None


ByAt = Callable[[str, int], Value]
"""Returns what the member at a rank of a ranking is ranked by; ``None`` when nobody surely stands there."""


def rank_of(node: RankCut, reader: Reader, by_at: ByAt | None = None) -> RankTrace | None:
    """Return the place, or ``None`` when it is not known.

    Args:
        node: The cut.
        reader: The subject.
        by_at: Returns what the member at a rank of a ranking is ranked by, where a population is known.
    """
    ranking, position = reader.plan.rankings[node.ranking], _position(node, reader)
    if position is None or (ranking.among is not None and reader.value(ranking.among) is False):
        return None
    by = reader.value(ranking.by)
    plain = RankTrace(
        position.first,
        position.last,
        position.count,
        None,
        by=None if isinstance(by, Unknown) else by,
        by_type=ranking.by.type,
        by_name=name_of(ranking.by) or PEOPLE.write(ranking.by),
        by_label=reader.label(ranking.by),
    )
    rounding = reader.value(node.rounding)
    ways = (rounding.bound or ROUNDINGS) if isinstance(rounding, Unknown) else (rounding,)
    places = [_place(node, position, str(way), plain, by_at) for way in ways]
    return places[0] if all(place == places[0] for place in places) else plain


def _place(node: RankCut, position: Position, rounding: str, plain: RankTrace, by_at: ByAt | None) -> RankTrace:
    """Return the trace with the cuts that one way of rounding gives."""
    current = class_at(position, node, rounding)
    index = next((i for i, cut in enumerate(node.cuts) if not isinstance(current, Unknown) and cut.value == current), None)
    if node.by == "pareto":
        return _by_share(node, position, plain, index)
    if index is None:
        return plain
    end = last_rank(node.cuts[index], position.count, node.by, rounding)
    better = last_rank(node.cuts[index - 1], position.count, node.by, rounding) if index else None
    if not better:
        return replace(plain, last_rank=end)
    at_cut = None if by_at is None else by_at(node.ranking, better)
    return replace(plain, last_rank=end, better=node.cuts[index - 1].value, to_better=position.first - better, by_at_cut=at_cut)


def _by_share(node: RankCut, position: Position, plain: RankTrace, index: int | None) -> RankTrace:
    """Return the trace with the share that counts, the cut of its class, and how far the next better class is."""
    shares = shares_of(position, node.crossing)
    if shares is None:
        return plain
    share = shares[1] if node.ties == "together_worse" else shares[0]
    if index is None:
        return replace(plain, share=share)
    better = node.cuts[index - 1] if index else None
    if better is None or better.limit is None:
        return replace(plain, share=share, limit=node.cuts[index].limit)
    return replace(plain, share=share, limit=node.cuts[index].limit, better=better.value, to_better_share=share - better.limit)


def _position(node: RankCut, reader: Reader) -> Position | None:
    rank = None if node.rank is None else reader.value(node.rank)
    count = None if node.count is None else reader.value(node.count)
    if isinstance(rank, Decimal) and isinstance(count, Decimal):
        return Position(int(rank), int(rank), int(rank), int(count))
    return reader.trace.positions.get(node.ranking)
