"""A workbook that was edited as Excel would comes back right, or is refused in words with the address of the cell."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.command_line import POLICY
from tierwise.core.errors import DataError
from tierwise.plugins.loading import policy_files
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.workbook.importing import ImportedWorkbook, import_workbook
from tierwise.plugins.workbook.overlay_workbook import overlay_workbook
from tierwise.plugins.workbook.policy_workbook import documents_of, policy_workbook

PLUGINS = Plugins()
CASES = """\
cases:
  - {id: small/1, as_of: 2026-01-31, facts: {amount: 600000, judged_good: "true"}, expected: {tier: 甲}}
  - {id: "002", facts: {amount: 499999.99}, expected: {tier: 丙}}
"""
Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbook") / "small"
    folder.mkdir()
    (folder / "policy.yaml").write_text("# mine\n" + POLICY, encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    files = policy_files(folder)
    (folder / "w.xlsx").write_bytes(policy_workbook(load(folder, plugins=PLUGINS), documents_of(files, {}), "en"))
    return folder


def edited(exported: Path, into: Path, edit: Edit) -> ImportedWorkbook:
    book = load_workbook(exported / "w.xlsx")
    edit(book)
    book.save(into / "w.xlsx")
    return import_workbook(str(into / "w.xlsx"), str(exported), PLUGINS)


def set_cell(sheet: str, cell: str, value: Any, **more: Any) -> Edit:
    def edit(book: Any) -> None:
        book[sheet][cell] = value
        for name, given in more.items():
            setattr(book[sheet][cell], name, given)

    return edit


def said(read: ImportedWorkbook) -> list[tuple[str, str, str]]:
    return [(f.span.place if f.span else "", f.severity, f.code) for f in read.findings if f.code != "acknowledgement-not-needed"]


def test_the_grid_of_a_table_stands_where_the_other_tests_say(exported: Path) -> None:
    sheet = load_workbook(exported / "w.xlsx")["tier"]

    assert [[cell.value for cell in row] for row in sheet["A7:E9"]] == [
        ["id", "amount", "judged_good", "-> tier", "# note"],
        ["big", ">= 50万", "true", "甲", "大客户"],
        ["large", ">= 50万", "false", "乙", None],
    ]


@pytest.mark.parametrize(
    ("edit", "path", "after"),
    [
        (set_cell("tier", "B8", ">= 60万"), "modules/tier/decisions/tier/table/rules/big/amount", ">= 60万"),
        (set_cell("tier", "B8", 600000), "modules/tier/decisions/tier/table/rules/big/amount", "600000"),
        (set_cell("tier", "B8", 0.5, number_format="0%"), "modules/tier/decisions/tier/table/rules/big/amount", "50%"),
        (set_cell("tier", "C8", False), "modules/tier/decisions/tier/table/rules/big/judged_good", "false"),
        (set_cell("Cases", "C7", 0.1 + 0.2), 'cases/"small/1"/facts/amount', "0.3"),
        (set_cell("Cases", "B7", datetime(2026, 2, 28), number_format="yyyy-mm-dd"), 'cases/"small/1"/as_of', "2026-02-28"),
        (set_cell("tier", "B8", "＞＝ ６０万"), "modules/tier/decisions/tier/table/rules/big/amount", "＞＝ ６０万"),
        (set_cell("tier", "B8", "  >= 60万\u3000"), "modules/tier/decisions/tier/table/rules/big/amount", ">= 60万"),
        (set_cell("tier", "D8", "乙\u00a0"), "modules/tier/decisions/tier/table/rules/big/tier", "乙"),
    ],
    ids=["text", "number", "percent", "truth value", "float", "date", "wide digits", "blanks around", "a pasted blank"],
)
def test_a_typed_cell_is_read_by_the_type_of_its_column(edit: Edit, path: str, after: str, exported: Path, tmp_path: Path) -> None:
    read = edited(exported, tmp_path, edit)
    changes = [change for changes in read.changes.values() for change in changes]

    assert [(change.path, change.after) for change in changes] == [(path, after)], said(read)
    assert changes[0].span is not None and changes[0].span.source.is_cell


@pytest.mark.parametrize(
    ("edit", "finding"),
    [
        (set_cell("tier", "A8", 1), ("tier!A8", "warning", "changed-by-excel")),
        (set_cell("tier", "B8", datetime(2026, 1, 3), number_format="d-mmm"), ("tier!B8", "error", "changed-by-excel")),
        (set_cell("tier", "B8", "=1+1"), ("tier!B8", "error", "formula-cell")),
        (set_cell("tier", "B8", "#REF!", data_type="e"), ("tier!B8", "error", "error-cell")),
        (set_cell("tier", "B8", ">= 5x"), ("tier!B8", "error", "unknown-unit")),
        (set_cell("tier", "D8", "丁"), ("tier!D8", "error", "unknown-value")),
        (set_cell("tier", "B8", "a|b"), ("tier!B8", "error", "wrong-number-of-cells")),
        (set_cell("tier", "H9", "beside"), ("tier!H9", "error", "cell-without-column")),
        (set_cell("Facts", "B7", "numbre"), ("Facts!B7", "error", "unknown-type")),
        (set_cell("Facts", "A7", None), ("Facts!B7", "error", "row-without-name")),
        (set_cell("Cases", "A8", "small/1"), ("Cases!A8", "error", "duplicate-case")),
        (set_cell("Cases", "C6", "facts/amuont"), ("Cases!C6", "error", "unknown-fact")),
        (set_cell("Settings", "B3", "=2"), ("Settings!B3", "error", "formula-cell")),
        (set_cell("Settings", "A3", "a//b"), ("Settings!A3", "error", "bad-path")),
        (set_cell("Settings", "B9", "→ gone"), ("Settings!B9", "error", "sheet-missing")),
        (set_cell("tier", "B4", "↓ rulez"), ("tier!B4", "error", "wrong-value")),
        (set_cell("Cases", "A7", datetime(2026, 1, 3), number_format="d-mmm"), ("Cases!A7", "error", "changed-by-excel")),
        (set_cell("tier", "C8", datetime(2026, 1, 3), number_format="d-mmm"), ("tier!C8", "error", "changed-by-excel")),
        (set_cell("tier", "D8", 1), ("tier!D8", "warning", "changed-by-excel")),
        (set_cell("tier", "D8", True), ("tier!D8", "warning", "changed-by-excel")),
        (set_cell("tier", "C8", 0.5, number_format="0%"), ("tier!C8", "warning", "changed-by-excel")),
        (set_cell("Cases", "C7", True), ("Cases!C7", "warning", "changed-by-excel")),
        (set_cell("Cases", "B7", 45000), ("Cases!B7", "warning", "changed-by-excel")),
        (set_cell("Facts", "B7", "=A7"), ("Facts!B7", "error", "formula-cell")),
        (set_cell("Cases", "C7", "#N/A", data_type="e"), ("Cases!C7", "error", "error-cell")),
        (set_cell("tier", "C7", "amount"), ("tier!C7", "error", "duplicate-column")),
        (set_cell("tier", "D7", None), ("tier!D8", "error", "cell-without-column")),
        (set_cell("tier", "A9", "big"), ("tier!A9", "error", "duplicate-rule")),
        (lambda book: setattr(book["tier"], "title", "分级"), ("Settings!B20", "error", "sheet-missing")),
        (lambda book: setattr(book["tier"], "title", "my tiers"), ("'my tiers'!A1", "warning", "sheet-not-read")),
        (lambda book: book.remove(book["Facts"]), ("Settings!B9", "error", "sheet-missing")),
        (lambda book: book.copy_worksheet(book["tier"]), ("'tier Copy'!A1", "warning", "sheet-not-read")),
    ],
    ids=lambda part: "" if callable(part) else f"{part[0]}-{part[2]}",
)
def test_what_is_wrong_is_said_with_the_address_of_its_cell(
    edit: Edit, finding: tuple[str, str, str], exported: Path, tmp_path: Path
) -> None:
    assert finding in said(edited(exported, tmp_path, edit))


def test_sorted_rows_and_moved_columns_keep_their_meaning(exported: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        tier = book["tier"]
        rows = [[cell.value for cell in row] for row in tier["A7:E10"]]
        for number, row in enumerate([rows[0], *reversed(rows[1:])], 7):
            for column, value in enumerate([row[4], row[3], row[0], row[1], row[2]], 1):
                tier.cell(number, column).value = value
        tier["A6"], tier["B6"] = "#", None

    read = edited(exported, tmp_path, edit)

    assert not read.has_errors, said(read)
    assert [change.after for changes in read.changes.values() for change in changes] == ["the order is another"]


def test_a_row_that_is_inserted_without_an_id_counts_and_a_hidden_one_is_told(exported: Path, tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["tier"].insert_rows(9)
        book["tier"]["B9"], book["tier"]["D9"] = "< 0", "丙"
        book["tier"].row_dimensions[8].hidden = True

    read = edited(exported, tmp_path, edit)

    assert "modules/tier/decisions/tier/table/rules/2/amount" in [change.path for change in read.changes["policy.yaml"]]
    assert ("tier!A8", "note", "hidden-rows") in said(read)


def test_a_changed_value_leaves_the_rest_of_the_file_as_it_was(exported: Path, tmp_path: Path) -> None:
    read = edited(exported, tmp_path, set_cell("tier", "B8", ">= 60万"))
    before, after = (exported / "policy.yaml").read_text(encoding="utf-8").splitlines(), read.files["policy.yaml"].splitlines()

    assert [line for line in after if line not in before] == ["            big   | >= 60万     | true        -> 甲   | 大客户"]
    assert len(before) == len(after) and read.lost_comments == ()
    assert read.fingerprint and read.fingerprint != read.before


def test_merged_cells_are_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="`tier` are merged: A8:A9"):
        edited(exported, tmp_path, lambda book: book["tier"].merge_cells("A8:A9"))


# ---- files that mean harm ----------------------------------------------------------------------------------------------------------


def far(path: Path) -> None:
    book = Workbook()
    book.active.title = "Tierwise"
    book.active["XFD1048576"] = 1
    book.save(path)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<a>" + b" " * 60_000_000)


def laughs(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>')


def many(path: Path) -> None:
    far(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet2.xml", b"<sheetData><row>" + b"<c><v>1</v></c>" * 400_001 + b"</row></sheetData>")


def other(path: Path) -> None:
    Workbook().save(path)


def cut(path: Path) -> None:
    far(path)
    path.write_bytes(path.read_bytes()[:2000])


def text(path: Path) -> None:
    path.write_text("id,amount\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (far, "`Tierwise!XFD1048576` lies too far away"),
        (bomb, "too large for a policy"),
        (laughs, "document type definition"),
        (many, "holds more than 400,000 cells"),
        (other, "has no sheet `Tierwise`"),
        (cut, "is not an Excel workbook"),
        (text, "is not an Excel workbook"),
    ],
)
def test_a_file_that_is_no_exported_workbook_is_refused_at_once(make: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    make(tmp_path / "f.xlsx")
    import_workbook_of = import_workbook
    start = time.process_time()
    with pytest.raises(DataError, match=words):
        import_workbook_of(str(tmp_path / "f.xlsx"), None, PLUGINS)

    assert time.process_time() - start < 1


# ---- overlays ------------------------------------------------------------------------------------------------------------------------


def test_a_filled_overlay_is_read_back_as_an_overlay_file(tmp_path: Path) -> None:
    name = "scorecard-100-rights"
    path = tmp_path / "o.xlsx"
    path.write_bytes(overlay_workbook(load(name, plugins=PLUGINS), "zh"))
    book = load_workbook(path)
    book["公司补充"]["B5"] = "示范公司"
    for row, (test, points) in enumerate([(">= 1000万", 20), ("< 1000万", 5)], 6):
        book["total_points.sales_volume"].cell(row, 1, test)
        book["total_points.sales_volume"].cell(row, 2, points)
    book["读法"]["B7"] = "nearest"
    book.save(path)
    read = import_workbook(str(path), None, PLUGINS)
    (tmp_path / "overlay.yaml").write_text(read.files["overlay.yaml"], encoding="utf-8")
    loaded = load(name, overlay=tmp_path / "overlay.yaml", plugins=PLUGINS)

    assert not read.has_errors, said(read)
    assert loaded.fingerprint == read.fingerprint
    assert loaded.policy.settled == {"rounding": "nearest"}
    assert list(loaded.policy.filled_tables) == ["total_points.sales_volume"]


def test_a_wrong_value_of_an_overlay_is_said_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "o.xlsx"
    path.write_bytes(overlay_workbook(load("scorecard-100-rights", plugins=PLUGINS), "en"))
    book = load_workbook(path)
    book["Readings"]["B7"] = "nearby"
    book.save(path)

    assert ("Readings!B7", "error", "unknown-value") in said(import_workbook(str(path), None, PLUGINS))


def test_an_overlay_of_a_policy_that_is_not_shipped_is_read(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "p")
    (tmp_path / "o.xlsx").write_bytes(overlay_workbook(load(tmp_path / "p", plugins=PLUGINS), "en"))
    read = import_workbook(str(tmp_path / "o.xlsx"), None, PLUGINS)

    assert read.is_overlay and not read.has_errors
    assert read.files["overlay.yaml"].startswith("overlay: 1\npolicy: small\n")
