"""Drafts a binding: what binds by itself, what may be meant, and which facts nothing in the database supplies."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from tierwise.core.language.suggest import nearest
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import BooleanType, DateTimeType, DateType, ListType, NumberType, SetType
from tierwise.plugins.binding.entry.enter_words import as_id
from tierwise.plugins.binding.heading_units import bare_name, conversion, heading_unit, is_unit, unit_help
from tierwise.plugins.binding.layout import equal_names, is_called_parent, key_column, name_column
from tierwise.plugins.binding.seen import format_line, help_for, seen_format, unread_values
from tierwise.plugins.binding.subject_rows import TOTAL
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format
from tierwise.plugins.data_source import Column, Source, SourceTable
from tierwise.plugins.sql import all_of, call, cast, column, count_if, is_known, select, text

__all__ = ["bind_draft"]

PLAIN = re.compile(r"[^\W\d]\w*")
FEW = 20
MOSTLY = 0.8
RELATIVES: Mapping[str, str] = {"parent_": "above", "group_": "group", "top_": "top"}
"""How the name of a fact begins that is of relatives, and of which."""
YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def bind_draft(source: Source, plan: Plan, spoken: Callable[[str], str] = str) -> str:
    """Return the text of a ``binding.yaml`` that can be used as it stands; what is only a guess is commented out.

    Args:
        source: The database.
        plan: The policy.
        spoken: Says what a type is called in the reader's language.

    Raises:
        DataError: The database cannot be read, or has no table whose rows can be told apart.
    """
    draft = _Draft(source, plan, spoken)
    return "\n".join(draft.lines()) + "\n"


@dataclass
class _Draft:
    source: Source
    plan: Plan
    spoken: Callable[[str], str]

    def __post_init__(self) -> None:
        self.table = max(self.source.tables().values(), key=self._likeness)
        self.key = key_column(self.table, self.plan)
        self.judgements = next((t for t in self.source.tables().values() if self._holds_judgements(t)), None)

    def lines(self) -> Iterator[str]:
        """Yield the draft line by line."""
        named = name_column(self.table, self.key)
        subject: dict[str, object] = {"table": self.table.name, "key": self.key.name, **({"name": named.name} if named else {})}
        yield f"# Draft of a binding of `{self.plan.policy}` to `{self.source.location}`. Lines that start with `#` are guesses: check them."
        yield "binding: 1"
        yield f"policy: {_word(self.plan.policy)}"
        parent, likely = self._parent()
        if parent:
            subject["parent"] = parent
        if totals := self._totals(named):
            subject["where"] = totals
        yield f"subject: {_flow(subject)}"
        if likely:
            yield f"# `{likely}` holds ids of other rows: if those stand above, add `parent: {_word(likely)}` to `subject`"
        equal = equal_names(self.table, self.plan.facts)
        rest = [fact for name, fact in self.plan.facts.items() if name not in equal]
        certain = {fact.name: line for fact in rest if (line := self._certain(fact))}
        unsure = [fact for fact in rest if fact.name not in certain]
        guesses = {fact.name: line for fact in unsure if (line := (self._of_relatives(fact) if parent else "") or self._guess(fact))}
        written = {**{name: column.name for name, column in equal.items()}, **self._columns_of(certain)}
        forms, doubts = self._forms(written)
        common = _common(forms.values())
        if common != PLAIN_FORMAT:
            yield f"format: {format_line(common)}"
        for doubt in dict.fromkeys(doubts):
            yield f"# {doubt}"
        own = {name: form for name, form in forms.items() if form.over(common) != common}
        for name, form in own.items():
            certain[name] = _flow({"column": written[name]})[:-1] + f", format: {format_line(form)}" + "}"
        yield "facts:" if certain else "facts: {}"
        for name, line in certain.items():
            yield f"  {_word(name)}: {line}"
        for name, line in guesses.items():
            yield f"  # {_word(name)}: {line}"
        yield from _section("binds by itself, since a column has its name", equal)
        lost = [fact for fact in rest if fact.name not in certain and fact.name not in guesses]
        yield from _section("nothing supplies", (self._described(fact) for fact in lost))

    def _likeness(self, table: SourceTable) -> tuple[int, bool, int]:
        called = table.name.casefold().rstrip("s") == self.plan.subject.casefold().rstrip("s")
        like = sum(bool(nearest(fact, [c.name for c in table.columns])) for fact in self.plan.facts)
        return len(equal_names(table, self.plan.facts)), called, like

    def _totals(self, named: Column | None) -> dict[str, str]:
        """Return the condition that leaves rows of totals out, where there are some."""
        names = [self.key, *([named] if named else [])]
        for column_of in names:
            values = self._distinct(column_of, call("regexp_full_match", _text_of(column_of), text(rf"(?i)\s*{TOTAL}\s*")))
            if values:
                return {column_of.name: "not(" + ", ".join(value.strip() for value in values) + ")"}
        return {}

    def _parent(self) -> tuple[str, str]:
        """Return the column with the id of the row above, if one is called so; else one that may be."""
        found = [c.name for c in self.table.columns if c != self.key and self._names_rows(c)]
        called = next((name for name in found if is_called_parent(name)), "")
        return (called, "") if called else ("", found[0] if found else "")

    def _names_rows(self, of: Column) -> bool:
        """Say whether what stands in a column is the id of some row as a rule, not of that row itself."""
        self.source.load(self.table.name, [of.name, self.key.name])
        kinds = [self.source.type_of(self.table.name, c) for c in (of, self.key)]
        rows = self.source.named(self.table.name)
        up, id = as_id(column(of.name), kinds[0]), as_id(column(self.key.name), kinds[1])
        known = exp.In(this=up.copy(), query=exp.Subquery(this=select(id.copy(), source=rows.copy())))
        told = all_of(is_known(up.copy()), up.copy().neq(text("")), up.copy().neq(id))
        counted = select(count_if(known), exp.Count(this=exp.Star()), source=rows).where(told, copy=False)
        ids, all = self.source.connection.execute(counted.sql("duckdb")).fetchall()[0]
        return bool(all and ids >= all * MOSTLY)

    def _of_relatives(self, fact: Fact) -> str:
        """Return a fact of a row above, or of the whole group, by what it is called."""
        for start, of in RELATIVES.items():
            rest = fact.name.removeprefix(start)
            if rest == fact.name:
                continue
            near = nearest(rest, [c.name for c in self.table.columns if c != self.key]) or self._ending(rest)
            if near is not None and of != "group":
                return _flow({"column": near, "of": of})
            if of == "group" and (line := self._in_child(replace(fact, name=rest))):
                return line[:-1] + f", of: {of}}}"
        return ""

    def _ending(self, word: str) -> str | None:
        """Return a column called so behind a word of its own, such as `own_limit` for `limit`."""
        return next((c.name for c in self.table.columns if c.name.casefold().endswith(f"_{word.casefold()}")), None)

    def _distinct(self, of: Column, where: exp.Expr) -> list[str]:
        self.source.load(self.table.name, [of.name])
        query = select(_text_of(of), source=self.source.named(self.table.name)).where(where, copy=False).distinct().limit(5)
        return [str(row[0]) for row in self.source.connection.execute(query.sql("duckdb")).fetchall()]

    def _columns_of(self, certain: Mapping[str, str]) -> dict[str, str]:
        """Return the column of the subject's table for each certain line that names one."""
        found = {name: re.fullmatch(r"\{column: (.+)\}", line) for name, line in certain.items()}
        return {name: word[1].strip('"') for name, word in found.items() if word}

    def _forms(self, written: Mapping[str, str]) -> tuple[dict[str, Format], list[str]]:
        """Return how the values of each fact's column are written, as far as they say so, and what they leave open."""
        forms: dict[str, Format] = {}
        doubts: list[str] = []
        for name, word in written.items():
            of, type = self.table.column(word), self.plan.facts[name].type
            if of is None or not isinstance(type, NumberType | DateType | DateTimeType):
                continue
            self.source.load(self.table.name, [of.name])
            raw_type = self.source.type_of(self.table.name, of)
            rows = self.source.named(self.table.name)
            values = unread_values(self.source.connection, rows, column(of.name), raw_type, type)
            if form := seen_format(self.source.connection, values, type):
                forms[name] = form
            elif values and (help := help_for(self.source.connection, values[:FEW], "bad-value", type)):
                doubts.append(f"`{word}` ({values[0]}): {help}")
            done = conversion(of.name, PLAIN_FORMAT, type)
            said = conversion(of.name, Format.model_validate({"unit": done.unit}), type) if done is not None else None
            if done is not None and said is not None and said.factor is not None:
                forms[name] = forms.get(name, PLAIN_FORMAT).model_copy(update={"unit": done.unit})
            elif done is not None:
                doubts.append(f"`{word}`: {unit_help(of.name, type)}")
        return forms, doubts

    def _holds_judgements(self, table: SourceTable) -> bool:
        return all(table.column(name) is not None for name in (self.key.name, "name", "value", "judged_on"))

    def _certain(self, fact: Fact) -> str:
        """Return a line that can only be meant so: a column called like the fact's label, or a judgement under its name."""
        labelled = next((c for label in dict.fromkeys(fact.label.values()) if (c := self._called(label)) is not None), None)
        if labelled is not None:
            return _flow({"column": labelled.name})
        if self.judgements is not None and self._is_judged(fact.name):
            return self._judgement(fact)
        return ""

    def _called(self, label: str) -> Column | None:
        """Return the column with that heading, perhaps with a unit behind it."""
        units = (c for c in self.table.columns if bare_name(c.name) == label and is_unit(heading_unit(c.name)))
        return self.table.column(label) or next(units, None)

    def _guess(self, fact: Fact) -> str:
        names = [c.name for c in self.table.columns if c != self.key]
        for word in (fact.name, *fact.label.values()):
            near = nearest(word, names)
            if near is not None:
                return _flow({"column": near}) + "   # a similar name"
        if fact.judged and self.judgements is not None:
            return self._judgement(fact) + "   # no judgement of that name yet"
        return self._in_child(fact)

    def _in_child(self, fact: Fact) -> str:
        """Return an aggregate over a child table with a column like the fact."""
        for table in self.source.tables().values():
            if table.name == self.table.name or table.column(self.key.name) is None:
                continue
            names = [c.name for c in table.columns if c.name.casefold() != self.key.name.casefold()]
            found = next((c.name for word in (fact.name, *fact.label.values()) if (c := table.column(word))), None) or nearest(
                fact.name, names
            )
            if found is not None:
                return _flow({"table": table.name, "aggregate": _aggregate(fact), "column": found})
        return ""

    def _judgement(self, fact: Fact) -> str:
        assert self.judgements is not None
        table = self.judgements
        until = {"valid_until": "valid_to"} if table.column("valid_to") else {}
        told = {"table": table.name, "aggregate": "last", "column": "value", "by": "judged_on"}
        return _flow({**told, "where": {"name": fact.name}, **until})

    def _is_judged(self, name: str) -> bool:
        """Say whether the table of judgements holds one of that name."""
        assert self.judgements is not None
        query = exp.select(exp.Literal.number(1).as_("found")).from_(self.source.named(self.judgements.name))
        self.source.load(self.judgements.name, ["name"])
        query = query.where(cast(column("name"), "VARCHAR").eq(exp.Literal.string(name))).limit(1)
        return bool(self.source.connection.execute(query.sql("duckdb")).fetchall())

    def _described(self, fact: Fact) -> str:
        told = [str(fact.type), *(["judged"] if fact.judged else [])]
        return f"{fact.name} ({', '.join(map(self.spoken, told))}): {fact.label.get('zh') or fact.label.get('en', '')}".rstrip(": ")


