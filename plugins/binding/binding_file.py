"""What a binding file says, and how it is read: which table holds the subjects, and how each fact comes from the database."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.core.plan import Plan
from tierwise.core.policy.document import Document
from tierwise.core.policy.texts import Part, Whole
from tierwise.core.policy.validation import validate
from tierwise.core.source import Path, Source, Span
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["Aggregate", "Binding", "FactBinding", "ParentLink", "Period", "Relatives", "SubjectBinding", "Via", "Window", "read_binding"]

Aggregate = Literal["sum", "count", "count distinct", "min", "max", "avg", "last", "first", "list", "exists"]
Period = Literal["year", "half-year", "quarter", "month"]
Relatives = Literal["parent", "above", "top", "below", "branch", "group", "all"]

MOST_LEVELS = 100


class Via(Part):
    """The table between a child table and the subjects: order lines belong to orders, orders to customers."""

    table: str = Field(description="the table between")
    key: str | dict[str, str] = Field(description="the column that links the two; or {column of the child: column of the table between}")


class Window(Part):
    """Which rows count, by a date of theirs, relative to `as_of`; a row dated after `as_of` never counts."""

    column: str = Field(description="the date of a row")
    last: str | None = Field(None, description="a duration: from as_of minus it (exclusive) to as_of (inclusive)")
    calendar: Period | None = Field(None, description="the calendar period that holds as_of")
    previous: str | None = Field(
        None,
        description="the last calendar period that is over, or several: `quarter`, `2 quarters`",
        pattern=r"^([1-9][0-9]{0,2} )?(year|half-year|quarter|month)s?$",
    )
    skip: Whole = Field(0, description="with `previous`: how many periods that are over to pass first; 1 is the one before the last")
    since: str | None = Field(None, description="a date, inclusive")
    until: str | None = Field(None, description="a date, inclusive")

    @model_validator(mode="after")
    def _one_span(self) -> Self:
        if sum(part is not None for part in (self.last, self.calendar, self.previous)) > 1:
            raise ValueError("may have only one of `last`, `calendar` and `previous`")
        if self.skip and self.previous is None:
            raise ValueError("has `skip` without `previous`")
        return self


class TableReading(Part):
    """How a file of rows, or a sheet, is written, and where it is when it is no part of the database; what is left out is found out."""

    file: str = Field("", description="the file in which the table is, beside the binding, when it is not in the database")
    sheet: str = Field("", description="with `file`: the table or sheet in it, when there are several and none is called like this one")
    encoding: str = Field("", description="of text, such as `gb18030` or `windows-1252`")
    delimiter: str = Field("", description="the sign between two cells of text, such as `;`", max_length=1)
    quote: str = Field("", description="the sign around cells of text, or `none` when quotes mean nothing")
    header: str = Field(
        "", description="the row of the headings, from 1; `2-3` where they stand over two rows", pattern=r"^(\d{1,7}(-\d{1,7})?)?$"
    )

    @field_validator("quote")
    @classmethod
    def _one_sign(cls, quote: str) -> str:
        if len(quote) > 1 and quote != "none":
            raise ValueError("demands one sign, or `none`")
        return quote

    @model_validator(mode="after")
    def _sheet_of_file(self) -> Self:
        if self.sheet and not self.file:
            raise ValueError("has `sheet` without `file`; a sheet of the database itself is named by `table`")
        return self

    @property
    def says_how(self) -> bool:
        """Whether it says how a file is written, not only where it is."""
        return bool(self.model_fields_set - {"file", "sheet"})

    def reading(self, below: TableReading | None = None) -> FileReading:
        """Return it as the sources know it; what it leaves out comes from another."""
        whole = (below or self).model_copy(update={name: getattr(self, name) for name in self.model_fields_set})
        first, _, last = whole.header.partition("-")
        return FileReading(whole.encoding, whole.delimiter, whole.quote, (int(first), int(last or first)) if first else None)


class ParentLink(Part):
    """A table of links between subjects and those above them."""

    table: str = Field(description="the table of the links")
    key: str = Field(description="its column with the id of the row below")
    column: str = Field(description="its column with the id of the row above")


class SubjectBinding(Part):
    """Which rows are the subjects."""

    table: str = Field(description="the table with one row a subject")
    key: str | None = Field(None, description="the column with their id; default: the primary key")
    name: str | None = Field(None, description="the column with what people call them")
    where: dict[str, str | None] = Field(default_factory=dict, description="column to cell: which rows are subjects at all")
    parent: str | ParentLink | None = Field(
        None, description="the column with the id of the row above, such as a parent company; or the table that links the two"
    )
    levels: Whole = Field(10, description="how many levels of rows there may be above one", ge=1, le=MOST_LEVELS)


class FactBinding(Part):
    """How one fact comes from the database: a column of the subject's row, or an aggregate over rows of another table."""

    table: str | None = Field(None, description="the child table")
    key: str | None = Field(
        None, description="its column (or that of `via`) that holds the subject's id; default: the subject's key column"
    )
    via: Via | None = Field(None, description="the table between the child table and the subjects")
    of: Relatives | None = Field(
        None,
        description="whose rows: those of the subject's `parent`, of rows above or below it, or all rows of the table for every subject",
    )
    levels: Whole | None = Field(None, description="with `of`: so many levels up or down at most", ge=1, le=MOST_LEVELS)
    last_run: str | None = Field(None, description="the output of this policy whose value in the last saved run it is")
    aggregate: Aggregate | None = Field(None, description="what is made of the rows")
    column: str | None = Field(None, description="the column whose values are used")
    expression: str | None = Field(None, description="instead of a column: an expression over columns of the row")
    fields: dict[str, str] = Field(default_factory=dict, description="for a list of records: field of the fact to column")
    where: dict[str, str | None] = Field(default_factory=dict, description="column to cell: which rows count")
    window: Window | None = Field(None, description="which rows count by their date")
    by: str | None = Field(None, description="for `last`, `first` and `list`: the column that orders the rows")
    valid_until: str | None = Field(None, description="a date column: a row counts while it is empty or not before as_of")
    values: dict[str, str] = Field(default_factory=dict, description="stored word to word of the fact")
    empty: str | None = Field(None, description="what no value, or no row, means: `none`, `missing`, or a value")
    round: Literal["half up"] | None = Field(None, description="how a value between two steps of the fact's scale is brought to it")
    format: Format = Field(PLAIN_FORMAT, description="how the values of this fact are written")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.column is not None and self.expression is not None:
            raise ValueError("may have `column` or `expression`, not both")
        if self.last_run is not None:
            return self._of_last_run()
        if self.levels is not None and self.of not in ("above", "below", "branch"):
            raise ValueError("has `levels` without `of: above`, `of: below` or `of: branch`, which could go over several")
        if self.table is None and self.aggregate is None:
            return self._of_column()
        return self._of_rows()

    def _of_last_run(self) -> Self:
        extra = sorted(self.model_fields_set - {"last_run", "values", "empty"})
        if extra:
            raise ValueError(f"has `{extra[0]}`, but comes from the last run")
        return self

    @property
    def is_own_column(self) -> bool:
        """Whether it is made of columns of the subject's own row."""
        return self.aggregate is None and self.of is None and self.last_run is None

    @property
    def is_one_row(self) -> bool:
        """Whether it is the value of one relative's row."""
        return self.of is not None and self.aggregate == "first" and self.by is None

    def _of_column(self) -> Self:
        if self.column is None and self.expression is None:
            raise ValueError("demands `column`, `expression`, or `table` with `aggregate`")
        if self.of in ("below", "branch", "group", "all"):
            raise ValueError(f"takes `of: {self.of}`, which may be many rows, without `table` and `aggregate`")
        extra = [k for k in ("key", "via", "window", "by", "valid_until") if getattr(self, k) is not None]
        extra += [key for key in ("where", "fields") if getattr(self, key)]
        if extra:
            raise ValueError(f"has `{extra[0]}`, which belongs to an aggregate: add `table` and `aggregate`")
        return self

    def _of_rows(self) -> Self:
        if self.table is None or self.aggregate is None:
            raise ValueError(f"has `{'table' if self.table else 'aggregate'}` without `{'aggregate' if self.table else 'table'}`")
        needs_value = self.aggregate not in ("count", "exists")
        if needs_value and not (self.column or self.expression or (self.aggregate == "list" and self.fields)):
            raise ValueError(f"takes the {self.aggregate} of nothing: add `column`")
        if self.of == "all" and (self.key is not None or self.via is not None):
            raise ValueError(f"has `{'key' if self.key else 'via'}`, but with `of: all` a row counts for every subject")
        if self.aggregate in ("last", "first") and self.by is None:
            raise ValueError(f"takes the {self.aggregate} row without an order: add `by`")
        return self


