"""Says what is told of a part whose diagram is known: its one value, or why there is none, what it may be and what would settle it.

No order of rules, facts or decisions enters. A part is determined when every completion gives one value. Else its candidates are the values of all
completions; an unknown is needed when two completions that differ in it alone come to different things; and the reason is

- that for which each way to settle the readings leaves it open, or ``reading`` where these differ;
- that for which the policy itself leaves it open under every completion of the facts, whatever is missing;
- else ``missing_fact`` when such a fact is needed, and what the other needs say (``lost``, ``vague``) when none is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tierwise.core.meaning.diagrams import LAST, Diagram, Diagrams
from tierwise.core.meaning.hit_policies import Picked
from tierwise.core.meaning.unknown import Unknown, domain, strongest
from tierwise.core.outcome import Determined, Reason, distinct
from tierwise.core.types import Type
from tierwise.core.values import Value, hashable

__all__ = ["MOST_LISTED", "Settled", "of_values", "settled"]

MOST_LISTED = 64  # candidates of a type that has no list of its values
_STRENGTH = (Reason.MISSING_FACT, Reason.LOST, Reason.VAGUE)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a part comes to under every completion.

    Attributes:
        value: The one value, when ``reason`` is ``None``.
        reason: Why there is no single value.
        bound: The values still possible; ``None`` when that may be any.
        is_partial: Besides, it may be left open without any candidate.
        needs: Names of what would settle it.
        rules: Ids of the rules that gave the value, or stay possible.
        is_final: No fact, reading or decision would settle it: the policy leaves it open.
        is_exact: Each of the values is possible; else they are only all that may be.
    """

    value: Value = None
    reason: Reason | None = None
    bound: tuple[Value, ...] | None = ()
    needs: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    is_partial: bool = False
    is_final: bool = False
    is_exact: bool = True

    @property
    def mark(self) -> Hashable:
        """What makes two outcomes different: the value, or the reason."""
        return (type(self.value), hashable(self.value)) if self.reason is None else self.reason


def settled(of: Diagrams, diagram: Diagram, type: Type | None) -> Settled:
    """Return what is told of a part.

    Args:
        of: The diagrams of its plan.
        diagram: What it may come to, as ``Picked``.
        type: Its type.
    """
    key = ("settled", diagram, type)
    if key not in of.found:
        of.found[key] = _Settling(of, type).settle(diagram)
    found: Settled = of.found[key]
    return found


class _Settling:
    def __init__(self, of: Diagrams, type: Type | None) -> None:
        self._of = of
        self._type = type

    def settle(self, diagram: Diagram) -> Settled:
        of = self._of
        ends = {end: self._at_end(end) for end in _ends(diagram, of.first_decision)}
        marks = {end: mark for end, (_, mark) in ends.items()}
        if diagram.place >= of.first_fact:
            return self._of_facts(diagram, marks, [found for found, _ in ends.values()])
        tops = list(_ends(diagram, of.first_fact))
        ways = [self._of_facts(top, marks, [ends[end][0] for end in _ends(top, of.first_decision)]) for top in tops]
        needs = frozenset(name for name, _ in self._asked(self._merged(diagram, marks), of.first_decision))
        return _together(self._type, ways, needs, lambda _: Reason.READING)

    def _at_end(self, end: Diagram) -> tuple[Settled, Hashable]:
        """Return what is told where every fact is there, and what makes it different; remembered."""
        key = ("end", end, self._type)
        known: tuple[Settled, Hashable] | None = self._of.found.get(key)
        if known is None:
            found = self._open(end)
            known = self._of.found[key] = (found, found.mark)
        return known

    def _of_facts(self, top: Diagram, marks: dict[Diagram, Hashable], found: Sequence[Settled]) -> Settled:
        """Return what comes of a diagram that asks for facts first, under all their completions."""
        if len(found) == 1:
            return found[0]
        asked = self._asked(self._merged(top, marks), self._of.first_decision)
        reasons = {reason for _, reason in asked}
        reasons |= {one.reason for one in found if one.reason and not one.is_exact}

        def strongest(left_open: Sequence[Settled]) -> Reason:
            return _strongest(reasons) or left_open[0].reason or Reason.GAP

        return _together(self._type, found, frozenset(name for name, _ in asked), strongest)

    def _open(self, end: Diagram) -> Settled:
        """Return what comes of decisions that the policy leaves open, once every fact is there."""
        if end.question is None:
            return _of_result(end.result)
        results = list(_ends(end, LAST))
        found = [_of_result(result.result) for result in results]
        marks = {result: one.mark for result, one in zip(results, found, strict=True)}
        merged = self._merged(end, marks)
        asked = self._asked(merged, LAST)
        names = frozenset(name for name, _ in asked)
        together = _together(self._type, found, names, lambda _: strongest([reason for _, reason in asked]))
        is_sure = all(node.question is None or node.question.is_sure for node in _nodes(merged, LAST))
        return replace(together, is_exact=together.is_exact and (is_sure or together.reason is None))

    def _asked(self, diagram: Diagram, place: int) -> frozenset[tuple[str, Reason]]:
        return frozenset().union(*(self._of.asks(node) for node in _nodes(diagram, place)))

    def _merged(self, diagram: Diagram, marks: dict[Diagram, Hashable]) -> Diagram:
        """Return a diagram in which ends that come to the same are one, so that it asks only for what matters."""
        of = self._of
        if len(set(marks.values())) == len(marks):
            return diagram
        done: dict[Diagram, Diagram] = {}

        def merged(node: Diagram) -> Diagram:
            if node not in done:
                if node in marks:
                    done[node] = of.leaf(("end", marks[node]))
                elif node.question is not None:
                    done[node] = of.ask(node.question, [merged(way) for way in node.ways])
            return done[node]

        return merged(diagram)


