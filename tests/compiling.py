"""Policies in one text, checked with the built-in forms, functions and a kind of the tests' own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.environment import Environment, KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Named, Plan
from tierwise.core.source import Source, Span, Written
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.forms import tierwise_forms
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS
from tierwise.plugins.yaml_text.policy_files import read_policy

PLAIN: Named = {"zh": "模块", "en": "Module"}
DOUBLING: Named = {"zh": "加倍", "en": "Doubling"}
HEAD = "tierwise: 1\npolicy: sample\nversion: 1.0.0\ntitle: Sample\n"


class _NoKeys(BaseModel):
    pass


class PlainKind:
    """A module without keys of its own."""

    name = "module"
    title: Named = PLAIN
    about = "A group of decisions."
    keys: type[BaseModel] = _NoKeys

    def decisions(self, module: str, keys: Any) -> Iterable[KindDecision]:
        return ()

    def check(self, keys: Any, context: KindContext) -> Iterable[Finding]:
        return ()


class _DoublingKeys(BaseModel):
    model_config = {"extra": "forbid"}

    amount: Written
    give: Written


class DoublingKind:
    """A kind that stands for one decision, twice its ``amount``, and warns about every module of its own."""

    name = "doubling"
    title: Named = DOUBLING
    about = "Twice an amount."
    keys: type[BaseModel] = _DoublingKeys

    def decisions(self, module: str, keys: Any) -> Iterable[KindDecision]:
        yield KindDecision(keys.give, "weighted", {"terms": {keys.amount: "2"}}, NumberType(0))

    def check(self, keys: Any, context: KindContext) -> Iterable[Finding]:
        yield Finding.warning("doubled", f"`{keys.give}` of `{context.module}`", context.span((*context.path, "give")))


ENVIRONMENT = Environment(
    functions=BUILTIN_FUNCTIONS,
    forms={form.name: form for form in tierwise_forms()},
    kinds={kind.name: kind for kind in (PlainKind(), DoublingKind())},
)


def checked(body: str, files: Mapping[str, str] | None = None, overlay: str | None = None) -> CheckedPolicy:
    """Read and check a policy of which only the part behind its head is given."""
    source = None if overlay is None else Source("company.yaml", f"overlay: 1\npolicy: sample\n{overlay}")
    return check(read_policy({"policy.yaml": HEAD + body, **(files or {})}, ENVIRONMENT.limits, source), ENVIRONMENT)


def decided(decisions: str, facts: str = "", more: str = "", **others: Any) -> CheckedPolicy:
    """Check a policy that holds these decisions, indented by nothing, beside a few facts that are always there."""
    indented = "".join(f"      {line}\n" for line in decisions.strip("\n").splitlines())
    return checked(f"{FACTS}{facts}{more}modules:\n  m:\n    kind: module\n    decisions:\n{indented}", **others)


FACTS = """\
facts:
  amount: {type: number, scale: 2, unit: 元, min: 0}
  count: {type: integer}
  grade: {type: enum, values: [A, B, C]}
  classes: {type: set, values: [x, y, z]}
  good: {type: boolean}
  last: {type: date, nullable: true}
  queue: {type: list of record, fields: {order: {type: text}, grade: {type: enum, values: [A, B]}, score: {type: integer}}}
"""


def plan_of(policy: CheckedPolicy) -> Plan:
    """Return the plan, and show the findings when there is none."""
    assert policy.plan is not None, [f"{f.span and f.span.place}: {f.code}: {f.message}" for f in policy.findings]
    return policy.plan


def underlined(span: Span | None) -> str:
    """Return the text that a span on one line covers."""
    assert span is not None
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]
