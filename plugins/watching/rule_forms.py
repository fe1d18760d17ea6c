"""Compiles what a watching rule waits for: a number of events, events that have to follow, or silence."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.environment import Path
from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.values import Duration
from tierwise.plugins.watching.rule import Count, Duty, Expected, Lost, Silence
from tierwise.plugins.watching.rule_texts import RuleTexts, named
from tierwise.plugins.watching.watch_section import ExpectedDeclaration, WatchRuleDeclaration

__all__ = ["RuleForms"]


@dataclass
class RuleForms:
    """Compiles the form of each rule of a policy."""

    texts: RuleTexts

    def form(self, rule: WatchRuleDeclaration, path: Path) -> Count | Duty | Silence | None:
        """Return the form of a rule; ``None`` when it is wrong, or waits for a parameter."""
        if rule.silence is not None:
            self._alone(rule, "silence", path)
            length = self.texts.duration(rule.silence, (*path, "silence"))
            self._waits(length, path)
            return Silence(length) if isinstance(length, Duration) else None
        if rule.expect or rule.by is not None:
            self._alone(rule, "expect", path)
            return self._duty(rule, path)
        if rule.met is not None:
            self.texts.error(
                "watch-form", "`met` says what to do when expected events came, but none are expected", (*path, "met"), "add `expect: …`"
            )
        return self._count(rule, path)

    def _alone(self, rule: WatchRuleDeclaration, form: str, path: Path) -> None:
        """Find keys of one form beside those of another."""
        others = {"count", "within", "calendar", "reading", "again", "reset"} | ({"expect", "by", "met"} if form == "silence" else set())
        for key in sorted(others & rule.model_fields_set):
            self.texts.error("watch-form", f"`{key}` has no meaning beside `{form}`", (*path, key), "make it a rule of its own", key=True)

    def _duty(self, rule: WatchRuleDeclaration, path: Path) -> Duty | None:
        if not rule.expect or rule.by is None:
            lacking = "by" if rule.expect else "expect"
            self.texts.error(
                "missing-key",
                f"`{path[-1]}` demands `{lacking}`: what has to follow, and until when",
                path,
                f"add `{lacking}: …`",
                key=True,
            )
            return None
        expected = [self._expected(name, one, rule, (*path, "expect", name)) for name, one in rule.expect.items()]
        by = self.texts.duration(rule.by, (*path, "by"))
        if isinstance(by, Lost):
            message = f"whether it comes in time is not known before `{by.parameter}` has a value; what is still open is reported"
            self.texts.findings.append(Finding.note("watch-waits", message, self.texts.key_span((*path, "by")), "an overlay gives it"))
        return None if by is None else Duty(tuple(expected), by)

    def _expected(self, name: str, one: ExpectedDeclaration, rule: WatchRuleDeclaration, path: Path) -> Expected:
        kinds = self.texts.known(one.on, (*path, "on"))
        for index, text in enumerate(rule.per):  # what keeps duties apart has to be there in their answers, too
            self.texts.expression(text, (*path[:-2], "per"), self.texts.scope(self.texts.fields(kinds)), index)
        condition = None if one.when is None else self.texts.boolean(one.when, (*path, "when"), self.texts.scope(self.texts.fields(kinds)))
        return Expected(name, named(one.label, name), kinds, condition)

    def _count(self, rule: WatchRuleDeclaration, path: Path) -> Count | None:
        within = None if rule.within is None else self.texts.duration(rule.within, (*path, "within"))
        if isinstance(within, Lost):
            self._waits(within, path)
            return None
        both = rule.within is not None and rule.calendar is not None
        reading = None
        if rule.reading is not None:
            readings = self.texts.context.plan.readings
            declared = readings.get(rule.reading)
            if declared is None or set(declared.values) != {"rolling", "calendar"}:
                message = f"`{rule.reading}` is no reading with the values `rolling` and `calendar`"
                self.texts.error("unknown-name", message, (*path, "reading"), suggest(rule.reading, readings))
            elif not both:
                self.texts.error(
                    "watch-form", "`reading` decides between `within` and `calendar`; one of them is not there", (*path, "reading")
                )
            reading = rule.reading
        elif both:
            self.texts.error(
                "watch-form", "`within` and `calendar` stand together", (*path, "calendar"), "add the `reading` that decides", key=True
            )
        resets = self.texts.known(rule.reset, (*path, "reset"))
        for index, text in enumerate(rule.per if resets else ()):  # what keeps counts apart has to be there in what resets them, too
            self.texts.expression(text, (*path, "per"), self.texts.scope(self.texts.fields(resets)), index)
        return Count(rule.count, within, rule.calendar, reading, rule.again, resets)

    def _waits(self, lost: Duration | Lost | None, path: Path) -> None:
        if isinstance(lost, Lost):
            message = f"`{path[-1]}` does not watch before `{lost.parameter}` has a value"
            self.texts.findings.append(Finding.note("watch-waits", message, self.texts.key_span(path), "an overlay gives it"))
