"""Reads an expression or a cell into its syntax tree, by precedence climbing. Names are known, types are not."""

from __future__ import annotations

import re

from tierwise.core.language import messages, syntax
from tierwise.core.language.scan import VALUE_WORD, Scanner, SyntaxProblem
from tierwise.core.language.scope import KEYWORDS, Phrases, Scope
from tierwise.core.language.syntax import Tree
from tierwise.core.source import Written

__all__ = ["ARGUMENT_WORDS", "Parser", "Words"]

COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
LEVELS: tuple[tuple[str, ...], ...] = (("or",), ("and",), (*COMPARISONS, "between", "in"), ("+", "-"), ("*", "/"))
"""The operators by precedence, from loose to tight."""
OR, RELATION, SUM = 0, 2, 3
"""Positions in ``LEVELS``."""
CHAINED = frozenset({"or", "and", "+", "*"})
"""Operators that take any number of parts."""
Words = tuple[str, ...]
"""Spellings of the enum values that may stand at a place."""
_PERIODS = ("month", "quarter", "half-year", "year")
ARGUMENT_WORDS: dict[str, Words] = {"most per calendar": _PERIODS, "times per calendar": _PERIODS}
"""Bare words that the arguments of a function may be."""
QUANTIFIER = re.compile(r"(some|every)\s+\w+\s+in(?!\w)")
KNOWN = "known to be"
CALL = re.compile(r"([^\W\d]\w*(?: [^\W\d]\w*){0,3})\s*\(")
NAMED_ARGUMENT = re.compile(r"([^\W\d][\w ]*?)\s*:(?!\s*\d\d)")


