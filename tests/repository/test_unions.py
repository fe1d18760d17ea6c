"""The members of every union that an author's value may be read by differ in shape, so that nobody has to guess which one was meant."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, Discriminator

from tierwise.core.policy.model import DecisionKeys, FactDeclaration, ModuleKeys, ParameterDeclaration, PolicyKeys, ReadingDeclaration
from tierwise.core.policy.texts import Text
from tierwise.plugins.manager import Plugins

UNIONS = (Union, types.UnionType)
PLUGINS = Plugins(entry_points=False)
MODELS: Mapping[str, Any] = {
    **{
        model.__name__: model for model in (DecisionKeys, FactDeclaration, ModuleKeys, ParameterDeclaration, PolicyKeys, ReadingDeclaration)
    },
    **{f"kind {name}": kind.keys for name, kind in PLUGINS.kinds().items()},
    **{f"form {name}": form.model for name, form in PLUGINS.forms().items()},
    **{f"section {name}": section.keys for name, section in PLUGINS.sections().items()},
}


def shapes(annotation: Any) -> list[str]:
    """Return the shapes that a value of an annotation may have, once for each member that takes it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return shapes(get_args(annotation)[0])
    if origin in UNIONS:
        return [shape for member in get_args(annotation) for shape in shapes(member)]
    kind = origin or annotation
    if annotation is Any or kind is type(None):
        return []
    if kind is Text:
        return ["a text", "keys and values"]
    if kind is Literal or (inspect.isclass(kind) and issubclass(kind, str | int)):
        return ["a text"]
    if inspect.isclass(kind) and issubclass(kind, list | tuple):
        return ["a list"]
    assert inspect.isclass(kind), annotation
    assert issubclass(kind, dict | BaseModel), annotation
    return ["keys and values"]


def unions(annotation: Any, seen: set[Any]) -> Iterator[Any]:
    """Yield the unions in an annotation and in the models that it leads to, but for those that say themselves which member is meant."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                yield from unions(field.annotation, seen)
    elif not any(isinstance(said, Discriminator) for said in getattr(annotation, "__metadata__", ())):
        if get_origin(annotation) in UNIONS:
            yield annotation
        for argument in get_args(annotation):
            yield from unions(argument, seen)


@pytest.mark.parametrize("owner", MODELS)
def test_the_members_of_a_union_differ_in_shape(owner: str) -> None:
    for union in unions(MODELS[owner], set()):
        found = shapes(union)
        assert len(set(found)) == len(found), f"{union} of {owner} takes {found}"


class Words(BaseModel):
    """A model with a union in it."""

    words: list[str] | str


@pytest.mark.parametrize(
    ("annotation", "found"),
    [(str | list[Words], [2, 2]), (Words | dict[str, str], [1, 2]), (list[Words | str | None], [2, 2]), (Text | str, [2])],
)
def test_what_is_told_of_unions(annotation: Any, found: list[int]) -> None:
    assert [len(set(shapes(union))) for union in unions(annotation, set())] == found
    assert len(shapes(Words | dict[str, str])) == 2, "both take keys and values, which the test above would refuse"