def _common(forms: Iterable[Format]) -> Format:
    """Return what can be said for all columns: words and signs of any of them, and the number and the dates that most have."""
    found = list(forms)
    told: dict[str, object] = {}
    for name in ("currency", "nothing", "date"):
        words = tuple(dict.fromkeys(word for form in found for word in getattr(form, name)))
        if words:
            told[name] = words
    numbers = Counter(form.number for form in found if form.number)
    if numbers:
        told["number"] = numbers.most_common(1)[0][0]
    return Format.model_validate(told)


def _text_of(of: Column) -> exp.Expr:
    return cast(column(of.name), "VARCHAR")


def _aggregate(fact: Fact) -> str:
    if isinstance(fact.type, ListType | SetType):
        return "list"
    if isinstance(fact.type, DateType | DateTimeType):
        return "max"
    return "exists" if isinstance(fact.type, BooleanType) else "sum" if isinstance(fact.type, NumberType) else "last"


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    shown = list(items)
    if shown:
        yield ""
        yield f"# {title}:"
        yield from (f"#   {item}" for item in shown)


def _flow(told: Mapping[str, object]) -> str:
    parts = (f"{key}: {_flow(value) if isinstance(value, Mapping) else _word(str(value))}" for key, value in told.items())
    return "{" + ", ".join(parts) + "}"


def _word(text: str) -> str:
    """Quote a text for YAML when it is more than one word."""
    return text if PLAIN.fullmatch(text.replace("-", "x")) and text.casefold() not in YAML_WORDS else json.dumps(text, ensure_ascii=False)
