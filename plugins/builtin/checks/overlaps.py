"""Finds pairs of rules of a ``unique`` or ``any`` table that meet with different outputs, and rules that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tierwise.core.finding import Finding
from tierwise.core.plan import Acknowledgement, HitPolicy, Node, Plan, Rule, Table, constant_of, undecided_of
from tierwise.plugins.builtin.checks.wording import box_in_words, doubt, some, value_in_words, witness_of
from tierwise.plugins.geometry.cover import Cover, TooLarge, atoms_in
from tierwise.plugins.geometry.space import Box, Space, Spaces, spaces_of

__all__ = ["find_overlaps"]

SHOWN = 8
PAIRS = 100_000  # more are not looked at: the first few show what is wrong
AGREEING = (HitPolicy.UNIQUE, HitPolicy.ANY)
HELP = "make their conditions exclude each other, use `hit: first`, or acknowledge the overlap with a reason"
Pair = tuple[int, int]


def find_overlaps(plan: Plan) -> Iterator[Finding]:
    """Yield pairs of rules that contradict each other: a warning, or a note where the author has acknowledged it."""
    spaces = spaces_of(plan)
    for table in plan.tables.values():
        if table.hit in AGREEING:
            yield from _overlaps_of(table, spaces)


def _overlaps_of(table: Table, spaces: Spaces) -> Iterator[Finding]:
    space = spaces.of(table)
    try:
        meeting = list(islice(_meeting(space), PAIRS))
    except TooLarge:
        yield Finding.note("analysis-capped", f"`{table.name}` has too many rules: its overlaps were not looked for", table.span)
        return
    yield from _twice(table, space, meeting)
    different = [pair for pair in meeting if _outputs_differ(table, pair)]
    acknowledged = [a for a in table.acknowledged if a.what == "overlap"]
    unexpected = [pair for pair in different if not any(_is_between(table, pair, a) for a in acknowledged)]
    for pair in unexpected[:SHOWN]:
        yield _overlap(table, spaces.producing.plan, space, pair)
    if len(unexpected) > SHOWN:
        more = len(unexpected) - SHOWN
        message = f"{'at least ' if len(meeting) == PAIRS else ''}{more} more {'pair' if more == 1 else 'pairs'} of rules of `{table.name}` overlap with different outputs"
        yield Finding.warning("overlap", message, table.rules[unexpected[SHOWN - 1][1]].span or table.span, HELP)
    for acknowledgement in acknowledged:
        meant = [pair for pair in different if _is_between(table, pair, acknowledgement)]
        yield _expected(table, space, acknowledgement, meant)
        different = [pair for pair in different if pair not in meant]


def _meeting(space: Space) -> Iterator[Pair]:
    """Yield the pairs of rules that surely share a subject, in table order."""
    boxes = [row.must if all(row.must) else (0,) * len(row.must) for row in space.rows]
    cover = Cover(boxes, space.everything, walked=False)
    for later, box in enumerate(boxes):
        if all(box):
            met = cover.meeting(box) & ((1 << later) - 1)
            yield from ((earlier, later) for earlier in atoms_in(met))


def _outputs_differ(table: Table, pair: Pair) -> bool:
    first, second = (table.rules[i].outputs for i in pair)
    return any(a != b for a, b in zip(first, second, strict=True))


def _is_between(table: Table, pair: Pair, acknowledgement: Acknowledgement) -> bool:
    return not acknowledgement.rules or all(table.rules[i].id in acknowledgement.rules for i in pair)


def _overlap(table: Table, plan: Plan, space: Space, pair: Pair) -> Finding:
    first, second = (table.rules[i] for i in pair)
    shared = _shared(space, pair)
    message = f"rules `{first.id}` and `{second.id}` of `{table.name}` both apply to {box_in_words(space, shared) or 'everyone'}"
    given = " but ".join(f"`{rule.id}` gives {_given(rule)}" for rule in (first, second))
    related = (("the other rule", first.span),) if first.span is not None else ()
    help = HELP + doubt(space, shared, plan)
    return Finding.warning(
        "overlap", f"{message}: {given}", second.span or table.span, help, related=related, witness=witness_of(space, shared)
    )


def _shared(space: Space, pair: Pair) -> Box:
    first, second = (space.rows[i].must for i in pair)
    return tuple(a & b for a, b in zip(first, second, strict=True))


def _given(rule: Rule) -> str:
    return ", ".join(_output_in_words(node) for node in rule.outputs)


def _output_in_words(node: Node) -> str:
    constant, undecided = constant_of(node), undecided_of(node)
    if constant is not None:
        return f"`{value_in_words(constant.value, constant.type)}`"
    return "a computed value" if undecided is None else f"undetermined ({undecided.reason})"


def _expected(table: Table, space: Space, acknowledgement: Acknowledgement, pairs: list[Pair]) -> Finding:
    """Say which rules overlap as acknowledged, or that none do."""
    span = acknowledgement.span or table.span
    if not pairs:
        between = f" between {some(acknowledgement.rules)}" if acknowledgement.rules else ""
        message = f"`{table.name}` has no overlap{between} any more: the acknowledgement is not needed"
        return Finding.warning("acknowledgement-not-needed", message, span, "remove it")
    names = some((f"`{table.rules[a].id}` with `{table.rules[b].id}`" for a, b in pairs), quote="")
    why = acknowledgement.why.get("en", "")
    message = f"rules of `{table.name}` overlap as acknowledged: {names}"
    return Finding.note("overlap-acknowledged", message, span, why, witness=witness_of(space, _shared(space, pairs[0])))


def _twice(table: Table, space: Space, meeting: list[Pair]) -> Iterator[Finding]:
    """Yield rules that repeat an earlier one word for word; only ``any`` promises that this is meant."""
    seen: set[int] = set()
    for earlier, later in meeting:
        if later not in seen and space.rows[earlier] == space.rows[later] and not _outputs_differ(table, (earlier, later)):
            seen.add(later)
            first, second = table.rules[earlier], table.rules[later]
            related = (("the first one", first.span),) if first.span is not None else ()
            message = f"rule `{second.id}` of `{table.name}` says the same as rule `{first.id}`"
            yield Finding.warning("duplicate-rule", message, second.span or table.span, "remove one of them", related=related)
