"""A comparison as a page for people: matrices, measures, groups, movers, gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from tierwise.core.outcome import UNDETERMINED, Outcome, Reason
from tierwise.core.plan import Plan
from tierwise.core.policy import Try
from tierwise.core.types import Type
from tierwise.plugins.impact.gates import GateResult
from tierwise.plugins.impact.impact import Impact, MeasureImpact, Move, Mover, OutputImpact
from tierwise.plugins.outcome_class import class_document, class_of, is_undetermined
from tierwise.plugins.policy_page import Block
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.sentences.phrases import words_of_impact
from tierwise.plugins.sentences.words import cell_value, joined, name_in, reason_word, short_name

__all__ = ["class_text", "impact_page", "try_text"]

MOST_CLASSES = 12
MOST_CELLS = 10
MOST_GROUPS = 200


def impact_page(
    impact: Impact, movers: Sequence[Mover], gates: Sequence[GateResult], more_movers: int, plan: Plan | None, language: str
) -> tuple[Block, ...]:
    """Return the blocks of a page.

    Args:
        impact: What was counted.
        movers: Those that are named.
        gates: What became of the gates.
        more_movers: How many moves are not named.
        plan: The policy, for what it calls its subjects, facts and words; of saved runs it need not be at hand.
        language: ``en`` or ``zh``.
    """
    return tuple(_Page(words_of_impact(language), language, plan).blocks(impact, movers, gates, more_movers))


def class_text(text: str, of: Type | None, language: str) -> str:
    """Return a class of a type for people: the value, or ``? reason``."""
    found = class_document(text)
    if is_undetermined(text):
        return f"? {reason_word(Reason(found[UNDETERMINED]), language)}"
    return cell_value(found, of, language)


def try_text(told: Try, language: str) -> str:
    """Return who proposes an overlay and why, as far as it says so."""
    why = told.why.in_language(language) if told.why is not None else None
    return ": ".join(part for part in (told.by, why) if part)


class _Page:
    def __init__(self, words: Mapping[str, str], language: str, plan: Plan | None) -> None:
        self.words = words
        self.language = language
        self.plan = plan
        self.subject = said(plan.subject if plan is not None else "subject", language)

    def say(self, key: str, **parts: object) -> str:
        return self.words[key].format(**parts)

    def name(self, name: str) -> str:
        return name_in(self.plan, name, self.language)

    def names(self, names: Iterable[str]) -> str:
        return joined(map(self.name, names), self.language)

    def class_text(self, name: str, text: str, of: Type | None = None) -> str:
        """Return a class of an output, or of a fact by which subjects are grouped."""
        named = None if self.plan is None else self.plan.facts.get(name) or self.plan.decisions.get(name)
        return class_text(text, of or (None if named is None else named.type), self.language)

    def blocks(self, impact: Impact, movers: Sequence[Mover], gates: Sequence[GateResult], more: int) -> Iterator[Block]:
        yield Block(self.say("title", before=said(impact.before, self.language), after=said(impact.after, self.language)), 1)
        counts = {
            name: f"{count:,}"
            for name, count in (("subjects", impact.subjects), ("compared", impact.compared), ("moved", impact.any_moved))
        }
        yield Block(self.say("subjects", subject=self.subject, **counts))
        for key, tries in zip(("try_from", "try_to"), impact.tries, strict=True):
            yield from (Block(self.say(key, text=try_text(one, self.language))) for one in tries)
        if gates:
            yield from self._gates(gates)
        yield from self._outputs(impact)
        if impact.measures:
            yield from self._measures(impact)
        if impact.groups:
            yield from self._groups(impact)
        if movers or more:
            yield Block(self.say("movers"), 2)
            yield from (Block(self._mover(mover, impact.outputs.get(mover.output))) for mover in movers)
            if more:
                yield Block(self.say("more", count=f"{more:,}"))

    # ---- outputs -------------------------------------------------------------------------------------------------------------

    def _outputs(self, impact: Impact) -> Iterator[Block]:
        still = [name for name, found in impact.outputs.items() if not found.moved and not found.only_before and not found.only_after]
        for name, found in impact.outputs.items():
            if name not in still:
                yield Block(self._label(found), 2)
                yield Block(self._moves(found.moves))
                yield self._matrix(found)
                if found.left_out:
                    yield Block(self.say("others", count=f"{found.left_out:,}"))
        for key, names in (("unchanged", still), ("added", impact.added), ("removed", impact.removed)):
            if names:
                yield Block(self.say(key, names=self.names(names)))
        for name, (before, after) in impact.population.items():
            if before != after:
                yield Block(
                    self.say("population", name=self.name(name), before=self._outcome(name, before), after=self._outcome(name, after))
                )

    def _label(self, found: OutputImpact) -> str:
        label = found.label.get(self.language) or found.name
        return found.name if label == found.name else f"{label} ({found.name})"

    def _moves(self, moves: Mapping[Move, int]) -> str:
        told = [f"{self.words[move.value]} {moves[move]:,}" for move in Move if move is not Move.SAME and moves.get(move)]
        return " · ".join(told) or "–"

    def _matrix(self, found: OutputImpact) -> Block:
        rows, columns = ([text for text in found.classes if text in seen] for seen in _seen(found))
        if max(len(rows), len(columns)) > MOST_CLASSES:
            return self._largest(found)
        counts = {(cell.before, cell.after): cell.count for cell in found.matrix}
        header = (self.say("baseline"), *(self.class_text(found.name, text, found.type) for text in columns), self.say("total"))
        lines = [
            (
                self.class_text(found.name, row, found.type),
                *(_count(counts.get((row, column), 0)) for column in columns),
                _count(sum(counts.get((row, c), 0) for c in columns)),
            )
            for row in rows
        ]
        sums = [sum(counts.get((row, column), 0) for row in rows) for column in columns]
        return Block("", header=header, rows=(*lines, (self.say("total"), *map(_count, sums), _count(sum(sums)))), keys=1)

    def _largest(self, found: OutputImpact) -> Block:
        """Return the largest cells of those that moved, where there are too many classes for a matrix."""
        cells = sorted((cell for cell in found.matrix if cell.before != cell.after), key=lambda cell: -cell.count)
        rows = tuple(
            (*(self.class_text(found.name, text, found.type) for text in (cell.before, cell.after)), _count(cell.count))
            for cell in cells[:MOST_CELLS]
        )
        return Block("", header=(self.say("from"), self.say("to"), self.say("count")), rows=rows, keys=2)

    # ---- measures and groups -------------------------------------------------------------------------------------------------

    def _measures(self, impact: Impact) -> Iterator[Block]:
        yield Block(self.say("measures"), 2)
        header = tuple(self.say(word) for word in ("measure", "from", "to", "delta", "share", "counted", "not_counted"))
        yield Block("", header=header, rows=tuple(self._measure(found) for found in impact.measures.values()))
        yield from (Block(self.say("differs", name=name)) for name, found in impact.measures.items() if found.differs)

    def _measure(self, found: MeasureImpact) -> tuple[str, ...]:
        before, after = found.before, found.after
        label = found.measure.label.get(self.language) or found.measure.name
        unit = f" {found.measure.unit}" if found.measure.unit else ""
        values = (None if side is None else side.value for side in (before, after))
        counted, unknown = (
            " → ".join("–" if side is None else f"{getattr(side, word):,}" for side in (before, after)) for word in ("counted", "unknown")
        )
        return (f"{label}{unit}", *(_amount(value) for value in values), _amount(found.delta, sign=True), _share(found), counted, unknown)

    def _groups(self, impact: Impact) -> Iterator[Block]:
        names = list(impact.groups[0].by)
        moving = [name for name, found in impact.outputs.items() if found.moved]
        yield Block(self.say("groups", names=self.names(names)), 2)
        header = (
            *map(self.name, names),
            self.say("count"),
            *(self.say("group_moved", name=short_name(name, impact.outputs[name].label, self.language)) for name in moving),
            *(
                self.say("group_delta", name=short_name(name, found.measure.label, self.language))
                for name, found in impact.measures.items()
            ),
        )
        rows = [
            (
                *(self.say("no_group") if group is None else self.class_text(name, group) for name, group in found.by.items()),
                f"{found.subjects:,}",
                *(_moved(found.moves[name]) for name in moving),
                *(_amount(one.delta, sign=True) for one in found.measures),
            )
            for found in impact.groups
        ]
        yield Block("", header=header, rows=tuple(rows[:MOST_GROUPS]), keys=len(names))
        if len(rows) > MOST_GROUPS:
            yield Block(f"… {len(rows) - MOST_GROUPS:,}")

    def _outcome(self, name: str, outcome: Outcome | None) -> str:
        return "–" if outcome is None else self.class_text(name, class_of(outcome))

    # ---- movers and gates ----------------------------------------------------------------------------------------------------

    def _mover(self, mover: Mover, output: OutputImpact | None) -> str:
        who = f"{mover.key} {mover.name}" if mover.name else mover.key
        of, label = (None, {}) if output is None else (output.type, output.label)
        before, after = (self.class_text(mover.output, text, of) for text in (mover.before, mover.after))
        named = short_name(mover.output, label, self.language)
        head = f"{who} · {named}: {before} → {after} ({self.words[mover.move.value]})"
        texts = [
            self.say(key, text=side["text"]) for key, side in zip(("before", "after"), mover.because, strict=True) if side and side["text"]
        ]
        return "  ".join((head, *texts))

    def _gates(self, gates: Sequence[GateResult]) -> Iterator[Block]:
        yield Block(self.say("gates"), 2)
        rows = tuple(
            (f"`{found.gate.text}`", self.say("holds" if found.holds else "broken"), said(found.text, self.language)) for found in gates
        )
        yield Block("", header=(self.say("gates"), "", ""), rows=rows)


def _seen(found: OutputImpact) -> tuple[set[str], set[str]]:
    """Return the classes that occur on either side."""
    return {cell.before for cell in found.matrix}, {cell.after for cell in found.matrix}


def _moved(moves: Mapping[Move, int]) -> str:
    """Return how many moved, and how many of them up and down a scale."""
    moved = sum(count for move, count in moves.items() if move.is_moved)
    ways = [f"{sign}{moves[move]:,}" for sign, move in (("↑", Move.PROMOTED), ("↓", Move.DEMOTED)) if moves.get(move)]
    return (f"{moved:,}" + (f" ({' '.join(ways)})" if ways else "")) if moved else "·"


def _count(count: int) -> str:
    return f"{count:,}" if count else "·"


def _amount(value: Decimal | None, sign: bool = False) -> str:
    return "–" if value is None else f"{value:+,f}" if sign and value else f"{value:,f}"


def _share(found: MeasureImpact) -> str:
    """Return the delta as a percentage of the baseline; none of a baseline that is not above zero."""
    base = None if found.before is None else found.before.value
    if base is None or base <= 0 or found.delta is None:
        return "–"
    share = (found.delta * 100 / base).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{share:+,f}%"