class Binding(Part):
    """A binding file as written."""

    binding: Literal["1"] = Field(description="version of the format")
    policy: str = Field(description="the policy it belongs to")
    subject: SubjectBinding | None = Field(
        None, description="which rows are the subjects; default: the table with most columns called like facts"
    )
    file: TableReading | None = Field(None, description="how the file, or each file of the folder, is written")
    tables: dict[str, TableReading] = Field(default_factory=dict, description="table to how its file or sheet is written, where it differs")
    format: Format = Field(PLAIN_FORMAT, description="how values are written throughout")
    columns: dict[str, Format] = Field(default_factory=dict, description="`column` or `table.column` to how its values are written")
    facts: dict[str, FactBinding] = Field(default_factory=dict, description="fact to where it comes from")

    _document: Document | None = PrivateAttr(default=None)

    def told(self) -> dict[str, FileReading]:
        """Return what it says of how files of the database are written, by table; the empty name stands for all."""
        whole = {} if self.file is None else {"": self.file.reading()}
        return whole | {name: table.reading(self.file) for name, table in self.tables.items() if not table.file}

    @property
    def folder(self) -> FilePath:
        """Where the files are that it names; the working folder for one that was made without a file."""
        return FilePath(self._document.source.name).parent if self._document else FilePath()

    def format_of(self, table: str, column: str, fact: str = "") -> Format:
        """Return how the values of a column are written, for a fact or in a condition."""
        form = self.format
        for name in (column, f"{table}.{column}"):
            if name in self.columns:
                form = self.columns[name].over(form)
        return self.facts[fact].format.over(form) if fact in self.facts else form

    def with_document(self, document: Document) -> Binding:
        """Return it with the file it was read from."""
        copy = self.model_copy()
        copy._document = document
        return copy

    def span(self, path: Path) -> Span | None:
        """Return where a value stands in the file; ``None`` for a binding that was made without one."""
        return self._document.span(path) if self._document else None

    def key_span(self, path: Path) -> Span | None:
        """Return where a key stands in the file; ``None`` for a binding that was made without one."""
        return self._document.key_span(path) if self._document else None


