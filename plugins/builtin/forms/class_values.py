"""What ``agree`` and ``gather`` share: a value for each of several classes that may hold at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Compare, Constant, Labels, Node
from tierwise.core.source import Path, Written
from tierwise.core.types import EnumType, SetType
from tierwise.plugins.builtin.forms.form_values import WrittenValue
from tierwise.plugins.builtin.forms.keyed_words import word_of

__all__ = ["classes_of", "value_of_each_class"]


def classes_of(of: Written, context: FormContext) -> tuple[Node, EnumType] | None:
    """Compile ``of`` to a set of words. A single word stands for the set that holds it alone."""
    node = context.expression(of)
    if node is None:
        return None
    type = context.type_of(node)
    if isinstance(type, SetType) and isinstance(type.item, EnumType):
        return node, type.item
    if isinstance(type, EnumType):
        tests = tuple((word, Compare("=", node, Constant(word, type))) for word in type.values)
        return Labels(tests, SetType(type)), type
    message = f"`{of}` is a `{type}`; `of` needs a word or a set of words with declared values"
    context.report(Finding.error("type-mismatch", message, context.span((*context.path, "of"))))
    return None


def value_of_each_class(
    words: EnumType,
    values: Mapping[Written, WrittenValue],
    default: Node | None,
    compile: Callable[[WrittenValue, Path], Node | None],
    context: FormContext,
) -> tuple[tuple[str, Node], ...]:
    """Compile the value of each word, in the declared order of the words. A word that has none gets ``default``, or brings nothing."""
    path = (*context.path, "values")
    keys = {}
    for key in values:
        word = word_of(key, words, context)
        if word is not None:
            keys[word.value] = key
    nodes = {word: compile(values[keys[word]], (*path, keys[word])) if word in keys else default for word in words.values}
    return tuple((word, node) for word, node in nodes.items() if node is not None)
