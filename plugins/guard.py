"""Keeps a plugin's mistakes its own: what it gives has the parts that are needed, and an exception or a wrong result in one of them names it."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from itertools import islice
from types import SimpleNamespace
from typing import Any, get_args

from tierwise.core.errors import PluginError, TierwiseError
from tierwise.core.finding import Finding
from tierwise.core.plan.nodes import Undefined
from tierwise.core.types import Type
from tierwise.plugins.sql_templates import unfit_template

__all__ = ["bounded", "forget", "guarded", "one_line", "said", "shown", "unfit_part"]

Check = tuple[Callable[[Any], bool], str]
"""Whether something is as it has to be, and what it has to be in words."""


def _with(*parts: str) -> Callable[[Any], bool]:
    return lambda value: all(hasattr(value, part) for part in parts)


def _each(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list | tuple | set | frozenset) and all(map(fits, value))


_TEXT: Check = (lambda value: isinstance(value, str), "a text")
_TEMPLATES: Check = (
    lambda value: isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair),
    "a mapping of dialects to SQL templates",
)
_UNDEFINED: Check = (lambda value: value in get_args(Undefined), f"one of {', '.join(map(repr, get_args(Undefined)))}")
_MAPPING: Check = (lambda value: isinstance(value, Mapping), "a mapping")
_TITLE: Check = (lambda value: isinstance(value, Mapping) and {"zh", "en"} <= value.keys(), 'a title such as `{"zh": …, "en": …}`')
_MODEL: Check = (lambda value: inspect.isclass(value) and hasattr(value, "model_fields"), "a pydantic model")
_CALLED: Check = (lambda value: callable(value) and not inspect.iscoroutinefunction(value), "something to call, and not asynchronous")
_PRESENT: Check = (lambda value: True, "")
_YES_OR_NO: Check = (lambda value: isinstance(value, bool), "`True` or `False`")
_TYPE_OR_TEXT: Check = (lambda value: isinstance(value, (str, *get_args(Type))), "a type, or a text that says what is wrong")
_FINDINGS: Check = (_each(lambda value: isinstance(value, Finding)), "findings")
_DECISIONS: Check = (
    lambda value: isinstance(value, Iterable) and not isinstance(value, str) and all(map(_with("name", "form", "value"), value)),
    "the decisions that its keys stand for",
)
_COMPILED: Check = (_with("value", "findings", "reads"), "a `CompiledSection`")
_GRADING: Check = (_with("outputs", "population", "count", "distribution", "rows"), "a `Grading`")
_SOURCE: Check = (_with("location", "kind", "connection", "tables", "type_of", "named", "load", "close"), "a `Source`")
_MATCHER: Check = (_with("match", "close"), "a `Matcher`")
_MATCHES: Check = (
    _each(_each(_each(lambda position: isinstance(position, int)))),
    "a list of matches for each task, each match the positions of its marks,",
)


@dataclass(frozen=True, slots=True)
class Contract:
    """What the things of one hook have to be.

    Attributes:
        owner: What such a thing is called.
        parts: Its attributes.
        gives: What its methods have to return; an iterator counts as the list of what it yields.
        opened: The method whose result is guarded, too.
    """

    owner: str
    parts: Mapping[str, Check]
    gives: Mapping[str, Check] = field(default_factory=dict)
    opened: str = ""


CONTRACTS: Mapping[str, Contract] = {
    "tierwise_functions": Contract(
        "function",
        {"signature": _TEXT, "about": _TEXT, "type_of": _CALLED, "python": _CALLED, "sql": _TEMPLATES, "undefined": _UNDEFINED},
        {"type_of": _TYPE_OR_TEXT},
    ),
    "tierwise_forms": Contract(
        "form",
        {"about": _TEXT, "model": _PRESENT, "compile": _CALLED},
        {"compile": _MAPPING, "declares": _MAPPING, "labels": _MAPPING},
    ),
    "tierwise_kinds": Contract(
        "kind",
        {"title": _TITLE, "about": _TEXT, "keys": _MODEL, "decisions": _CALLED, "check": _CALLED},
        {"decisions": _DECISIONS, "check": _FINDINGS},
    ),
    "tierwise_checks": Contract("check", {"about": _TEXT, "find": _CALLED}, {"find": _FINDINGS}),
    "tierwise_sections": Contract("section", {"about": _TEXT, "keys": _MODEL, "compile": _CALLED}, {"compile": _COMPILED}),
    "tierwise_sources": Contract(
        "source",
        {"about": _TEXT, "opens": _CALLED, "open": _CALLED},
        {"opens": _YES_OR_NO, "guesses": _YES_OR_NO, "open": _SOURCE},
        opened="open",
    ),
    "tierwise_engines": Contract("engine", {"about": _TEXT, "grade": _CALLED}, {"grade": _GRADING}),
    "tierwise_watch_engines": Contract(
        "engine",
        {"about": _TEXT, "unusable": _CALLED, "matcher": _CALLED},
        {"unusable": _TEXT, "matcher": _MATCHER, "match": _MATCHES},
        opened="matcher",
    ),
    "tierwise_commands": Contract("command", {"params": _PRESENT, "invoke": _CALLED, "make_context": _CALLED}),
}
"""By hook. Policies are folders and observers give nothing: the manager looks at those itself."""


def _answers_each(matches: Sequence[Sequence[Sequence[int]]], tasks: Sequence[Any]) -> bool:
    """Say whether there are matches for each task, and each names marks that its task has."""
    return len(matches) == len(tasks) and all(
        0 <= position < len(task.marks) for task, some in zip(tasks, matches, strict=True) for match in some for position in match
    )


ANSWERS: Mapping[str, Callable[..., bool]] = {"match": _answers_each}
"""Methods whose result has to fit what they were asked."""

MOST_YIELDED = 100_000
LONGEST_MESSAGE, LONGEST_VALUE = 500, 60

PASSED_ON = frozenset({"python", "make_context"})
"""What a function gives is checked where its type is known; what a command is asked is click's business."""


