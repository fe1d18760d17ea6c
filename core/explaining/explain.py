"""Explains the outcomes of one subject: what gave each, what it read, what was missed and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tierwise.core import plan as nodes
from tierwise.core.environment import Environment
from tierwise.core.explaining.misses import misses_of, nearness
from tierwise.core.explaining.population import Population, RankedSubjects, Standing
from tierwise.core.explaining.ranks import ByAt, rank_of
from tierwise.core.explaining.reader import Reader, plain
from tierwise.core.explaining.terms import terms_of
from tierwise.core.explaining.trace import DecisionTrace, Explanation, Read, RuleTrace, TestTrace
from tierwise.core.explaining.written import cell_of, text_of
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.subjects import Subject
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.outcome import Outcome, Undetermined
from tierwise.core.plan import Decision, HitPolicy, Node, Plan, Position, Rule, Table

__all__ = ["explain", "explain_member", "explain_ranked"]

MOST_MISSED = 5


def explain(
    plan: Plan,
    environment: Environment,
    facts: Mapping[str, Any],
    as_of: date | None,
    positions: Mapping[str, Position] | None = None,
    by_at: ByAt | None = None,
) -> Explanation:
    """Explain every output for one subject.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: Typed values, as for ``decide``.
        as_of: The date of the run.
        positions: Ranking name to the subject's position, where its population has been ranked.
        by_at: Returns what the member at a rank of a ranking is ranked by, where the population is known.

    Returns:
        The explanation; its outcomes are those that ``decide`` gives for the same arguments.
    """
    evaluator = Evaluator(plan, environment)
    reader = Reader(evaluator, with_as_of(facts, as_of), positions or {})
    shown = {decision.name for decision in plan.outputs}
    for decision in plan.outputs:
        shown.update(evaluator.evaluation.usage(decision.node).decisions)
        shown.update(read.name for read in reader.reads(decision.node) if read.kind == "decision")
    decisions = {d.name: _explained(d, reader, by_at) for d in plan.decisions.values() if d.name in shown}
    return Explanation(plan.policy, plan.version, plan.fingerprint, plan.title, as_of, decisions)


def explain_member(plan: Plan, environment: Environment, subjects: Sequence[Subject], key: str, as_of: date | None) -> Explanation:
    """Explain every output for one subject of a population, which the reference engine ranks first.

    Raises:
        KeyError: No subject has that key.
    """
    return explain_ranked(plan, environment, RankedSubjects(Evaluator(plan, environment), subjects, as_of), key, as_of)


def explain_ranked(plan: Plan, environment: Environment, population: Population, key: str, as_of: date | None) -> Explanation:
    """Explain every output for one subject of a population that has been ranked, with its place in every ranking.

    Raises:
        KeyError: No subject has that key.
    """
    standing = Standing(Evaluator(plan, environment), population, key)
    return explain(plan, environment, population.facts(key), as_of, population.positions(key), standing.by_at)


def _explained(decision: Decision, reader: Reader, by_at: ByAt | None) -> DecisionTrace:
    node, outcome = decision.node, reader.outcomes[decision.name]
    terms, factors = terms_of(node, reader)
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
        missed=missed[:MOST_MISSED],
        more_missed=max(len(missed) - MOST_MISSED, 0),
        terms=terms,
        factors=factors,
        rank=rank_of(node, reader, by_at) if isinstance(node, nodes.RankCut) else None,
        needs=_needs(outcome, reader),
    )


def _rules(node: Node, reader: Reader) -> list[RuleTrace]:
    """Return the rules of a table, the classes of labels, or the two ways of a condition, each with its tests."""
    if isinstance(node, nodes.Pick):
        table = reader.plan.tables[node.table]
        return [_rule(table, rule, node.output, reader) for rule in table.rules]
    if isinstance(node, nodes.Labels):
        return [_labelled(label, test, reader) for label, test in node.tests]
    if isinstance(node, nodes.Conditional):
        met = reader.truth(node.condition)
        yes = RuleTrace("then", met, (_test("", node.condition, "", reader),), _output(node.yes, reader))
        no = RuleTrace("else", None if met is None else not met, (), _output(node.no, reader))
        return [yes, no]
    if isinstance(node, nodes.Agree | nodes.Collected):
        classes = reader.value(node.of)
        held = () if isinstance(classes, Unknown) or classes is None else classes if isinstance(classes, tuple) else (classes,)
        return [RuleTrace(word, word in held, (), _output(right, reader)) for word, right in node.values if word in held]
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
    cell = text if text not in ("", "…") else cell_of(test) if column else text_of(test)
    return TestTrace(column, cell, met, reader.reads(test), misses_of(test, reader) if met is False else ())


def _all_met(tests: Sequence[TestTrace]) -> bool | None:
    if any(test.met is False for test in tests):
        return False
    return None if any(test.met is None for test in tests) else True


def _output(node: Node, reader: Reader) -> Any:
    """Return the value that a rule gives, or ``Undetermined`` where the policy leaves it open."""
    value = reader.value(node)
    return Undetermined(value.reason, value.bound or ()) if isinstance(value, Unknown) else value


def _sorted_out(
    node: Node, rules: Sequence[RuleTrace], outcome: Outcome, reader: Reader
) -> tuple[tuple[RuleTrace, ...], tuple[RuleTrace, ...], tuple[RuleTrace, ...]]:
    """Divide rules into those that gave the outcome, those that are hit but come later, and those missed (nearest first)."""
    if isinstance(node, nodes.Pick):
        ids = set(outcome.rules)
        given = tuple(rule for rule in rules if rule.id in ids)
        later = reader.plan.tables[node.table].hit in (HitPolicy.FIRST, HitPolicy.PRIORITY)
        passed_over = tuple(rule for rule in rules if rule.id not in ids and rule.met is not False and later)
    else:
        given, passed_over = tuple(rule for rule in rules if rule.met is not False), ()
    missed = () if isinstance(node, nodes.Conditional) else tuple(rule for rule in rules if rule.met is False and rule not in given)
    return given, passed_over, tuple(sorted(missed, key=nearness))


def _needs(outcome: Outcome, reader: Reader) -> tuple[Read, ...]:
    """Return what would settle an outcome, with its label; a part of a list has none."""
    if not isinstance(outcome, Undetermined):
        return ()
    known = reader.plan.facts.keys() | reader.plan.readings.keys() | reader.plan.decisions.keys() | {"as_of"}
    return tuple(
        reader.read(name) if name in known else Read(name, plain(name), "fact", None, None, outcome.reason) for name in outcome.needs
    )
