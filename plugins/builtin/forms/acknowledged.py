"""Compiles what an author acknowledges of a table: a gap or an overlap that the source really has, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.plan import Acknowledgement, Named, Node, Rule
from tierwise.core.policy.texts import Part, Text
from tierwise.core.source import Path, Written

__all__ = ["AcknowledgedGap", "AcknowledgedOverlap", "GapOrOverlap", "OpenWays", "acknowledgements"]


class OpenWays(Part):
    """What the source leaves open, all of a kind together, with the reason."""

    gap: Text | None = Field(default=None, description="why nothing is said for some")
    overlap: Text | None = Field(default=None, description="why several things are said for some")

    def reasons(self) -> Mapping[str, Named]:
        """Return what is acknowledged with its reason."""
        given = {"gap": self.gap, "overlap": self.overlap}
        return {what: why.named() for what, why in given.items() if why is not None}


class AcknowledgedGap(Part):
    """``{gap: all, why: …}``, or ``gap: {annual_usage_yuan: (30万..50万)}``: the cells it is confined to."""

    gap: Literal["all"] | dict[Written, Written]
    why: Text


class AcknowledgedOverlap(Part):
    """``{overlap: [A1, C], why: …}``, or ``overlap: all``."""

    overlap: Literal["all"] | list[Written]
    why: Text


def _what(raw: Any) -> str:
    return "an overlap" if isinstance(raw, Mapping) and "overlap" in raw else "a gap"


GapOrOverlap = Annotated[Annotated[AcknowledgedGap, Tag("a gap")] | Annotated[AcknowledgedOverlap, Tag("an overlap")], Discriminator(_what)]
"""What is acknowledged, by whether ``overlap`` is among its keys."""


def acknowledgements(
    written: Sequence[AcknowledgedGap | AcknowledgedOverlap],
    texts: Sequence[str],
    columns: Sequence[Node],
    rules: Sequence[Rule],
    context: FormContext,
) -> tuple[Acknowledgement, ...]:
    """Compile the acknowledgements of a table with these columns and rules; one that names something else is reported and left out."""
    compiled = []
    for position, one in enumerate(written):
        path: Path = (*context.path, "acknowledge", position)
        if isinstance(one, AcknowledgedGap):
            compiled.append(_gap(one, texts, columns, path, context))
        else:
            compiled.append(_overlap(one, [rule.id for rule in rules], path, context))
    return tuple(one for one in compiled if one is not None)


def _gap(one: AcknowledgedGap, texts: Sequence[str], columns: Sequence[Node], path: Path, context: FormContext) -> Acknowledgement | None:
    span = context.span((*path, "gap"))
    if one.gap == "all":
        return Acknowledgement("gap", one.why.named(), span=span)
    sound = _known(list(one.gap), texts, "unknown-column", context)
    region: list[Node | None] = []
    for text, column in zip(texts, columns, strict=True):
        test, is_sound = context.test(one.gap.get(Written(text), Written("-")), column)
        region.append(test)
        sound = sound and is_sound
    return Acknowledgement("gap", one.why.named(), region=tuple(region), span=span) if sound else None


def _overlap(one: AcknowledgedOverlap, ids: Sequence[str], path: Path, context: FormContext) -> Acknowledgement | None:
    span = context.span((*path, "overlap"))
    if one.overlap == "all":
        return Acknowledgement("overlap", one.why.named(), span=span)
    if not _known(one.overlap, ids, "unknown-rule", context):
        return None
    return Acknowledgement("overlap", one.why.named(), rules=tuple(map(str, one.overlap)), span=span)


def _known(names: Sequence[Written], known: Sequence[str], code: str, context: FormContext) -> bool:
    strange = [name for name in names if name not in known]
    for name in strange:
        message = f"this table has no {code.removeprefix('unknown-')} `{name}`"
        context.report(Finding.error(code, message, name.whole, suggest(name, known)))
    return not strange
