"""What the editor shows of a draft: its parts, and of each the tables, single values, cases, overlays or files in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.policy import Policy
from tierwise.core.policy.document import plain
from tierwise.core.source import Path
from tierwise.core.values import to_json
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.console.draft import Draft
from tierwise.plugins.console.draft_check import CASES, CheckedTexts
from tierwise.plugins.console.edits import tables_in
from tierwise.plugins.console.kept_documents import document_of
from tierwise.plugins.console.written_table import WrittenTable
from tierwise.plugins.console.written_value import WrittenValue, values_of
from tierwise.plugins.loading import MAIN
from tierwise.plugins.manager import Plugins
from tierwise.plugins.people_names import Choice, Naming
from tierwise.plugins.policy import LoadedPolicy

__all__ = [
    "CaseView",
    "Field",
    "Group",
    "OverlayView",
    "Part",
    "case_views",
    "groups_of",
    "names_to_complete",
    "overlay_view",
    "parts_of",
]

FORMULAS = ("formula", "where", "among", "when", "by", "of", "if", "sum", "average", "count", "prefer", "outside")
"""Keys whose values are expressions of the language, so that names may be completed in them."""
FLAGS = ("judged", "hidden", "nullable", "local", "value", "default")
"""Keys whose values are yes or no, or may be."""
HIDDEN = ("label", "note", "about", "title", "source", "why")


@dataclass(frozen=True, slots=True)
class Part:
    """An entry of the list of parts: its name in addresses, its label, and what sort of part it is."""

    name: str
    label: str
    sort: str


@dataclass(frozen=True, slots=True)
class Field:
    """A single value as a field of a form.

    Attributes:
        label: What people call its place below its group.
        keys: The keys that lead there, where people call it otherwise.
        is_formula: Whether it is an expression.
        choices: The words that it may be; none where it may be any text.
    """

    value: WrittenValue
    label: str
    keys: str
    is_formula: bool
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one name: a decision, a section, with its tables and its single values; ``keys`` is the name where people call it otherwise."""

    title: str
    keys: str
    tables: tuple[WrittenTable, ...]
    fields: tuple[Field, ...]
    texts: tuple[Field, ...]


def parts_of(draft: Draft, policy: Policy | None, language: str) -> tuple[Part, ...]:
    """Return the parts of a draft, in the order of the policy."""
    document = document_of(draft.files[MAIN], MAIN)
    root = document.root if document is not None and isinstance(document.root, dict) else {}
    modules: Any = root.get("modules")
    names = modules if isinstance(modules, dict) else ()
    found = [Part(f"modules/{name}", _label(policy, name, language), "module") for name in names]
    found += [Part(str(key), str(key), "section") for key in root if key != "modules" and isinstance(root[key], dict | list)]
    found += [Part(f"file/{name}", name, "table") for name in draft.files if name.endswith(".csv")]
    found += [Part("cases", "cases", "cases")]
    found += [Part(f"overlay/{name}", name, "overlay") for name in draft.overlays]
    found += [Part(f"text/{name}", name, "text") for name in draft.files]
    return tuple(found)


def _label(policy: Policy | None, module: str, language: str) -> str:
    declared = policy.modules.get(module) if policy is not None else None
    return declared.label.in_language(language) if declared is not None and declared.label is not None else module


def groups_of(draft: Draft, part: str, naming: Naming) -> tuple[Group, ...]:
    """Return what stands in a module, a section or a CSV file."""
    if part.startswith("file/"):
        name = part.removeprefix("file/")
        return (Group(name, "", tables_in(draft.files.get(name, ""), name), (), ()),)
    document = document_of(draft.files[MAIN], MAIN)
    if document is None:
        return ()
    path = tuple(part.split("/"))
    tables = [table for table in tables_in(draft.files[MAIN], MAIN) if table.path[: len(path)] == path]
    inside = {table.path for table in tables}
    values = [value for value in values_of(document, path) if value.path not in inside]
    found = [*(table.path for table in tables), *(value.path for value in values)]
    keys = list(dict.fromkeys(_group_path(one, path) for one in found))
    order = {key: at for at, key in enumerate(document.spans)}
    return tuple(_group(key, path, tables, values, naming) for key in sorted(keys, key=lambda key: order.get(key, -1)))


def _group(key: Path, part: Path, tables: Sequence[WrittenTable], values: Sequence[WrittenValue], naming: Naming) -> Group:
    fields = [
        _field(value, value.path[len(key) :] or value.path[-1:], naming, naming.yes_or_no() if _is_flag(value) else ())
        for value in values
        if _group_path(value.path, part) == key
    ]
    name = str(key[-1])
    is_module = part[0] == "modules" and key == part
    title = naming.keys["module"] if is_module else naming.place(key[-2:]).rpartition(" › ")[2]
    return Group(
        title,
        "" if is_module or title == name else name,
        tuple(table for table in tables if _group_path(table.path, part) == key),
        tuple(field for field in fields if not _is_text(field.value.path)),
        tuple(field for field in fields if _is_text(field.value.path)),
    )


def _field(value: WrittenValue, place: Path, naming: Naming, choices: tuple[Choice, ...]) -> Field:
    label, keys = naming.place(place), " › ".join(map(str, place))
    return Field(value, label, "" if keys == label else keys, _is_formula(value.path), choices)


def _is_flag(value: WrittenValue) -> bool:
    return value.path[-1] in FLAGS and value.text in ("true", "false")


