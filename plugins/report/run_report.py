"""What a report of a run says, in the reader's words: distributions, by groups too, what is undetermined and what would settle it, who stands near
the borders, and where it comes from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from tierwise.core.outcome import Outcome, Reason, Undetermined
from tierwise.core.plan import Decision, Named
from tierwise.core.types import BooleanType, EnumType, ListType, SetType
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.grading import Grading, Numbering, Share
from tierwise.plugins.paths.borders import NEAR, borders_near
from tierwise.plugins.report.receipt import receipt_of
from tierwise.plugins.run import Run
from tierwise.plugins.sentences.border_lines import number_text
from tierwise.plugins.sentences.phrases import phrase, words_of
from tierwise.plugins.word_labels import labels_of_words

__all__ = ["Bar", "NearBorder", "OutputReport", "RunReport", "Split", "run_report"]

MOST_BARS = 15
MOST_NEEDS = 5
MOST_GROUPS = 30
MOST_SPLIT = 5
"""How many outputs are split by groups: the first whose values are words or yes and no."""
MOST_BORDERS = 30


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
class Split:
    """One output by groups of subjects.

    Attributes:
        by: What the subjects are grouped by, in words.
        output: The output, in words.
        bars: Its values and reasons that occur, in words.
        groups: Each group, the largest first, with how many subjects have each of ``bars``.
    """

    by: str
    output: str
    bars: tuple[str, ...]
    groups: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class NearBorder:
    """What is compared in words, where its border is, and how many stand below it, on it and above it, within 5 % of it."""

    label: str
    number: str
    below: int
    at: int
    above: int


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
        splits: Outputs by groups, where that was asked for.
        near: The borders near which somebody stands; empty where only some subjects are reported.
    """

    title: str
    count: int
    receipt: tuple[tuple[str, str], ...]
    outputs: tuple[OutputReport, ...]
    unknown: tuple[tuple[str, str], ...]
    language: str
    splits: tuple[Split, ...] = ()
    near: tuple[NearBorder, ...] = ()


def run_report(run: Run, grading: Grading, language: str, chosen_by: str = "", by: Sequence[str] = ()) -> RunReport:
    """Count what a run gave.

    Args:
        run: The run.
        grading: The results to report, of all subjects or of some.
        language: ``en`` or ``zh``.
        chosen_by: By what condition they were chosen; empty for all.
        by: Facts and outputs by which subjects are grouped.
    """
    return _Reporter(run, grading, language, by).report(chosen_by)


Needs = dict[str, dict[str, Counter[str]]]
Cell = tuple[str, str, str, str]
"""What subjects are grouped by, their group, an output, and what it came to as a bar says it."""


