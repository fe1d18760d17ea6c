"""Who stands near the borders of a policy, and what moving one of them does: the plan with one number changed, graded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from tierwise.core.errors import DataError
from tierwise.core.plan import (
    Decision,
    Fact,
    Named,
    Node,
    Plan,
    behind,
    comparison_of,
    conjuncts_of,
    constant_of,
    cut_of,
    reference_of,
    spelled_out,
    with_children,
    with_nodes,
)
from tierwise.core.types import NumberType, Type
from tierwise.core.values import Value
from tierwise.plugins import sql
from tierwise.plugins.beside import beside
from tierwise.plugins.engine import Engine
from tierwise.plugins.grading import CLASS, NUMBER, Grading, Tabled
from tierwise.plugins.run import Bound
from tierwise.plugins.sql import Sql

__all__ = ["NEAR", "Border", "BorderCount", "MovedBorder", "Standing", "border_counts", "borders_near", "borders_of_plan", "with_border"]

NEAR = Decimal("0.05")
"""How near is near: this share of the border."""
MOVE = Decimal("0.01")
"""By which share a border is moved to see what that does."""
BUCKETS = 10
"""Into how many equal parts the neighbourhood of a border is divided for a picture, half of them below it."""


@dataclass(frozen=True, slots=True)
class Border:
    """A number with which a policy compares a fact or a decision, or the cut of a ranking.

    Attributes:
        about: The name of the fact or decision; of a cut that of the ranking.
        label: What people call it.
        type: Its type.
        value: The number; not zero, of which there is no share.
        outputs: The outputs that hang on a comparison with it.
        cut: The class of a ranking that ends there; none where it is no cut. The value is then a share of all, of the total, or a rank.
        cut_type: The type of that class.
    """

    about: str
    label: Named
    type: NumberType
    value: Decimal
    outputs: tuple[str, ...]
    cut: Value = None
    cut_type: Type | None = None

    def moved(self, share: Decimal) -> Decimal:
        """Return where it stands when it is moved by a share of itself, on a step of its scale, at least one step."""
        step = Decimal(1).scaleb(-(self.type.scale or 0))
        target = self.value + abs(self.value) * share
        rounded = target.quantize(step, ROUND_CEILING if share > 0 else ROUND_FLOOR)
        return rounded if rounded != self.value else self.value + (step if share > 0 else -step)


@dataclass(frozen=True, slots=True)
class MovedBorder:
    """What moving a border does.

    Attributes:
        to: Where it is moved.
        changed: Output to the number of subjects whose outcome is another.
    """

    to: Decimal
    changed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many subjects stand in the neighbourhood of a border: below it, exactly on it, above it."""

    border: Border
    below: int
    at: int
    above: int


@dataclass(frozen=True, slots=True)
class BorderCount:
    """One border over a database.

    Attributes:
        at: Subjects that stand exactly on it.
        below: Subjects within the neighbourhood below it.
        above: Subjects within the neighbourhood above it.
        parts: The neighbourhood in equal parts from below, with the subjects in each; those on the border are in the first part above it. Of a
            cut: those whom it takes in when it is moved to the end of the neighbourhood, and those whom it lets go at its other end.
        lower: What it does to move it down.
        higher: What it does to move it up.
    """

    border: Border
    at: int
    below: int
    above: int
    parts: tuple[int, ...]
    lower: MovedBorder
    higher: MovedBorder


def borders_of_plan(plan: Plan, outputs: Sequence[Decision]) -> tuple[Border, ...]:
    """Return the borders on which some outputs hang, in the order of facts and decisions, the least first."""
    found: dict[tuple[str, Decimal], list[str]] = {}
    declared: Mapping[str, Fact | Decision] = {**plan.facts, **plan.decisions}
    for output in outputs:
        for node in behind(output.node, plan, decisions=True):
            for name, value in _borders_in(node):
                if name in declared and isinstance(declared[name].type, NumberType) and value:
                    hanging = found.setdefault((name, value), [])
                    hanging += [output.name] if output.name not in hanging else []
    places = list(declared)
    order = sorted(found, key=lambda border: (places.index(border[0]), border[1]))
    return (*(_border(declared[name], value, found[name, value]) for name, value in order), *_cuts(plan, outputs))


def _cuts(plan: Plan, outputs: Sequence[Decision]) -> Iterator[Border]:
    """Yield the cuts of rankings on which some outputs hang, in the order of the classes."""
    hanging = {output.name: set(filter(None, map(cut_of, behind(output.node, plan, decisions=True)))) for output in outputs}
    for decision in plan.decisions.values():
        node = cut_of(decision.node)
        names = tuple(name for name, nodes in hanging.items() if node in nodes)
        if node is None or not names:
            continue
        of = NumberType(0) if node.by == "top" else NumberType(6)
        for cut in node.cuts:
            if cut.limit is not None and (node.by == "top" or cut.limit < 1):
                yield Border(node.ranking, decision.label, of, cut.limit, names, cut.value, decision.type)


def _border(declared: Fact | Decision, value: Decimal, outputs: list[str]) -> Border:
    assert isinstance(declared.type, NumberType)
    return Border(declared.name, declared.label, declared.type, value, tuple(outputs))


def _borders_in(node: Node) -> Iterator[tuple[str, Decimal]]:
    """Yield the numbers with which one node compares a fact or a decision by order."""
    for comparison in filter(None, map(comparison_of, conjuncts_of(spelled_out(node)))):
        about, value = reference_of(comparison.about), comparison.constant.value
        if about is not None and isinstance(value, Decimal) and comparison.op not in ("=", "!="):
            yield about.name, value


