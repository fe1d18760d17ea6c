"""An environment with three forms and two kinds, and a way to read a policy text in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from tierwise.core.environment import Environment, Kind, KindContext, KindDecision
from tierwise.core.finding import Finding
from tierwise.core.plan import Node
from tierwise.core.policy import Policy
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.policy_files import read_policy


class TableValue(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hit: str = "unique"
    rules: str | None = None
    local: str = "false"


class ScaleKeys(BaseModel):
    model_config = ConfigDict(extra="forbid")
    scale: list[str] = []
    grade: str | None = None


class NoKeys(BaseModel):
    model_config = ConfigDict(extra="forbid")


@dataclass
class PlainForm:
    name: str
    model: Any
    about: str = "For tests of the reader."

    def compile(self, spec: Any, context: Any) -> Mapping[str, Node]:
        return {}


@dataclass
class PlainKind:
    name: str
    keys: type[BaseModel]
    title: Mapping[str, str]
    about: str = "For tests of the reader."

    def decisions(self, module: str, keys: Any) -> tuple[KindDecision, ...]:
        return ()

    def check(self, keys: Any, context: KindContext) -> tuple[Finding, ...]:
        return ()


def _kind(name: str, keys: type[BaseModel]) -> Kind:
    return PlainKind(name, keys, {"zh": name, "en": name})


@pytest.fixture
def environment() -> Environment:
    """Forms ``table``, ``formula``, ``labels`` and kinds ``module``, ``value-tier``."""
    forms = {form.name: form for form in (PlainForm("table", TableValue), PlainForm("formula", str), PlainForm("labels", dict[str, str]))}
    return Environment(forms=forms, kinds={kind.name: kind for kind in (_kind("module", NoKeys), _kind("value-tier", ScaleKeys))})


Read = Callable[..., Policy]


@pytest.fixture
def read(environment: Environment) -> Read:
    """Read a policy text, with CSV tables and an overlay text where given."""

    def read(text: str, overlay: str | None = None, **tables: str) -> Policy:
        files = {"policy.yaml": text, **{f"tables/{name}.csv": table for name, table in tables.items()}}
        return read_policy(files, environment.limits, Source("company.yaml", overlay) if overlay is not None else None)

    return read


@pytest.fixture
def text() -> str:
    """A small policy with one of everything."""
    return POLICY


POLICY = """\
tierwise: 1
policy: big-customers
version: 1.0.0
title: {zh: 大客户, en: Big customers}
facts:
  usage: {type: number, scale: 2, unit: 元, min: 0, max: 50万, label: 用量}
  size: {type: enum, values: {large: 大, small: 小}, aliases: {big: large}, judged: true, missing: vague}
  last_on: {type: date, nullable: true, missing: none}
  queue: {type: list of record, fields: {order: {type: text}, score: {type: number, scale: 1}}}
parameters:
  months: {type: integer, value: 2, note: a draft}
  days: {type: integer, local: true}
readings:
  quarter: [calendar, rolling]
modules:
  tier:
    kind: value-tier
    scale: [A, B]
    decisions:
      tier:
        type: enum
        values: [A, B]
        table:
          hit: unique
          rules: |
            usage    | size  -> tier | # note
            >= 20万  | large -> A    | seldom
            < 20万   | -     -> B    |
      points: {type: integer, hidden: true, formula: "months + 1"}
"""