def unfit_part(thing: Any, hook: str) -> str:
    """Return what is wrong with the parts of a thing, to go on from "gave …", or an empty text."""
    parts = CONTRACTS[hook].parts if hook in CONTRACTS else {}
    if inspect.isclass(thing):
        return "as a class, where a thing of it is needed"
    missing = next((name for name in parts if not hasattr(thing, name)), None)
    if missing is not None:
        return f"without `{missing}`"
    optional = {name: _CALLED for name in CONTRACTS[hook].gives if hasattr(thing, name)} if hook in CONTRACTS else {}
    every = {**optional, **parts}
    unfit = next((f"whose `{name}` is not {words}" for name, (fits, words) in every.items() if not fits(getattr(thing, name))), "")
    return unfit or (unfit_template(thing) if hook == "tierwise_functions" else "")


def guarded(thing: Any, plugin: str, title: str, hook: str) -> Any:
    """Return a thing that does the same, except that an exception or a wrong result in a method becomes a ``PluginError``.

    Args:
        thing: What a plugin gave for a hook with a contract; anything else is returned as it is.
        plugin: The plugin's name.
        title: Its name and version, for the message.
        hook: The hook that gave it.
    """
    contract = CONTRACTS.get(hook)
    if contract is None:
        return thing
    guard = _Guard(contract, f"{contract.owner} `{thing.name}`", plugin, title, hook)
    return guard.command(thing) if hook == "tierwise_commands" else guard.thing(thing)


@dataclass(frozen=True, slots=True)
class _Guard:
    contract: Contract
    owner: str
    plugin: str
    title: str
    hook: str

    def thing(self, thing: Any) -> Any:
        # A plain namespace, because `isinstance` with a protocol does not look through `__getattr__`.
        parts = {name: getattr(thing, name) for name in dir(thing) if not name.startswith("_")}
        for name, part in parts.items():
            if inspect.isroutine(part) and name not in PASSED_ON:
                parts[name] = self._naming(part, name)
        return SimpleNamespace(**parts)

    def command(self, command: Any) -> Any:
        """Guard what a command does; its options are read, and its usage is refused, by click as ever."""
        own = copy.copy(command)
        own.invoke = self._naming(command.invoke, "invoke")
        return own

    def _naming(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        fits, words = self.contract.gives.get(name, _PRESENT)

        @wraps(method)
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                result = method(*arguments, **named)
                result = bounded(result) if isinstance(result, Iterator) else result
                if fits(result) and (name not in ANSWERS or ANSWERS[name](result, *arguments)):
                    return self.thing(result) if name == self.contract.opened else result
            except (TierwiseError, OSError):  # a file that cannot be read is no mistake of the plugin
                raise
            except (Exception, SystemExit) as error:
                if self.hook == "tierwise_commands" and (isinstance(error, SystemExit) or type(error).__module__.startswith("click.")):
                    raise  # how a command says that it was used wrongly, or is done
                raise PluginError(
                    one_line(f"plugin {self.title} failed in `{name}` of {self.owner}: {said(error)}"), self.plugin, self.hook
                ) from error
            message = f"plugin {self.title} gave {shown(result)} in `{name}` of {self.owner}, where {words} is needed"
            forget(result)
            raise PluginError(one_line(message), self.plugin, self.hook)

        return call


def bounded(values: Iterable[Any]) -> list[Any]:
    """Return what a plugin yields as a list.

    Raises:
        ValueError: It does not end.
    """
    found = list(islice(values, MOST_YIELDED + 1))
    if len(found) > MOST_YIELDED:
        raise ValueError(f"it yields more than {MOST_YIELDED:,} things")
    return found


def forget(value: Any) -> None:
    """Let go of what an asynchronous function gave, of which Python would else warn that nobody waited for it."""
    if inspect.iscoroutine(value):
        value.close()


def said(error: BaseException) -> str:
    """Return an exception in words: its type, and its message if it has one."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  a plugin's exception, whose text may fail, too
        text = ""
    return f"{type(error).__name__}: {_cut(text, LONGEST_MESSAGE)}" if text else type(error).__name__


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split())


def shown(value: Any) -> str:
    """Return a value of a plugin in words."""
    if value is None:
        return "nothing"
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  whatever its own code does
        text = f"<{type(value).__name__}>"
    return f"`{_cut(text, LONGEST_VALUE)}`"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
