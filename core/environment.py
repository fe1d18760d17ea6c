"""What a policy may use, as one value: functions, forms, kinds, sections, checks and limits. Plugins fill it; nothing is global."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

from tierwise.core.finding import Finding
from tierwise.core.language.scope import Function
from tierwise.core.limits import Limits
from tierwise.core.plan import Constant, Named, Node, Plan, Ranking, Table, Undecided
from tierwise.core.policy.document import Document
from tierwise.core.policy.texts import SectionKeys
from tierwise.core.source import Path, Source, Span, Written
from tierwise.core.types import Type

__all__ = [
    "Check",
    "CheckContext",
    "CompiledSection",
    "DeclaringForm",
    "Environment",
    "Form",
    "FormContext",
    "Function",
    "Kind",
    "KindContext",
    "KindDecision",
    "Limits",
    "Path",
    "Section",
    "SectionContext",
]


class FormContext(Protocol):
    """What a form may ask while it compiles one entry of ``decisions``. Findings are collected, not raised.

    A text knows where it stands (``Written``), so it is passed on as it is; ``at`` says where a value stands that may be none or a list.
    """

    name: str
    outputs: Mapping[str, Type]
    path: Path
    limits: Limits

    def span(self, path: Path, key: bool = False) -> Span:
        """Return where a value of the entry stands, or its ``key``; for what is not written, where the nearest thing around it stands."""

    def report(self, finding: Finding) -> None:
        """Add a finding."""

    def expression(self, text: Written, expected: Type | None = None, item: Type | None = None) -> Node | None:
        """Parse and type an expression; ``None`` when it has an error, which is then reported.

        With ``item`` it is about one item of a list: the fields of a record stand in it by their bare names.
        """

    def test(self, cell: Written, column: Node) -> tuple[Node | None, bool]:
        """Parse a unary-test cell over ``column``: the test (``None`` for ``-``) and whether it was sound."""

    def value(self, given: Written | Sequence[Written] | None, at: Path | Written, expected: Type, nullable: bool = False) -> Node | None:
        """Parse a value: a literal of ``expected``, a bare word, an expression, ``undetermined(…)``, or none for ``None``; a YAML list of them."""

    def constant(self, text: Written, expected: Type) -> Constant | Undecided | None:
        """Parse what must be known before any subject is: a literal or a parameter (``Undecided`` while that is not filled in)."""

    def only_output(self) -> str | None:
        """Return the name of the one output; ``None`` when there are several, which is then reported."""

    def output(self, name: str, given: Written | Sequence[Written] | None, at: Path | Written) -> Node | None:
        """Parse a value of the output ``name``, by its declared type."""

    def type_of(self, node: Node) -> Type:
        """Return the static type of a node."""

    def fitted(self, name: str, node: Node) -> Node:
        """Return ``node`` as the value of the output ``name``; that its type does not fit the declared one is reported."""

    def file(self, name: Written) -> Source | None:
        """Return a file of the policy by its name, such as ``tables/tier.csv``; that there is none is reported."""

    def add_table(self, table: Table) -> None:
        """Put a table into the plan."""

    def add_ranking(self, ranking: Ranking) -> None:
        """Put a ranking into the plan."""

    def add_hidden(self, name: str, type: Type, node: Node, path: Path) -> Node:
        """Put a hidden decision into the plan and return a reference to it."""

    def filled(self, name: str) -> Written | None:
        """Return the text an overlay gives for the local table or characteristic ``name``, or ``None`` while it is lost."""

    def mark_lost(self, name: str) -> None:
        """Say that a local part is not filled in, so that readiness can list it."""


class Form(Protocol):
    """How a decision decides: one key of a decision entry, its model and its compilation to plan nodes."""

    name: str
    about: str
    model: Any  # what pydantic validates the key's value against: a BaseModel subclass or any annotation

    def compile(self, spec: Any, context: FormContext) -> Mapping[str, Node]:
        """Return the node of every output in ``context.outputs`` (some may be left out after a reported error)."""


@runtime_checkable
class DeclaringForm(Form, Protocol):
    """A form that knows the names and types of what it gives by itself, such as the dates of a schedule."""

    def declares(self, entry: str, spec: Any) -> Mapping[str, Type]:
        """Return the outputs of the entry called ``entry``; none when the entry has to declare them itself."""

    def labels(self, spec: Any) -> Mapping[str, Named]:
        """Return the labels of these outputs, as far as the form's value gives them."""


