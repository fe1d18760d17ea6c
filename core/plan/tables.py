"""Decision tables: their rules, which of the matching rules count, and the output that is picked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from typing import Literal as OneOfWords

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node
    from tierwise.core.plan.plan import Named
    from tierwise.core.source import Span
    from tierwise.core.types import Type

__all__ = ["Acknowledgement", "HitPolicy", "Pick", "Rule", "Table"]


class HitPolicy(StrEnum):
    """Which matching rules of a table count (DMN 1.5, section 8.2.8)."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    COLLECT = "collect"
    SUM = "collect sum"
    MIN = "collect min"
    MAX = "collect max"
    COUNT = "collect count"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. ``tests[i]`` is the test of column i, ``None`` for ``-``; ``outputs[i]`` is the value of output i."""

    id: str
    tests: tuple[Node | None, ...]
    outputs: tuple[Node, ...]
    note: str = ""
    span: Span | None = field(default=None, compare=False)
    test_texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A gap or an overlap that the source really has: the checker reports it as a note with its reason. Engines ignore it.

    Attributes:
        what: ``gap`` or ``overlap``.
        rules: For an overlap, the rules it is between; empty for all.
        region: For a gap, the test of each column it is confined to (``None``: any); empty for all.
        why: The author's reason.
    """

    what: OneOfWords["gap", "overlap"]
    why: Named
    rules: tuple[str, ...] = ()
    region: tuple[Node | None, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; its outputs are read by ``Pick``.

    unique: hits with different values of an output → ``overlap`` with those values; equal values → that value; no hit → ``gap``.
    any: as unique. first: the first hit in row order. priority: the hit whose output stands first in the output's enum. collect: a
    set of the hits' values in row order (a set-valued output: their union); sum, min, max, count of the hits; no hit: ``()``, 0 for count,
    and for sum, min, max the default, else ``gap``. ``defaults`` (one per output, or ``None``) replace ``gap``.
    """

    name: str
    hit: HitPolicy
    columns: tuple[Node, ...]
    column_texts: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    defaults: tuple[Node | None, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pick:
    """Output ``output`` (by position) of the table called ``table``."""

    table: str
    output: int
    type: Type