class _Reporter:
    def __init__(self, run: Run, grading: Grading, language: str, by: Sequence[str]) -> None:
        self.run = run
        self.grading = grading
        self.language = language
        self.by = by
        self.loaded = run.bound.loaded
        self.words = labels_of_words(self.loaded.policy, language)

    def report(self, chosen_by: str) -> RunReport:
        plan = self.loaded.plan
        needs, cells = self._counted()
        outputs, unknown = [], []
        for decision in self.grading.outputs:
            shares = self.grading.distribution(decision.name)
            if shares and all(share.reason is not None for share in shares):
                unknown.append(
                    (self._in(decision.label) or decision.name, "; ".join(self._reason(s.reason) for s in shares if s.reason and s.count))
                )
            else:
                outputs.append(self._output(decision, shares, needs.get(decision.name, {})))
        return RunReport(
            self._in(plan.title),
            self.grading.count(),
            receipt_of(self.run.bound, self.language, chosen_by, self.grading.count(), self.run.engine),
            tuple(outputs),
            tuple(unknown),
            self.language,
            tuple(self._splits(outputs, cells)),
            () if chosen_by else tuple(self._near()),
        )

    def _counted(self) -> tuple[Needs, Counter[Cell]]:
        """Count, for each output and reason, what its subjects hang on; and what comes out in each group."""
        needs: Needs = {}
        cells: Counter[Cell] = Counter()
        split = [d.name for d in self._split_outputs()] if self.by else []
        for outcomes, of_facts, count in self._kinds():
            for name, outcome in outcomes.items():
                if isinstance(outcome, Undetermined) and outcome.needs:
                    needs.setdefault(name, {}).setdefault(str(outcome.reason), Counter()).update(dict.fromkeys(outcome.needs, count))
            for by in self.by:
                group = of_facts[by] if by in of_facts else self._outcome_group(by, outcomes[by])
                cells.update({(by, group, name, _bar_of(outcomes[name])): count for name in split})
        return needs, cells

    def _kinds(self) -> Iterator[tuple[Mapping[str, Outcome], Mapping[str, str], int]]:
        """Yield what comes out, with the groups by facts, and how many subjects it is so of: all that are alike at once, where the engine can."""
        told = self._in_bulk()
        groups = self._groups_by_facts()
        if told is None:
            yield from ((result.outcomes, group, 1) for result, group in zip(self.grading.rows(), groups, strict=False))
            return
        outcomes, lists = told
        names = [decision.name for decision in self.grading.outputs]
        counted = Counter((listed, *group.values()) for listed, group in zip(lists, groups, strict=False))
        of_facts = [name for name in self.by if name in self.loaded.plan.facts]
        for (listed, *group), count in counted.items():
            found = (outcomes[number] for number in json.loads(listed))
            yield dict(zip(names, found, strict=True)), dict(zip(of_facts, group, strict=True)), count

    def _in_bulk(self) -> tuple[list[Outcome], Iterator[str]] | None:
        """Return the different outcomes, and of each subject its list of their numbers, in the order of the keys."""
        outcomes: list[Outcome] = []

        def number(outcome: Outcome) -> int:
            outcomes.append(outcome)
            return len(outcomes) - 1

        batches = self.grading.numbered(number) if isinstance(self.grading, Numbering) else None
        return None if batches is None else (outcomes, chain.from_iterable(listed for _, listed in batches))

    def _groups_by_facts(self) -> Iterator[Mapping[str, str]]:
        """Yield the groups of each graded subject by those facts by which they are grouped, in the order of the keys."""
        names = [name for name in self.by if name in self.loaded.plan.facts]
        if not names:
            return repeat({})
        return ({name: self._fact_group(name, facts) for name in names} for facts in self._facts())

    def _facts(self) -> Iterator[Mapping[str, Any]]:
        subjects = self.run.bound.facts.subjects()  # in the order of the keys, too
        if self.grading is self.run.grading:
            yield from (subject.facts for subject in subjects)
            return
        for result in self.grading.rows():
            yield next(subject.facts for subject in subjects if subject.key == result.key)

    def _outcome_group(self, by: str, outcome: Outcome) -> str:
        if isinstance(outcome, Undetermined):
            return "? " + self._reason(outcome.reason)
        return self._group(by, outcome.value)

    def _fact_group(self, by: str, facts: Mapping[str, Any]) -> str:
        return self._group(by, facts[by]) if by in facts else words_of("report", self.language)["missing"]

    def _group(self, by: str, value: Any) -> str:
        """Return a group of subjects in words."""
        if isinstance(value, bool):
            return phrase("yes" if value else "no", self.language)
        text = cell_text(to_json(value)) if value is not None else phrase("none", self.language)
        return self.words.get(by, {}).get(text, text)

    def _split_outputs(self) -> list[Decision]:
        return [d for d in self.grading.outputs if isinstance(d.type, EnumType | BooleanType)][:MOST_SPLIT]

    def _splits(self, outputs: Sequence[OutputReport], cells: Counter[Cell]) -> Iterator[Split]:
        split = [decision.name for decision in self._split_outputs()]
        for by in self.by:
            sizes: Counter[str] = Counter()
            for (name, group, of, _), count in cells.items():
                if (name, of) == (by, split[0]):
                    sizes[group] += count
            order = [group for group, _ in sorted(sizes.items(), key=lambda one: (-one[1], one[0]))]
            for output in outputs:
                if output.name in split and output.name != by:
                    yield self._split(by, output, order, cells)

    def _split(self, by: str, output: OutputReport, order: Sequence[str], cells: Counter[Cell]) -> Split:
        bars = [bar for bar in output.bars if bar.count]
        counts = [(group, tuple(cells[by, group, output.name, _mark(bar)] for bar in bars)) for group in order]
        if len(counts) > MOST_GROUPS:
            rest = [numbers for _, numbers in counts[MOST_GROUPS - 1 :]]
            others = words_of("report", self.language)["other groups"].format(count=len(rest))
            counts = [*counts[: MOST_GROUPS - 1], (others, tuple(map(sum, zip(*rest, strict=True))))]
        return Split(self._name(by), output.label, tuple(f"{'? ' if bar.is_open else ''}{bar.text}" for bar in bars), tuple(counts))

    def _near(self) -> Iterator[NearBorder]:
        outputs = [decision for decision in self.grading.outputs if not decision.population]
        found = [one for one in borders_near(self.run.bound, self.grading, outputs, NEAR) if one.below or one.at or one.above]
        most = sorted(found, key=lambda one: -(one.below + one.at + one.above))[:MOST_BORDERS]
        for one in (one for one in found if one in most):
            number = number_text(one.border, one.border.value, self.language)
            yield NearBorder(self._in(one.border.label) or one.border.about, number, one.below, one.at, one.above)

    def _output(self, decision: Decision, shares: tuple[Share, ...], needs: Mapping[str, Counter[str]]) -> OutputReport:
        bars = [*self._values(decision, shares)]
        bars += [Bar(str(share.reason), self._reason(share.reason), share.count, True) for share in shares if share.reason is not None]
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

    def _reason(self, reason: Reason) -> str:
        return phrase("reason tie" if str(reason) == "tie" else str(reason), self.language)

    def _name(self, need: str) -> str:
        plan = self.loaded.plan
        named = plan.facts.get(need) or plan.decisions.get(need) or plan.readings.get(need)
        return (self._in(named.label) if named is not None else "") or need

    def _in(self, label: Named) -> str:
        return label.get(self.language) or label.get("en") or ""


def _bar_of(outcome: Outcome) -> str:
    """Return what tells the bar of an outcome."""
    if isinstance(outcome, Undetermined):
        return f"? {outcome.reason}"
    return cell_text(to_json(outcome.value)) if outcome.value is not None else ""


def _mark(bar: Bar) -> str:
    return f"? {bar.value}" if bar.is_open else bar.value
