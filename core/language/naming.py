"""Decides what a name or a bare word stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierwise.core.language import messages
from tierwise.core.language.scope import canonical_word, words_of_type
from tierwise.core.language.syntax import ListOf, Name, Nothing, Text, Tree
from tierwise.core.plan import Constant, FieldRef, ItemRef, Node
from tierwise.core.types import RecordType, TextType, Type

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["ITEM", "Frame", "is_open", "resolve"]

ITEM = "item"


@dataclass(frozen=True, slots=True)
class Frame:
    """A list form around an expression: what its items are, and the name of the item when the author gave one."""

    item: Type
    variable: str | None = None


def resolve(compiler: Compiler, tree: Name, hint: Type | None) -> Node:
    """Return the node that a name or word stands for.

    Raises:
        Unsound: It stands for nothing, or for two things.
    """
    enum = words_of_type(hint)
    word = None if tree.quoted or enum is None else canonical_word(enum, tree.text)
    named = _lookup(compiler, tree.text)
    span = compiler.span(tree.at)
    if word is not None and named is not None:
        raise compiler.failure(messages.ambiguous_word(span, tree.text))
    if word is not None and enum is not None:
        return Constant(word, enum)
    if named is not None:
        return named
    if enum is not None and not tree.quoted:
        raise compiler.failure(messages.unknown_word(span, tree.text, enum.values, _names(compiler)))
    raise compiler.failure(messages.unknown_name(span, tree.text, _names(compiler), isinstance(hint, TextType)))


def is_open(compiler: Compiler, tree: Tree) -> bool:
    """Say whether only its neighbours tell what type a value has."""
    if isinstance(tree, Name):
        return not tree.quoted and _lookup(compiler, tree.text) is None
    return isinstance(tree, Text | Nothing | ListOf)


def _lookup(compiler: Compiler, name: str) -> Node | None:
    for depth, frame in enumerate(reversed(compiler.frames)):
        item = ItemRef(frame.item, depth)
        if name == (frame.variable or ITEM):
            return item
        if frame.variable is None and isinstance(frame.item, RecordType):
            type_ = frame.item.field(name)
            if type_ is not None:
                return FieldRef(item, name, type_)
    return compiler.scope.names.get(name)


def _names(compiler: Compiler) -> Iterator[str]:
    for frame in reversed(compiler.frames):
        if frame.variable is not None:
            yield frame.variable
        elif isinstance(frame.item, RecordType):
            yield from (name for name, _ in frame.item.fields)
    yield from compiler.scope.names
