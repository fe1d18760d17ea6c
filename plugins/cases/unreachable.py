"""What no case can touch: rules and borders that an author says no data reaches, each with the reason, under ``unreachable`` of a file of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.limits import Limits
from tierwise.core.plan import Plan
from tierwise.core.policy.document import Document
from tierwise.core.policy.texts import Part, Text
from tierwise.core.policy.validation import validate
from tierwise.core.source import Path, Source, Span, Written
from tierwise.core.types import Type
from tierwise.plugins.deciding.value_reading import UnfitError, read_value
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["UNREACHABLE", "Unreachable", "read_unreachable", "unreachable_in"]

UNREACHABLE = "unreachable"
"""The key beside ``cases``."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Rules of one table, or borders of one fact.

    Attributes:
        table: The table; empty where it is about a fact.
        rules: Ids of its rules.
        fact: The fact; empty where it is about a table.
        borders: The numbers, as written.
        why: Why no data reaches them.
        span: Where it stands.
    """

    table: str
    rules: tuple[Written, ...]
    fact: str
    borders: tuple[Written, ...]
    why: Text
    span: Span

    def numbers(self, plan: Plan) -> Mapping[Decimal, Written]:
        """Return the borders by their value; what is no number of the fact is left out."""
        of = plan.facts[self.fact].type if self.fact in plan.facts else None
        return {number: border for border in self.borders if of is not None and (number := _number(border, of)) is not None}


class _WrittenUnreachable(Part):
    table: Written | None = None
    rules: list[Written] = Field(default_factory=list)
    fact: Written | None = None
    borders: list[Written] = Field(default_factory=list)
    why: Text

    @model_validator(mode="after")
    def _names_something(self) -> _WrittenUnreachable:
        of_table, of_fact = bool(self.table and self.rules), bool(self.fact and self.borders)
        if of_table == of_fact or bool(self.table) == bool(self.fact):
            raise ValueError("needs `table` and `rules`, or `fact` and `borders`")
        return self


def _number(border: str, of: Type) -> Decimal | None:
    try:
        value = read_value(str(border), of)
    except UnfitError:
        return None
    return value if isinstance(value, Decimal) else None


def unreachable_in(document: Document) -> tuple[tuple[Unreachable, ...], list[Finding]]:
    """Return what the file of cases says no data reaches, and what is wrong with how that is written."""
    root = document.root
    raw = root.get(UNREACHABLE) if isinstance(root, dict) else None
    if raw is None:
        return (), []
    if not isinstance(raw, list):
        help = "write `- {table: tier, rules: [best], why: …}`"
        return (), [Finding.error("wrong-shape", f"`{UNREACHABLE}` demands a list", document.span((UNREACHABLE,)), help)]
    read = [_read(item, (UNREACHABLE, index), document) for index, item in enumerate(raw)]
    return tuple(said for said, _ in read if said is not None), [finding for _, findings in read for finding in findings]


def _read(raw: Any, path: Path, document: Document) -> tuple[Unreachable | None, list[Finding]]:
    written, findings = validate(_WrittenUnreachable, raw, path, document)
    if written is None:
        return None, findings
    rules, borders = tuple(written.rules), tuple(written.borders)
    return Unreachable(written.table or "", rules, written.fact or "", borders, written.why, document.span(path)), findings


def read_unreachable(plan: Plan, source: Source, limits: Limits | None = None) -> tuple[tuple[Unreachable, ...], tuple[Finding, ...]]:
    """Read what the file of cases of a policy says no data reaches, and hold it to the plan.

    Returns:
        What is said, and a finding for each table, rule, fact and border that is not there.

    Raises:
        PolicyError: The file cannot be read.
    """
    document, findings = read_document(source, limits or Limits())
    said, wrong = ((), []) if document is None else unreachable_in(document)
    if document is None or findings or wrong:
        raise PolicyError(f"`{source.name}` cannot be read", [*findings, *wrong])
    return said, tuple(finding for one in said for finding in _not_there(one, plan))


def _not_there(said: Unreachable, plan: Plan) -> Iterator[Finding]:
    if said.table and said.table not in plan.tables:
        yield Finding.error("unknown-name", f"the policy has no table `{said.table}`", said.span, suggest(said.table, plan.tables))
    elif said.table:
        ids = [rule.id for rule in plan.tables[said.table].rules]
        for rule in said.rules:
            if rule not in ids:
                yield Finding.error("unknown-rule", f"table `{said.table}` has no rule `{rule}`", rule.whole, suggest(rule, ids))
    elif said.fact not in plan.facts:
        yield Finding.error("unknown-fact", f"the policy has no fact `{said.fact}`", said.span, suggest(said.fact, plan.facts))
    else:
        numbers = set(said.numbers(plan).values())
        for border in said.borders:
            if border not in numbers:
                yield Finding.error("wrong-value", f"`{border}` is no number of `{said.fact}`", border.whole)
