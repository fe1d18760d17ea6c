"""A comparison as one JSON document, to which keys are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tierwise.core.outcome import UNDETERMINED
from tierwise.core.policy import Try
from tierwise.core.values import to_json
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.impact.gates import GateResult
from tierwise.plugins.impact.impact import Impact, MeasureImpact, Move, Mover, OutputImpact, Total
from tierwise.plugins.outcome_class import class_document, is_undetermined

__all__ = ["FORMAT", "impact_document", "impact_schema", "mover_document", "mover_row"]

FORMAT = 1
"""The version of the document; it changes when a key is renamed, removed, or gets another meaning."""


def impact_document(impact: Impact, movers: Iterable[Mover], gates: Sequence[GateResult] = (), more_movers: int = 0) -> dict[str, Any]:
    """Return a comparison as JSON values.

    Args:
        impact: What was counted.
        movers: Those that are named.
        gates: What became of the gates.
        more_movers: How many moves are not named.
    """
    return {
        "format": FORMAT,
        "from": impact.before,
        "to": impact.after,
        "tries": {side: [_try(one) for one in tries] for side, tries in zip(("from", "to"), impact.tries, strict=True)},
        "subjects": impact.subjects,
        "compared": impact.compared,
        "moved": impact.any_moved,
        "outputs": {name: _output(found) for name, found in impact.outputs.items()},
        "outputs_added": list(impact.added),
        "outputs_removed": list(impact.removed),
        "population": {
            name: {side: None if found is None else outcome_document(found) for side, found in zip(("from", "to"), sides, strict=True)}
            for name, sides in impact.population.items()
        },
        "movers": [mover_document(mover) for mover in movers],
        "movers_left_out": more_movers,
        "measures": {name: _measure(found) for name, found in impact.measures.items()},
        "groups": [
            {
                "by": {name: None if group is None else class_document(group) for name, group in found.by.items()},
                "subjects": found.subjects,
                "outputs": {name: _moves(moves) for name, moves in found.moves.items()},
                "measures": {one.measure.name: _measure(one) for one in found.measures},
            }
            for found in impact.groups
        ],
        "gates": [
            {"gate": one.gate.text, "value": to_json(one.value), "limit": to_json(one.gate.limit), "holds": one.holds, "text": one.text}
            for one in gates
        ],
    }


def mover_document(mover: Mover) -> dict[str, Any]:
    """Return a mover as JSON values."""
    document: dict[str, Any] = {
        "key": mover.key,
        "name": mover.name,
        "output": mover.output,
        "from": class_document(mover.before),
        "to": class_document(mover.after),
        "move": mover.move.value,
        "because": dict(zip(("from", "to"), mover.because, strict=True)),
    }
    return document | ({"ranking": mover.ranking} if mover.ranking else {})


def mover_row(mover: Mover) -> dict[str, Any]:
    """Return a mover as the cells of a row."""
    before, after = ("" if side is None else side["text"] for side in mover.because)
    classes = {side: _cell(text) for side, text in (("from", mover.before), ("to", mover.after))}
    own = {"key": mover.key, "name": mover.name, "output": mover.output, "move": mover.move.value, "ranking": mover.ranking}
    return {**own, **classes, "before": before, "after": after}


def _try(told: Try) -> dict[str, Any]:
    return {"by": told.by, "why": None if told.why is None else told.why.named()}


def _cell(text: str) -> Any:
    return f"? {class_document(text)[UNDETERMINED]}" if is_undetermined(text) else class_document(text)


def _output(found: OutputImpact) -> dict[str, Any]:
    return {
        "matrix": [{"from": class_document(c.before), "to": class_document(c.after), "count": c.count} for c in found.matrix],
        "matrix_left_out": found.left_out,
        **_moves(found.moves),
        "scale": list(found.scale),
        "only_from": [{"class": class_document(text), "count": count} for text, count in found.only_before.items()],
        "only_to": [{"class": class_document(text), "count": count} for text, count in found.only_after.items()],
    }


def _moves(moves: Mapping[Move, int]) -> dict[str, int]:
    return {
        "moved": sum(count for move, count in moves.items() if move.is_moved),
        **{move.value: moves.get(move, 0) for move in Move if move is not Move.SAME},
    }


def _measure(found: MeasureImpact) -> dict[str, Any]:
    before, after = found.before, found.after
    return {
        "how": found.measure.how,
        "unit": found.measure.unit,
        "from": _value(before),
        "to": _value(after),
        "delta": to_json(found.delta),
        "counted": {"from": before.counted if before else None, "to": after.counted if after else None},
        "not_counted": {"from": before.unknown if before else None, "to": after.unknown if after else None},
        "defined_differently": found.differs,
    }


def _value(total: Total | None) -> Any:
    return None if total is None else to_json(total.value)


def impact_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft-07) of the document; more keys may stand in every part of it."""
    count = {"type": "integer", "minimum": 0}
    text = {"type": "string"}
    any_class = {"description": 'a value as `decide` writes it, or {"undetermined": reason}'}
    amount = {"type": ["integer", "number", "string", "null"], "description": "exact: a text where a float would lose digits"}
    moves = {"moved": count, **{move.value: count for move in Move if move is not Move.SAME}}
    cell = _object({"from": any_class, "to": any_class, "count": count})
    only = {"type": "array", "items": _object({"class": any_class, "count": count})}
    sides = _object({"from": {"type": ["integer", "null"]}, "to": {"type": ["integer", "null"]}})
    measure = _object({
        "how": {"enum": ["sum", "average", "count"]}, "unit": text, "from": amount, "to": amount, "delta": amount,
        "counted": sides, "not_counted": sides, "defined_differently": {"type": "boolean"},
    })  # fmt: skip
    measures = {"type": "object", "additionalProperties": measure}
    matrix = {"matrix": {"type": "array", "items": cell}, "matrix_left_out": count, "scale": {"type": "array", "items": text}}
    output = _object({**matrix, **moves, "only_from": only, "only_to": only})
    because = {"anyOf": [{"type": "null"}, _object({"rules": {"type": "array", "items": text}, "steps": {"type": "array"}, "text": text})]}
    mover = _object({
        "key": text, "name": {"type": ["string", "null"]}, "output": text, "from": any_class, "to": any_class,
        "move": {"enum": [move.value for move in Move if move.is_moved]}, "because": _object({"from": because, "to": because}),
    })  # fmt: skip
    group = _object({
        "by": {"type": "object"}, "subjects": count, "measures": measures,
        "outputs": {"type": "object", "additionalProperties": _object(moves)},
    })  # fmt: skip
    gate = _object({"gate": text, "value": amount, "limit": amount, "holds": {"type": "boolean"}, "text": text})
    names = {"type": "array", "items": text}
    tries = {"type": "array", "items": _object({"by": {"type": ["string", "null"]}, "why": {"type": ["object", "null"]}})}
    document = _object({
        "format": {"const": FORMAT}, "from": text, "to": text, "tries": _object({"from": tries, "to": tries}), "subjects": count, "compared": count, "moved": count,
        "outputs": {"type": "object", "additionalProperties": output}, "outputs_added": names, "outputs_removed": names,
        "population": {"type": "object"}, "movers": {"type": "array", "items": mover}, "movers_left_out": count, "measures": measures,
        "groups": {"type": "array", "items": group}, "gates": {"type": "array", "items": gate},
    })  # fmt: skip
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "tierwise impact", **document}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}
