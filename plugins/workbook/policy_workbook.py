"""A policy as a workbook, and a workbook as the files of a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Source
from tierwise.core.types import BooleanType, EnumType, ListType, NumberType, SetType, Type
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.sentences.words import label_text
from tierwise.plugins.word_labels import labels_of_words
from tierwise.plugins.workbook.grids import ARROW
from tierwise.plugins.workbook.reading import FILE_ROW
from tierwise.plugins.workbook.sheets import Sheet, sheets_of
from tierwise.plugins.workbook.writing import ColumnHelp, workbook_bytes
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["Explainer", "WorkbookTexts", "documents_of", "first_rows", "policy_workbook"]

HITS = ("unique", "first", "any", "priority", "collect", "collect sum", "collect min", "collect max", "collect count")
FLAGS = (("true", ""), ("false", ""))


def documents_of(files: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, Any]:
    """Return the roots of a policy's documents by file; a CSV table is its text.

    Raises:
        PolicyError: One of them cannot be read.
    """
    roots: dict[str, Any] = {}
    for name in sorted(files, key=lambda name: (name.endswith(".csv"), name != "policy.yaml", name)):
        if name.endswith(".csv"):
            roots[name] = files[name].removeprefix("\ufeff").replace("\r\n", "\n")
            continue
        document, findings = read_document(Source(shown.get(name, name), files[name]), Limits())
        if document is None or findings:
            raise PolicyError(f"`{shown.get(name, name)}` cannot be read", findings)
        roots[name] = document.root
    return roots


def policy_workbook(loaded: LoadedPolicy, roots: Mapping[str, Any], language: str) -> bytes:
    """Return a policy as a workbook.

    Args:
        loaded: The policy.
        roots: The roots of its documents, see ``documents_of``.
        language: ``en`` or ``zh``: of titles, comments and the names of sheets.
    """
    words = words_of("workbook", language)
    explainer = Explainer(loaded, language)
    sheets = sheets_of(roots, explainer.title, (words["lists"],))
    return workbook_bytes(sheets, first_rows("policy", loaded, sheets), explainer.help, words)


def first_rows(what: str, loaded: LoadedPolicy, sheets: Sequence[Sheet]) -> list[tuple[str, str]]:
    """Return the rows of the first sheet: what the workbook is, of which policy, and where each file begins."""
    about = [("workbook", what), ("policy", loaded.policy.policy), ("fingerprint", loaded.fingerprint)]
    return about + [(FILE_ROW + sheet.file, f"→ {sheet.name}") for sheet in sheets if not sheet.path]


class Explainer:
    """Says what parts, columns and rows of a policy's workbook are for people."""

    def __init__(self, loaded: LoadedPolicy, language: str) -> None:
        self.loaded = loaded
        self.language = language
        self.words = words_of("workbook", language)
        plan = loaded.plan
        self.named: dict[str, tuple[Type, str]] = {
            item.name: (item.type, label_text(item.label, language)) for group in (plan.facts, plan.decisions) for item in group.values()
        }
        for name, parameter in loaded.policy.parameters.items():
            self.named[name] = (parameter.type(), parameter.label.in_language(language) if parameter.label is not None else "")
        self.labels = labels_of_words(loaded.policy, language)

    def title(self, file: str, path: Path) -> str:
        """Return what a part of a file is called."""
        if not path:
            return self.words.get(file, file.rpartition("/")[2])
        if len(path) == 1 and path[0] in self.words:
            return self.words[str(path[0])]
        name = str(path[3] if len(path) > 3 and path[2] == "decisions" else path[-1])
        label = self.named[name][1] if name in self.named else ""
        return label or name

    def help(self, sheet: Sheet, header: str) -> ColumnHelp | None:
        """Return what is said about a header of a grid or a path of a block."""
        if header == "hit":
            return ColumnHelp(self.words["hit"], choices=tuple((hit, self.words[f"hit {hit}"]) for hit in HITS), is_strict=True)
        if sheet.grid is not None and sheet.grid.kind in ("rules", "csv", "items", "scorecard"):
            return self._column(header)
        if header in ("judged", "nullable", "local", "hidden"):
            return ColumnHelp(self.words.get(header, ""), choices=FLAGS, is_strict=True)
        return ColumnHelp(self.words[header]) if header in ("type", "scale", "unit", "min", "max", "value", "missing", "default") else None

    def _column(self, header: str) -> ColumnHelp | None:
        name = header.removeprefix(ARROW).removeprefix("facts/").removeprefix("expected/")
        if name in self.loaded.plan.readings:
            reading = self.loaded.plan.readings[name]
            return ColumnHelp(label_text(reading.label, self.language), choices=tuple((word, "") for word in reading.values))
        if name not in self.named:
            return ColumnHelp(self.words[f"column {header}"]) if f"column {header}" in self.words else None
        type, label = self.named[name]
        return ColumnHelp(label, self.type_text(type, name), self._choices(type, name))

    def _choices(self, type: Type, name: str) -> tuple[tuple[str, str], ...]:
        item = type.item if isinstance(type, SetType | ListType) else type
        if isinstance(item, EnumType):
            return tuple((word, self.labels.get(name, {}).get(word, "")) for word in item.values)
        return FLAGS if isinstance(item, BooleanType) else ()

    def type_text(self, type: Type, name: str) -> str:
        """Return a type in words, with its unit and the labels of its words."""
        item = type.item if isinstance(type, SetType | ListType) else type
        if isinstance(item, EnumType):
            labels = self.labels.get(name, {})
            return ", ".join(f"{word} = {labels[word]}" if labels.get(word, word) != word else word for word in item.values)
        word = self.words.get(f"type {str(type).partition(' (')[0]}", str(type))
        return f"{word} ({type.unit})" if isinstance(type, NumberType) and type.unit else word


class WorkbookTexts:
    """Gives the documents of a workbook where those of files are asked for; a file that it does not hold is read as YAML."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = documents

    def check(self, source: Source, limits: Limits) -> list[Finding]:
        """Find what no policy may hold."""
        from tierwise.plugins.yaml_text.characters import check_text

        return check_text(source, limits)

    def document(self, source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
        """Return the document that the workbook holds of a file; its cells are checked for characters that no policy may hold."""
        document = self.documents.get(source.name)
        if document is None:
            return read_document(source, limits)
        return document, [finding for cell in _cells(document) for finding in self.check(cell, limits)]


def _cells(document: Document) -> Iterator[Source]:
    """Yield each cell of a document once."""
    seen: set[str] = set()
    for span in (*document.spans.values(), *document.keys.values()):
        if span.source.name not in seen:
            seen.add(span.source.name)
            yield span.source