@dataclass(frozen=True, slots=True)
class KindDecision:
    """One decision that a kind's keys stand for.

    Attributes:
        name: What it is called; findings about it stand where this name does.
        form: The name of the form that decides.
        value: What would stand under the form's key in ``policy.yaml``: texts, lists, mappings and ``None``. Texts of the author's are
            passed on as they are or put together by ``written`` and ``joined`` (``core/source.py``), so that they keep their places.
        type: Its type; ``None`` where the form declares what it gives.
        label: What people call it; its name without one.
        hidden: It only feeds other decisions.
        nullable: It may be none.
    """

    name: str
    form: str
    value: Any
    type: Type | None = None
    label: Named | None = None
    hidden: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class KindContext:
    """What a kind may look at when it checks a module of a policy that compiled.

    Attributes:
        module: Its name.
        path: Where it stands in ``policy.yaml``.
        plan: What the policy compiled to.
        document: ``policy.yaml`` as it was read, with the place of every value.
    """

    module: str
    path: Path
    plan: Plan
    document: Document

    def span(self, path: Path) -> Span:
        """Return where a value of the document stands."""
        return self.document.span(path)


class Kind(Protocol):
    """The business meaning of a module: its own keys, the decisions they stand for, its own checks."""

    name: str
    title: Named
    about: str
    keys: type[BaseModel]

    def decisions(self, module: str, keys: Any) -> Iterable[KindDecision]:
        """Return the decisions that the kind's own keys stand for."""

    def check(self, keys: Any, context: KindContext) -> Iterable[Finding]:
        """Return findings about a module whose decisions compiled."""


@dataclass(frozen=True, slots=True)
class SectionContext:
    """What a section may look at while it compiles.

    Attributes:
        environment: The functions that its expressions may use, and the limits.
        document: ``policy.yaml`` as it was read, with the place of every value.
        names: What an expression about one subject may name, and the node that stands for it.
        plan: What the policy compiled to; while it has errors, without tables and decisions other than parameters that have no value.
        types: The types that the policy declares under `types`, by name.
    """

    environment: Environment
    document: Document
    names: Mapping[str, Node]
    plan: Plan
    types: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class CompiledSection:
    """What a section compiled to.

    Attributes:
        value: What those run who act on the section; ``None`` when it has an error.
        findings: What was found in it.
        reads: The names of the policy that it reads, so that they count as used.
        text: What it compiled to as canonical text, which follows that of the plan in `tierwise show --plan`.
    """

    value: object | None
    findings: Sequence[Finding] = ()
    reads: frozenset[str] = frozenset()
    text: str = ""


class Section(Protocol):
    """A part of a policy beside its facts and modules, under a key of its own, that others than the engines act on."""

    name: str
    about: str
    keys: type[SectionKeys]

    def compile(self, keys: Any, context: SectionContext) -> CompiledSection:
        """Compile and check it; also of a policy that has errors elsewhere, so that all that is wrong is found at once."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check may look at.

    Attributes:
        plan: What the policy compiled to; it has no errors.
        document: ``policy.yaml`` as it was read, with the place of every value.
        read_elsewhere: Names that something beside its decisions reads, such as a section.
        written: The decisions that the author wrote out; the others stand for the keys of a kind.
    """

    plan: Plan
    document: Document
    read_elsewhere: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()


class Check(Protocol):
    """Finds what is doubtful in a policy that compiled, such as a gap in a table."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def about(self) -> str:
        """What it looks for, in a sentence."""

    def find(self, context: CheckContext, /) -> Iterable[Finding]:
        """Return what it finds: warnings and notes; a policy with an error in it is never run."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything a policy may use.

    Attributes:
        givers: For each function of a plugin that is not built in the plugin's name and version.
    """

    functions: Mapping[str, Function] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    sections: Mapping[str, Section] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    givers: Mapping[str, str] = field(default_factory=dict)

    @property
    def section_keys(self) -> Mapping[str, type[SectionKeys]]:
        """What an author may write in the sections that plugins give, by name."""
        return {name: section.keys for name, section in self.sections.items()}
