"""Tables as text: cells, their places, and what is wrong with their shape."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.core.environment import Limits
from tierwise.core.source import Source, Span, Written
from tierwise.plugins.builtin.forms.csv_table import read_csv_table
from tierwise.plugins.builtin.forms.points_bands import read_bands
from tierwise.plugins.builtin.forms.text_table import TextTable, read_text_table
from tierwise.plugins.yaml_text.yaml_document import read_document

TABLE = """\
id | usage      | size         -> tier | days | # note
---|------------|------------------|------|-------
A1 | >= 50万    | "a | b"      -> A1   | 3    | seldom
A2 | [20万..30万) |              -> A2   |      |
"""


def table_of(text: str, indent: str = "    ") -> TextTable:
    block = "".join(f"{indent}{line}\n" if line else "\n" for line in text.split("\n"))
    document, findings = read_document(Source("policy.yaml", f"rules: |\n{block}after: 1\n"), Limits())
    assert document is not None
    assert findings == []
    return read_text_table(document.root["rules"])


def codes(table: TextTable) -> list[str]:
    return [finding.code for finding in table.findings]


def underlined(span: Span | None) -> str:
    assert span is not None
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]


def test_a_table_is_read_into_cells() -> None:
    table = table_of(TABLE)

    assert list(table.inputs) == ["usage", "size"]
    assert list(table.outputs) == ["tier", "days"]
    assert [(row.id, list(row.inputs), list(row.outputs), row.note) for row in table.rows] == [
        ("A1", [">= 50万", '"a | b"'], ["A1", "3"], "seldom"),
        ("A2", ["[20万..30万)", ""], ["A2", ""], ""),
    ]
    assert table.findings == ()


def test_every_cell_stands_where_its_text_is() -> None:
    table = table_of(TABLE)

    for row in table.rows:
        for cell in (*row.inputs, *row.outputs):
            assert underlined(cell.whole) == cell
    place = table.rows[0].inputs[0].whole
    assert place is not None
    assert place.line == 4


def test_rows_without_an_id_column_are_numbered() -> None:
    assert [row.id for row in table_of("a -> b\n1 -> 2\n\n3 -> 4").rows] == ["1", "2"]


def test_bars_around_the_table_do_no_harm() -> None:
    table = table_of("| id | a -> b | # note |\n|----|--------|--------|\n| x  | 1 -> 2 | why    |\n| y  | 3 -> 4 |")

    assert table.findings == ()
    assert [(row.id, row.inputs[0], row.outputs[0], row.note) for row in table.rows] == [
        ("x", "1", "2", "why"),
        ("y", "3", "4", ""),
    ]


def test_a_row_of_dashes_with_an_arrow_is_a_row() -> None:
    table = table_of("a | b -> c\n---|--->---\n- | - -> -")

    assert [[*row.inputs, *row.outputs] for row in table.rows] == [["-", "-", "-"]]


def test_a_table_without_inputs_has_rows_without_inputs() -> None:
    table = table_of("-> c\n-> 1")

    assert (table.inputs, [len(row.inputs) for row in table.rows], table.findings) == ((), [0], ())


@pytest.mark.parametrize(
    ("text", "code", "underline", "message"),
    [
        ("a | b -> c\n1 -> 2", "wrong-number-of-cells", "1 -> 2", "row 1 has 1 cells before `->`, the header has 2"),
        ("a -> c\n1 | 2 -> 3", "wrong-number-of-cells", "1 | 2 -> 3", "row 1 has 2 cells before `->`, the header has 1"),
        ("a -> c\n1 -> 2 | 3", "wrong-number-of-cells", "1 -> 2 | 3", "row 1 has 2 cells after `->`, the header has 1"),
        ("a -> c\n1 | 2", "no-arrow", "1 | 2", "row 1 has no `->` before its outputs"),
        ("a | c\n1 | 2", "no-arrow", "a | c", "the header has no `->` before the outputs"),
        ("a -> c", "empty-table", "a -> c", "the table holds no rules"),
        ("a | a -> c\n1 | 2 -> 3", "duplicate-column", "a", "there are two columns `a`"),
        ("a |  -> c\n1 | 2 -> 3", "empty-header", "", "a column has no name"),
        ("id | a -> c\nx | 1 -> 2\nx | 2 -> 3", "duplicate-rule", "x", "there are two rules `x`"),
        ("a ｜ b -> c\n1 | 2 -> 3", "full-width-bar", "a ｜ b -> c", "`｜` is read as `|`"),
    ],
)
def test_a_fault_of_the_shape_is_found_at_its_place(text: str, code: str, underline: str, message: str) -> None:
    table = table_of(text)

    assert [(f.code, f.message) for f in table.findings] == [(code, message)]
    assert table.findings[0].span is not None
    assert underlined(table.findings[0].span) == underline


def test_the_other_rows_stay_when_one_is_wrong() -> None:
    assert [row.id for row in table_of("a -> c\n1 -> 2\n1\n2 -> 3").rows] == ["1", "3"]


def test_a_quote_that_is_never_closed_protects_nothing() -> None:
    assert list(table_of('a | b -> c\n5" | 2 -> 3').rows[0].inputs) == ['5"', "2"]


def test_a_table_in_one_line_of_quotes_keeps_spans_inside_the_text() -> None:
    source = Source("policy.yaml", 'rules: "a -> b\\n1 -> 2"\n')
    document, _ = read_document(source, Limits())
    assert document is not None

    table = read_text_table(document.root["rules"])

    assert list(table.rows[0].inputs) == ["1"]
    assert table.rows[0].inputs[0].whole == document.span(("rules",))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_reads_as_the_same_table(mark: str) -> None:
    csv = mark + 'id,usage,size,-> tier,days,# note\nA1,>= 50万,"""a | b""",A1,3,seldom\nA2,[20万..30万),,A2,,\n,,,,,\n'

    table, text = read_csv_table(Source("tables/tier.csv", csv)), table_of(TABLE)

    assert table.findings == ()
    assert list(table.inputs) == list(text.inputs)
    assert list(table.outputs) == list(text.outputs)
    rows = [[(row.id, list(row.inputs), list(row.outputs), row.note) for row in t.rows] for t in (table, text)]
    assert rows[0] == rows[1]
    assert underlined(table.rows[1].inputs[0].whole) == "[20万..30万)"


def test_a_csv_row_with_too_few_cells_is_found_on_its_line() -> None:
    table = read_csv_table(Source("tables/t.csv", "a,b,-> c\n1,2,3\n1,2\n"))

    assert [(f.code, f.span.line if f.span else 0) for f in table.findings] == [("wrong-number-of-cells", 3)]


def test_a_csv_file_without_arrow_says_so() -> None:
    assert codes(read_csv_table(Source("tables/t.csv", "a,b\n1,2\n"))) == ["no-arrow"]


def test_bands_are_a_cell_and_its_points() -> None:
    text = ">= 1000万 | 20\n[500万..1000万) | 15 | usual\n\n< 500万 | 5 |"
    bands = read_bands(Written.at(text, Span(Source("x", text), 1, 1, 4, 12)))

    assert [(b.test, b.points, b.note) for b in bands.bands] == [
        (">= 1000万", "20", ""),
        ("[500万..1000万)", "15", "usual"),
        ("< 500万", "5", ""),
    ]
    assert underlined(bands.bands[2].points.whole) == "5"


@pytest.mark.parametrize("text", ["good", "a | b | c | d", "good |", ""])
def test_a_band_of_another_shape_is_a_finding(text: str) -> None:
    assert len(read_bands(Written(text)).findings) == 1


CELLS = st.text(alphabet='ab1.-<>=|｜ "“”,->#\\客', max_size=8)


@settings(max_examples=100)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map("|".join), max_size=5).map("\n".join))
def test_any_text_reads_without_an_exception_and_with_places_inside_it(text: str) -> None:
    source = Source("t", text)
    lines = text.split("\n")
    whole = Span(source, 1, 1, len(lines), len(lines[-1]) + 1)
    for table in (read_text_table(Written.at(text, whole)), read_csv_table(source)):
        spans = [cell.whole for row in table.rows for cell in (*row.inputs, *row.outputs)] + [f.span for f in table.findings]
        for span in spans:
            assert span is not None
            assert 1 <= span.line <= span.end_line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1
            assert span.end_column <= len(lines[span.end_line - 1]) + 1
