"""The meaning of nodes that give a value: constants, names, exact arithmetic, calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tierwise.core import plan as nodes
from tierwise.core.errors import PluginError
from tierwise.core.meaning import exact
from tierwise.core.meaning.unknown import Need, Unknown, domain, for_each, has_few_values, strictly
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Reason
from tierwise.core.types import MapType, RecordType

if TYPE_CHECKING:
    from tierwise.core.meaning.evaluate import Evaluation

__all__ = ["MEANINGS"]


def _constant(run: Evaluation, node: nodes.Constant, world: World) -> Any:
    return node.value


def _undecided(run: Evaluation, node: nodes.Undecided, world: World) -> Any:
    return Unknown.because(node.reason, node.candidates)


def _factref(run: Evaluation, node: nodes.FactRef, world: World) -> Any:
    if node.name in world.facts:
        return world.facts[node.name]
    fact = run.fact(node.name)
    return Unknown(frozenset({Need("fact", node.name, fact.missing)}), domain(node.type, fact.nullable))


def _decisionref(run: Evaluation, node: nodes.DecisionRef, world: World) -> Any:
    result = world.results[node.name]
    if not isinstance(result, Unknown):
        return result
    open_needs = {need for need in result.needs if need.kind != "policy"}
    if result.bound:
        return replace(result, needs=frozenset({*open_needs, Need("decision", node.name, result.reason)}))
    named = {Need("policy", need.name or node.name, need.reason) for need in result.needs - open_needs}
    return replace(result, needs=frozenset({*open_needs, *named}))


def _readingref(run: Evaluation, node: nodes.ReadingRef, world: World) -> Any:
    settled = run.plan.readings[node.name].settled or world.readings.get(node.name)
    return Unknown(frozenset({Need("reading", node.name, Reason.READING)}), node.values) if settled is None else settled


def _itemref(run: Evaluation, node: nodes.ItemRef, world: World) -> Any:
    return world.items[-1 - node.depth][0]


def _fieldref(run: Evaluation, node: nodes.FieldRef, world: World) -> Any:
    record = run.evaluate(node.of, world)
    unknown = strictly([record], domain(node.type))
    if unknown is not None or record is None:
        return unknown
    of_type = node.of.type
    if node.name in record or isinstance(of_type, MapType) or (isinstance(of_type, RecordType) and node.name in of_type.nullable):
        return record.get(node.name)
    owner = world.items[-1 - node.of.depth][1] if isinstance(node.of, nodes.ItemRef) else nodes.name_of(node.of)
    return Unknown(frozenset({Need("policy", f"{owner}.{node.name}" if owner else node.name, Reason.MISSING_FACT)}), domain(node.type))


def _arithmetic(run: Evaluation, node: nodes.Arithmetic, world: World) -> Any:
    parts = [run.evaluate(part, world) for part in node.parts]
    unknown = strictly(parts, None)
    if unknown is not None:
        return unknown
    operation = {"+": exact.add, "-": exact.subtract, "*": exact.multiply}[node.op]
    total = parts[0]
    for part in parts[1:]:
        total = operation(total, part)
    return total


def _quotient(run: Evaluation, node: nodes.Quotient, world: World) -> Any:
    left, right = run.evaluate(node.left, world), run.evaluate(node.right, world)
    return strictly([left, right], None) or exact.quotient(left, right)


def _round(run: Evaluation, node: nodes.Round, world: World) -> Any:
    value = run.evaluate(node.value, world)
    return strictly([value], None) or exact.round_to(value, node.scale, node.mode)


def _call(run: Evaluation, node: nodes.Call, world: World) -> Any:
    arguments = [run.evaluate(argument, world) for argument in node.arguments]
    unknown = strictly(arguments, domain(node.type))
    if unknown is None:
        return _called(run, node, arguments)
    places = [place for place, argument in enumerate(arguments) if isinstance(argument, Unknown)]
    if len(places) > 1 or not has_few_values(arguments[places[0]]):
        return unknown
    before, after = arguments[: places[0]], arguments[places[0] + 1 :]
    return for_each(arguments[places[0]], lambda value: _called(run, node, [*before, value, *after]))


def _called(run: Evaluation, node: nodes.Call, arguments: list[Any]) -> Any:
    try:
        return run.environment.functions[node.function].python(*arguments)
    except Exception as error:  # a plugin's code: say whose fault it is instead of losing the subject silently
        raise PluginError(f"function `{node.function}` failed: {error}", node.function, "functions", "report this to its author") from error


MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    nodes.Constant: _constant,
    nodes.Undecided: _undecided,
    nodes.FactRef: _factref,
    nodes.DecisionRef: _decisionref,
    nodes.ReadingRef: _readingref,
    nodes.ItemRef: _itemref,
    nodes.FieldRef: _fieldref,
    nodes.Arithmetic: _arithmetic,
    nodes.Quotient: _quotient,
    nodes.Round: _round,
    nodes.Call: _call,
}
