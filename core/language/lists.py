"""Compiles what looks into lists, records and maps: fields, filters, quantifiers, written-out lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierwise.core.language import arithmetic, messages
from tierwise.core.language.naming import Frame
from tierwise.core.language.node_types import type_of, unified
from tierwise.core.language.scope import words_of_type
from tierwise.core.language.syntax import Index, ListOf, Member, Name, Number, Quantifier, Tree
from tierwise.core.outcome import distinct
from tierwise.core.plan import Call, Constant, FieldRef, Filter, ItemRef, Node, Project, Quantified
from tierwise.core.types import DateTimeType, DateType, EnumType, ListType, MapType, NumberType, RecordType, SetType, TextType, Type

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["compile_list_form"]

DATE_PARTS = ("year", "month", "day", "weekday")


def compile_list_form(compiler: Compiler, tree: Quantifier | ListOf | Member | Index, hint: Type | None) -> Node:
    """Compile a quantifier, a written-out list, a field, a filter or a key of a map."""
    match tree:
        case ListOf():
            return _written_list(compiler, tree, hint)
        case Member():
            return _member(compiler, compiler.compile(tree.of), tree.name)
        case Index():
            return _index(compiler, tree)
        case Quantifier():
            of = compiler.compile(tree.of)
            test = _over_items(compiler, tree.of, of, tree.test, tree.variable.text)
            return Quantified("some" if tree.word == "some" else "every", of, test)


def _over_items(compiler: Compiler, tree: Tree, of: Node, test: Tree, variable: str | None = None) -> Node:
    """Compile a condition over the items of a list."""
    type_ = type_of(of)
    if not isinstance(type_, ListType | SetType):
        raise compiler.failure(messages.type_mismatch(compiler.span(tree.at), str(type_), "list"))
    compiler.frames.append(Frame(type_.item, variable))
    try:
        return compiler.boolean(test)
    finally:
        compiler.frames.pop()


def _index(compiler: Compiler, tree: Index) -> Node:
    of = compiler.compile(tree.of)
    type_ = type_of(of)
    if isinstance(type_, MapType):
        return _map_value(compiler, tree, of, type_)
    if isinstance(tree.inner, Number):
        message = "a list is not read by position"
        raise compiler.failure(
            messages.syntax(compiler.span(tree.inner.at), message, "write `first(…)` or `last(…)`, or a condition in the brackets")
        )
    return Filter(of, _over_items(compiler, tree.of, of, tree.inner), type_)


def _map_value(compiler: Compiler, tree: Index, of: Node, type_: MapType) -> Node:
    key = compiler.compile(tree.inner)
    if isinstance(key, Constant) and isinstance(key.value, str):
        return FieldRef(of, key.value, type_.value)
    if words_of_type(type_of(key)) is None and type_of(key) != TextType():
        raise compiler.failure(messages.type_mismatch(compiler.span(tree.inner.at), str(type_of(key)), "text"))
    return Call("get value", (of, key), type_.value)


def _member(compiler: Compiler, of: Node, name: Name) -> Node:
    type_ = type_of(of)
    if isinstance(type_, ListType | SetType):
        each = _member(compiler, ItemRef(type_.item), name)
        return Project(of, each, ListType(type_of(each)))
    if isinstance(type_, MapType):
        return FieldRef(of, name.text, type_.value)
    span = compiler.span(name.at)
    if isinstance(type_, RecordType):
        field = type_.field(name.text)
        if field is None:
            raise compiler.failure(messages.unknown_field(span, name.text, (known for known, _ in type_.fields)))
        return FieldRef(of, name.text, field)
    if isinstance(type_, DateType | DateTimeType):
        if name.text not in DATE_PARTS:
            raise compiler.failure(messages.unknown_field(span, name.text, DATE_PARTS))
        return Call(name.text, (of,), NumberType(0))
    raise compiler.failure(messages.type_mismatch(compiler.span(name.at), str(type_), "record", "only records, maps and dates have parts"))


def _written_list(compiler: Compiler, tree: ListOf, hint: Type | None) -> Node:
    if not tree.items:
        return Constant((), hint if isinstance(hint, ListType | SetType) else ListType(TextType()))
    items = compiler.together(tree.items, hint.item if isinstance(hint, ListType | SetType) else hint)
    arithmetic.refuse_quotients(compiler, *zip(tree.items, items, strict=True))
    item_type = type_of(items[0])
    for item, written in zip(items[1:], tree.items[1:], strict=True):
        joined = unified(item_type, type_of(item))
        if joined is None:
            raise compiler.failure(messages.not_comparable(compiler.span(written.at), str(item_type), str(type_of(item))))
        item_type = joined
    type_ = SetType(item_type) if isinstance(hint, SetType) else ListType(item_type)
    if all(isinstance(item, Constant) for item in items):
        values = tuple(item.value for item in items if isinstance(item, Constant))
        return Constant(_as_set(values, item_type) if isinstance(type_, SetType) else values, type_)
    return Call("list", tuple(items), type_)


def _as_set(values: tuple[Any, ...], item: Type) -> tuple[Any, ...]:
    """Drop repeats; words stand in their declared order."""
    kept = distinct(values)
    return tuple(sorted(kept, key=item.values.index)) if isinstance(item, EnumType) and None not in kept else kept
