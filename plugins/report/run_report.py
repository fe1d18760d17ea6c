"""What a report of a run says, in the reader's words: distributions, what is undetermined and what would settle it, and where it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tierwise import __version__
from tierwise.core.outcome import Undetermined
from tierwise.core.plan import Decision, Named
from tierwise.core.types import BooleanType, EnumType, ListType, SetType
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.grading import Grading, Share
from tierwise.plugins.run import Run
from tierwise.plugins.sentences.phrases import phrase, words_of
from tierwise.plugins.word_labels import labels_of_words

__all__ = ["Bar", "OutputReport", "RunReport", "run_report"]

MOST_BARS = 15
MOST_NEEDS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of an output, or one reason for which it is undetermined, and how many subjects have it.

    Attributes:
        value: The value as data formats write it; of a reason its name.
        text: The same in words.
        is_open: Whether it is a reason.
    """

    value: str
    text: str
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class OutputReport:
    """One output: its bars, and for each reason what would settle most of its subjects, with their number.

    A subject may have several words of a set, so the bars of a set may add up to more than all.
    """

    name: str
    label: str
    bars: tuple[Bar, ...]
    settled_by: Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class RunReport:
    """The whole report.

    Attributes:
        title: What the policy is called.
        count: How many subjects there are.
        receipt: What it was made from: what it is called, and what it is.
        outputs: In the policy's order.
        unknown: Labels of the outputs that are undetermined for everyone, each with its reasons in words.
        language: ``en`` or ``zh``.
    """

    title: str
    count: int
    receipt: tuple[tuple[str, str], ...]
    outputs: tuple[OutputReport, ...]
    unknown: tuple[tuple[str, str], ...]
    language: str


def run_report(run: Run, grading: Grading, language: str, chosen_by: str = "") -> RunReport:
    """Count what a run gave.

    Args:
        run: The run.
        grading: The results to report, of all subjects or of some.
        language: ``en`` or ``zh``.
        chosen_by: By what condition they were chosen; empty for all.
    """
    return _Reporter(run, grading, language).report(chosen_by)


class _Reporter:
    def __init__(self, run: Run, grading: Grading, language: str) -> None:
        self.run = run
        self.grading = grading
        self.language = language
        self.loaded = run.bound.loaded
        self.words = labels_of_words(self.loaded.policy, language)

    def report(self, chosen_by: str) -> RunReport:
        plan = self.loaded.plan
        needs = self._needs()
        outputs, unknown = [], []
        for decision in self.grading.outputs:
            shares = self.grading.distribution(decision.name)
            if shares and all(share.reason is not None for share in shares):
                unknown.append(
                    (self._in(decision.label) or decision.name, "; ".join(self._reason(share) for share in shares if share.count))
                )
            else:
                outputs.append(self._output(decision, shares, needs.get(decision.name, {})))
        return RunReport(
            self._in(plan.title), self.grading.count(), self._receipt(chosen_by), tuple(outputs), tuple(unknown), self.language
        )

    def _needs(self) -> dict[str, dict[str, Counter[str]]]:
        """Count, for each output and reason, what its subjects hang on."""
        found: dict[str, dict[str, Counter[str]]] = {}
        for result in self.grading.rows():
            for name, outcome in result.outcomes.items():
                if isinstance(outcome, Undetermined) and outcome.needs:
                    found.setdefault(name, {}).setdefault(str(outcome.reason), Counter()).update(set(outcome.needs))
        return found

    def _output(self, decision: Decision, shares: tuple[Share, ...], needs: Mapping[str, Counter[str]]) -> OutputReport:
        bars = [*self._values(decision, shares)]
        bars += [Bar(str(share.reason), self._reason(share), share.count, True) for share in shares if share.reason is not None]
        settled = {
            reason: tuple(
                (self._name(need), count) for need, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_NEEDS]
            )
            for reason, counted in needs.items()
        }
        return OutputReport(decision.name, self._in(decision.label) or decision.name, tuple(bars), settled)

    def _values(self, decision: Decision, shares: tuple[Share, ...]) -> list[Bar]:
        values = [share for share in shares if share.reason is None]
        item = decision.type.item if isinstance(decision.type, SetType | ListType) else decision.type
        if isinstance(item, EnumType) and isinstance(decision.type, SetType):
            counted: Counter[str] = Counter(dict.fromkeys(item.values, 0))
            for share in values:
                counted.update(dict.fromkeys(share.value or (), share.count))
            bars = [self._bar(decision, word, count) for word, count in counted.items() if count]
            none = sum(share.count for share in values if not share.value)
            return [*bars, *([self._bar(decision, None, none)] if none else [])]
        if (isinstance(item, EnumType | BooleanType) and item is decision.type) or len(values) <= MOST_BARS:
            return [self._bar(decision, share.value, share.count) for share in values]
        first = [self._bar(decision, share.value, share.count) for share in values[: MOST_BARS - 1]]
        rest = sum(share.count for share in values[MOST_BARS - 1 :])
        return [*first, Bar("…", words_of("report", self.language)["others"].format(count=len(values) - len(first)), rest, False)]

    def _bar(self, decision: Decision, value: Any, count: int) -> Bar:
        text = cell_text(to_json(value)) if value not in (None, ()) else ""
        shown = self.words.get(decision.name, {}).get(text, text)
        if isinstance(decision.type, BooleanType):
            shown = phrase("yes" if value else "no", self.language)
        return Bar(text, shown or phrase("none", self.language), count, False)

    def _reason(self, share: Share) -> str:
        return phrase("reason tie" if str(share.reason) == "tie" else str(share.reason), self.language)

    def _name(self, need: str) -> str:
        plan = self.loaded.plan
        named = plan.facts.get(need) or plan.decisions.get(need) or plan.readings.get(need)
        return (self._in(named.label) if named is not None else "") or need

    def _in(self, label: Named) -> str:
        return label.get(self.language) or label.get("en") or ""

    def _receipt(self, chosen_by: str) -> tuple[tuple[str, str], ...]:
        words, bound, plan = words_of("report", self.language), self.run.bound, self.loaded.plan
        given = (
            (words["policy"], f"{plan.policy} {plan.version}"),
            (words["fingerprint"], self.loaded.fingerprint),
            (words["data"], bound.facts.location),
            (words["chosen"], chosen_by),
            (words["subjects"], f"{self.grading.count()}"),
            (words["as of"], bound.as_of.isoformat() if bound.as_of else ""),
            (words["engine"], self.run.engine),
            (words["version"], f"Tierwise {__version__}"),
        )
        return tuple((name, text) for name, text in given if text)
