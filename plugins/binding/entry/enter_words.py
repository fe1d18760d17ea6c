"""Enters booleans, words of a closed list, and free text."""

from __future__ import annotations

from sqlglot import exp

from tierwise.core.types import EnumType
from tierwise.plugins.binding.entry.enter_numbers import WHOLE_TYPES
from tierwise.plugins.binding.entry.entered import Entered, is_mixed, problem_case, sorts_of
from tierwise.plugins.sql import NULL, as_seen, call, case, cast, integer, is_null, text, try_cast

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "as_id", "as_words", "boolean_word", "enter_boolean", "enter_text", "enter_word"]

TRUE_WORDS = ("1", "true", "t", "yes", "y", "是", "真", "有", "√")
FALSE_WORDS = ("0", "false", "f", "no", "n", "否", "假", "无", "×")


def enter_boolean(raw: exp.Expr, raw_type: str) -> Entered:
    """Enter a boolean, 0 or 1, or one of the words for them."""
    if raw_type == "BOOLEAN":
        return Entered(raw, cast(NULL, "VARCHAR"))
    if WHOLE_TYPES.match(raw_type):
        value = case((raw.eq(integer(1)), exp.true()), (raw.eq(integer(0)), exp.false()))
        return Entered(value, problem_case(raw, (is_null(value), "bad-boolean")))
    word = call("lower", call("trim", as_words(raw, raw_type)))
    value = case((_among(word, TRUE_WORDS), exp.true()), (_among(word, FALSE_WORDS), exp.false()))
    return Entered(value, problem_case(raw, (is_null(value), "bad-boolean")))


def boolean_word(word: str) -> bool | None:
    """Return what a word for true or false means; ``None`` of another."""
    word = word.strip().lower()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def enter_word(raw: exp.Expr, raw_type: str, type: EnumType) -> Entered:
    """Enter a word of a list, or another spelling that the fact admits; blanks around it do not matter."""
    word = call("trim", as_words(raw, raw_type))
    called: dict[str, list[str]] = {}
    for spelling, canonical in type.aliases:
        called.setdefault(canonical, []).append(spelling)
    aliases = ((_among(word, tuple(spellings)), text(canonical)) for canonical, spellings in called.items())
    others = () if type.others is None else ((word.neq(text("")), text(type.others)),)
    value = case((_among(word, type.values), word), *aliases, *others)
    return Entered(value, problem_case(raw, (is_null(value), "unknown-word")))


def enter_text(raw: exp.Expr, raw_type: str) -> Entered:
    """Enter free text as it stands."""
    return Entered(as_words(raw, raw_type), cast(NULL, "VARCHAR"))


def as_words(raw: exp.Expr, raw_type: str) -> exp.Expr:
    """Return any stored value as text; a float that is whole without its point, as ids in spreadsheets are."""
    if raw_type == "VARCHAR":
        return raw
    if raw_type == "DOUBLE":
        steps = try_cast(raw, "BIGINT")
        return case((raw.eq(steps), cast(steps, "VARCHAR")), default=cast(raw, "VARCHAR"))
    if is_mixed(raw_type):
        return case(*((is_sort, as_words(cell, sort)) for is_sort, cell, sort in sorts_of(raw)))
    return cast(raw, "VARCHAR")


def as_id(raw: exp.Expr, raw_type: str) -> exp.Expr:
    """Return an id as people see it: text, in narrow signs, without blanks around it."""
    words = as_words(raw, raw_type)
    return as_seen(words) if raw_type == "VARCHAR" or is_mixed(raw_type) else words


def _among(word: exp.Expr, words: tuple[str, ...]) -> exp.Expr:
    return exp.In(this=word, expressions=[text(w) for w in words]) if words else integer(0).eq(integer(1))
