"""Compiles the section ``watch`` of a policy: names resolved, conditions typed, rules in an order in which effects follow causes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Any, assert_never

from tierwise.core.environment import CompiledSection, Path, SectionContext
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_test, suggest
from tierwise.core.language.messages import listed
from tierwise.core.plan import Fact, Logic, Node, Plan, Reading
from tierwise.core.plan.canonical import canonical_text, digest, node_text, type_text
from tierwise.core.plan.usage import usage_of
from tierwise.core.policy.declared_types import read_type
from tierwise.core.policy.texts import SectionKeys
from tierwise.core.types import NumberType, Type
from tierwise.plugins.watching.rule import SECTION, ActionPlan, Count, Duty, EventKind, Lost, Silence, Variant, WatchPlan, WatchRule
from tierwise.plugins.watching.rule_forms import RuleForms
from tierwise.plugins.watching.rule_texts import ALWAYS, RuleTexts, alike, named
from tierwise.plugins.watching.watch_section import ActionDeclaration, EventField, WatchDeclaration, WatchRuleDeclaration

__all__ = ["PLACEHOLDER", "WatchSection", "in_order", "watch_text", "with_variants"]

PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")
SAYABLE = ("subject", "at", "count", "amount", "missing")


class WatchSection:
    """The section ``watch``."""

    name = SECTION
    about = "events, and what is to be done about them"
    keys: type[SectionKeys] = WatchDeclaration

    def compile(self, keys: WatchDeclaration, context: SectionContext) -> CompiledSection:
        """Compile the rules that watch events to a ``WatchPlan``. A rule that waits for a parameter is left out, with a note."""
        texts = RuleTexts(context)
        plan = _Compiler(texts, RuleForms(texts), keys).plan()
        text = watch_text(plan.kinds, plan.rules)
        reads = plan.readings | texts.named
        return CompiledSection(None if has_errors(texts.findings) else plan, texts.findings, reads, text)


@dataclass
class _Compiler:
    texts: RuleTexts
    forms: RuleForms
    section: WatchDeclaration

    def plan(self) -> WatchPlan:
        for name in self.section.events:
            self.texts.kinds[name] = self._kind(name)
        compiled = [self._rule(name, rule) for name, rule in self.section.rules.items()]
        rules = [rule for rule in compiled if rule is not None]
        self._find_unused(rules)
        plan = self._plan()
        ordered = with_variants(in_order(rules, self.texts.findings), plan, self.texts.findings)
        return WatchPlan(
            plan.policy,
            digest(canonical_text(plan) + watch_text(self.texts.kinds, ordered)),
            self.texts.kinds,
            ordered,
            plan,
            frozenset(name for rule in ordered for name in rule.variants[0]),
        )

    # ---- events --------------------------------------------------------------------------------------------------------------

    def _kind(self, name: str) -> EventKind:
        declared = self.section.events[name]
        fields: dict[str, Type] = {}
        for key, one in declared.fields.items():
            path: Path = ("watch", "events", name, "fields", key)
            type = self._type(key, one, path)
            if key in ALWAYS or self.texts.is_setting(key) or key in self.texts.decisions():
                message = f"`{key}` is a name already: a field of an event cannot have it"
                self.texts.findings.append(Finding.error("duplicate-name", message, self.texts.key_span(path)))
            if type is not None:
                fields[key] = type
        for table in declared.tables:
            for key in table.fields:
                if key not in declared.fields:
                    self.texts.error(
                        "unknown-field", f"events `{name}` have no field `{key}`", ("watch", "events", name, "from"), suggest(key, fields)
                    )
        facts = self.texts.context.plan.facts
        nullable = frozenset(
            key for key, one in declared.fields.items() if one.nullable or (one.type_ is None and key in facts and facts[key].nullable)
        )
        place: Path = ("watch", "events", name, "from")
        tables = {(*place, index) if isinstance(declared.from_, list) else place: table for index, table in enumerate(declared.tables)}
        return EventKind(name, named(declared.label, name), fields, nullable, tables)

    def _type(self, name: str, declared: EventField, path: Path) -> Type | None:
        """Return the type of a field; one that declares none is the policy's fact of that name."""
        if declared.type_ is None:
            fact = self.texts.context.plan.facts.get(name)
            if fact is None:
                help = suggest(name, self.texts.context.plan.facts) or "add its `type`"
                self.texts.error(
                    "unknown-fact", f"field `{name}` has no type, and the policy has no fact of that name", path, help, key=True
                )
            return None if fact is None else fact.type
        type_, found = read_type(declared, path, self.texts.context.document, self.texts.context.types)
        self.texts.findings += found
        return type_

    # ---- rules ---------------------------------------------------------------------------------------------------------------

    def _rule(self, name: str, rule: WatchRuleDeclaration) -> WatchRule | None:
        path: Path = ("watch", "rules", name)
        before = len(self.texts.findings)
        kinds = self.texts.known(rule.on, (*path, "on"))
        fields = self.texts.fields(kinds)
        scope = self.texts.scope(fields)
        condition = self._condition(rule, scope, fields, path)
        per = tuple(
            node for index, text in enumerate(rule.per) if (node := self.texts.expression(text, (*path, "per"), scope, index)) is not None
        )
        form = self.forms.form(rule, path)
        action = self._action(rule.action, (*path, "action"), scope, fields)
        met = None if rule.met is None else self._action(rule.met, (*path, "met"), scope, fields)
        if form is None or has_errors(self.texts.findings[before:]):
            return None
        return WatchRule(name, named(rule.label, name), kinds, condition, per, form, action, met, ({},), self.texts.key_span(path))

    def _condition(self, rule: WatchRuleDeclaration, scope: Scope, fields: Mapping[str, Type], path: Path) -> Node | None:
        parts: list[Node] = []
        for name, cell in rule.where.items():
            place = (*path, "where", name)
            if name not in fields:
                self.texts.error(
                    "unknown-field", f"events {listed(list(rule.on))} have no field `{name}`", place, suggest(name, fields), key=True
                )
                continue
            test, _, found = compile_test(
                "null" if cell is None else cell, self.texts.context.document.span(place), scope.names[name], scope
            )
            self.texts.findings += found
            parts += [] if test is None else [test]
        if rule.when is not None:
            node = self.texts.boolean(rule.when, (*path, "when"), scope)
            parts += [] if node is None else [node]
        return None if not parts else parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def _action(self, action: ActionDeclaration, path: Path, scope: Scope, fields: Mapping[str, Type]) -> ActionPlan:
        amount = None if action.amount is None else self.texts.expression(action.amount, (*path, "amount"), scope)
        if amount is not None and not isinstance(amount.type, NumberType):
            self.texts.error("type-mismatch", f"an amount is a number, not a `{amount.type}`", (*path, "amount"))
        if action.say is not None:
            for name in dict.fromkeys(PLACEHOLDER.findall(action.say.zh) + PLACEHOLDER.findall(action.say.en)):
                if name not in SAYABLE and name not in fields:
                    hint = suggest(name, [*SAYABLE, *fields])
                    self.texts.error("unknown-name", f"`{{{name}}}` is nothing that the text can say", (*path, "say"), hint)
        if action.post is not None:
            self._posted(action.post, fields, (*path, "post"))
        return ActionPlan(action.do, named(action.say, ""), action.level, amount, action.unit, action.post)

    def _posted(self, post: str, fields: Mapping[str, Type], path: Path) -> None:
        for kind in self.texts.known((post,), path):
            for name, type in self.texts.kinds[kind].fields.items():
                if fields.get(name) != type:
                    message = f"events `{post}` have a field `{name}`, which the events that cause them do not have alike"
                    self.texts.error("unknown-field", message, path, "give both the same field, or remove it")

    # ---- the whole -----------------------------------------------------------------------------------------------------------

    def _find_unused(self, rules: Iterable[WatchRule]) -> None:
        read = {kind for declared in self.section.rules.values() for kind in declared.on}
        read |= {kind for declared in self.section.rules.values() for kind in declared.reset}
        read |= {kind for declared in self.section.rules.values() for one in declared.expect.values() for kind in one.on}
        for name in self.section.events:
            if name not in read:
                span = self.texts.key_span(("watch", "events", name))
                self.texts.findings.append(
                    Finding.warning("unused-event", f"no rule watches the events `{name}`", span, "remove them, or add a rule")
                )

    def _plan(self) -> Plan:
        plan = self.texts.context.plan
        fields = [(name, of) for kind in self.texts.kinds.values() for name, of in {**ALWAYS, **kind.fields}.items()]
        own = {name: Fact(name, of, {}) for name, of in fields if name not in plan.facts or not alike(of, plan.facts[name].type)}
        if self.texts.named:
            return replace(plan, facts={**plan.facts, **own})
        lost = {name: decision for name, decision in plan.decisions.items() if self.texts.lost(name) is not None}
        facts = {name: own.get(name) or plan.facts[name] for name, _ in fields}
        return replace(plan, facts=facts, tables={}, rankings={}, decisions=lost)


