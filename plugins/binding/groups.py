"""Groups the aggregates of a binding by the rows they read, windows of time counted, so that each child table is read once, and compiles them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlglot import exp

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding, has_errors
from tierwise.core.language import read_literal
from tierwise.core.plan import Fact, Plan
from tierwise.core.source import Span
from tierwise.core.types import DateType, DurationType, ListType, NumberType, RecordType, SetType, TextType, Type
from tierwise.core.values import Duration, add_duration
from tierwise.plugins.binding import stored
from tierwise.plugins.binding.aggregates import BoundAggregate, comparable, fits_aggregate, takes_values
from tierwise.plugins.binding.binding_file import Binding, FactBinding, Period, Window
from tierwise.plugins.binding.conditions import Conditions, Layer
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.heading_units import conversion, in_unit_of_fact
from tierwise.plugins.binding.lineage import WAYS, Way
from tierwise.plugins.binding.naming import find_column, find_table
from tierwise.plugins.binding.room import Whereabouts
from tierwise.plugins.binding.row_group import BETWEEN, CHILD, RELATED, RowGroup
from tierwise.plugins.binding.row_scope import RowColumn, columns_in_scope, named_column
from tierwise.plugins.binding.written import Written
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.sql import all_of, any_of, column, integer, is_known, is_null, negate, text

__all__ = ["group_aggregates", "period_start", "window_days"]

PERIODS: dict[str, Period] = {"year": "year", "half-year": "half-year", "quarter": "quarter", "month": "month"}
MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def window_days(window: Window, as_of: date, span: Span) -> tuple[date | None, date, list[Finding]]:
    """Return the first day (``None``: any) and the last day, both inclusive, and what is wrong with the window.

    ``last: 12 months`` starts on the day after as_of minus 12 months. Nothing after as_of ever counts.
    """
    findings: list[Finding] = []

    def read(text: str, type: Type) -> object:
        value, found = read_literal(text, type, span)
        findings.extend(found)
        return value

    first: date | None = None
    since: object = None
    last = as_of
    if window.last is not None:
        duration = read(window.last, DurationType())
        if isinstance(duration, Duration):
            first = _after(as_of, duration)
    if window.calendar is not None:
        first = period_start(as_of, window.calendar)
    if window.previous is not None:
        first, last = _previous(window.previous, window.skip, as_of)
    if window.since is not None and isinstance(since := read(window.since, DateType()), date):
        first = since if first is None else max(first, since)
    if window.until is not None and isinstance(until := read(window.until, DateType()), date):
        last = min(last, until)
    begins_later = first == since and last == as_of  # what no row can be dated yet is no mistake
    if first is not None and first > last and not begins_later:
        message = f"the window holds no day: it would start on {first} and end on {last}"
        findings.append(Finding.error("empty-window", message, span, "leave `since` or `until` out, or name another period or length"))
    return first, last, findings


def _previous(told: str, skip: int, as_of: date) -> tuple[date, date]:
    """Return the first and the last day of the periods that are over, going back past the last ``skip`` of them; year 1 is the first there is."""
    count, _, word = told.rpartition(" ")
    months = MONTHS[PERIODS[word.removesuffix("s")]]
    end = period_start(as_of, PERIODS[word.removesuffix("s")])

    def back(periods: int) -> date:
        month = end.year * 12 + end.month - 1 - periods * months
        return date(month // 12, month % 12 + 1, 1) if month >= 12 else date.min

    return back(skip + int(count or 1)), max(back(skip), date(1, 1, 2)) - timedelta(days=1)


def period_start(day: date, period: Period) -> date:
    """Return the first day of the calendar period that holds a day."""
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _after(as_of: date, duration: Duration) -> date | None:
    try:
        return add_duration(as_of, duration, -1) + timedelta(days=1)
    except OverflowError:
        return None


def group_aggregates(
    source: Whereabouts, plan: Plan, binding: Binding, subjects: tuple[SourceTable, Column], as_of: date | None
) -> tuple[list[RowGroup], list[Finding]]:
    """Compile every aggregate of a binding, and what it takes from rows above; ``subjects`` are their table and its column with their id.

    Raises:
        DataError: The database lacks a table or column, or a window has no date of the run.
    """
    groups: dict[tuple[str, ...], RowGroup] = {}
    findings: list[Finding] = []
    for position, (name, told) in enumerate(binding.facts.items()):
        if told.is_own_column or told.last_run is not None:
            continue
        if told.aggregate is None:  # the row of one relative
            told = told.model_copy(update={"aggregate": "first", "table": subjects[0].name})
        way = WAYS[told.of][0] if told.of and told.of != "all" else None
        whose = "all" if told.of == "all" else way or ""
        place = (told.table or subjects[0].name, told.key or "", whose, *((told.via.table, str(told.via.key)) if told.via else ()))
        if way is not None and (binding.subject is None or binding.subject.parent is None):
            findings.append(_without_parent(binding, name, told))
            continue
        if place not in groups:
            groups[place] = _row_group(source, binding, name, told, subjects, way)
        group = groups[place]
        conditions = Conditions(binding, group.columns, group.readings, group.typed, partial(binding.format_of, fact=name))
        bound = _Compiler(plan.facts[name], told, conditions, as_of, group.tested, group.dangling(source)).bound(position)
        findings += conditions.findings
        if bound is not None:
            group.aggregates.append(bound)
    return list(groups.values()), findings


def _without_parent(binding: Binding, name: str, told: FactBinding) -> Finding:
    message = f"fact `{name}` is `of: {told.of}`, and nobody says which row is above which"
    help = "name the column with the parent's id: `subject: {table: …, key: …, parent: parent_id}`"
    return Finding.error("no-parent-column", message, binding.span(("facts", name, "of")), help)


def _row_group(
    source: Whereabouts, binding: Binding, name: str, told: FactBinding, subjects: tuple[SourceTable, Column], way: Way | None
) -> RowGroup:
    path, subject_key = ("facts", name), subjects[1]
    child = find_table(source, told.table, binding, (*path, "table")) if told.table else subjects[0]
    between: SourceTable | None = None
    links: tuple[tuple[Column, Column], ...] = ()
    if told.via is not None:
        between = find_table(source, told.via.table, binding, (*path, "via", "table"))
        pairs = {told.via.key: told.via.key} if isinstance(told.via.key, str) else told.via.key
        links = tuple(
            (find_column(child, of_child, binding, (*path, "via", "key")), find_column(between, of_between, binding, (*path, "via", "key")))
            for of_child, of_between in pairs.items()
        )
    key = None
    if told.of != "all":
        key = find_column(between or child, told.key or subject_key.name, binding, (*path, "key") if told.key else path)
    tables = [(CHILD, child), *([(BETWEEN, between)] if between else [])]
    own = subject_key if between == subjects[0] else None
    return RowGroup(child, between, links, key, columns_in_scope(source, tables), way, own)


@dataclass
class _Compiler:
    """Compiles one aggregate; what is wrong goes to the findings of ``conditions``."""

    fact: Fact
    told: FactBinding
    conditions: Conditions
    as_of: date | None
    tested: Layer
    dangling: exp.Expr | None
    differs: bool = False

    def bound(self, position: int) -> BoundAggregate | None:
        path = ("facts", self.fact.name)
        demanded = fits_aggregate(self.fact, self.told)
        if demanded:
            self._report(
                "aggregate-type",
                f"`{self.told.aggregate}` gives {demanded}, but fact `{self.fact.name}` is a {self.fact.type}",
                "aggregate",
            )
        where = self.conditions.where(self.told.where, (*path, "where"))
        parts: list[exp.Expr | None] = [where]
        unreadable: list[tuple[exp.Expr, exp.Expr]] = []
        if self.told.window is not None:
            self._window(parts, unreadable)
        if self.told.valid_until is not None:
            self._valid(self.told.valid_until, parts)
        may_count = negate(exp.Is(this=exp.Paren(this=all_of(*parts)), expression=exp.false()))  # so far: what follows demands values
        by = self._by(parts, unreadable) if self.told.by is not None else None
        if self.told.of is not None and self.told.of != "all":
            level = self._related(parts)
            by = level if self.told.is_one_row else by
        cells = self._cells()
        if self.told.of == "above" and self.told.is_one_row and cells:
            parts.append(is_known(cells[0][0].copy()))
        add = self.tested.add
        doubts = [(add(all_of(where, unread)), add(stored), "unreadable-row") for unread, stored in unreadable]
        if self.dangling is not None:
            lost = self._read(self.dangling)
            named = exp.GT(this=lost, expression=text(""))
            doubts.append((add(all_of(named, may_count)), add(lost.copy()), "unknown-row"))
            parts.append(is_null(lost.copy()))
        if has_errors(self.conditions.findings):
            return None
        condition = add(all_of(*parts))
        shown = self.told.column or self.told.expression or ", ".join(self.told.fields.values()) or "*"
        value = self._value(cells)
        return BoundAggregate(
            self.fact,
            self.told,
            position,
            tuple((add(raw), declared) for raw, declared in cells),
            None if value is None else add(value),
            condition,
            tuple(doubts),
            None if by is None else add(by),
            shown,
            self.differs,
        )

    def _value(self, cells: list[tuple[exp.Expr, str]]) -> exp.Expr | None:
        """Return what is added up or compared; that of a column is read in the first layer, where others may need it, too."""
        found = named_column(self.conditions.columns, self.told.column) if self.told.column else None
        if not takes_values(self.told):
            return None
        if found is None:
            return comparable(self.fact, self.told, cells[0]) if cells else None
        readings = self.conditions.readings
        assert readings is not None
        as_it_is = readings.add(column(found.column.name, found.alias))
        read = self._counted(found, self.conditions.written(found, self.fact.type), self.fact.type, as_it_is)
        value = comparable(self.fact, self.told, (read.value, read.type))
        assert self.conditions.typed is not None
        return None if value is None else self.conditions.typed.add(value)

    def _related(self, parts: list[exp.Expr | None]) -> exp.Expr:
        """Let rows count of those relatives only that are meant, and return how many levels away they are."""
        assert self.told.of is not None
        way, first, last = WAYS[self.told.of]
        if way is Way.GROUP:
            return integer(0)
        level = self._read(column("level", RELATED))
        if self.told.of == "top":
            parts.append(self._read(column("is_top", RELATED)))
        parts.append(exp.GTE(this=level.copy(), expression=integer(first)))
        if (most := last or self.told.levels) is not None:
            parts.append(exp.LTE(this=level.copy(), expression=integer(most)))
        return level

    def _read(self, cell: exp.Expr) -> exp.Expr:
        """Return a cell of the joined rows as it is known where they are tested."""
        readings, typed = self.conditions.readings, self.conditions.typed
        assert readings is not None and typed is not None
        return typed.add(readings.add(cell))

    def _counted(self, found: RowColumn, read: Written, type: Type, as_it_is: exp.Expr) -> Written:
        """Return what a column holds in the unit of the fact; where nobody knows how, nothing reads."""
        done = conversion(found.column.name, self.conditions.formats(found.table.name, found.column.name), type)
        if done is not None and done.factor is None:
            self.differs = True
        return in_unit_of_fact(read, as_it_is, found.stored_type, done)

    def _window(self, parts: list[exp.Expr | None], unreadable: list[tuple[exp.Expr, exp.Expr]]) -> None:
        window, path = self.told.window, ("facts", self.fact.name, "window")
        assert window is not None
        found = self.conditions.column(window.column, (*path, "column"))
        if found is None:
            return
        if found.is_declared and not isinstance(found.type, DateType | NumberType):
            self._report("not-a-date", f"column `{window.column}` holds no dates, which a window demands", "window", "column")
            return
        if self.as_of is None:
            raise DataError(
                f"fact `{self.fact.name}` is bound by a window, which needs the date of the run", help="give it: `--as-of DATE`"
            )
        first, last, findings = window_days(window, self.as_of, self.conditions.span(path))
        self.conditions.findings += findings
        day = self._day(found, unreadable)
        parts.append(exp.LTE(this=day, expression=stored.date_literal(last)))
        if first is not None:
            parts.append(exp.GTE(this=day.copy(), expression=stored.date_literal(first)))

    def _valid(self, name: str, parts: list[exp.Expr | None]) -> None:
        found = self.conditions.column(name, ("facts", self.fact.name, "valid_until"))
        if found is None or self.as_of is None:
            return
        raw, day = self.conditions.stored(found), self.conditions.read(found, DateType())
        parts.append(any_of(is_null(raw), exp.GTE(this=day, expression=stored.date_literal(self.as_of))))

    def _by(self, parts: list[exp.Expr | None], unreadable: list[tuple[exp.Expr, exp.Expr]]) -> exp.Expr | None:
        """Return what orders the rows; a row dated after the run does not count, nor one whose order is not known."""
        found = self.conditions.column(self.told.by or "", ("facts", self.fact.name, "by"))
        if found is None:
            return None
        by = self.conditions.read(found, with_time=True)
        if isinstance(found.type, DateType):
            day = self._day(found, unreadable)
            if self.as_of is not None:
                parts.append(exp.LTE(this=day, expression=stored.date_literal(self.as_of)))
        if self.told.aggregate != "list":
            parts.append(is_known(by))
        return by

    def _day(self, found: RowColumn, unreadable: list[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
        raw, day = self.conditions.stored(found), self.conditions.read(found, DateType())
        unread = all_of(is_known(raw), is_null(day))
        unreadable.append((unread, as_words(raw.copy(), found.stored_type)))
        return day.copy()

    def _cells(self) -> list[tuple[exp.Expr, str]]:
        path = ("facts", self.fact.name)
        if self.told.fields:
            return self._field_cells()
        if self.told.expression is not None:
            value = self.conditions.expression(self.told.expression, (*path, "expression"))
            return [] if value is None else [(exp.Paren(this=value), "DOUBLE")]
        if self.told.column is None:
            return []
        place = (*path, "column")
        if self.told.aggregate in ("last", "first", "list"):
            item = self.fact.type.item if isinstance(self.fact.type, ListType | SetType) else self.fact.type
            read = self.conditions.raw(self.told.column, place, item)
            found = named_column(self.conditions.columns, self.told.column)
            if read is None or found is None:
                return []
            counted = self._counted(found, Written(*read), item, self.conditions.stored(found))
            return [(counted.value, counted.type)]
        found = self.conditions.column(self.told.column, place)
        return [] if found is None else [(self.conditions.stored(found), self.conditions.written(found, TextType()).type)]

    def _field_cells(self) -> list[tuple[exp.Expr, str]]:
        item = getattr(self.fact.type, "item", None)
        if not isinstance(item, RecordType):
            return []
        known = dict(item.fields)
        for name in self.told.fields:
            if name not in known:
                self._report("unknown-field", f"the records of fact `{self.fact.name}` have no field `{name}`", "fields", name)
        cells: list[tuple[exp.Expr, str]] = []
        for name, type in known.items():
            told = self.told.fields.get(name)
            path = ("facts", self.fact.name, "fields", name)
            found = self.conditions.raw(told, path, type) if told else (exp.null(), "VARCHAR")
            if found is not None:
                cells.append(found)
        return cells

    def _report(self, code: str, message: str, *path: str) -> None:
        self.conditions.findings.append(Finding.error(code, message, self.conditions.span(("facts", self.fact.name, *path))))