def read_binding(source: Source, plan: Plan, limits: Limits | None = None) -> Binding:
    """Read a binding.

    Args:
        source: The file.
        plan: The policy it must belong to.
        limits: Bounds on the file.

    Raises:
        PolicyError: It cannot be read, or does not fit the policy; all findings are in the exception.
    """
    document, findings = read_document(source, limits or Limits())
    if document is None or findings:
        raise PolicyError(f"the binding `{source.name}` cannot be read", findings)
    if not isinstance(document.root, dict):
        shape = Finding.error("wrong-shape", "a binding demands keys and values", document.span(()), "start with `binding: 1`")
        raise PolicyError(f"the binding `{source.name}` cannot be read", [shape])
    binding, findings = validate(Binding, document.root, (), document)
    if binding is None:
        raise PolicyError(f"the binding `{source.name}` cannot be read", findings)
    if binding.policy != plan.policy:
        message = f"this binding belongs to the policy `{binding.policy}`, not to `{plan.policy}`"
        findings.append(Finding.error("wrong-policy", message, document.span(("policy",))))
    for name in binding.facts:
        if name not in plan.facts:
            place = document.key_span(("facts", name))
            findings.append(Finding.error("unknown-fact", f"the policy has no fact `{name}`", place, suggest(name, plan.facts)))
    outputs = [decision.name for decision in plan.outputs]
    for name, told in binding.facts.items():
        if told.last_run is not None and told.last_run not in outputs:
            place = document.span(("facts", name, "last_run"))
            findings.append(
                Finding.error("unknown-output", f"the policy has no output `{told.last_run}`", place, suggest(told.last_run, outputs))
            )
    if findings:
        raise PolicyError(f"the binding `{source.name}` does not fit the policy `{plan.policy}`", findings)
    found: Binding = binding
    return found.with_document(document)