def watch_text(kinds: Mapping[str, EventKind], rules: Sequence[WatchRule]) -> str:
    """Return kinds of events and rules as text, a line for everything that counts."""
    lines = ["watch", *(line for kind in kinds.values() for line in _kind(kind)), *(line for rule in rules for line in _rule(rule))]
    return "".join(f"{line}\n" for line in lines)


def _kind(kind: EventKind) -> Iterator[str]:
    yield from ("", f"events {kind.name}")
    for name, type_ in kind.fields.items():
        yield f"  {name}: {type_text(type_)}{', nullable' if name in kind.nullable else ''}"
    for table in kind.tables.values():
        yield f"  from {_json(table.model_dump(mode='json'))}"


def _rule(rule: WatchRule) -> Iterator[str]:
    yield from ("", f"rule {rule.name}", f"  on {', '.join(rule.kinds)}")
    if rule.condition is not None:
        yield f"  when {node_text(rule.condition)}"
    yield from (f"  per {node_text(part)}" for part in rule.per)
    match rule.form:
        case Count() as count:
            told = (("within", count.within), ("calendar", count.calendar), ("reading", count.reading), ("again", count.again))
            resets = ", ".join(count.resets)
            yield f"  count {count.count}{''.join(f', {word} {value}' for word, value in told if value is not None)}"
            yield from (f"  reset {resets}" for _ in count.resets[:1])
        case Duty() as duty:
            yield f"  by {f'{duty.by.parameter} ({duty.by.reason})' if isinstance(duty.by, Lost) else duty.by}"
            for expected in duty.expected:
                condition = "" if expected.condition is None else f" when {node_text(expected.condition)}"
                yield f"  expect {expected.name} on {', '.join(expected.kinds)}{condition}"
        case Silence() as silence:
            yield f"  silence {silence.length}"
        case _:
            assert_never(rule.form)
    yield f"  action {_action(rule.action)}"
    if rule.met is not None:
        yield f"  met {_action(rule.met)}"


