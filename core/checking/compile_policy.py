"""Compiles a policy to a plan: every entry by its form, names resolved, decisions put in order and cycles found.

What is wrong is collected; a faulty entry is left out and the rest still compiles. ``name_space.py`` builds the name space, ``context.py`` is what
a form sees. Nothing here looks for gaps or overlaps: that is what checks do, over the finished plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tierwise.core.checking.context import EntryContext, Parts
from tierwise.core.checking.entries import Entry, Module
from tierwise.core.checking.name_space import check_entry_names, lost_parameters, names_of, population_of, with_local_names
from tierwise.core.environment import DeclaringForm, Environment
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression, suggest
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    AS_OF,
    POPULATION,
    Conditional,
    Decision,
    DecisionRef,
    Fact,
    Linked,
    Node,
    Plan,
    Reading,
    Undecided,
    behind,
    cut_of,
    decision_of,
    fact_of,
)
from tierwise.core.plan.canonical import fingerprinted
from tierwise.core.policy import FactDeclaration, Policy
from tierwise.core.policy.texts import named
from tierwise.core.types import BooleanType

__all__ = ["Ordered", "compile_policy", "frame_of", "ordered"]


def compile_policy(policy: Policy, modules: Sequence[Module], environment: Environment) -> tuple[Plan | None, list[Finding]]:
    """Compile a policy whose modules are read.

    Returns:
        The plan and what was found; ``None`` when an error was found.
    """
    entries = [entry for module in modules for entry in module.entries]
    parts = Parts(findings=check_entry_names(policy, entries))
    parts.decisions = {decision.name: decision for decision in lost_parameters(policy)}
    parts.lost = list(parts.decisions)
    names = names_of(policy, entries)
    scope = Scope(names, environment.functions, environment.limits)
    of_all = replace(scope, names={**names, POPULATION: population_of(policy)})
    for entry in entries:
        if entry.is_sound:
            _compile_entry(entry, policy, of_all if entry.population else scope, parts)
    parts.findings += _unused_fillings(policy, parts)
    parts.findings += _subjects_in_populations(parts)
    order = ordered(parts)
    parts.findings += [_cycle(cycle, parts.decisions) for cycle in order.cycles]
    if has_errors(parts.findings):
        return None, parts.findings
    return fingerprinted(_plan(policy, parts, order.decisions), environment.givers), parts.findings


def _compile_entry(entry: Entry, policy: Policy, scope: Scope, parts: Parts) -> None:
    """Compile one entry."""
    before = len(parts.findings)
    local = with_local_names(entry, scope, parts)
    if local is None:
        return
    nodes = entry.form.compile(entry.spec, EntryContext(entry, policy, local, parts))
    explained = has_errors(parts.findings[before:])
    for output in entry.outputs:
        node = nodes.get(output.name)
        if node is None and not explained:
            message = f"`{entry.form.name}` gives no value for `{output.name}`"
            help = "leave the type out: this form declares what it gives" if isinstance(entry.form, DeclaringForm) else ""
            parts.findings.append(Finding.error("output-not-given", message, output.span, help))
        if node is not None:
            decision = Decision(
                name=output.name,
                type=output.type,
                node=node,
                label=output.label,
                module=entry.module,
                form=entry.form.name,
                output=not output.hidden,
                population=entry.population,
                nullable=output.nullable,
                span=output.span,
                because=output.because,
            )
            parts.decisions |= {one.name: one for one in _among(decision, policy, scope, parts)}


def _among(decision: Decision, policy: Policy, scope: Scope, parts: Parts) -> Iterator[Decision]:
    """Yield a decision as it is, or, where its module is not about every subject, apart from what it is for those that it is about."""
    condition = policy.modules[decision.module].among
    if condition is None or not decision.output:
        yield decision
        return
    node, found = compile_expression(condition, policy.span(("modules", decision.module, "among")), scope, BooleanType())
    parts.findings += [finding for finding in found if finding not in parts.findings]
    if node is not None:
        inner = replace(decision, name=f"{decision.name}.among", output=False)
        outside = Undecided(Reason.GAP, (), decision.type)
        yield inner
        yield replace(decision, node=Conditional(node, DecisionRef(inner.name, decision.type), outside, decision.type), form="formula")


def _unused_fillings(policy: Policy, parts: Parts) -> Iterator[Finding]:
    """Find rules in the overlay for which there is no local table."""
    for name, text in policy.filled_tables.items():
        if name not in parts.local:
            message = f"the policy has no local table or characteristic `{name}`"
            yield Finding.error("not-local", message, text.whole, suggest(name, parts.local))


def _subjects_in_populations(parts: Parts) -> Iterator[Finding]:
    """Find decisions about all subjects that read the facts of one."""
    for decision in parts.decisions.values():
        strange = _about_one_subject(decision.node, parts) if decision.population else None
        if strange is not None:
            message = f"`{decision.name}` is about the whole population, but reads `{strange}`, which is about one subject"
            yield Finding.error("population-reads-subject", message, decision.span, "read `population`, the list of all subjects")


def _about_one_subject(node: Node, parts: Parts) -> str | None:
    for part in behind(node, parts):
        fact, decision, cut = fact_of(part), decision_of(part), cut_of(part)
        if fact is not None and fact.name not in (AS_OF, POPULATION):
            return fact.name
        read = None if decision is None else parts.decisions.get(decision.name)
        if read is not None and not read.population and read.form != "parameter":
            return read.name
        if cut is not None:
            return cut.ranking
    return None


def _cycle(names: tuple[str, ...], decisions: Mapping[str, Decision]) -> Finding:
    path = " → ".join(f"`{name}`" for name in names)
    first, *others = (decisions[name] for name in names[:-1])
    related = tuple((f"`{other.name}` is decided here", other.span) for other in others if other.span is not None)
    return Finding.error(
        "cycle", f"decisions read each other in a circle: {path}", first.span, "let one of them not read the next", related=related
    )


def _plan(policy: Policy, parts: Parts, decisions: tuple[Decision, ...]) -> Plan:
    return replace(
        frame_of(policy),
        tables=parts.tables,
        rankings=parts.rankings,
        decisions={decision.name: decision for decision in decisions},
        lost=tuple(parts.lost),
    )


def frame_of(policy: Policy) -> Plan:
    """Return the plan of a policy as far as no entry has to compile for it: its facts, readings and parameters."""
    lost = {decision.name: decision for decision in lost_parameters(policy)}
    return Plan(
        policy=policy.policy,
        version=policy.version,
        title=policy.title.named(),
        subject=policy.subject,
        fingerprint="",
        facts={name: _fact(name, fact, policy) for name, fact in policy.facts.items()},
        readings={
            name: Reading(
                name, tuple(reading.values), policy.settled.get(name), named(reading.label, name), policy.key_span(("readings", name))
            )
            for name, reading in policy.readings.items()
        },
        tables={},
        rankings={},
        decisions=lost,
        parameters=dict(policy.parameter_values),
        lost=tuple(lost),
    )


def _fact(name: str, fact: FactDeclaration, policy: Policy) -> Fact:
    return Fact(
        name=name,
        type=fact.type(),
        label=named(fact.label, name),
        missing=fact.reason(),
        nullable=fact.nullable or name in policy.fact_defaults,
        absent_is_none=fact.missing == "none" or name in policy.fact_defaults,
        default=policy.fact_defaults.get(name),
        judged=fact.judged,
        changeable=("up", "down") if fact.changeable == "both" else (fact.changeable,) if fact.changeable else (),
        span=policy.key_span(("facts", name)),
        note=fact.note.named() if fact.note is not None else None,
        because=fact.because.named() if fact.because is not None else None,
    )


@dataclass(frozen=True, slots=True)
class Ordered:
    """Decisions in order, and the cycles that stand in the way.

    Attributes:
        decisions: Every decision, after those it reads; a cycle is cut at the decision that closes it.
        cycles: Each a path of names that ends where it began: ``("a", "b", "a")``.
    """

    decisions: tuple[Decision, ...]
    cycles: tuple[tuple[str, ...], ...]


def ordered(plan: Linked) -> Ordered:
    """Order decisions: the author's order, except that what is read comes first."""
    by_name = plan.decisions
    reads = {name: [read for read in _decisions_read(d, plan) if read in by_name] for name, d in by_name.items()}
    done: dict[str, Decision] = {}
    cycles: list[tuple[str, ...]] = []
    for root in by_name:
        _visit(root, reads, by_name, done, cycles)
    return Ordered(tuple(done.values()), tuple(cycles))


def _decisions_read(decision: Decision, plan: Linked) -> tuple[str, ...]:
    """Return the names of the decisions that one reads directly, without repeats, in the order in which they are written."""
    found = (decision_of(node) for node in behind(decision.node, plan))
    return tuple(dict.fromkeys(read.name for read in found if read is not None))


def _visit(
    root: str, reads: Mapping[str, Sequence[str]], by_name: Mapping[str, Decision], done: dict[str, Decision], cycles: list[tuple[str, ...]]
) -> None:
    """Walk down from ``root``, without recursion: a policy may chain more decisions than Python nests calls."""
    if root in done:
        return
    path: dict[str, Iterator[str]] = {root: iter(reads[root])}
    while path:
        name = next(reversed(path))
        for needed in path[name]:
            if needed in path:
                names = list(path)
                cycles.append((*names[names.index(needed) :], needed))
            elif needed not in done:
                path[needed] = iter(reads[needed])
                break
        else:
            done[name] = by_name[name]
            del path[name]
