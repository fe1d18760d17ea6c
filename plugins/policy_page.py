"""A policy as a page that a sales director can read: scales, rules, rights, what is read and what is open, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.plan import (
    Agree,
    Collected,
    Decision,
    Labels,
    Named,
    Node,
    Pick,
    Plan,
    Prefer,
    RankCut,
    Ranking,
    Reading,
    Table,
    Undecided,
    constant_of,
    table_of,
    undecided_of,
)
from tierwise.core.plan.node_text import PEOPLE
from tierwise.core.policy import Policy
from tierwise.core.policy.declared_types import TypeKeys
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.sentences.formula_words import formula_in_words
from tierwise.plugins.sentences.phrases import words_of, words_of_pages
from tierwise.plugins.sentences.words import cell_value, value_text, why
from tierwise.plugins.supply import asked_by

__all__ = ["Block", "Watched", "policy_page"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 to 3), a paragraph (level 0), a table when it has a header, or the steps of a scale, the best first.

    Attributes:
        keys: How many of a table's first columns are ids and names, which stay texts even where they look like numbers.
    """

    text: str
    level: int = 0
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    steps: tuple[str, ...] = ()
    keys: int = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch rule as a page shows it: its name and label, the kinds of events with their labels, and what its action says."""

    name: str
    label: Named
    events: Mapping[str, Named]
    say: Named


def policy_page(
    policy: Policy, plan: Plan, language: str, watched: Sequence[Watched] = (), functions: Iterable[str] = ()
) -> tuple[Block, ...]:
    """Return the blocks of a policy's page.

    Args:
        policy: The policy as written; for its source, description and the labels of words.
        plan: What it compiled to.
        language: ``en`` or ``zh``.
        watched: The rules of its section ``watch``.
        functions: The names of functions: no word of theirs is a name of the policy.
    """
    blocks = _Page(policy, plan, language, tuple(functions)).blocks(watched)
    return tuple(block for block in blocks if block.text or block.header or block.steps)


class _Page:
    def __init__(self, policy: Policy, plan: Plan, language: str, functions: tuple[str, ...]) -> None:
        self.policy = policy
        self.functions = functions
        self.hits = words_of("workbook", language)
        self.plan = plan
        self.language = language
        self.words = words_of_pages(language)
        self.decisions = {name: decision for module in policy.modules.values() for name, decision in module.decisions.items()}
        self.labels = self._glossary()
        names = sorted(self.labels, key=len, reverse=True)
        self.pattern = _any_of(names, functions)
        self.own_labels = {name: self._labels(fact) for name, fact in policy.facts.items()}
        self.told: set[str] = set()

    def blocks(self, watched: Sequence[Watched]) -> Iterator[Block]:
        yield Block(self._in(self.plan.title), 1)
        if self.policy.about is not None:
            yield Block(self.policy.about.in_language(self.language))
        if self.policy.source:
            yield Block(f"{self.words['source']}: {self.policy.source}")
        for module, declaration in self.policy.modules.items():
            title = declaration.label.in_language(self.language) if declaration.label is not None else module
            yield Block(title, 2)
            for decision in self.plan.decisions.values():
                if decision.module == module:
                    yield from self._decision(decision)
        if watched:
            yield from self._watch(watched)
        yield from self._parameters()
        yield from self._facts()
        yield from self._open()

    def _watch(self, watched: Sequence[Watched]) -> Iterator[Block]:
        yield Block(self.words["watch"], 2)
        rows = tuple(
            (
                self._in(rule.label) or rule.name,
                ", ".join(self._in(label) or kind for kind, label in rule.events.items()),
                self._in(rule.say),
            )
            for rule in watched
        )
        yield Block("", header=(self.words["rule"], self.words["event"], self.words["action"]), rows=rows)

    # ---- words -------------------------------------------------------------------------------------------------------------

    def _in(self, label: Named) -> str:
        return label.get(self.language) or label.get("en") or ""

    def _glossary(self) -> dict[str, str]:
        """Return the reader's words for the names and words of the policy; a word with two meanings stays as it is."""
        named = {
            item.name: self._in(item.label)
            for group in (self.plan.facts, self.plan.decisions, self.plan.readings)
            for item in group.values()
        }
        meanings: dict[str, set[str]] = {}
        declarations = [*self.policy.facts.values(), *self.decisions.values()]
        for declaration in declarations:
            for word, label in self._labels(declaration).items():
                meanings.setdefault(word, set()).update({label} - {word})
        for declaration in (*self.policy.facts.values(), *self.policy.types.values()):
            for field, declared in declaration.fields.items():
                if declared.label is not None:
                    meanings.setdefault(field, set()).update({declared.label.in_language(self.language)} - {field})
        for reading in self.policy.readings.values():
            for word, text in reading.values.items():
                meanings.setdefault(word, set()).update({text.in_language(self.language)} - {word})
        words = {word: next(iter(labels)) for word, labels in meanings.items() if len(labels) == 1 and word not in named}
        parts = {name: self._part_of(name) for name in self.plan.decisions if "." in name and named.get(name) in ("", name)}
        return {name: label for name, label in {**words, **named, **parts}.items() if label and label != name}

    def _part_of(self, name: str) -> str:
        """Return what people call a part of a decision: of a scorecard what its characteristic asks for."""
        owner, _, part = name.partition(".")
        decision = self.plan.decisions.get(owner)
        asked = self.plan.facts.get(asked_by(name, self.decisions)) or self.plan.decisions.get(asked_by(name, self.decisions))
        said_of = self.words["sum"] if part == "sum" else self._in(asked.label) if asked is not None else ""
        return f"{(self._in(decision.label) if decision else '') or owner} · {said_of or part.replace('_', ' ')}"

    def _labels(self, declaration: TypeKeys) -> dict[str, str]:
        """Return what people call the words of a declaration."""
        return {word: label.in_language(self.language) for word, label in self.policy.words_of(declaration).items()}

    def _gloss(self, text: str, about: str = "") -> str:
        """Return a text in the reader's words; the words of the fact it is ``about`` have that fact's meaning."""
        own = self.own_labels.get(about)
        if not own:
            return self.pattern.sub(lambda found: self.labels[found[1]] if found[1] else found[0], text)
        # In one pass: a label may hold a word that has a label, too.
        labels = self.labels | own
        words = _any_of(sorted(labels, key=len, reverse=True), self.functions)
        return words.sub(lambda found: labels[found[1]] if found[1] else found[0], text)

    def _formula(self, node: Node) -> str:
        """Return a formula in the reader's words, its names by their labels."""
        return self._gloss(formula_in_words(PEOPLE.write(node), self.language))

    def _written(self, text: str, about: str = "") -> str:
        """Return what an author wrote as a column or a cell in the reader's words."""
        return self._gloss(formula_in_words(text, self.language), about)

    # ---- decisions -----------------------------------------------------------------------------------------------------------

    def _decision(self, decision: Decision) -> Iterator[Block]:
        label = self._in(decision.label)
        kind = decision.type.item if isinstance(decision.type, SetType | ListType) else decision.type
        heading = self.labels.get(decision.name, decision.name)
        if label in ("", decision.name) and "." in decision.name and undecided_of(decision.node) is not None:
            return  # a part that every company supplies stands in the list of those
        table = table_of(decision.node, self.plan)
        if table is not None and table.name in self.told:
            return  # an output of a table that stands above
        yield Block(heading, 3)
        if isinstance(kind, EnumType) and decision.output and len(kind.values) <= 12:
            if decision.form in ("table", "ranking", "prefer") and decision.type is kind:
                yield Block(self.words["scale"])
                yield Block("", steps=tuple(self._gloss(word) for word in kind.values))
                yield from self._rights(decision, kind.values)
            else:
                yield Block(", ".join(self._gloss(word) for word in kind.values))
        yield from self._node(decision.node)

    def _rights(self, grade: Decision, words: Sequence[str]) -> Iterator[Block]:
        """Yield what hangs on a grade alone, side by side: a row for each grade, a column for each right."""
        rights: dict[str, Mapping[str, str]] = {}
        for decision in self.plan.decisions.values():
            table = table_of(decision.node, self.plan)
            if table is None or table.column_texts != (grade.name,) or len(table.outputs) > 1 or any(rule.note for rule in table.rules):
                continue
            given = {word: self._value(rule.outputs[0]) for rule in table.rules for word in _words_of_cell((rule.test_texts or ("",))[0])}
            if given.keys() <= set(words) and not table.acknowledged and table.defaults[:1] in ((), (None,)):
                rights[self._in(decision.label) or decision.name] = given
                self.told.add(table.name)
        if rights:
            yield Block(self.words["rights"])
            rows = tuple((self._gloss(word), *(given.get(word, "?") for given in rights.values())) for word in words)
            yield Block("", header=(self._in(grade.label) or grade.name, *rights), rows=rows)

    def _node(self, node: Node) -> Iterator[Block]:
        words = self.words
        match node:
            case Pick(table=name):
                yield from self._table(self.plan.tables[name])
            case RankCut(ranking=ranking, by=by, cuts=cuts, outside=outside, ties=ties, crossing=crossing):
                limits = [words["rest"] if cut.limit is None else _limit(cut.limit, by) for cut in cuts]
                rows = tuple((self._gloss(cell_text(to_json(cut.value))), limit) for cut, limit in zip(cuts, limits, strict=True))
                yield Block(self._ranked(self.plan.rankings[ranking]))
                yield Block("", header=(words["class"], words[by]), rows=rows)
                yield Block("; ".join((words[f"ties {ties}"], *((words[f"crossing {crossing}"],) if by == "pareto" else ()))))
                if outside is not None:
                    yield Block(f"{words['outside']}: {self._value(outside)}")
            case Labels(tests=tests):
                rows = tuple((self._gloss(word), self._formula(test)) for word, test in tests)
                yield Block("", header=(words["class"], words["when"]), rows=rows)
            case Agree(values=values) | Collected(values=values):
                rows = tuple((self._gloss(word), self._value(value)) for word, value in values)
                yield Block("", header=(words["class"], words["gives"]), rows=rows)
            case Prefer(parts=parts):
                yield Block(f"{words['first']}: {', '.join(self._formula(part) for part in parts)}")
            case Undecided(reason=reason):
                yield Block(f"{words['given']}: {why(reason, self.language)}")
            case _:
                text = self._formula(node)
                yield Block("" if text == "…" else text)

    def _ranked(self, ranking: Ranking) -> str:
        """Say by what subjects are ranked, in which order, and among whom."""
        words = self.words
        keys = (f"{self._formula(key)} ({words['highest' if falls else 'lowest']})" for key, falls in ranking.keys)
        said = [f"{words['ranked']}: {', '.join(keys)}"]
        if ranking.partition is not None:
            said.append(f"{words['within']}: {self._formula(ranking.partition)}")
        if ranking.among is not None:
            said.append(f"{words['among']}: {self._formula(ranking.among)}")
        return "; ".join(said)

    def _table(self, table: Table) -> Iterator[Block]:
        self.told.add(table.name)
        notes = any(rule.note for rule in table.rules)
        columns = [self._written(text) for text in table.column_texts]
        outputs = [f"→ {self._gloss(name)}" for name in table.outputs]
        header = (self.words["rule"], *columns, *outputs, *((self.words["note"],) if notes else ()))
        blank = ("",) * len(table.columns)
        rows = tuple(
            (
                rule.id,
                *(self._written(text or "-", about) for text, about in zip(rule.test_texts or blank, table.column_texts, strict=True)),
                *(self._value(node) for node in rule.outputs),
                *((rule.note,) if notes else ()),
            )
            for rule in table.rules
        )
        yield Block(f"{self.hits['hit']}: {self.hits[f'hit {table.hit}']}")
        yield Block("", header=header, rows=rows)
        for output, default in zip(table.outputs, table.defaults, strict=False):
            if default is not None:
                yield Block(f"{self.words['otherwise']} {self._gloss(output)}: {self._value(default)}")
        for item in table.acknowledged:
            yield Block(f"{self.words['gaps']}: {self._in(item.why)}")

    def _value(self, node: Node) -> str:
        constant, undecided = constant_of(node), undecided_of(node)
        if constant is not None:
            return "–" if constant.value in (None, ()) else self._gloss(value_text(constant.value, None, self.language))
        if undecided is not None:
            candidates = ", ".join(self._gloss(cell_value(candidate, None, self.language)) for candidate in undecided.candidates)
            return f"? {why(undecided.reason, self.language)}" + (f" ({candidates})" if candidates else "")
        return self._formula(node)

    # ---- what is read, what is open --------------------------------------------------------------------------------------------

    def _facts(self) -> Iterable[Block]:
        words = self.words
        rows = tuple(
            (
                self._in(fact.label) or fact.name,
                self._type(fact.type, fact.name),
                words["person"] if fact.judged else words["data"],
                fact.name,
            )
            for fact in self.plan.facts.values()
        )
        yield Block(words["facts"], 2)
        yield Block("", header=(words["label"], words["type"], words["entered"], words["fact"]), rows=rows)

    def _type(self, kind: Type, about: str) -> str:
        if isinstance(kind, NumberType) and kind.unit:
            return f"{said(str(kind), self.language)} ({kind.unit})"
        if isinstance(kind, SetType | ListType) and isinstance(kind.item, EnumType):
            return f"{self._type(kind.item, about)} …"
        if isinstance(kind, EnumType):
            return " / ".join(self._gloss(word, about) for word in kind.values)
        return said(str(kind), self.language)

    def _parameters(self) -> Iterable[Block]:
        words = self.words
        rows = []
        for name, declared in self.policy.parameters.items():
            value = self.policy.parameter_values.get(name)
            shown = words["own"] if value is None else " ".join((self._gloss(cell_text(to_json(value))), declared.unit)).strip()
            rows.append((declared.label.in_language(self.language) if declared.label is not None else name, shown, name))
        if rows:
            yield Block(words["parameters"], 2)
            yield Block("", header=(words["label"], words["value"], words["fact"]), rows=tuple(rows))

    def _open(self) -> Iterable[Block]:
        words, plan = self.words, self.plan
        if plan.readings:
            yield Block(words["open"], 2)
            yield Block(
                "",
                header=(words["label"], words["values"], words["settled"], words["reading"]),
                rows=tuple(self._reading(reading) for reading in plan.readings.values()),
            )
            for name, reading in self.policy.readings.items():
                about: Any = getattr(reading, "about", None)
                if about is not None:
                    yield Block(f"{self._gloss(name)}: {about.in_language(self.language)}")
        if plan.lost:
            yield Block(words["lost"], 2)
            yield Block(", ".join(self.labels.get(name) or (self._part_of(name) if "." in name else name) for name in plan.lost))

    def _reading(self, reading: Reading) -> tuple[str, ...]:
        """Return the row of a reading; a word that settles it stands beside what it is called."""
        labels = self.policy.readings[reading.name].values if self.language == "zh" else {}
        called = {word: text.zh for word, text in labels.items() if text.zh != word}
        shown = {word: f"{called[word]} ({word})" if word in called else word for word in reading.values}
        settled = shown[reading.settled] if reading.settled else "–"
        return self._in(reading.label) or reading.name, " / ".join(shown.values()), settled, reading.name


def _any_of(words: Iterable[str], functions: Iterable[str] = ()) -> re.Pattern[str]:
    """Return a pattern that finds whole words, as its group; the name of a function before its bracket is found as a whole, without the group."""
    alternatives = "|".join(map(re.escape, words)) or r"(?!)"
    calls = "|".join(re.escape(name) for name in sorted(functions, key=len, reverse=True)) or r"(?!)"
    return re.compile(rf"(?<![\w.])(?:(?:{calls})(?=\()|({alternatives})(?![\w.]))")


def _words_of_cell(text: str) -> list[str]:
    """Return the words that a cell names; of anything else but words, the text itself."""
    return [word.strip().strip('"`') for word in text.split(",")]


def _limit(limit: Any, by: str) -> str:
    return f"{limit * 100:f}".rstrip("0").rstrip(".") + " %" if by != "top" else f"{limit:f}"
