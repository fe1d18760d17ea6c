"""What an author declares: the policy and its parts, immutable, read from text and typed by ``declared_types.py``.

What a form or a kind makes of its own keys is not read here: a decision keeps its form's value, a module its kind's keys, as written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from tierwise.core.finding import Finding
from tierwise.core.outcome import Reason
from tierwise.core.policy.declared_types import Adjustable, TypeKeys, names_of_types
from tierwise.core.policy.document import Document
from tierwise.core.policy.texts import Flag, Part, SectionKeys, Text, Words
from tierwise.core.source import Path, Source, Span, Written
from tierwise.core.types import Type

__all__ = [
    "DecisionDeclaration",
    "DecisionKeys",
    "FactDeclaration",
    "ModuleDeclaration",
    "ModuleKeys",
    "OutputDeclaration",
    "ParameterDeclaration",
    "Policy",
    "PolicyKeys",
    "ReadingDeclaration",
    "Try",
    "TypeDeclaration",
]

Missing = Literal["missing_fact", "vague", "lost", "none"]
Changeable = Literal["up", "down", "both"]


class Declared(TypeKeys):
    """Anything with a type of its own."""

    label: Text | None = Field(None, description="what people call it")
    note: Text | None = Field(None, description="a remark for people")
    because: Text | None = Field(None, description="the sentence told to a subject whom this keeps from a better outcome")

    _type: Type | None = PrivateAttr(None)

    @property
    def own_type(self) -> Type | None:
        """The declared type; ``None`` where it has an error."""
        return self._type

    def type(self) -> Type:
        """Return the declared type; only for a declaration that was read without findings."""
        assert self._type is not None, "the declaration has not been read"
        return self._type

    def typed(self, declared: Type | None) -> Self:
        """Return this declaration with the type that its keys declare."""
        copy = self.model_copy()
        copy._type = declared
        return copy


class TypeDeclaration(Declared):
    """A type with a name, which facts, parameters, decisions and fields may have as their `type`."""

    type_: str = Field(alias="type", description="a fact's type")


class FactDeclaration(Declared):
    """A typed input of a subject."""

    type_: str = Field(
        alias="type",
        description="number, integer, boolean, date, date and time, duration, text, enum, set, list of …, map of …, or a name under `types`",
    )
    default: Any = Field(None, description="its value where it is not given, or none")
    judged: Flag = Field(False, description="a person enters it")
    missing: Missing = Field("missing_fact", description="what an outcome that hangs on its absence is called")
    changeable: Changeable | None = Field(None, description="where it can be moved to reach another grade: up, down or both")

    def reason(self) -> Reason:
        """Return the reason of an outcome that hangs on its absence."""
        return Reason.MISSING_FACT if self.missing == "none" else Reason(self.missing)


class ParameterDeclaration(Declared):
    """A number, list or word that rules use. A local one has no value until an overlay gives it, an adjustable one another within bounds."""

    type_: str = Field(alias="type", description="a fact's type")
    value: Any = Field(None, description="its value, as the source gives it")
    local: Flag = Field(False, description="not in the source: every company sets its own")
    adjustable: Adjustable | None = Field(None, description="the bounds within which an overlay may change its value")
    missing: Literal["missing_fact", "vague", "lost"] = Field("lost", description="the reason while a local one has no value")

    def reason(self) -> Reason:
        """Return the reason of an outcome that hangs on it while it has no value."""
        return Reason(self.missing)


class ReadingDeclaration(Part):
    """Two or more admissible readings of the source."""

    values: Words = Field(description="the admissible readings of the source")
    label: Text | None = Field(None, description="what people call it")
    about: Text | None = Field(None, description="what can be read in several ways")
    note: Text | None = Field(None, description="a remark for people")

    @model_validator(mode="before")
    @classmethod
    def _values_alone(cls, raw: Any) -> Any:
        return {"values": raw} if isinstance(raw, list) else raw


class OutputDeclaration(Declared):
    """One output of a decision that has several."""

    type_: str = Field(alias="type", description="a fact's type")
    hidden: Flag = Field(False, description="it only feeds other decisions")


class DecisionKeys(Declared):
    """The keys of a decision beside its form."""

    outputs: dict[str, OutputDeclaration] = Field(default_factory=dict, description="several outputs instead of one type")
    hidden: Flag = Field(False, description="it only feeds other decisions")
    of: Literal["population"] | None = Field(None, description="`population`: one value about all subjects")
    where: dict[str, str] = Field(
        default_factory=dict, description="name to expression: parts of it, each of which may stand in what decides and in those after it"
    )


class DecisionDeclaration(DecisionKeys):
    """One entry of ``decisions``.

    Attributes:
        name: Its key.
        output_types: Output name to type; empty when neither a type nor outputs are declared.
        ways: The other keys as written: one of them has to be a form.
    """

    name: str
    output_types: dict[str, Any]
    ways: dict[str, Any]

    @classmethod
    def of_keys(cls, keys: DecisionKeys, name: str, output_types: Mapping[str, Type], ways: Mapping[str, Any]) -> DecisionDeclaration:
        """Join the keys that were read with their types and with the keys that are not known here."""
        given = {DecisionKeys.model_fields[key].alias or key: getattr(keys, key) for key in keys.model_fields_set}
        return cls(**given, name=name, output_types=dict(output_types), ways=dict(ways))


class ModuleKeys(Part):
    """The keys of a module beside those of its kind."""

    kind: str = Field(description="what the module is for")
    label: Text | None = Field(None, description="what people call it")
    about: Text | None = Field(None, description="what it decides")
    note: Text | None = Field(None, description="a remark for people")
    among: str | None = Field(
        None, description="the condition under which a subject is decided here at all; all outputs are `gap` for the others"
    )


class ModuleDeclaration(ModuleKeys):
    """One part of a policy with a purpose.

    Attributes:
        decisions: Name to decision, in the author's order.
        kind_keys: The keys that the kind has to read, as written.
    """

    decisions: dict[str, DecisionDeclaration] = Field(default_factory=dict)
    kind_keys: dict[str, Any] = Field(default_factory=dict)


class PolicyKeys(Part):
    """What a policy says about itself."""

    tierwise: Literal["1"] = Field(description="version of the format")
    policy: Annotated[str, Field(pattern=r"^[a-z0-9㐀-鿿]+(-[a-z0-9㐀-鿿]+)*$")] = Field(description="its slug, the name of its folder")
    version: str = Field(description="version of the policy")
    title: Text = Field(description="what people call it")
    source: Text | None = Field(None, description="the text it comes from")
    about: Text | None = Field(None, description="what it decides, for whom")
    note: Text | None = Field(None, description="a remark for people")
    subject: str = Field("customer", description="what is graded")


class Try(Part):
    """What an overlay that is a try says of itself."""

    by: str | None = Field(None, description="who proposes it, where it is a try")
    why: Text | None = Field(None, description="why it is proposed")


class Policy(PolicyKeys):
    """A policy as written, with its overlay. Made by ``read_policy`` only; it has no error in what is read here.

    Attributes:
        fact_defaults: Fact to typed value, of every fact that has a default.
        sections: Name to what is written in it, for those that a plugin gives.
        parameter_values: Name to typed value (``core/values.py``) of every parameter that has one.
        settled: Reading to the word a company has settled it to.
        filled_tables: Name of a local table (``decision``) or characteristic (``decision.characteristic``) to the text an overlay gives.
        tries: What its overlays say of who proposes them and why, of those that do.
    """

    types: dict[str, TypeDeclaration] = Field(default_factory=dict)
    facts: dict[str, FactDeclaration]
    fact_defaults: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, ParameterDeclaration]
    readings: dict[str, ReadingDeclaration]
    modules: dict[str, ModuleDeclaration]
    sections: dict[str, SectionKeys] = Field(default_factory=dict)
    parameter_values: dict[str, Any] = Field(default_factory=dict)
    settled: dict[str, str] = Field(default_factory=dict)
    filled_tables: dict[str, Written] = Field(default_factory=dict)
    tries: tuple[Try, ...] = ()

    _document: Document = PrivateAttr()
    _files: Mapping[str, Source] = PrivateAttr(default_factory=dict)
    _findings: tuple[Finding, ...] = PrivateAttr(default=())

    def with_origin(self, document: Document, files: Mapping[str, Source]) -> Policy:
        """Return this policy with the texts it came from."""
        copy = self.model_copy()
        copy._document, copy._files = document, dict(files)
        return copy

    def with_findings(self, findings: tuple[Finding, ...]) -> Policy:
        """Return this policy with what was found that is no error."""
        copy = self.model_copy()
        copy._findings = findings
        return copy

    @property
    def sources(self) -> Mapping[str, Source]:
        """The files of the policy by relative name: ``policy.yaml``, ``tables/….csv``, ``cases.yaml``, ``binding.yaml``."""
        return self._files

    @property
    def document(self) -> Document:
        """The document that was read from ``policy.yaml``."""
        return self._document

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings and notes about what is read here, none of them an error."""
        return self._findings

    def span(self, path: Path) -> Span:
        """Return where a value of ``policy.yaml`` stands; for what is not written there, where the nearest thing around it stands."""
        return self._document.span(path)

    def key_span(self, path: Path) -> Span:
        """Return where a mapping key of ``policy.yaml`` stands."""
        return self._document.key_span(path)

    @property
    def named_types(self) -> dict[str, Type]:
        """The types that are declared under `types`, by name."""
        return {name: declared.type() for name, declared in self.types.items()}

    def words_of(self, declaration: TypeKeys) -> Mapping[str, Text]:
        """Return the words that a declaration or the named type that it has lists, each with its label; none where it lists none."""
        leaf = next(names_of_types({"type": declaration.type_ or ""}))
        named = self.types.get(leaf)
        return declaration.values or (self.words_of(named) if named is not None else {})
