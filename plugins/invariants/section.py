"""The section ``invariants`` of a policy: sentences, and what they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from tierwise.core.environment import CompiledSection, Path, SectionContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Decision, Fact, Named, Plan, usage_of
from tierwise.core.policy.texts import Part, SectionKeys, Text
from tierwise.core.source import Span
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, NumberType
from tierwise.plugins.invariants.grammar import FORMS, Sentence, read_sentence

__all__ = ["Invariant", "InvariantsSection", "invariants_of"]

INVARIANTS = "invariants"
_ORDERED = (NumberType, EnumType, DateType, DateTimeType, DurationType)
_PRICES = "pricing-rights"


class InvariantDeclaration(Part):
    """A promise."""

    say: str = Field(description="the sentence")
    note: Text | None = Field(None, description="a remark for people")
    acknowledge: Text | None = Field(None, description="why the policy does not keep it: the finding is then a note")

    @model_validator(mode="before")
    @classmethod
    def _sentence_alone(cls, raw: Any) -> Any:
        return {"say": raw} if isinstance(raw, str) else raw


class InvariantsDeclaration(SectionKeys):
    """The section ``invariants``: name to promise."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, InvariantDeclaration] = Field(init=False)

    @property
    def named(self) -> Mapping[str, InvariantDeclaration]:
        """Name to promise, in the author's order."""
        return self.__pydantic_extra__ or {}


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise that is understood.

    Attributes:
        text: The sentence.
        x: The fact or decision that rises; of ``has`` the decisions that are determined.
        y: The decision that is spoken of.
        sign: 1: ``y`` never gets less (a grade: worse) as ``x`` rises; -1: never more (better); 0: whoever has ``x`` has ``y``.
        acknowledged: Why it is not kept, where the author knows.
    """

    name: str
    text: str
    x: tuple[str, ...]
    y: str
    sign: int
    span: Span
    acknowledged: Named | None = None


class InvariantsSection:
    """The section ``invariants``."""

    name = INVARIANTS
    about = "promises of the policy, which `check` proves or refutes"
    keys: type[SectionKeys] = InvariantsDeclaration

    def compile(self, keys: InvariantsDeclaration, context: SectionContext) -> CompiledSection:
        """Compile the section to a tuple of ``Invariant``; of a policy that has errors elsewhere nothing is said."""
        if not context.plan.fingerprint:
            return CompiledSection(())
        compiler = _Compiler(context)
        found = tuple(one for name, declared in keys.named.items() if (one := compiler.invariant(name, declared)) is not None)
        lines = [f"  {one.y} {_SIGNS[one.sign]} {', '.join(one.x)}\n" for one in found]
        return CompiledSection(found, compiler.findings, text="".join(["invariants\n", *lines]))


_SIGNS = {1: "never falls as", -1: "never rises as", 0: "is there with"}


def invariants_of(sections: Mapping[str, object]) -> tuple[Invariant, ...]:
    """Return the promises of a loaded policy by its sections."""
    found = sections.get(INVARIANTS)
    return found if isinstance(found, tuple) else ()


@dataclass
class _Compiler:
    context: SectionContext
    findings: list[Finding] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        return self.context.plan

    def invariant(self, name: str, declared: InvariantDeclaration) -> Invariant | None:
        path: Path = (INVARIANTS, name)
        span = self.context.document.span((*path, "say")) if declared.note or declared.acknowledge else self.context.document.span(path)
        sentence = read_sentence(declared.say)
        if sentence is None:
            self.findings.append(
                Finding.error("no-invariant", f"`{declared.say}` is of no form that can be proved", span, f"write {FORMS}")
            )
            return None
        y = self._decision(sentence.y, span)
        if y is None:
            return None
        if sentence.never is None:
            x = self._determined(sentence, y, span)
            sign = 0
        else:
            thing = self._named(sentence.x, span)
            x = (thing.name,) if thing is not None and self._is_ordered(thing, span) and self._is_ordered(y, span) else ()
            sign = self._sign(sentence, y, span) or 0
        if not x or (sentence.never is not None and not sign):
            return None
        acknowledged = declared.acknowledge.named() if declared.acknowledge else None
        return Invariant(name, declared.say, x, y.name, sign, span, acknowledged)

    def _sign(self, sentence: Sentence, y: Decision, span: Span) -> int | None:
        """Return which way ``y`` may go as ``x`` rises."""
        way = sentence.never
        if way in ("better", "worse"):
            is_price = self._is_price(y)
            if not isinstance(y.type, EnumType) and not is_price:
                self.findings.append(
                    Finding.error("no-invariant", f"which `{y.name}` is the better one is not known", span, "say `higher` or `lower`")
                )
                return None
            rises = (way == "better") is not (is_price and not isinstance(y.type, EnumType))
        else:
            rises = way == "rises"
        return (-1 if rises else 1) * (-1 if sentence.falls else 1)

    def _is_price(self, y: Decision) -> bool:
        root = self.context.document.root
        module = root.get("modules", {}).get(y.module, {}) if isinstance(root, dict) else {}
        return isinstance(module, dict) and module.get("kind") == _PRICES

    def _determined(self, sentence: Sentence, y: Decision, span: Span) -> tuple[str, ...]:
        """Return the decisions that are determined of whom a promise speaks; of all subjects those grades that ``y`` hangs on."""
        if _plain(sentence.x) == _plain(self.plan.subject):
            read = usage_of(self.plan, y.node).decisions
            grades = tuple(name for name in read if isinstance(self.plan.decisions[name].type, EnumType))
            if not grades:
                self.findings.append(
                    Finding.error("no-invariant", f"`{y.name}` hangs on no grade", span, "name the decision that is determined")
                )
            return grades
        found = self._decision(sentence.x, span)
        return () if found is None else (found.name,)

    def _is_ordered(self, thing: Decision | Fact, span: Span) -> bool:
        if isinstance(thing.type, _ORDERED):
            return True
        self.findings.append(Finding.error("no-invariant", f"`{thing.name}` is `{thing.type}`: it neither rises nor falls", span))
        return False

    def _decision(self, word: str, span: Span) -> Decision | None:
        found = self._named(word, span)
        if found is None or found.name in self.plan.decisions:
            return None if found is None else self.plan.decisions[found.name]
        self.findings.append(Finding.error("no-invariant", f"`{found.name}` is a fact: nothing can be promised of it", span))
        return None

    def _named(self, word: str, span: Span) -> Decision | Fact | None:
        """Return the fact or decision of a name or label; outputs before hidden decisions of one label."""
        things: list[Decision | Fact] = [*self.plan.outputs, *self.plan.facts.values(), *self.plan.decisions.values()]
        wanted = _plain(word)
        by_name = next((thing for thing in things if _plain(thing.name) == wanted), None)
        found = by_name or next((thing for thing in things if wanted in map(_plain, thing.label.values())), None)
        if found is not None:
            return found
        known = [thing.name for thing in things]
        message = f"there is no fact and no decision that is called `{word}`"
        self.findings.append(Finding.error("unknown-name", message, span, suggest(word.replace(" ", "_"), known)))
        return None


def _plain(name: str) -> str:
    return name.replace("_", " ").strip().casefold()
