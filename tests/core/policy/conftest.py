"""A small policy, and a way to read a policy text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tierwise.core.environment import Limits
from tierwise.core.policy import Policy
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.yaml_document import read_policy

Read = Callable[..., Policy]


@pytest.fixture
def read() -> Read:
    """Read a policy text, with CSV tables and an overlay text where given."""

    def read(text: str, overlay: str | None = None, **tables: str) -> Policy:
        files = {"policy.yaml": text, **{f"tables/{name}.csv": table for name, table in tables.items()}}
        return read_policy(files, Limits(), Source("company.yaml", overlay) if overlay is not None else None)

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
