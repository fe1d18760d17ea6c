"""``visit-cadence``: how often each class is visited, when the next visit is due, and whether it is late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from pydantic import BaseModel, Field, model_validator

from tierwise.core.environment import KindContext, KindDecision
from tierwise.core.finding import Finding, Severity
from tierwise.core.plan import Named
from tierwise.core.policy.texts import Part
from tierwise.core.source import Written
from tierwise.core.types import DurationType
from tierwise.plugins.builtin.forms.acknowledged import OpenWays
from tierwise.plugins.builtin.kinds.ladder import amounts_by_grade, grades_of, inversion_finding, inversions
from tierwise.plugins.builtin.kinds.shared_keys import Acknowledged, Given, NamedDecision

__all__ = ["CadenceGives", "VisitCadence", "VisitCadenceKeys"]

LABELS: Mapping[str, Named] = {
    "interval": {"zh": "拜访间隔", "en": "visit interval"},
    "due_on": {"zh": "下次拜访日期", "en": "next visit due on"},
    "due": {"zh": "应当拜访", "en": "visit due"},
    "overdue": {"zh": "拜访逾期", "en": "visit overdue"},
}

TITLE: Named = {"zh": "拜访周期", "en": "Visit cadence"}


class CadenceGives(Part):
    """The decisions that are wanted, each under a name of the author's."""

    interval: NamedDecision | None = None
    due_on: NamedDecision | None = None
    due: NamedDecision | None = None
    overdue: NamedDecision | None = None

    def counted(self) -> Iterator[tuple[str, Given]]:
        """Yield what is counted from the last visit: the output of the form ``schedule`` and the name it gets."""
        for what, given in (("due_on", self.due_on), ("due", self.due), ("overdue", self.overdue)):
            if given is not None:
                yield what, given


class OddCadence(Acknowledged, OpenWays):
    """What is acknowledged of the intervals: also what several classes leave open that have to agree."""


class VisitCadenceKeys(Part):
    """The interval of each class, and what it is counted from. Without ``every`` all decisions are written out."""

    by: Written | None = Field(default=None, description="the fact or decision with the one class")
    of: Written | None = Field(default=None, description="the fact or decision with a set of classes, which have to agree")
    every: dict[Written, Written | None] = Field(
        default_factory=dict, description="class to duration, `undetermined(…)` where it is not said"
    )
    last: Written | None = Field(default=None, description="the date of the last visit")
    reading: Written | None = Field(default=None, description="`rolling`, `calendar`, a reading of these two, or an expression")
    give: CadenceGives = CadenceGives()
    acknowledge: OddCadence = OddCadence()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.by is not None and self.of is not None) or bool(self.every) != bool(self.by or self.of):
            raise ValueError("demands `every` together with one of `by` and `of`")
        if any(self.give.counted()) and not (self.every and self.last):
            raise ValueError("demands `every` and `last` for `due_on`, `due` and `overdue`")
        if self.give.overdue and not self.reading:
            raise ValueError("demands `reading` for `overdue`: `rolling`, `calendar` or a reading")
        return self

    def interval_of(self, module: str) -> str:
        """Return the name of the decision with the interval; it is hidden when the author gave it none."""
        return self.give.interval.name if self.give.interval else f"{module}_interval"


class VisitCadence:
    """How often a customer is visited."""

    name = "visit-cadence"
    title: Named = TITLE
    about = "How often each class is visited, when the next visit is due and whether it is late."
    keys: type[BaseModel] = VisitCadenceKeys

    def decisions(self, module: str, keys: VisitCadenceKeys) -> Iterable[KindDecision]:
        """Return the interval by class, and the schedule that counts from the last visit."""
        if not keys.every:
            return
        interval, shown = keys.interval_of(module), keys.give.interval
        open_ways = {what: why for what, why in (("gap", keys.acknowledge.gap), ("overlap", keys.acknowledge.overlap)) if why is not None}
        form, by = ("lookup", {"by": keys.by}) if keys.by else ("agree", {"of": keys.of, "acknowledge": open_ways})
        label = shown.labelled(LABELS["interval"]) if shown else LABELS["interval"]
        yield KindDecision(interval, form, {**by, "values": keys.every}, DurationType(), label, hidden=shown is None)
        for what, given in keys.give.counted():
            schedule = {"last": keys.last, "every": interval, "reading": keys.reading or "rolling", "outputs": {what: given.name}}
            yield KindDecision(given.name, "schedule", schedule, label=given.labelled(LABELS[what]))

    def check(self, keys: VisitCadenceKeys, context: KindContext) -> Iterable[Finding]:
        """Warn where a better class is visited less often. A class without an interval is found by the form."""
        grades = grades_of(context.plan, keys.by) if keys.by else ()
        interval = keys.interval_of(context.module)
        for amounts in amounts_by_grade(context.plan, interval, keys.by or "", grades):
            for inversion in inversions(amounts, grades, better="lower"):
                yield inversion_finding(
                    inversion,
                    interval,
                    keys.by or "",
                    context.span((*context.path, "every", inversion.lower)),
                    code="interval-inverted",
                    severity=Severity.WARNING,
                    acknowledged=keys.acknowledge.inversion,
                )
