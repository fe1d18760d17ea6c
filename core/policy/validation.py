"""Validates written values against a pydantic model and says what is wrong in plain words, all of it, each at its place."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from tierwise.core.finding import Finding
from tierwise.core.language import suggest
from tierwise.core.language.messages import listed
from tierwise.core.policy.texts import Unfit
from tierwise.core.source import Path, Places

__all__ = ["keys_of", "validate"]

_DEMANDS = {
    "string_type": "one text",
    "int_type": "a whole number",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "keys and values",
    "mapping_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "none_required": "nothing",
    "is_instance_of": "a value",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "int_parsing": "a whole number",
}
"""What pydantic asks for, in the author's words. These say that the whole value has the wrong shape."""


def validate(annotation: Any, raw: Any, path: Path, document: Places, more_keys: Iterable[str] = ()) -> tuple[Any, list[Finding]]:
    """Read a written value by a model.

    Args:
        annotation: A pydantic model, or any annotation that pydantic understands.
        raw: Dicts, lists, texts and ``None``.
        path: Where the value stands.
        document: Where its parts stand.
        more_keys: Keys that may be meant by a misspelt one, beside those of the model.

    Returns:
        The value and no finding, or ``None`` and everything that is wrong with it.
    """
    try:
        return _reader(annotation).validate_python(raw), []
    except ValidationError as error:
        problems = [_Problem(raw, dict(detail)) for detail in error.errors(include_url=False, include_input=False)]
    best = _best_branches(problems)
    return None, list(dict.fromkeys(_finding(problem, annotation, path, document, tuple(more_keys)) for problem in best))


@lru_cache(maxsize=256)
def _reader(annotation: Any) -> TypeAdapter[Any]:
    """Return what reads values by an annotation; to make it takes longer than to read most values."""
    return TypeAdapter(annotation)


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys of a model as authors write them."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


class _Problem:
    """One pydantic error; ``path`` is the part of its location that the document has, ``branches`` the members of unions on the way."""

    def __init__(self, raw: Any, detail: dict[str, Any]) -> None:
        self.type: str = detail["type"]
        self.text: str = detail["msg"]
        self.context: Mapping[str, Any] = detail.get("ctx", {})
        self.path: Path = ()
        self.branches: list[tuple[Path, str]] = []
        value = raw
        location = detail["loc"]
        for index, part in enumerate(location):
            last = index == len(location) - 1
            if isinstance(value, Mapping) and (part in value or (last and self.type == "missing")):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                # pydantic names the union member or the validator that failed; the document has no such part.
                self.branches.append((self.path, str(part)))
                continue
            self.path = (*self.path, part)
        self.given = value

    @property
    def is_shape(self) -> bool:
        return self.type in _DEMANDS


def _best_branches(problems: list[_Problem], depth: int = 0) -> Iterator[_Problem]:
    """Keep, of every union, what the member of the value's shape says; unions may stand in unions.

    The members of our unions differ in shape (a text, a list, keys and values), so that one of them fits, or none; of several, as a plugin may
    have them, the one with least to say is taken.
    """
    groups: dict[Path, dict[str, list[_Problem]]] = {}
    for problem in problems:
        if len(problem.branches) == depth:
            yield problem
        else:
            at, member = problem.branches[depth]
            groups.setdefault(at, {}).setdefault(member, []).append(problem)
    for at, branches in groups.items():
        fitting = [found for found in branches.values() if not any(p.path == at and p.is_shape for p in found)]
        if fitting:
            yield from _best_branches(min(fitting, key=len), depth + 1)
        else:
            yield _merged([p for found in branches.values() for p in found if p.path == at and p.is_shape])


def _merged(problems: list[_Problem]) -> _Problem:
    demands = list(dict.fromkeys(_DEMANDS[problem.type] for problem in problems))
    problems[0].type = "wrong-shape"
    problems[0].text = "demands " + ", or ".join(demands)
    return problems[0]


def _finding(problem: _Problem, annotation: Any, path: Path, document: Places, more_keys: tuple[str, ...]) -> Finding:
    full = (*path, *problem.path)
    key = _called(full)
    if problem.type == "extra_forbidden":
        keys = [*_keys_at(annotation, problem.path[:-1]), *(more_keys if len(problem.path) == 1 else ())]
        hint = suggest(str(problem.path[-1]), keys) or (f"the keys here are {listed(keys)}" if keys else "")
        return Finding.error("unknown-key", f"there is no key `{key}` here", document.key_span(full), hint)
    if problem.type == "missing":
        return Finding.error("missing-key", f"{_owner(full[:-1])} demands `{key}`", document.key_span(full[:-1]), f"add `{key}: …`")
    if problem.type in ("literal_error", "enum"):
        wanted = str(problem.context.get("expected", "")).replace("'", "`")
        hint = suggest(str(problem.given), [word.strip("`") for word in wanted.replace(" or ", ", ").split(", ")])
        return Finding.error("wrong-value", f"`{key}` must be {wanted}{_not(problem.given)}", document.span(full), hint)
    if problem.is_shape:
        return Finding.error("wrong-shape", f"`{key}` demands {_DEMANDS[problem.type]}{_not(problem.given)}", document.span(full))
    error = problem.context.get("error")
    if isinstance(error, Unfit):
        return Finding.error("wrong-value", str(error), error.at.whole or document.span(full), error.help)
    code = problem.type if "-" in problem.type else "wrong-value"
    return Finding.error(code, f"`{key}` {_words(problem)}", document.span(full))


def _words(problem: _Problem) -> str:
    if "-" in problem.type:
        return problem.text
    if problem.type in ("value_error", "assertion_error"):
        return str(problem.context.get("error", problem.text))
    if problem.type == "string_pattern_mismatch":
        return f"must be small letters and digits joined by `-`{_not(problem.given)}"
    text = problem.text.removeprefix("Input ")
    return text[:1].lower() + text[1:].rstrip(".")


def _not(given: Any) -> str:
    if given is None:
        return ", not nothing"
    if isinstance(given, str):
        return f", not `{given if len(given) <= 40 else given[:40] + '…'}`".replace("\n", " ")
    return ", not a list" if isinstance(given, list) else ", not keys and values"


def _called(path: Path) -> str:
    """Name a place by its last key; an item of a list by the list and its number from 1."""
    if not path:
        return "policy"
    last = path[-1]
    return f"{_called(path[:-1])}[{last + 1}]" if isinstance(last, int) else last.split("\n")[0]


def _owner(path: Path) -> str:
    return f"`{_called(path)}`" if path else "the file"


def _keys_at(annotation: Any, path: Path) -> list[str]:
    """Return the keys that the models at a place know; several models when a union stands there."""
    found = [annotation]
    for part in path:
        found = [inner for outer in found for inner in _inside(outer, part)]
    return [key for outer in found for model in _models(outer) for key in keys_of(model)]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _models(argument)


def _inside(annotation: Any, part: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part in (name, info.alias):
                yield info.annotation
    elif get_origin(annotation) in (Annotated, Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _inside(argument, part)
    elif get_origin(annotation) in (list, tuple) and isinstance(part, int):
        yield from get_args(annotation)
    elif get_origin(annotation) is not None and get_args(annotation) and isinstance(part, str):
        yield get_args(annotation)[-1]
