"""Reads an expression into its syntax tree, by precedence climbing. Names are known, types are not.

``parse_words.py`` reads what begins with a word, ``parse_tests.py`` reads cells.
"""

from __future__ import annotations

from tierwise.core.language import messages
from tierwise.core.language.grammar import CHAINED, COMPARISONS, LEVELS, OR, SUM, Words
from tierwise.core.language.parse_tests import interval_ahead, read_test, read_tests
from tierwise.core.language.parse_words import read_named
from tierwise.core.language.scan import Scanner, SyntaxProblem
from tierwise.core.language.scope import Phrases, Scope
from tierwise.core.language.snippet import Snippet
from tierwise.core.language.syntax import (
    Between,
    In,
    Index,
    ItemMark,
    ListOf,
    Member,
    Name,
    Operation,
    Opposite,
    Tests,
    Time,
    Tree,
    walk,
)

__all__ = ["Parser"]


class Parser:
    """Reads one text. ``words`` are the spellings of the enum values that may stand where the text stands."""

    def __init__(self, snippet: Snippet, scope: Scope, words: Words = ()) -> None:
        self.scan = Scanner(snippet)
        self.scope = scope
        self.words = words
        self.depth = 0
        self._phrases: dict[Words, Phrases] = {}
        self.high_end = False

    def whole_expression(self) -> Tree:
        """Read the whole text as one expression.

        Raises:
            SyntaxProblem: It is none.
        """
        tree = self.expression(self.words)
        self.expect_end()
        return tree

    def expect_end(self) -> None:
        """Raise a syntax error unless only white space is left."""
        if not self.scan.at_end():
            rest = self.scan.text[self.scan.position :]
            raise self.scan.problem(f"{messages.quoted(rest)} is left over after the end of the expression")

    # ---- expressions ----------------------------------------------------------------------------------------------------

    def expression(self, words: Words) -> Tree:
        """Read an expression; ``words`` are the enum values that may stand in it."""
        self.deeper()
        high_end, self.high_end = self.high_end, False
        tree = self.operation(OR, words)
        self.high_end = high_end
        self.depth -= 1
        return tree

    def operation(self, least: int, words: Words) -> Tree:
        """Read an expression whose operators bind at least as tight as level ``least``."""
        left = self.operand(words)
        while True:
            level, operator = self._operator(least)
            if not operator:
                return left
            if operator == "between":
                left = self._between(left)
            elif operator == "in":
                left = self._in(left)
            else:
                right = self.operation(level + 1, self.words_near(left) if operator in COMPARISONS else words)
                left = _joined(operator, left, right)

    def _operator(self, least: int) -> tuple[int, str]:
        for level in range(least, len(LEVELS)):
            if operator := self.scan.accept_operator(LEVELS[level]):
                return level, operator
        return 0, ""

    def _between(self, of: Tree) -> Tree:
        low = self.operation(SUM, ())
        self.scan.expect_keyword("and", "between the two ends of `between`")
        high = self.operation(SUM, ())
        return Between((of.at[0], high.at[1]), of, low, high)

    def _in(self, of: Tree) -> Tree:
        words = self.words_near(of)
        if self.scan.peek("(") and not interval_ahead(self):
            self.scan.accept("(")
            tests = read_tests(self, words)
            self.scan.expect(")")
        else:
            test = read_test(self, words, SUM)
            tests = Tests(test.at, (test,))
        return In((of.at[0], self.scan.position), of, tests)

    def words_near(self, tree: Tree) -> Words:
        """Return the enum values that may stand on the other side of a comparison with ``tree``."""
        names = (node.text for node in walk(tree) if isinstance(node, Name))
        found = [word for name in names for word in self.scope.words.get(name, ())]
        if any(isinstance(node, ItemMark) for node in walk(tree)):
            found.extend(self.words)
        return tuple(dict.fromkeys(found))

    # ---- operands -------------------------------------------------------------------------------------------------------

    def operand(self, words: Words) -> Tree:
        """Read a value with its signs before and its fields and filters behind."""
        start = self.scan.skip_space()
        if self.scan.peek("-") and not self.word_here(words):
            self.scan.accept("-")
            self.deeper()
            of = self.operand(words)
            self.depth -= 1
            return Opposite((start, of.at[1]), of)
        tree = self.primary(words)
        while True:
            if self.scan.peek(".") and not self.scan.peek(".."):
                tree = self._member(tree)
            elif self.scan.peek("[") and not self.high_end:
                self.scan.accept("[")
                inner = self.expression(())
                self.scan.expect("]")
                tree = Index((tree.at[0], self.scan.position), tree, inner)
            else:
                return tree

    def deeper(self) -> None:
        """Go one level down, unless that is too deep."""
        self.depth += 1
        limit = self.scope.limits.expression_depth
        if self.depth > limit:
            at = min(self.scan.position, len(self.scan.text) - 1)
            raise SyntaxProblem(messages.too_deep(self.scan.snippet.span(at, at + 1), limit))

    def _member(self, of: Tree) -> Tree:
        self.scan.accept(".")
        start = self.scan.skip_space()
        if self.scan.peek("`"):
            name = self.scan.backquoted()
        elif field := self.scope.phrases.longest(self.scan.text, start):
            self.scan.position += len(field)
            name = Name((start, self.scan.position), field)
        else:
            word = self.scan.word()
            if word is None:
                raise self.scan.problem("the name of a field is missing after the point")
            name = word
        return Member((of.at[0], name.at[1]), of, name)

    def primary(self, words: Words) -> Tree:
        """Read the smallest value: a word, a name, a call, a literal, or something in brackets."""
        scan, start = self.scan, self.scan.skip_space()
        if start >= len(scan.text):
            raise scan.problem("a value is missing at the end")
        if named := read_named(self, words):
            return named
        sign = scan.plain[start]
        if sign == '"':
            return scan.quoted()
        if sign == "`":
            return scan.backquoted()
        if sign in "0123456789" or (sign == "." and scan.plain[start + 1 : start + 2].isdigit()):
            return scan.number()
        if sign == "@":
            return self._at_text()
        if sign == "?":
            return ItemMark(scan.take(1))
        if sign == "(":
            return self._group(words)
        if sign == "[":
            return self._list(words)
        word = scan.word()
        if word is None:
            raise scan.problem(f"a value is needed here, not {messages.quoted(sign)}")
        return word

    def word_here(self, words: Words) -> str:
        """Return the longest of some words that comes next, or an empty text."""
        if not words:
            return ""
        if words not in self._phrases:
            self._phrases[words] = Phrases(words)
        return self._phrases[words].longest(self.scan.text, self.scan.skip_space(), glue="+-/")

    def _at_text(self) -> Tree:
        start = self.scan.position
        self.scan.take(1)
        if not self.scan.peek('"'):
            raise self.scan.problem('a text must follow `@`, such as `@"2024-01-31"`', start)
        text = self.scan.quoted()
        return Time((start, text.at[1]), self.scan.iso(text.value, start))

    def _group(self, words: Words) -> Tree:
        self.scan.accept("(")
        tree = self.expression(words)
        self.scan.expect(")")
        return tree

    def _list(self, words: Words) -> Tree:
        start = self.scan.position
        self.scan.accept("[")
        items: list[Tree] = []
        while not self.scan.peek("]"):
            items.append(self.expression(words))
            if not self.scan.accept(","):
                break
        self.scan.expect("]", " after the items of the list")
        return ListOf((start, self.scan.position), tuple(items))


def _joined(operator: str, left: Tree, right: Tree) -> Tree:
    at = (left.at[0], right.at[1])
    if operator in CHAINED and isinstance(left, Operation) and left.operator == operator:
        return Operation(at, operator, (*left.parts, right))
    return Operation(at, operator, (left, right))