def with_border(plan: Plan, border: Border, to: Decimal) -> Plan:
    """Return a plan in which one border stands elsewhere, wherever what it is about is compared with it by order."""

    def moved(node: Node) -> Node:
        constant = constant_of(node)
        return node if constant is None or constant.value != border.value else replace(constant, value=to)

    def change(node: Node) -> Node:
        if border.cut is None:
            return with_children(node, moved) if (border.about, border.value) in _borders_in(node) else node
        ranked = cut_of(node, border.about)
        if ranked is None:
            return node
        return replace(ranked, cuts=tuple(replace(cut, limit=to) if cut.value == border.cut else cut for cut in ranked.cuts))

    return with_nodes(plan, change)


def border_counts(
    bound: Bound, engine: Engine, outputs: Sequence[Decision], near: Decimal = NEAR, move: Decimal = MOVE
) -> Iterator[BorderCount]:
    """Yield, for every border, who stands near it and what moving it does; the database is graded once for each.

    Args:
        bound: The subjects.
        engine: The engine that grades; its results have to stand in a table.
        outputs: The outputs to look at.
        near: The neighbourhood, as a share of the border.
        move: By which share the border is moved.

    Raises:
        DataError: The engine's results cannot be compared where they stand.
    """
    plan = bound.loaded.plan
    borders = borders_of_plan(plan, outputs)
    shown = {border.about for border in borders if border.cut is None} | {decision.name for decision in plan.outputs}
    base = _graded(bound, engine, plan.showing(shown))
    for border in borders:
        shares = (-move, move) if border.cut is None else (-move, move, near, -near)
        lower, higher, *ends = _moved(bound, engine, border, [border.moved(share) for share in shares])
        if border.cut is None:
            at, below, above, parts = _near(bound, base, border, near)
        else:  # who stands within so many places of a cut is who changes class when it is moved by so many
            at, (below, above) = 0, (max(end.changed.values(), default=0) for end in ends)
            parts = (below, above)
        yield BorderCount(border, at, below, above, parts, lower, higher)


def borders_near(bound: Bound, grading: Grading, outputs: Sequence[Decision], near: Decimal = NEAR) -> Iterator[Standing]:
    """Yield who stands near the borders of facts, and of outputs that are numbers, without grading anything again; cuts of rankings are left out.

    Args:
        bound: The subjects.
        grading: How they are graded.
        outputs: The outputs to look at.
        near: The neighbourhood, as a share of the border.
    """
    base = grading if isinstance(grading, Tabled) else None
    shown = {decision.name for decision in grading.outputs}
    for border in borders_of_plan(bound.loaded.plan, outputs):
        if border.cut is None and (border.about in bound.facts.columns or (base is not None and border.about in shown)):
            at, below, above, _ = _near(bound, base, border, near)
            yield Standing(border, below, at, above)


def _moved(bound: Bound, engine: Engine, border: Border, targets: Sequence[Decimal]) -> list[MovedBorder]:
    """Count the subjects that come to another class of each output that hangs on a border, with the border elsewhere; all in one grading."""
    plan = every = bound.loaded.plan
    called = []
    for number, to in enumerate(targets):
        every, apart = beside(every, with_border(plan, border, to), f"{number} | ")
        called.append({output: apart.called(output) for output in border.outputs})
    graded = _graded(bound, engine, every.showing({*border.outputs, *(name for names in called for name in names.values())}))
    differs = [
        sql.negate(sql.equal(sql.column(CLASS + output), sql.column(CLASS + name))) for names in called for output, name in names.items()
    ]
    query = sql.select(*(sql.count_if(condition) for condition in differs), source=sql.subquery(graded.classes(), "graded"))
    counts = iter(graded.connection.cursor().execute(sql.printed(query)).fetchone() or ())
    return [MovedBorder(to, {output: int(next(counts)) for output in names}) for to, names in zip(targets, called, strict=True)]


def _graded(bound: Bound, engine: Engine, plan: Plan) -> Tabled:
    grading: Grading = engine.grade(plan, bound.loaded.environment, bound.facts, bound.as_of)
    if not isinstance(grading, Tabled):
        raise DataError(f"the engine `{engine.name}` keeps no results to compare", help="use `--engine duckdb`")
    return grading


def _near(bound: Bound, base: Tabled | None, border: Border, near: Decimal) -> tuple[int, int, int, tuple[int, ...]]:
    """Count who stands on a border, and in equal parts on either side of it."""
    width = abs(border.value) * near
    connection = bound.facts.connection if base is None else base.connection
    if base is None or border.about in bound.loaded.plan.facts:
        if border.about not in bound.facts.columns:
            return 0, 0, 0, (0,) * BUCKETS
        rows: Sql = sql.table(bound.facts.relation)
        number = sql.column(bound.facts.columns[border.about])
    else:
        rows, number = sql.subquery(base.classes(), "graded"), sql.column(NUMBER + border.about)
    exact = sql.cast(number, "DECIMAL(38, 10)")

    def within(low: Decimal, high: Decimal) -> Sql:
        return sql.all_of(exact >= _number(low), exact < _number(high))

    edges = [border.value - width + 2 * width * part / BUCKETS for part in range(BUCKETS + 1)]
    counts = [sql.count_if(exact.eq(_number(border.value)))]
    counts += [sql.count_if(within(low, high)) for low, high in pairwise(edges)]
    counts.append(sql.count_if(exact.eq(_number(edges[-1]))))
    found = connection.cursor().execute(sql.printed(sql.select(*counts, source=rows))).fetchone() or ()
    at, *parts, last = map(int, found)
    parts[-1] += last
    half = BUCKETS // 2
    return at, sum(parts[:half]), sum(parts[half:]) - at, tuple(parts)


def _number(value: Decimal) -> Sql:
    return sql.cast(sql.text(format(value, "f")), "DECIMAL(38, 10)")
