"""The section ``measures`` of a policy: sums, counts and averages over its subjects, by which the cost of a change is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from tierwise.core.environment import CompiledSection, Path, SectionContext
from tierwise.core.finding import Finding
from tierwise.core.language import Scope, compile_expression
from tierwise.core.plan import Conditional, Constant, Decision, Named, Node, decision_of, fact_of, name_of, reading_of, walk
from tierwise.core.plan.canonical import node_text
from tierwise.core.policy.texts import Part, SectionKeys, Text, Whole, named
from tierwise.core.types import BooleanType, NumberType

__all__ = ["MEASURES", "Measure", "MeasureDeclaration", "MeasuresSection", "decisions_of", "measures_of"]

MEASURES = "measures"
_ONE = NumberType(0)
_MOST_DIGITS = 12

How = Literal["sum", "average", "count"]


class MeasureDeclaration(Part):
    """One measure: what is summed, averaged or counted, and over which subjects."""

    label: Text | None = Field(None, description="what people call it")
    note: Text | None = Field(None, description="a remark for people")
    sum: str | None = Field(None, description="a number of each subject; they are added up")
    average: str | None = Field(None, description="a number of each subject; their mean")
    count: str | None = Field(None, description="a condition: the subjects are counted that meet it")
    where: str | None = Field(None, description="a condition: only subjects that meet it are counted at all")
    unit: str = Field("", description="what it counts; by default the unit of its number")
    digits: Whole | None = Field(None, description="the digits after the point of an average", le=_MOST_DIGITS)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if len(list(self.ways())) != 1:
            raise ValueError("demands one of `sum`, `average` and `count`")
        if self.digits is not None and self.average is None:
            raise ValueError("`digits` is for an `average`: sums are exact")
        return self

    def ways(self) -> Iterator[tuple[How, str]]:
        """Yield each way that is given, with its text."""
        yield from (("sum", self.sum),) if self.sum is not None else ()
        yield from (("average", self.average),) if self.average is not None else ()
        yield from (("count", self.count),) if self.count is not None else ()


class MeasuresDeclaration(SectionKeys):
    """The section ``measures``: name to measure."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, MeasureDeclaration] = Field(init=False)

    @property
    def named(self) -> Mapping[str, MeasureDeclaration]:
        """Name to measure, in the author's order."""
        return self.__pydantic_extra__ or {}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that compiled.

    Attributes:
        how: What becomes of the numbers of the subjects.
        node: The number of a subject; none where the subject is not counted.
        type: The type of that number; its scale is known.
        digits: The digits after the point of the result.
        text: Its canonical text: two measures with one text mean the same.
    """

    name: str
    label: Named
    how: How
    node: Node
    type: NumberType
    unit: str
    digits: int
    text: str

    @property
    def decision(self) -> str:
        """The name of the decision that holds its number, among ``decisions_of``; no author can write it."""
        return f"measure | {self.name}"


class MeasuresSection:
    """The section ``measures``."""

    name = MEASURES
    about = "sums, counts and averages over all subjects, by which the cost of a change is told"
    keys: type[SectionKeys] = MeasuresDeclaration

    def compile(self, keys: MeasuresDeclaration, context: SectionContext) -> CompiledSection:
        """Compile the section to a tuple of ``Measure``."""
        return _Compiler(context).section(keys.named)


def measures_of(sections: Mapping[str, object]) -> tuple[Measure, ...]:
    """Return the measures of a loaded policy by its sections; none when it declares none."""
    found = sections.get(MEASURES)
    return found if isinstance(found, tuple) else ()


def decisions_of(measures: Sequence[Measure]) -> dict[str, Decision]:
    """Return, by name, the decisions that give the number of each measure for a subject; a plan with them grades them, too."""
    return {
        measure.decision: Decision(measure.decision, measure.type, measure.node, measure.label, module=MEASURES, form="formula")
        for measure in measures
    }


@dataclass
class _Compiler:
    context: SectionContext
    findings: list[Finding] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)

    def section(self, declared: Mapping[str, MeasureDeclaration]) -> CompiledSection:
        measures = [measure for name, one in declared.items() if (measure := self._measure(name, one)) is not None]
        text = "".join(["measures\n", *(f"  {measure.text}\n" for measure in measures)])
        return CompiledSection(tuple(measures), self.findings, frozenset(self.reads), text)

    def _measure(self, name: str, declared: MeasureDeclaration) -> Measure | None:
        path: Path = (MEASURES, name)
        if not name.isidentifier():
            message = f"`{name}` is no name of a measure: a gate could not name it"
            self.findings.append(Finding.error("bad-name", message, self.context.document.key_span(path), "use letters, digits and `_`"))
            return None
        ((how, text),) = declared.ways()
        value = self._value(how, text, (*path, how))
        where = None if declared.where is None else self._condition(declared.where, (*path, "where"))
        if value is None or (declared.where is not None and where is None):
            return None
        type = value.type
        assert isinstance(type, NumberType)
        node = value if where is None else Conditional(where, value, Constant(None, type), type)
        scale = type.scale or 0
        digits = scale if how != "average" else declared.digits if declared.digits is not None else scale + 2
        unit = declared.unit or ("" if how == "count" else type.unit)
        return Measure(name, named(declared.label, name), how, node, type, unit, digits, f"{name}: {how} {node_text(node)} / {digits}")

    def _value(self, how: How, text: str, path: Path) -> Node | None:
        """Return the number of one subject: of a count it is one, or none."""
        if how == "count":
            condition = self._condition(text, path)
            return None if condition is None else Conditional(condition, Constant(Decimal(1), _ONE), Constant(None, _ONE), _ONE)
        node = self._expression(text, path)
        if node is None:
            return None
        if not isinstance(node.type, NumberType):
            self._error("type-mismatch", f"`{how}` demands a number, and this is `{node.type}`", path)
            return None
        if node.type.scale is None:
            self._error(
                "quotient-without-scale", "a quotient has no last digit, so it cannot be added up exactly", path, "round it: `round(…, 2)`"
            )
            return None
        return node

    def _condition(self, text: str, path: Path) -> Node | None:
        node = self._expression(text, path)
        if node is not None and not isinstance(node.type, BooleanType):
            self._error("type-mismatch", f"a condition is true or false, not `{node.type}`", path)
            return None
        return node

    def _expression(self, text: str, path: Path) -> Node | None:
        environment = self.context.environment
        scope = Scope(self.context.names, environment.functions, environment.limits)
        node, found = compile_expression(text, self.context.document.span(path), scope)
        self.findings += found
        for part in () if node is None else walk(node):
            if fact_of(part) is not None or decision_of(part) is not None or reading_of(part) is not None:
                self.reads.add(name_of(part))
        about = self._about_all(node)
        if about is not None:
            self._error("population-reads-subject", f"`{about}` is about all subjects together, a measure adds up what each has", path)
            return None
        return node

    def _about_all(self, node: Node | None) -> str | None:
        """Return the name of a decision about the whole population that an expression reads."""
        for part in () if node is None else walk(node):
            decision = self.context.plan.decisions.get(name_of(part)) if decision_of(part) is not None else None
            if decision is not None and decision.population:
                return decision.name
        return None

    def _error(self, code: str, message: str, path: Path, help: str = "") -> None:
        self.findings.append(Finding.error(code, message, self.context.document.span(path), help))