def _group_path(path: Path, part: Path) -> Path:
    """Return the name under which a value of a part is shown: its decision, or the entry of its section."""
    if part[0] == "modules":
        return path[:4] if len(path) > 4 and path[2] == "decisions" else path[:2]
    return path[:2] if len(path) > 2 else part


def _is_text(path: Path) -> bool:
    return any(part in HIDDEN for part in path)


def _is_formula(path: Path) -> bool:
    return any(part in FORMULAS for part in path[-2:])


# ---- cases and overlays --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case.

    Attributes:
        index: Its place among the cases.
        facts: Path to value of each fact that is given, as text, where it can be changed in a field.
        expected: The same of what is expected.
        state: ``passed``, ``failed`` or empty where it cannot be run.
        differences: What differs, in words.
    """

    index: int
    id: str
    why: str
    fields: tuple[Field, ...]
    state: str
    differences: tuple[str, ...]


def case_views(draft: Draft, policy: Policy | None, loaded: LoadedPolicy | None, naming: Naming) -> tuple[CaseView, ...]:
    """Return the cases, and what comes of each by the reference."""
    document = document_of(draft.files.get(CASES, ""), CASES) if draft.files.get(CASES) else None
    cases = document.root.get("cases") if document is not None and isinstance(document.root, dict) else None
    if document is None or not isinstance(cases, list):
        return ()
    results = _results(loaded, draft.files[CASES]) if loaded is not None else {}
    found = []
    for index, case in enumerate(cases):
        if not isinstance(case, dict):
            continue
        values = list(values_of(document, ("cases", index)))
        fields = tuple(_field(value, value.path[2:], naming, _words_of_fact(value.path, policy, naming)) for value in values)
        state, differences = results.get(str(case.get("id", "")), ("", ()))
        found.append(CaseView(index, str(case.get("id", "")), str(case.get("why", "") or ""), fields, state, differences))
    return tuple(found)


def _words_of_fact(path: Path, policy: Policy | None, naming: Naming) -> tuple[Choice, ...]:
    """Return what the fact of a case may be; none where it may be any text."""
    name = str(path[-1])
    declared = policy.facts.get(name) if policy is not None and path[2:-1] == ("facts",) else None
    return () if declared is None else naming.choices(name, declared)


def _results(loaded: LoadedPolicy, text: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    from tierwise.plugins.cases.run_cases import run_cases

    found = {}
    for result in run_cases(loaded, ("reference",)):
        differences = tuple(f"{one.output}: {one.expected} ≠ {one.got}" for one in result.differences)
        found[result.case.id] = ("failed" if differences else "passed", differences)
    return found


@dataclass(frozen=True, slots=True)
class OverlayView:
    """What an overlay may say: each parameter and reading with its label, what the policy says, what the overlay says, and the words it may be."""

    file: str
    parameters: tuple[tuple[str, str, str, str, tuple[Choice, ...]], ...]
    readings: tuple[tuple[str, str, tuple[Choice, ...], str], ...]


def overlay_view(draft: Draft, file: str, checked: CheckedTexts, naming: Naming) -> OverlayView | None:
    """Return an overlay as a form; ``None`` where the policy or the overlay cannot be read."""
    document = document_of(draft.files.get(file, ""), file)
    if checked.checked is None or document is None or not isinstance(document.root, dict):
        return None
    policy = checked.checked.policy
    said: Any = plain(document.root)
    parameters = said.get("parameters") if isinstance(said.get("parameters"), dict) else {}
    readings = said.get("readings") if isinstance(said.get("readings"), dict) else {}
    return OverlayView(
        file,
        tuple(
            (
                name,
                naming.name(name),
                _own_value(declared.value),
                _text(parameters.get(name)),
                naming.choices(name, declared),
            )
            for name, declared in policy.parameters.items()
            if declared.local or declared.adjustable is not None
        ),
        tuple(
            (
                name,
                naming.name(name),
                tuple((str(word), label.in_language(naming.language)) for word, label in reading.values.items()),
                _text(readings.get(name)),
            )
            for name, reading in policy.readings.items()
        ),
    )


def _own_value(value: Any) -> str:
    return "" if value is None else _text(value)


def _text(value: Any) -> str:
    return (
        value
        if isinstance(value, str)
        else ""
        if value is None
        else cell_text(to_json(value))
        if not isinstance(value, dict | list)
        else str(value)
    )


def names_to_complete(checked: CheckedTexts, plugins: Plugins) -> Sequence[tuple[str, str]]:
    """Return the names and words that an expression may hold, each with what it is."""
    return tuple(_names(checked, plugins))


def _names(checked: CheckedTexts, plugins: Plugins) -> Iterator[tuple[str, str]]:
    if checked.checked is not None:
        policy = checked.checked.policy
        for name, fact in policy.facts.items():
            yield name, "fact"
            yield from ((str(word), name) for word in policy.words_of(fact))
        yield from ((name, "parameter") for name in policy.parameters)
        for name, reading in policy.readings.items():
            yield name, "reading"
            yield from ((str(word), name) for word in reading.values)
        for module in policy.modules.values():
            for name, decision in module.decisions.items():
                yield name, "decision"
                yield from ((output, "decision") for output in decision.outputs)
    yield from ((name, "function") for name in plugins.environment().functions)
    yield from ((word, "word") for word in ("if", "then", "else", "and", "or", "not", "in", "between", "null", "true", "false"))
