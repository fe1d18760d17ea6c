"""Gates: limits on what a change may do, such as ``demotions <= 2%`` or ``delta(credit_exposure) <= 500000``.

The whole grammar: ``AMOUNT COMPARISON LIMIT``. The amount counts subjects by a word (``promotions``, ``demotions``, ``moves`` …), of all outputs
together or of one, ``demotions(tier)``; or it is ``from``, ``to`` or ``delta`` of a measure. The limit is a number, or a percentage: of the subjects
that both sides have, or of the measure on the baseline.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt

from tierwise.core.finding import has_errors
from tierwise.core.language import read_literal, suggest
from tierwise.core.meaning.exact import round_to
from tierwise.core.source import Source, Span
from tierwise.core.types import NumberType
from tierwise.plugins.impact.impact import Impact, MeasureImpact, Move

__all__ = ["COUNTED", "Gate", "GateError", "GateResult", "read_gate"]

COUNTED: Mapping[str, tuple[Move, ...]] = {
    "moves": tuple(move for move in Move if move.is_moved),
    "promotions": (Move.PROMOTED,),
    "demotions": (Move.DEMOTED,),
    "sideways": (Move.SIDEWAYS,),
    "raised": (Move.RAISED,),
    "lowered": (Move.LOWERED,),
    "settled": (Move.SETTLED,),
    "opened": (Move.OPENED,),
}
"""What counts subjects, by the word that a gate has for it."""

_CHINESE = {
    "变动": "moves",
    "升级": "promotions",
    "降级": "demotions",
    "平调": "sideways",
    "增加": "raised",
    "减少": "lowered",
    "变为确定": "settled",
    "变为未定": "opened",
    "原值": "from",
    "新值": "to",
    "差额": "delta",
}
_OF_MEASURES = ("delta", "from", "to")
_COMPARISONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {"<=": le, "<": lt, ">=": ge, ">": gt, "=": eq}
_WIDE = str.maketrans("（）＜＞＝％≤≥", "()<>=%≤≥")
_GATE = re.compile(r"\s*(?P<word>[^\s()<>=]+)\s*(\(\s*(?P<of>[^()]+?)\s*\))?\s*(?P<op><=|>=|<|>|=)\s*(?P<limit>[^\s=<>].*?)\s*")
_DIGITS = 6


class GateError(Exception):
    """A text is no gate, or is about what the comparison does not have; the text says what is wrong."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate, and whether it holds.

    Attributes:
        value: The number; a share as a part of one, to six digits. ``None`` where there is none, such as a share of nothing.
        limit: Its limit, in the same way.
        text: Value and limit in words.
    """

    gate: Gate
    value: Decimal | None
    holds: bool
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit.

    Attributes:
        text: As it was written.
        word: What it counts, in English, or ``delta``, ``from``, ``to``.
        of: The output or measure; empty for all outputs together.
        op: How the amount has to compare with the limit.
        is_share: The limit is a percentage.
    """

    text: str
    word: str
    of: str
    op: str
    limit: Decimal
    is_share: bool

    def about(self, outputs: tuple[str, ...], measures: tuple[str, ...]) -> None:
        """Check that what it is about is there.

        Raises:
            GateError: It is not.
        """
        known, what = (measures, "measure") if self.word in _OF_MEASURES else (outputs, "output that both sides have")
        if self.of and self.of not in known:
            listed = ", ".join(f"`{name}`" for name in known)
            raise GateError(
                f"gate `{self.text}`: there is no {what} `{self.of}`", suggest(self.of, known) or (listed and f"there are {listed}")
            )

    def judge(self, impact: Impact) -> GateResult:
        """Say whether it holds; without a number it does not."""
        amount, whole, unit = self._amount(impact)
        if amount is None:
            return GateResult(self, None, False, "nobody is counted")
        if not self.is_share:
            return self._judged(Fraction(amount), f"{amount:,f}{unit}", f"{self.limit:,f}{unit}")
        if whole is None or whole <= 0:
            return GateResult(self, None, False, f"there is no share of {'nothing' if whole is None else f'{whole:,f}'}")
        share = Fraction(amount) / Fraction(whole)
        percent = round_to(share * 100, 2, "half up")
        shown = f"{percent.normalize():f}% ({amount:,f} of {whole:,f}{unit})" if isinstance(percent, Decimal) else ""
        return self._judged(share, shown, f"{(self.limit * 100).normalize():f}%")

    def _judged(self, value: Fraction, shown: str, limit: str) -> GateResult:
        rounded = round_to(value, _DIGITS, "half even")
        holds = _COMPARISONS[self.op](value, Fraction(self.limit))
        return GateResult(self, rounded if isinstance(rounded, Decimal) else None, holds, f"{shown}, the limit is {self.op} {limit}")

    def _amount(self, impact: Impact) -> tuple[Decimal | None, Decimal | None, str]:
        """Return the amount, what a percentage is of, and the unit."""
        if self.word in _OF_MEASURES:
            return _measured(self.word, impact.measures[self.of])
        if self.of:
            count = sum(impact.outputs[self.of].moves.get(move, 0) for move in COUNTED[self.word])
        else:
            count = impact.any_moved if self.word == "moves" else sum(impact.moved.get(move, 0) for move in COUNTED[self.word])
        return Decimal(count), Decimal(impact.compared), ""


def read_gate(text: str) -> Gate:
    """Read a gate.

    Raises:
        GateError: It is none.
    """
    form = "write `demotions <= 2%`, `moves(tier) <= 100` or `delta(credit_exposure) <= 500000`"
    found = _GATE.fullmatch(text.translate(_WIDE).replace("≤", "<=").replace("≥", ">="))
    if found is None:
        raise GateError(f"`{text}` is no gate", form)
    word, of = _CHINESE.get(found["word"], found["word"]), found["of"] or ""
    if word not in COUNTED and word not in _OF_MEASURES:
        raise GateError(
            f"gate `{text}` counts `{found['word']}`, which is nothing that can be counted",
            suggest(word, (*COUNTED, *_OF_MEASURES)) or form,
        )
    if word in _OF_MEASURES and not of:
        raise GateError(f"gate `{text}` does not say of which measure", f"write `{word}(MEASURE) …`")
    limit = found["limit"]
    value, problems = read_literal(limit, NumberType(), Span.at(Source("gate", limit), 1, 1, len(limit)))
    if has_errors(problems) or not isinstance(value, Decimal):
        raise GateError(f"gate `{text}`: `{limit}` is no number", form)
    return Gate(text.strip(), word, of, found["op"], value, limit.endswith("%"))


def _measured(word: str, found: MeasureImpact) -> tuple[Decimal | None, Decimal | None, str]:
    before, after = (None if side is None else side.value for side in (found.before, found.after))
    unit = f" {found.measure.unit}" if found.measure.unit else ""
    return {"from": before, "to": after, "delta": found.delta}[word], before, unit
