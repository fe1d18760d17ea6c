"""Compiles the section ``watch`` of a policy: names resolved, conditions typed, rules in an order in which effects follow causes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tierwise.core.environment import Environment, Path
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import Scope, compile_expression, compile_test, read_literal, suggest, type_of
from tierwise.core.language.messages import listed
from tierwise.core.plan import Constant, Decision, DecisionRef, Fact, FactRef, Logic, Node, Plan, Reading, ReadingRef, Undecided
from tierwise.core.policy import Policy, fingerprint
from tierwise.core.policy.declared_types import read_type
from tierwise.core.policy.texts import Text
from tierwise.core.policy.watch import ActionDeclaration, ExpectedDeclaration, WatchDeclaration, WatchRuleDeclaration
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateType, DurationType, EnumType, NumberType, TextType, Type
from tierwise.core.values import Duration
from tierwise.core.watching.ordering import in_order, with_variants
from tierwise.core.watching.rule import ActionPlan, Count, Duty, EventKind, Expected, Lost, Silence, WatchPlan, WatchRule

__all__ = ["PLACEHOLDER", "compile_watch"]

PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")
ALWAYS: Mapping[str, Type] = {"id": TextType(), "kind": TextType(), "subject": TextType(), "at": DateType()}
"""What every event has; conditions may read it like fields."""
SAYABLE = ("subject", "at", "count", "amount", "missing")


def compile_watch(policy: Policy, environment: Environment) -> tuple[WatchPlan | None, list[Finding]]:
    """Compile the rules that watch events.

    Returns:
        The plan and what was found; ``None`` when there is nothing to watch, or an error. A rule that waits for a parameter without a
        value is left out, with a note.
    """
    if policy.watch is None:
        return None, []
    compiler = _Compiler(policy, environment, policy.watch)
    plan = compiler.plan()
    return (None if has_errors(compiler.findings) else plan), compiler.findings


@dataclass
class _Compiler:
    policy: Policy
    environment: Environment
    section: WatchDeclaration
    findings: list[Finding] = field(default_factory=list)
    kinds: dict[str, EventKind] = field(default_factory=dict)

    def plan(self) -> WatchPlan:
        for name in self.section.events:
            self.kinds[name] = self._kind(name)
        compiled = [self._rule(name, rule) for name, rule in self.section.rules.items()]
        rules = [rule for rule in compiled if rule is not None]
        self._find_unused(rules)
        ordered = with_variants(in_order(rules, self.findings), self.policy, self.findings)
        plan = self._plan()
        return WatchPlan(
            self.policy.policy,
            plan.fingerprint,
            self.kinds,
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
            type, found = read_type(one, path, self.policy.document)
            self.findings += found
            if key in ALWAYS or key in self.policy.parameters or key in self.policy.readings:
                message = f"`{key}` is a name already: a field of an event cannot have it"
                self.findings.append(Finding.error("duplicate-name", message, self.policy.key_span(path)))
            if type is not None:
                fields[key] = type
        for table in declared.tables:
            for key in table.fields:
                if key not in declared.fields:
                    self._error(
                        "unknown-field", f"events `{name}` have no field `{key}`", ("watch", "events", name, "from"), suggest(key, fields)
                    )
        nullable = frozenset(key for key, one in declared.fields.items() if one.nullable)
        return EventKind(name, _named(declared.label, name), fields, nullable)

    def _known(self, names: Iterable[str], path: Path) -> tuple[str, ...]:
        known = []
        for name in names:
            if name in self.kinds:
                known.append(name)
            else:
                hint = suggest(name, self.kinds) or f"the kinds are {listed(list(self.kinds))}"
                self._error("unknown-event", f"`watch` declares no events `{name}`", path, hint)
        return tuple(known)

    def _fields(self, kinds: Iterable[str]) -> dict[str, Type]:
        """Return the fields that all of several kinds have alike."""
        each = [self.kinds[kind].fields for kind in kinds]
        return {name: type for name, type in (each[0] if each else {}).items() if all(fields.get(name) == type for fields in each)}

    # ---- rules ---------------------------------------------------------------------------------------------------------------

    def _rule(self, name: str, rule: WatchRuleDeclaration) -> WatchRule | None:
        path: Path = ("watch", "rules", name)
        before = len(self.findings)
        kinds = self._known(rule.on, (*path, "on"))
        fields = self._fields(kinds)
        scope = self._scope(fields)
        condition = self._condition(rule, scope, fields, path)
        per = tuple(
            node for index, text in enumerate(rule.per) if (node := self._expression(text, (*path, "per"), scope, index)) is not None
        )
        form = self._form(rule, path)
        action = self._action(rule.action, (*path, "action"), scope, fields)
        met = None if rule.met is None else self._action(rule.met, (*path, "met"), scope, fields)
        if form is None or has_errors(self.findings[before:]):
            return None
        return WatchRule(name, _named(rule.label, name), kinds, condition, per, form, action, met, ({},), self.policy.key_span(path))

    def _condition(self, rule: WatchRuleDeclaration, scope: Scope, fields: Mapping[str, Type], path: Path) -> Node | None:
        parts: list[Node] = []
        for name, cell in rule.where.items():
            place = (*path, "where", name)
            if name not in fields:
                self._error(
                    "unknown-field", f"events {listed(list(rule.on))} have no field `{name}`", place, suggest(name, fields), key=True
                )
                continue
            test, _, found = compile_test("null" if cell is None else cell, self.policy.span(place), scope.names[name], scope)
            self.findings += found
            parts += [] if test is None else [test]
        if rule.when is not None:
            node = self._boolean(rule.when, (*path, "when"), scope)
            parts += [] if node is None else [node]
        return None if not parts else parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def _form(self, rule: WatchRuleDeclaration, path: Path) -> Count | Duty | Silence | None:
        if rule.silence is not None:
            self._alone(rule, "silence", path)
            length = self._duration(rule.silence, (*path, "silence"))
            self._waits(length, path)
            return Silence(length) if isinstance(length, Duration) else None
        if rule.expect or rule.by is not None:
            self._alone(rule, "expect", path)
            return self._duty(rule, path)
        if rule.met is not None:
            self._error(
                "watch-form", "`met` says what to do when expected events came, but none are expected", (*path, "met"), "add `expect: …`"
            )
        return self._count(rule, path)

    def _alone(self, rule: WatchRuleDeclaration, form: str, path: Path) -> None:
        """Find keys of one form beside those of another."""
        others = {"count", "within", "calendar", "reading", "again"} | ({"expect", "by", "met"} if form == "silence" else set())
        for key in sorted(others & rule.model_fields_set):
            self._error("watch-form", f"`{key}` has no meaning beside `{form}`", (*path, key), "make it a rule of its own", key=True)

    def _duty(self, rule: WatchRuleDeclaration, path: Path) -> Duty | None:
        if not rule.expect or rule.by is None:
            lacking = "by" if rule.expect else "expect"
            self._error(
                "missing-key",
                f"`{path[-1]}` demands `{lacking}`: what has to follow, and until when",
                path,
                f"add `{lacking}: …`",
                key=True,
            )
            return None
        expected = [self._expected(name, one, rule, (*path, "expect", name)) for name, one in rule.expect.items()]
        by = self._duration(rule.by, (*path, "by"))
        if isinstance(by, Lost):
            message = f"whether it comes in time is not known before `{by.parameter}` has a value; what is still open is reported"
            self.findings.append(Finding.note("watch-waits", message, self.policy.key_span((*path, "by")), "an overlay gives it"))
        return None if by is None else Duty(tuple(expected), by)

    def _expected(self, name: str, one: ExpectedDeclaration, rule: WatchRuleDeclaration, path: Path) -> Expected:
        kinds = self._known(one.on, (*path, "on"))
        for index, text in enumerate(rule.per):  # what keeps duties apart has to be there in their answers, too
            self._expression(text, (*path[:-2], "per"), self._scope(self._fields(kinds)), index)
        condition = None if one.when is None else self._boolean(one.when, (*path, "when"), self._scope(self._fields(kinds)))
        return Expected(name, _named(one.label, name), kinds, condition)

    def _count(self, rule: WatchRuleDeclaration, path: Path) -> Count | None:
        within = None if rule.within is None else self._duration(rule.within, (*path, "within"))
        if isinstance(within, Lost):
            self._waits(within, path)
            return None
        both = rule.within is not None and rule.calendar is not None
        reading = None
        if rule.reading is not None:
            declared = self.policy.readings.get(rule.reading)
            if declared is None or set(declared.values) != {"rolling", "calendar"}:
                message = f"`{rule.reading}` is no reading with the values `rolling` and `calendar`"
                self._error("unknown-name", message, (*path, "reading"), suggest(rule.reading, self.policy.readings))
            elif not both:
                self._error("watch-form", "`reading` decides between `within` and `calendar`; one of them is not there", (*path, "reading"))
            reading = rule.reading
        elif both:
            self._error(
                "watch-form", "`within` and `calendar` stand together", (*path, "calendar"), "add the `reading` that decides", key=True
            )
        return Count(rule.count, within, rule.calendar, reading, rule.again)

    def _waits(self, lost: Duration | Lost | None, path: Path) -> None:
        if isinstance(lost, Lost):
            message = f"`{path[-1]}` does not watch before `{lost.parameter}` has a value"
            self.findings.append(Finding.note("watch-waits", message, self.policy.key_span(path), "an overlay gives it"))

    def _action(self, action: ActionDeclaration, path: Path, scope: Scope, fields: Mapping[str, Type]) -> ActionPlan:
        amount = None if action.amount is None else self._expression(action.amount, (*path, "amount"), scope)
        if amount is not None and not isinstance(type_of(amount), NumberType):
            self._error("type-mismatch", f"an amount is a number, not a `{type_of(amount)}`", (*path, "amount"))
        if action.say is not None:
            for name in dict.fromkeys(PLACEHOLDER.findall(action.say.zh) + PLACEHOLDER.findall(action.say.en)):
                if name not in SAYABLE and name not in fields:
                    hint = suggest(name, [*SAYABLE, *fields])
                    self._error("unknown-name", f"`{{{name}}}` is nothing that the text can say", (*path, "say"), hint)
        if action.post is not None:
            self._posted(action.post, fields, (*path, "post"))
        return ActionPlan(action.do, _named(action.say, ""), action.level, amount, action.unit, action.post)

    def _posted(self, post: str, fields: Mapping[str, Type], path: Path) -> None:
        for kind in self._known((post,), path):
            for name, type in self.kinds[kind].fields.items():
                if fields.get(name) != type:
                    message = f"events `{post}` have a field `{name}`, which the events that cause them do not have alike"
                    self._error("unknown-field", message, path, "give both the same field, or remove it")

    # ---- texts ---------------------------------------------------------------------------------------------------------------

    def _scope(self, fields: Mapping[str, Type]) -> Scope:
        names: dict[str, Node] = {name: FactRef(name, type) for name, type in {**ALWAYS, **fields}.items()}
        for name, parameter in self.policy.parameters.items():
            known = name in self.policy.parameter_values
            names[name] = Constant(self.policy.parameter_values[name], parameter.type()) if known else DecisionRef(name, parameter.type())
        for name, reading in self.policy.readings.items():
            names[name] = ReadingRef(name, tuple(reading.values), EnumType(tuple(reading.values)))
        return Scope(names, self.environment.functions, self.environment.limits)

    def _expression(self, text: str, path: Path, scope: Scope, index: int | None = None) -> Node | None:
        place = path if index is None else (*path, index)
        node, found = compile_expression(text, self.policy.span(place), scope)
        self.findings += found
        return node

    def _boolean(self, text: str, path: Path, scope: Scope) -> Node | None:
        node = self._expression(text, path, scope)
        if node is not None and not isinstance(type_of(node), BooleanType):
            self._error("type-mismatch", f"a condition is true or false, not a `{type_of(node)}`", path)
        return node

    def _duration(self, text: str, path: Path) -> Duration | Lost | None:
        """Read a duration: written out, or a parameter (a duration, or a whole number of days)."""
        span = self.policy.span(path)
        parameter = self.policy.parameters.get(text.strip())
        if parameter is None:
            value, found = read_literal(text, DurationType(), span)
            self.findings += found
            return self._forward(value, path)
        if text.strip() not in self.policy.parameter_values:
            return Lost(text.strip(), parameter.reason())
        return self._forward(self.policy.parameter_values[text.strip()], path)

    def _forward(self, value: object, path: Path) -> Duration | None:
        if isinstance(value, Duration) and (value.months > 0 or value.seconds > 0):
            return value
        if value is not None and not isinstance(value, Duration | bool | str) and str(value).isdigit() and int(str(value)) > 0:
            return Duration.of_days(int(str(value)))
        if not has_errors(self.findings[-1:]):
            self._error("bad-literal", "a duration such as `3 months`, or a parameter that holds one, is needed here", path)
        return None

    def _error(self, code: str, message: str, path: Path, help: str = "", key: bool = False) -> None:
        span: Span = self.policy.key_span(path) if key else self.policy.span(path)
        self.findings.append(Finding.error(code, message, span, help))

    # ---- the whole -----------------------------------------------------------------------------------------------------------

    def _find_unused(self, rules: Iterable[WatchRule]) -> None:
        read = {kind for declared in self.section.rules.values() for kind in declared.on}
        read |= {kind for declared in self.section.rules.values() for one in declared.expect.values() for kind in one.on}
        for name in self.section.events:
            if name not in read:
                span = self.policy.key_span(("watch", "events", name))
                self.findings.append(
                    Finding.warning("unused-event", f"no rule watches the events `{name}`", span, "remove them, or add a rule")
                )

    def _plan(self) -> Plan:
        policy = self.policy
        lost = {
            name: Decision(name, p.type(), Undecided(p.reason(), (), p.type()), _named(p.label, name), "", "parameter", output=False)
            for name, p in policy.parameters.items()
            if name not in policy.parameter_values
        }
        readings = {
            name: Reading(name, tuple(r.values), policy.settled.get(name), _named(r.label, name)) for name, r in policy.readings.items()
        }
        facts = {name: Fact(name, type, {}) for kind in self.kinds.values() for name, type in {**ALWAYS, **kind.fields}.items()}
        return Plan(
            policy.policy, policy.version, policy.title.named(), policy.subject, fingerprint(policy), facts, readings, {}, {}, lost, {}
        )


def _named(label: Text | None, name: str) -> Mapping[str, str]:
    return label.named() if label is not None else {"zh": name, "en": name}