class Parser:
    """Reads one text. ``words`` are the spellings of the enum values that may stand where the text stands."""

    def __init__(self, snippet: Written, scope: Scope, words: Words = ()) -> None:
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
        tree = self._expression(self.words)
        self._expect_end()
        return tree

    def whole_cell(self) -> syntax.Tests | None:
        """Read the whole text as a cell; ``None`` for ``-`` and for nothing.

        Raises:
            SyntaxProblem: It is none.
        """
        if self.scan.at_end() or (self.scan.plain.strip() == "-" and "-" not in self.words):
            return None
        tests = self._tests(self.words)
        self._expect_end()
        return tests

    def _expect_end(self) -> None:
        """Raise a syntax error unless only white space is left."""
        if not self.scan.at_end():
            rest = self.scan.text[self.scan.position :]
            raise self.scan.problem(f"{messages.quoted(rest)} is left over after the end of the expression")

    # ---- expressions ----

    def _expression(self, words: Words) -> Tree:
        """Read an expression; ``words`` are the enum values that may stand in it."""
        self._deeper()
        high_end, self.high_end = self.high_end, False
        tree = self._operation(OR, words)
        self.high_end = high_end
        self.depth -= 1
        return tree

    def _operation(self, least: int, words: Words) -> Tree:
        """Read an expression whose operators bind at least as tight as level ``least``."""
        left = self._operand(words)
        while True:
            level, operator = self._operator(least)
            if not operator:
                return left
            if operator == "between":
                left = self._between(left)
            elif operator == "in":
                left = self._in(left)
            else:
                right = self._operation(level + 1, self._words_near(left) if operator in COMPARISONS else words)
                left = _joined(operator, left, right)

    def _operator(self, least: int) -> tuple[int, str]:
        for level in range(least, len(LEVELS)):
            if operator := self.scan.accept_operator(LEVELS[level]):
                return level, operator
        return 0, ""

    def _between(self, of: Tree) -> Tree:
        low = self._operation(SUM, ())
        self.scan.expect_keyword("and", "between the two ends of `between`")
        high = self._operation(SUM, ())
        return syntax.Between(of.at.to(high.at), of, low, high)

    def _in(self, of: Tree) -> Tree:
        words = self._words_near(of)
        if self.scan.peek("(") and not self._interval_ahead():
            self.scan.accept("(")
            tests = self._tests(words)
            self.scan.expect(")")
        else:
            test = self._one_test(words, SUM)
            tests = syntax.Tests(test.at, (test,))
        return syntax.In(self.scan.since(of.at.start), of, tests)

    def _words_near(self, tree: Tree) -> Words:
        """Return the enum values that may stand on the other side of a comparison with ``tree``."""
        names = (node.text for node in syntax.walk(tree) if isinstance(node, syntax.Name))
        found = [word for name in names for word in self.scope.words.get(name, ())]
        if any(isinstance(node, syntax.ItemMark) for node in syntax.walk(tree)):
            found.extend(self.words)
        return tuple(dict.fromkeys(found))

    # ---- operands ----

    def _operand(self, words: Words) -> Tree:
        """Read a value with its signs before and its fields and filters behind."""
        start = self.scan.skip_space()
        if self.scan.peek("-") and not self._word_here(words):
            self.scan.accept("-")
            self._deeper()
            of = self._operand(words)
            self.depth -= 1
            return syntax.Opposite(self.scan.place(start, of.at.end), of)
        tree = self._primary(words)
        while True:
            if self.scan.peek(".") and not self.scan.peek(".."):
                tree = self._member(tree)
            elif self.scan.peek("[") and not self.high_end:
                self.scan.accept("[")
                inner = self._expression(())
                self.scan.expect("]")
                tree = syntax.Index(self.scan.since(tree.at.start), tree, inner)
            else:
                return tree

    def _deeper(self) -> None:
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
            name = syntax.Name(self.scan.since(start), field)
        else:
            word = self.scan.word()
            if word is None:
                raise self.scan.problem("the name of a field is missing after the point")
            name = word
        return syntax.Member(of.at.to(name.at), of, name)

    def _primary(self, words: Words) -> Tree:
        """Read the smallest value: a word, a name, a call, a literal, or something in brackets."""
        scan, start = self.scan, self.scan.skip_space()
        if start >= len(scan.text):
            raise scan.problem("a value is missing at the end")
        if named := self._named(words):
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
            return syntax.ItemMark(scan.take(1))
        if sign == "(":
            return self._group(words)
        if sign == "[":
            return self._list(words)
        word = scan.word()
        if word is None:
            raise scan.problem(f"a value is needed here, not {messages.quoted(sign)}")
        return word

    def _word_here(self, words: Words) -> str:
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
        return syntax.Time(self.scan.place(start, text.at.end), self.scan.iso(text.value, start))

    def _group(self, words: Words) -> Tree:
        self.scan.accept("(")
        tree = self._expression(words)
        self.scan.expect(")")
        return tree

    def _list(self, words: Words) -> Tree:
        start = self.scan.position
        self.scan.accept("[")
        items: list[Tree] = []
        while not self.scan.peek("]"):
            items.append(self._expression(words))
            if not self.scan.accept(","):
                break
        self.scan.expect("]", " after the items of the list")
        return syntax.ListOf(self.scan.since(start), tuple(items))

    # ---- what begins with a word ----

    def _named(self, words: Words) -> Tree | None:
        """Read the longest known name, value or function that comes next; else an unknown word; ``None`` when no word comes next.

        Raises:
            SyntaxProblem: A call of a function that does not exist, or a keyword form that is not whole.
        """
        start = self.scan.position
        value = self._word_here(words)
        name = self.scope.phrases.longest(self.scan.text, start)
        function = self._function_here()
        if function and len(function) >= max(len(value), len(name)):
            return self._call(function, words)
        if self.scan.keyword(KNOWN) and not value and len(name) < len(KNOWN):
            self.scan.accept_keyword(KNOWN)
            return self._known(start, words)
        keyword = self._keyword_here()
        if keyword and not value and len(name) <= len(keyword):
            return self._keyword_value(keyword, words)
        if longest := max(value, name, key=len):
            self.scan.position += len(longest)
            return syntax.Name(self.scan.since(start), longest)
        self._refuse_unknown_function()
        if words and (unknown := VALUE_WORD.match(self.scan.text, start)) and not unknown.group()[0].isdigit():
            self.scan.position = unknown.end()
            return syntax.Name(self.scan.place(*unknown.span()), unknown.group())
        return None

    def _refuse_unknown_function(self) -> None:
        called = CALL.match(self.scan.plain, self.scan.position)
        if called and KEYWORDS.isdisjoint(called.group(1).split()):
            span = self.scan.snippet.span(*called.span(1))
            raise SyntaxProblem(messages.unknown_function(span, called.group(1), self.scope.functions))

    def _keyword_here(self) -> str:
        word = self.scan.any_keyword()
        if word in ("some", "every") and not QUANTIFIER.match(self.scan.text, self.scan.position):
            return ""  # A fact may be called `every`.
        return word

    def _function_here(self) -> str:
        start = self.scan.position
        name = self.scope.function_phrases.longest(self.scan.text, start)
        if name and self.scan.plain[start + len(name) :].lstrip().startswith("("):
            return name
        return ""

    def _keyword_value(self, keyword: str, words: Words) -> Tree:
        start = self.scan.position
        self.scan.accept_keyword(keyword)
        at = self.scan.since(start)
        if keyword in ("true", "false"):
            return syntax.Truth(at, keyword == "true")
        if keyword == "null":
            return syntax.Nothing(at)
        if keyword == "if":
            return self._choice(start, words)
        if keyword in ("some", "every"):
            return self._quantifier(keyword, start)
        if keyword == "not":
            return self._negation(start, words)
        raise self.scan.problem(f"a value is needed before `{keyword}`", start)

    def _choice(self, start: int, words: Words) -> Tree:
        condition = self._expression(())
        self.scan.expect_keyword("then", "after the condition of `if`")
        yes = self._expression(words)
        self.scan.expect_keyword("else", "after the value of `then`: an `if` gives a value in both cases")
        no = self._expression(words)
        return syntax.Choice(self.scan.place(start, no.at.end), condition, yes, no)

    def _quantifier(self, keyword: str, start: int) -> Tree:
        variable = self.scan.word()
        if variable is None:
            raise self.scan.problem(f"a name for the item is missing after `{keyword}`")
        self.scan.expect_keyword("in", "after the name of the item")
        of = self._expression(())
        self.scan.expect_keyword("satisfies", "after the list")
        test = self._expression(())
        return syntax.Quantifier(self.scan.place(start, test.at.end), keyword, variable, of, test)

    def _negation(self, start: int, words: Words) -> Tree:
        of = self._condition(words)
        return syntax.Negation(self.scan.since(start), of)

    def _known(self, start: int, words: Words) -> Tree:
        of = self._condition(words)
        return syntax.Known(self.scan.since(start), of)

    def _condition(self, words: Words) -> Tree:
        """Read what a word before a condition is about: what stands in brackets after it, else no further than one comparison."""
        if self.scan.accept("("):
            of = self._expression(words)
            self.scan.expect(")")
            return of
        self._deeper()
        of = self._operation(RELATION, words)
        self.depth -= 1
        return of

    def _call(self, function: str, words: Words) -> Tree:
        start = self.scan.position
        self.scan.position += len(function)
        name = syntax.Name(self.scan.since(start), function)
        self.scan.expect("(")
        arguments: list[Tree] = []
        words = (*ARGUMENT_WORDS.get(function, ()), *words)
        while not self.scan.peek(")"):
            self._refuse_name_of_argument()
            near = [word for argument in arguments for word in self._words_near(argument)]
            arguments.append(self._expression(tuple(dict.fromkeys([*near, *words]))))
            if not self.scan.accept(","):
                break
        self.scan.expect(")", f" after the arguments of `{function}`")
        return syntax.CallOf(self.scan.since(start), name, tuple(arguments))

    def _refuse_name_of_argument(self) -> None:
        self.scan.skip_space()
        if named := NAMED_ARGUMENT.match(self.scan.plain, self.scan.position):
            raise SyntaxProblem(messages.named_argument(self.scan.snippet.span(*named.span(1)), named.group(1)))

    # ---- tests of a cell, and of `x in (…)` ----

    def _tests(self, words: Words) -> syntax.Tests:
        """Read tests separated by commas."""
        start = self.scan.skip_space()
        found = [self._one_test(words)]
        while self.scan.accept(","):
            found.append(self._one_test(words))
        return syntax.Tests(self.scan.since(start), tuple(found))

    def _one_test(self, words: Words, level: int = OR) -> syntax.Test:
        """Read one test: ``not(…)``, an interval, a comparison, or an expression."""
        self._deeper()
        found = self._plain_test(words, level)
        self.depth -= 1
        return found

    def _plain_test(self, words: Words, level: int) -> syntax.Test:
        start = self.scan.skip_space()
        if self._negated_tests_ahead(words):
            return self._negated_tests(words)
        if self.scan.peek("]") or (any(self.scan.peek(sign) for sign in "([") and self._interval_ahead()):
            return self._interval()
        if operator := self.scan.accept_operator(COMPARISONS):
            of = self._operation(SUM, words)
            return syntax.Comparison(self.scan.place(start, of.at.end), operator, of)
        return self._operation(level, words)

    def _negated_tests_ahead(self, words: Words) -> bool:
        start = self.scan.position
        if self._word_here(words) or not self.scan.keyword("not"):
            return False
        plain = self.scan.plain
        opening = start + len("not") + len(plain[start + len("not") :]) - len(plain[start + len("not") :].lstrip())
        if not plain.startswith("(", opening):
            return False
        # `not(a) and b` is an expression, `not(a), b` are two tests.
        behind = plain[self._bracket_end(opening) + 1 :].lstrip()[:1]
        return behind in ("", ",", ")")

    def _negated_tests(self, words: Words) -> syntax.Tests:
        start = self.scan.position
        self.scan.accept_keyword("not")
        self.scan.expect("(")
        inner = self._tests(words)
        self.scan.expect(")", " after the tests of `not`")
        return syntax.Tests(self.scan.since(start), inner.tests, negated=True)

    def _interval(self) -> syntax.Interval:
        start = self.scan.skip_space()
        opening = self.scan.plain[start]
        self.scan.take(1)
        low = self._operation(SUM, ())
        self.scan.expect("..", " between the two ends of the interval")
        self.high_end = True
        high = self._operation(SUM, ())
        self.high_end = False
        closing = self.scan.plain[self.scan.skip_space() :][:1]
        if closing not in ("]", ")", "["):
            raise self.scan.problem("the closing bracket of the interval is missing")
        self.scan.take(1)
        return syntax.Interval(self.scan.since(start), low, high, opening == "[", closing == "]")

    def _interval_ahead(self) -> bool:
        """Say whether ``..`` stands inside the bracket that comes next, without reading what is in it."""
        opening = self.scan.skip_space()
        return self._bracket_end(opening, stop_at="..") < self._bracket_end(opening)

    def _bracket_end(self, opening: int, stop_at: str = "") -> int:
        """Return where the bracket at ``opening`` closes, or where ``stop_at`` stands directly inside it, whichever is first."""
        depth, position, plain = 0, opening + 1, self.scan.plain
        while position < len(plain):
            sign = plain[position]
            if sign in '"`':
                position = max(plain.find(sign, position + 1), position)
            elif sign in "([":
                depth += 1
            elif depth == 0 and (sign in ")]" or (stop_at and plain.startswith(stop_at, position))):
                return position
            elif sign in ")]":
                depth -= 1
            position += 1
        return position


def _joined(operator: str, left: Tree, right: Tree) -> Tree:
    at = left.at.to(right.at)
    if operator in CHAINED and isinstance(left, syntax.Operation) and left.operator == operator:
        return syntax.Operation(at, operator, (*left.parts, right))
    return syntax.Operation(at, operator, (left, right))
