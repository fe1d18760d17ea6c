"""Says values, outcomes and distances in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tierwise.core.explaining.explanation import Miss, Read
from tierwise.core.meaning.exact import compare
from tierwise.core.outcome import Determined, Outcome, Reason
from tierwise.core.plan import Named, Plan
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type
from tierwise.core.values import SECONDS_PER_DAY, Duration, Value, to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.sentences.phrases import phrase, words_of

__all__ = [
    "cell_value",
    "joined",
    "label_in",
    "label_text",
    "miss_text",
    "name_in",
    "name_text",
    "outcome_text",
    "percent_text",
    "read_text",
    "reason_word",
    "short_name",
    "value_text",
    "why",
    "word_text",
]

CHINESE = re.compile("[\u4e00-\u9fff]")


def why(reason: Reason, language: str) -> str:
    """Return what a reason code means."""
    return phrase("reason tie" if reason is Reason.TIE else str(reason), language)


def reason_word(reason: Reason, language: str) -> str:
    """Return what a reason is called where there is no room for a sentence."""
    return words_of("open", language)[str(reason)]


def word_text(word: str, of: Type | None, language: str) -> str:
    """Return what people call a word of a list: in Chinese its label, which a type knows as a spelling of it; in English the word itself."""
    if language != "zh" or not isinstance(of, EnumType) or CHINESE.search(word):
        return word
    return next((spelling for spelling, known in reversed(of.aliases) if known == word and CHINESE.search(spelling)), word)


def label_text(label: Named, language: str) -> str:
    """Return a label, in English where it is not given in a language; empty where there is none."""
    return label.get(language) or label.get("en") or ""


def label_in(plan: Plan | None, name: str) -> Named:
    """Return the label of a fact, a decision or a reading; empty of any other name, and without a plan."""
    if plan is None:
        return {}
    named = plan.facts.get(name) or plan.decisions.get(name) or plan.readings.get(name)
    return {} if named is None else named.label


def short_name(name: str, label: Named, language: str) -> str:
    """Return what something is called where there is room for one name: in Chinese its label, in English, where its name is a word, that."""
    return label.get(language) or name if language == "zh" else name


def name_in(plan: Plan | None, name: str, language: str) -> str:
    """Return what a fact, a decision or a reading is called where there is room for one name; any other name itself."""
    return short_name(name, label_in(plan, name), language)


def name_text(name: str, label: Named, language: str) -> str:
    """Return a name with its label, once when they are the same."""
    shown = label_text(label, language)
    return f"`{name}`" if shown in ("", name) else f"{shown} (`{name}`)" if name else shown


def cell_value(value: Any, of: Type | None, language: str) -> str:
    """Return a value, or its JSON form, as people see it in a cell: words of the policy by their labels, no units."""
    if value is None or isinstance(value, bool):
        return said("none" if value is None else str(value).lower(), language)
    if isinstance(value, tuple | list):
        item = of.item if isinstance(of, SetType | ListType) else None
        return ", ".join(cell_value(part, item, language) for part in value) or "–"
    return word_text(value, of, language) if isinstance(value, str) else cell_text(to_json(value)) or "–"


def value_text(value: Value, of: Type | None, language: str) -> str:
    """Return a value with its unit."""
    if value is None:
        return phrase("none", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    if isinstance(value, Decimal):
        digits = f"{value.normalize():,f}" if value else "0"
        unit = of.unit if isinstance(of, NumberType) else ""
        return f"{digits}{'' if unit == '%' else ' '}{unit}" if unit else digits
    if isinstance(value, Duration):
        return _duration_text(value, language)
    if isinstance(value, tuple):
        item = of.item if isinstance(of, ListType | SetType) else None
        return joined((value_text(part, item, language) for part in value), language) or phrase("nothing", language)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(part, None, language)}" for key, part in value.items()) + "}"
    if isinstance(value, str) and (called := word_text(value, of, language)) != value:
        return f"{called} (`{value}`)"
    return str(to_json(value))


def _duration_text(value: Duration, language: str) -> str:
    if value.months:
        return phrase("months", language, count=value.months)
    days, rest = divmod(value.seconds, SECONDS_PER_DAY)
    return phrase("seconds", language, count=value.seconds) if rest else phrase("days", language, count=days)


def outcome_text(outcome: Outcome, of: Type | None, language: str) -> str:
    """Return an outcome: its value, or why there is none and what is still possible."""
    if isinstance(outcome, Determined):
        return value_text(outcome.value, of, language)
    text = phrase("undetermined", language, reason=reason_word(outcome.reason, language), why=why(outcome.reason, language))
    if not outcome.candidates:
        return text
    values = joined((value_text(candidate, of, language) for candidate in outcome.candidates), language)
    said = phrase("candidates at most" if outcome.is_bound else "candidates", language, values=values)
    return f"{text}{'；' if language == 'zh' else '; '}{said}"


def read_text(read: Read, language: str) -> str:
    """Return what was read: its name and its value, or why it has none."""
    name = name_text(read.name, read.label, language)
    if read.reason is not None:
        text = phrase("has no value", language, name=name, why=why(read.reason, language))
        return phrase("stored", language, text=text, stored=read.stored) if read.stored else text
    return phrase("is by default" if read.by_default else "is", language, name=name, value=value_text(read.value, read.type, language))


def miss_text(miss: Miss, language: str) -> str:
    """Return what a condition asks, what the value is, and how far apart they are."""
    parts = {
        "name": name_text(miss.what, miss.label, language),
        "value": value_text(miss.value, miss.type, language),
        "op": phrase(miss.op, language) if miss.op in ("in", "not in") else miss.op,
        "wanted": joined((value_text(value, miss.type, language) for value in miss.wanted), language),
    }
    if miss.by is None or len(miss.wanted) != 1:
        return phrase("other", language, **parts)
    if not miss.by or miss.by == Duration():
        return phrase("at border", language, **parts)
    is_over = miss.op in ("<", "<=") or (miss.op not in (">", ">=") and compare(">", miss.value, miss.wanted[0]))
    return phrase("over" if is_over else "short", language, by=value_text(miss.by, miss.type, language), **parts)


def joined(texts: Iterable[str], language: str) -> str:
    """Return texts one after the other."""
    return ("、" if language == "zh" else ", ").join(texts)


def percent_text(share: Decimal) -> str:
    """Return a share in percent, cut to what people read: two digits, and a mark where there are more."""
    percent = share * 100
    short = percent.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{'' if short == percent else '≈ '}{format(short.normalize(), 'f')}%"
