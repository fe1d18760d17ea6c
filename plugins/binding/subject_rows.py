"""Gives every subject row a key that no other has: a row without an id, or with one that stands twice, stays and is found."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tierwise.plugins.binding.entry.enter_numbers import WHOLE_TYPES
from tierwise.plugins.binding.entry.enter_words import as_id, as_words
from tierwise.plugins.binding.entry.entered import is_mixed
from tierwise.plugins.binding.room import InDuckdb, NotSaid, Room
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.sql import (
    alias,
    all_of,
    any_of,
    binary,
    call,
    case,
    cast,
    column,
    concat,
    count_if,
    identifier,
    integer,
    is_known,
    is_null,
    named,
    negate,
    one_of,
    select,
    subquery,
    text,
)

__all__ = ["NO_ID", "TOTAL", "find_odd_ids", "find_totals", "make_keys"]

NO_ID = "(no id)"
MARK = "#"
"""What stands before the number of a row whose id others have, too."""
TOTAL_STARTS = " tTgGsS合总小共累本"
FEW = 20
MOST_BITS = 32  # for each row
TOTAL = r"((grand |sub ?)?totals?|sum|合计|总计|小计|共计|总和|累计|本页合计|本页小计|summe|gesamt|gesamtsumme)[:：]?"
"""What stands in the row of a total, where other rows have an id or a name."""


def make_keys(room: Room, rows: str, keyed: str, types: Mapping[str, str], place: tuple[str, str], is_primary: bool) -> list[DataFinding]:
    """Make the relation ``keyed``: the rows, with their unique ``key`` and the text ``id`` by which other tables know them.

    Args:
        room: Where the relations are.
        rows: The relation of the rows; its column ``id`` may hold NULL and repeats.
        keyed: The name of the relation to make.
        types: The columns of the rows with their DuckDB types.
        place: Table and column of the id.
        is_primary: The database itself sees to it that ids are unique.

    Raises:
        NotSaid: Ids are missing or repeat, and the rows have no order by which to tell them apart.
    """
    id_type = types["id"]
    id = as_id(column("id"), id_type)
    source = exp.Table(this=identifier(rows))
    odd = find_odd_ids(room, source, column("id"), id_type, place)
    is_primary = is_primary and not odd  # two that differ in blanks or widths only are the same to people
    shown = call("trim", as_words(column("id"), id_type)) if odd else id.copy()
    is_whole = bool(WHOLE_TYPES.match(id_type))
    ordered = column("id") if is_whole else id
    is_looked_through = not is_primary and isinstance(room, InDuckdb)
    are_seen = is_looked_through and (_ascends(room, source, ordered) or (is_whole and _are_all_bits(room, source, ordered)))
    findings = [] if are_seen else _find(room, source, id, place, is_primary)
    rest = [column(name) for name in types if name != "id"]
    if not findings:
        room.make(keyed, select(alias(shown, "key"), alias(id.copy(), "id"), *rest, source=source), "VIEW")
        return odd
    mark = MARK
    while True:
        # kept: a window over all subjects is not to run again on each use
        room.make(keyed, _numbered(rows, source, (shown, id), mark))
        if _all_differ(room, keyed):
            break
        mark += "#"  # an id of the data is what one of ours would be; once the marks are longer than any id, none is
    return [*odd, *(findings if mark == MARK else _find(room, source, id, place, is_primary, mark))]


def _numbered(rows: str, source: exp.Table, ids: tuple[exp.Expr, exp.Expr], mark: str) -> exp.Query:
    """Return the rows, each after the first of one id with a mark and a number behind it; ``ids`` is the id as it is shown and as it is matched."""
    shown, id = ids
    base = call("coalesce", shown, text(NO_ID))
    number = exp.Window(
        this=call("row_number"),
        partition_by=[call("coalesce", id.copy(), text(NO_ID))],
        order=exp.Order(expressions=[cast(column(rows), "VARCHAR")]),
    )
    marked = concat(base.copy(), text(f" {mark}"), cast(number.copy(), "VARCHAR"))
    key = case((exp.Paren(this=number).eq(integer(1)), base), default=marked)
    return exp.select(alias(key, "key"), alias(id.copy(), "id"), exp.Star(except_=[identifier("id")])).from_(source)


def _all_differ(room: Room, keyed: str) -> bool:
    counted = select(
        exp.Count(this=exp.Star()), exp.Count(this=exp.Distinct(expressions=[column("key")])), source=exp.Table(this=identifier(keyed))
    )
    ((count, different),) = room.rows(counted)
    return bool(count == different)


def find_totals(room: Room, keyed: str, id_type: str, place: tuple[str, str, str]) -> list[DataFinding]:
    """Find rows that are no subjects but totals of others, and say how they are left out.

    Args:
        room: Where the relations are.
        keyed: The relation that ``make_keys`` made.
        id_type: The DuckDB type of the id; a number is no word for a total.
        place: Table, column of the id and column of the name; the last is empty where there is none.
    """
    table, id_column, name_column = place
    wanted = [*([] if WHOLE_TYPES.match(id_type) else [("id", id_column)]), *([("name", name_column)] if name_column else [])]
    findings = []
    for known_as, told in wanted:
        stored = cast(column(known_as), "VARCHAR")
        starts = one_of(call("left", stored, integer(1)), [text(sign) for sign in TOTAL_STARTS])  # cheap, and false for almost all
        looks_so = all_of(starts, call("regexp_full_match", stored, text(rf"\s*{TOTAL}\s*"), text("i")))
        cells = [("a", column("key")), ("b", cast(column(known_as), "VARCHAR")), ("c", is_null(column("id")))]
        rows = select(*named(cells), source=exp.Table(this=identifier(keyed))).where(looks_so, copy=False)
        found = room.rows((rows if room.keeps_order else rows.order_by(column("key"), copy=False)).limit(FEW))
        if found:
            where = f'{id_column}: "not(null)"' if all(row[2] for row in found) else f'{told}: "not({found[0][1].strip()})"'
            rows_are = "1 row looks like a total" if len(found) == 1 else f"{len(found)} rows look like totals"
            message = f"{rows_are} in `{table}.{told}` and {'is' if len(found) == 1 else 'are'} graded like any other"
            help = f"leave {'it' if len(found) == 1 else 'them'} out by the binding: `subject: {{table: {table}, where: {{{where}}}}}`"
            examples = tuple((str(key), str(shown)) for key, shown, _ in found[:3])
            findings.append(DataFinding("total-row", message, len(found), "", table, told, examples, help))
    return findings


def _find(room: Room, source: exp.Table, id: exp.Expr, place: tuple[str, str], is_primary: bool, mark: str = MARK) -> list[DataFinding]:
    distinct = exp.Count(this=id) if is_primary else exp.Count(this=exp.Distinct(expressions=[id]))
    counts = [exp.Count(this=exp.Star()), exp.Count(this=id.copy()), distinct]
    ((total, with_id, different),) = room.rows(select(*named(zip("abc", counts, strict=True)), source=source.copy()))
    findings = []
    where = f"`{place[0]}.{place[1]}`"
    if not room.keeps_order and total > different:
        raise NotSaid
    if total > with_id:
        message = f"{where} is empty in {total - with_id} rows: they are kept as `{NO_ID}`"
        findings.append(DataFinding("subject-without-id", message, total - with_id, "", *place))
    if with_id > different:
        many = exp.Count(this=exp.Star()) > integer(1)
        has_id = is_known(exp.Paren(this=id.copy()))
        query = exp.select(id.copy(), exp.Count(this=exp.Star())).from_(source).where(has_id).group_by(id.copy()).having(many)
        examples = room.rows(query.order_by(id.copy()).limit(3))
        message = (
            f"{where} has {with_id - different} rows with an id that stands twice: each is kept, as `{examples[0][0]} {mark}2` and so on"
        )
        shown = tuple((key, f"{count} rows") for key, count in examples)
        findings.append(DataFinding("duplicate-subject", message, with_id - different, "", *place, shown))
    return findings


def find_odd_ids(room: Room, source: exp.Table, raw: exp.Expr, raw_type: str, place: tuple[str, str]) -> list[DataFinding]:
    """Find ids with blanks around them or in signs of full width, which are matched without.

    Args:
        room: Where the relation is.
        source: The relation.
        raw: Its column with the ids.
        raw_type: The DuckDB type of that.
        place: Table and column, as people know them.
    """
    if raw_type != "VARCHAR" and not is_mixed(raw_type):
        return []
    words, id = as_words(raw, raw_type), as_id(raw.copy(), raw_type)
    seen = subquery(select(alias(words, "stored"), alias(id, "id"), source=source.copy()), "seen")
    differs = binary(exp.NEQ, column("stored"), column("id"))
    is_blank = binary(exp.EQ, call("trim", column("stored")), column("id"))
    cells = (exp.Count(this=exp.Star()), count_if(negate(is_blank)), call("min", column("id")))
    ((count, wide, first),) = room.rows(select(*named(zip("abc", cells, strict=True)), source=seen).where(differs, copy=False))
    where, found = f"`{place[0]}.{place[1]}`", []
    if count > wide:
        message = f"{where} has {count - wide} ids with blanks around them: they are read without, such as `{first}`"
        found.append(DataFinding("padded-id", message, count - wide, "", *place))
    if wide:
        message = f"{where} has {wide} ids in signs of full width or with signs that do not show: they are matched in narrow ones, such as `{first}`"
        found.append(DataFinding("wide-id", message, wide, "", *place))
    return found


def _ascends(room: Room, source: exp.Table, id: exp.Expr) -> bool:
    """Say whether each row has an id, greater than the one before it, as in most files: then all differ, and need not be gathered to see it."""
    before = exp.Window(this=call("lag", column("id")))
    pairs = select(alias(id.copy(), "id"), source=source.copy())
    pairs = select(column("id"), alias(before, "before"), source=subquery(pairs, "ids"))
    breach = any_of(is_null(column("id")), exp.LTE(this=column("id"), expression=column("before")))
    found = select(exp.Exists(this=select(integer(1), source=subquery(pairs, "pairs")).where(breach, copy=False)))
    return not room.rows(found)[0][0]


def _are_all_bits(room: Room, source: exp.Table, id: exp.Expr) -> bool:
    """Say whether each row has a whole number that no other has, where these lie so close together that each can be a bit: that is seen sooner than by gathering them."""
    cells = exp.Count(this=exp.Star()), exp.Count(this=id), call("min", id.copy()), call("max", id.copy())
    rows, with_id, least, greatest = room.rows(select(*cells, source=source.copy()))[0]
    if not rows or with_id < rows or greatest - least >= MOST_BITS * rows:
        return False
    bits = call("bit_count", call("bitstring_agg", id.copy(), integer(least), integer(greatest)))
    ((different,),) = room.rows(select(bits, source=source.copy()))
    return bool(different == rows)
