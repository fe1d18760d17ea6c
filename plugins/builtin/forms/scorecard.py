"""The form ``scorecard``: a decision is the sum of points for several characteristics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator

from tierwise.core.environment import FormContext
from tierwise.core.outcome import Reason
from tierwise.core.plan import HitPolicy, Node, Pick, Rule, Table, Undecided, undecided_of
from tierwise.core.policy.texts import Flag, Part
from tierwise.core.source import Path, Written
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.forms.points_bands import Band, Bands, read_bands
from tierwise.plugins.builtin.forms.weighted_sums import ANY_NUMBER, added, bounded, multiplied, number_output, scale_of

__all__ = ["CharacteristicValue", "Scorecard", "ScorecardValue"]


class CharacteristicValue(Part):
    """``{of: sales_volume_yuan, weight: 1, points: …}``: points by cell, or ``local: true`` where every company sets its own."""

    of: Written
    weight: Written = Written("1")
    points: Written | dict[Written, Written] | None = None
    local: Flag = False

    @model_validator(mode="after")
    def _points_or_local(self) -> CharacteristicValue:
        if (self.points is None) != self.local:
            raise ValueError("needs either `points` or `local: true`")
        return self


class ScorecardValue(Part):
    """``{base: 0, cap: 100, characteristics: {…}}``."""

    characteristics: dict[Written, CharacteristicValue] = Field(min_length=1)
    base: Written = Written("0")
    factor: Written | None = None
    cap: Written | None = None
    floor: Written | None = None


class Scorecard:
    """Points for several characteristics, a base, a factor, a floor and a cap.

    Each characteristic becomes a table and a hidden decision ``<decision>.<characteristic>``.
    """

    name = "scorecard"
    about = "The sum of points for several characteristics."
    model: Any = ScorecardValue

    def compile(self, spec: ScorecardValue, context: FormContext) -> Mapping[str, Node]:
        """Return the bounded sum."""
        output = number_output(self.name, context)
        if output is None:
            return {}
        name, _ = output
        base = context.value(spec.base, (*context.path, "base"), ANY_NUMBER)
        terms = [self._term(name, key, characteristic, context) for key, characteristic in spec.characteristics.items()]
        factor, cap, floor = (
            context.value(text, (*context.path, key), ANY_NUMBER) if text is not None else None
            for key, text in (("factor", spec.factor), ("cap", spec.cap), ("floor", spec.floor))
        )
        if base is None or None in terms:
            return {}
        total = added([base, *(term for term in terms if term is not None)], context)
        if factor is not None:
            total = multiplied((total, factor), context)
        return {name: context.fitted(name, bounded(name, total, floor, cap, context.path, context))}

    def _term(self, decision: str, key: str, characteristic: CharacteristicValue, context: FormContext) -> Node | None:
        name = f"{decision}.{key}"
        path: Path = (*context.path, "characteristics", key)
        column = context.expression(characteristic.of)
        weight = context.value(characteristic.weight, (*path, "weight"), ANY_NUMBER)
        points = self._points(name, characteristic, column, path, context)
        return None if weight is None or points is None else multiplied((weight, points), context)

    def _points(self, name: str, characteristic: CharacteristicValue, column: Node | None, path: Path, context: FormContext) -> Node | None:
        """Return a reference to the hidden decision that gives the points of one characteristic."""
        written = _bands(name, characteristic, context)
        if written is None:
            context.mark_lost(name)
            return context.add_hidden(name, NumberType(0), Undecided(Reason.LOST, (), NumberType(0)), path)
        for finding in written.findings:
            context.report(finding)
        if column is None:
            return None
        rules = [_rule(band, column, context) for band in written.bands]
        sound = tuple(rule for rule in rules if rule is not None)
        type = _type_of_points(sound, context)
        table = Table(name, HitPolicy.UNIQUE, (column,), (str(characteristic.of),), (name,), sound, (None,), span=context.span(path))
        context.add_table(table)
        return context.add_hidden(name, type, Pick(name, 0, type), path)


def _bands(name: str, characteristic: CharacteristicValue, context: FormContext) -> Bands | None:
    """Return the bands; ``None`` while they are local and nobody has filled them in."""
    if characteristic.local:
        filled = context.filled(name)
        return None if filled is None else read_bands(filled)
    if isinstance(characteristic.points, Written):
        return read_bands(characteristic.points)
    return Bands(tuple(Band(cell, points) for cell, points in (characteristic.points or {}).items()))


def _rule(band: Band, column: Node, context: FormContext) -> Rule | None:
    test, sound = context.test(band.test, column)
    points = context.value(band.points, context.path, ANY_NUMBER)
    if points is None or not sound:
        return None
    return Rule(str(band.test), (test,), (points,), band.note, band.test.whole, (str(band.test),))


def _type_of_points(rules: tuple[Rule, ...], context: FormContext) -> NumberType:
    scales = [scale_of(rule.outputs[0], context) for rule in rules if undecided_of(rule.outputs[0]) is None]
    return NumberType(None if None in scales else max((s for s in scales if s is not None), default=0))
