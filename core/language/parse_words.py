"""Reads what begins with a word: names, values, calls, and the forms of keywords such as ``if`` and ``some``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tierwise.core.language import messages
from tierwise.core.language.grammar import ARGUMENT_WORDS, RELATION, Words
from tierwise.core.language.scan import KEYWORDS, VALUE_WORD, SyntaxProblem
from tierwise.core.language.syntax import CallOf, Choice, Name, Negation, Nothing, Quantifier, Tree, Truth

if TYPE_CHECKING:
    from tierwise.core.language.parse import Parser

__all__ = ["read_named"]

QUANTIFIER = re.compile(r"(some|every)\s+\w+\s+in(?!\w)")
CALL = re.compile(r"([^\W\d]\w*(?: [^\W\d]\w*){0,3})\s*\(")


def read_named(parser: Parser, words: Words) -> Tree | None:
    """Read the longest known name, value or function that comes next; else an unknown word; ``None`` when no word comes next.

    Raises:
        SyntaxProblem: A call of a function that does not exist, or a keyword form that is not whole.
    """
    start = parser.scan.position
    value = parser.word_here(words)
    name = parser.scope.phrases.longest(parser.scan.text, start)
    function = _function_here(parser)
    if function and len(function) >= max(len(value), len(name)):
        return _call(parser, function, words)
    keyword = _keyword_here(parser)
    if keyword and not value and len(name) <= len(keyword):
        return _keyword_value(parser, keyword, words)
    if longest := max(value, name, key=len):
        parser.scan.position += len(longest)
        return Name((start, parser.scan.position), longest)
    _refuse_unknown_function(parser)
    if words and (unknown := VALUE_WORD.match(parser.scan.text, start)) and not unknown.group()[0].isdigit():
        parser.scan.position = unknown.end()
        return Name(unknown.span(), unknown.group())
    return None


def _refuse_unknown_function(parser: Parser) -> None:
    called = CALL.match(parser.scan.plain, parser.scan.position)
    if called and KEYWORDS.isdisjoint(called.group(1).split()):
        span = parser.scan.snippet.span(*called.span(1))
        raise SyntaxProblem(messages.unknown_function(span, called.group(1), parser.scope.functions))


def _keyword_here(parser: Parser) -> str:
    word = parser.scan.any_keyword()
    if word in ("some", "every") and not QUANTIFIER.match(parser.scan.text, parser.scan.position):
        return ""  # A fact may be called `every`.
    return word


def _function_here(parser: Parser) -> str:
    start = parser.scan.position
    name = parser.scope.function_phrases.longest(parser.scan.text, start)
    if name and parser.scan.plain[start + len(name) :].lstrip().startswith("("):
        return name
    return ""


def _keyword_value(parser: Parser, keyword: str, words: Words) -> Tree:
    start = parser.scan.position
    parser.scan.accept_keyword(keyword)
    at = (start, parser.scan.position)
    if keyword in ("true", "false"):
        return Truth(at, keyword == "true")
    if keyword == "null":
        return Nothing(at)
    if keyword == "if":
        return _choice(parser, start, words)
    if keyword in ("some", "every"):
        return _quantifier(parser, keyword, start)
    if keyword == "not":
        return _negation(parser, start, words)
    raise parser.scan.problem(f"a value is needed before `{keyword}`", start)


def _choice(parser: Parser, start: int, words: Words) -> Tree:
    condition = parser.expression(())
    parser.scan.expect_keyword("then", "after the condition of `if`")
    yes = parser.expression(words)
    parser.scan.expect_keyword("else", "after the value of `then`: an `if` gives a value in both cases")
    no = parser.expression(words)
    return Choice((start, no.at[1]), condition, yes, no)


def _quantifier(parser: Parser, keyword: str, start: int) -> Tree:
    variable = parser.scan.word()
    if variable is None:
        raise parser.scan.problem(f"a name for the item is missing after `{keyword}`")
    parser.scan.expect_keyword("in", "after the name of the item")
    of = parser.expression(())
    parser.scan.expect_keyword("satisfies", "after the list")
    test = parser.expression(())
    return Quantifier((start, test.at[1]), keyword, variable, of, test)


def _negation(parser: Parser, start: int, words: Words) -> Tree:
    if parser.scan.accept("("):
        of = parser.expression(words)
        parser.scan.expect(")")
    else:
        parser.deeper()
        of = parser.operation(RELATION, words)
        parser.depth -= 1
    return Negation((start, parser.scan.position), of)


def _call(parser: Parser, function: str, words: Words) -> Tree:
    start = parser.scan.position
    parser.scan.position += len(function)
    name = Name((start, parser.scan.position), function)
    parser.scan.expect("(")
    arguments: list[Tree] = []
    words = (*ARGUMENT_WORDS.get(function, ()), *words)
    while not parser.scan.peek(")"):
        near = [word for argument in arguments for word in parser.words_near(argument)]
        arguments.append(parser.expression(tuple(dict.fromkeys([*near, *words]))))
        if not parser.scan.accept(","):
            break
    parser.scan.expect(")", f" after the arguments of `{function}`")
    return CallOf((start, parser.scan.position), name, tuple(arguments))