def _action(action: ActionPlan) -> str:
    amount = None if action.amount is None else node_text(action.amount)
    return _json({"do": action.do, "say": action.say, "level": action.level, "amount": amount, "unit": action.unit, "post": action.post})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


MOST_VARIANTS = 64


def in_order(rules: list[WatchRule], findings: list[Finding]) -> list[WatchRule]:
    """Sort the rules so that what makes events comes before what reads them; the author's order else."""
    ordered: list[WatchRule] = []
    waiting = list(rules)
    while waiting:
        made = {kind for rule in waiting for kind in rule.makes}
        ready = [rule for rule in waiting if not rule.reads & made]
        if not ready:
            circle = " → ".join(f"`{rule.name}`" for rule in waiting)
            findings.append(Finding.error("watch-cycle", f"actions make events for each other in a circle: {circle}", waiting[0].span))
            return ordered
        ordered += ready[:1]
        waiting.remove(ready[0])
    return ordered


def with_variants(rules: list[WatchRule], plan: Plan, findings: list[Finding]) -> tuple[WatchRule, ...]:
    """Give every rule the readings that it hangs on, through the events that other rules make for it, too."""
    upstream: dict[str, set[str]] = {}
    result = []
    for rule in rules:
        names = set(_readings_of(rule, plan)).union(*(upstream.get(kind, set()) for kind in rule.reads))
        for kind in rule.makes:
            upstream.setdefault(kind, set()).update(names)
        open_names = [name for name in plan.readings if name in names]
        words = [_words(plan.readings[name]) for name in open_names]
        if prod(map(len, words)) > MOST_VARIANTS:
            message = f"`{rule.name}` hangs on {listed(open_names)}, which can be read in more than {MOST_VARIANTS} ways"
            findings.append(Finding.error("too-many-readings", message, rule.span, "settle some of them in an overlay"))
            words = [one[:1] for one in words]
        variants: tuple[Variant, ...] = tuple(dict(zip(open_names, combination, strict=True)) for combination in product(*words))
        result.append(replace(rule, variants=variants))
    return tuple(result)


def _words(reading: Reading) -> tuple[str, ...]:
    return reading.values if reading.settled is None else (reading.settled,)


def _readings_of(rule: WatchRule, plan: Plan) -> Iterator[str]:
    amounts = [action.amount for action in (rule.action, rule.met) if action is not None]
    expected = [e.condition for e in rule.form.expected] if isinstance(rule.form, Duty) else []
    for node in (rule.condition, *rule.per, *amounts, *expected):
        if node is not None:
            yield from usage_of(plan, node).readings
    if isinstance(rule.form, Count) and rule.form.reading is not None:
        yield rule.form.reading