def of_values(found: Iterable[Determined], asked: Collection[tuple[str, Reason]], type: Type | None) -> Settled:
    """Return what is told of a part that may be any of several values.

    Args:
        found: The values, each possible.
        asked: The facts that matter, each with what an outcome is called that hangs on it.
        type: The type of the part.
    """
    each = [Settled(one.value, rules=frozenset(one.rules)) for one in found]
    return _together(type, each, frozenset(name for name, _ in asked), lambda _: _strongest({reason for _, reason in asked}) or Reason.GAP)


def _strongest(reasons: Collection[Reason]) -> Reason | None:
    return next((reason for reason in _STRENGTH if reason in reasons), None)


def _together(type: Type | None, found: Sequence[Settled], needs: frozenset[str], name: Callable[[Sequence[Settled]], Reason]) -> Settled:
    rules = frozenset().union(*(one.rules for one in found))
    if len({one.mark for one in found}) == 1 and found[0].reason is None:
        return Settled(found[0].value, rules=rules)
    left_open = [one for one in found if one.reason is not None]
    reasons = {one.reason for one in left_open}
    is_one = len(left_open) == len(found) and len(reasons) == 1
    reason = left_open[0].reason if is_one else name(left_open)
    bound = _bound(type, found)
    return Settled(
        None,
        reason,
        bound,
        needs.union(*(one.needs for one in left_open)),
        rules,
        any(one.is_partial for one in found),
        is_one and all(one.is_final for one in found),
        bound is not None and all(one.is_exact for one in found),
    )


def _bound(type: Type | None, found: Sequence[Settled]) -> tuple[Value, ...] | None:
    if any(one.reason is not None and one.bound is None for one in found):
        return domain(type)
    values = distinct([value for one in found for value in ((one.value,) if one.reason is None else one.bound or ())])
    return values if len(values) <= MOST_LISTED or domain(type) is not None else None


def _of_result(picked: Picked) -> Settled:
    result, rules = picked.result, frozenset(picked.rules)
    if not isinstance(result, Unknown):
        return Settled(result, rules=rules)
    named = [need for need in result.needs if need.name]
    needs = frozenset(need.name for need in named if need.kind != "decision") or frozenset(need.name for need in named)
    bound, is_partial = result.bound, result.is_partial
    if (
        bound is None and result.is_final and result.reason is not Reason.TIE
    ):  # made of something that has no candidates: it has none either
        bound, is_partial = (), True
    return Settled(None, result.reason, bound, needs, rules, is_partial, result.is_final, result.is_final)


def _ends(diagram: Diagram, place: int) -> Iterator[Diagram]:
    """Yield, once each, the first nodes on every way that ask for nothing, or for nothing before ``place``."""
    seen = {diagram}
    pending = [diagram]
    while pending:
        node = pending.pop()
        if node.place >= place:
            yield node
            continue
        fresh = [way for way in dict.fromkeys(node.ways) if way not in seen]
        seen.update(fresh)
        pending.extend(reversed(fresh))


def _nodes(diagram: Diagram, place: int) -> Iterator[Diagram]:
    """Yield, once each, the nodes that ask for something before ``place``."""
    seen = {diagram}
    pending = [diagram]
    while pending:
        node = pending.pop()
        if node.place < place:
            yield node
            fresh = set(node.ways) - seen
            seen.update(fresh)
            pending.extend(fresh)
