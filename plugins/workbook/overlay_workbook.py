"""An overlay as a workbook to fill: everything that a company must supply for a policy, with what it is called and what may stand there."""

from __future__ import annotations

from tierwise.core.policy import Policy
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.supply import LocalTable, Supply, supply_of
from tierwise.plugins.workbook.cell_values import GRID_BELOW, OTHER_SHEET, path_text
from tierwise.plugins.workbook.grids import ARROW, ID, ITSELF, NAME, POINTS, REMARK, TEST, Grid
from tierwise.plugins.workbook.policy_workbook import Explainer, first_rows
from tierwise.plugins.workbook.sheets import Sheet, free_name
from tierwise.plugins.workbook.writing import ColumnHelp, workbook_bytes

__all__ = ["overlay_types", "overlay_workbook"]

FILE = "overlay.yaml"
BLANK_ROWS = 8
"""Of a table that is to be filled; more may be added."""


def overlay_workbook(loaded: LoadedPolicy, language: str) -> bytes:
    """Return the workbook; a policy that leaves nothing open gives one with the company alone."""
    words = words_of("workbook", language)
    explainer = Explainer(loaded, language)
    sheets = list(_sheets(loaded, supply_of(loaded.policy, loaded.plan), explainer))
    readings = {name: tuple((word, "") for word in reading.values) for name, reading in loaded.plan.readings.items()}

    def help(sheet: Sheet, header: str) -> ColumnHelp | None:
        name = header.removeprefix("readings/")
        if name != header:
            return ColumnHelp(sheet.title, choices=readings.get(name, ()), is_strict=True)
        return explainer.help(sheet, header) if sheet.grid is not None and sheet.grid.kind == "rules" else None

    return workbook_bytes(sheets, first_rows("overlay", loaded, sheets), help, words)


def _sheets(loaded: LoadedPolicy, supply: Supply, explainer: Explainer) -> list[Sheet]:
    words = explainer.words
    taken = {words["lists"].casefold()}
    block = [("overlay", "1"), ("policy", loaded.policy.policy), ("company", words["company"])]
    whole = Sheet(free_name(words[FILE], taken), words[FILE], FILE, (), block, to_fill=True)
    sheets = [whole]

    def add(title: str, path: tuple[str, ...], grid: Grid) -> None:
        sheet = Sheet(free_name(title, taken), title, FILE, path, [(path_text(()), GRID_BELOW + grid.kind)], grid, to_fill=True)
        block.append((path_text(path), OTHER_SHEET + sheet.name))
        sheets.append(sheet)

    if supply.parameters:
        header = (NAME, ITSELF, *(REMARK + words[word] for word in ("label", "values", "note")))
        rows = [
            (
                name,
                "",
                one.label.in_language(explainer.language) if one.label is not None else "",
                explainer.type_text(one.type(), name),
                one.note.in_language(explainer.language) if one.note is not None else "",
            )
            for name, one in supply.parameters.items()
        ]
        add(words["parameters"], ("parameters",), Grid("entries", header, tuple(rows)))
    if supply.readings:
        add(words["readings"], ("readings",), _readings(loaded.policy, supply, explainer))
    for table in supply.tables:
        title = table.label.in_language(explainer.language) if table.label is not None else table.name
        add(title, ("tables", table.name), _table(table))
    return sheets


def _readings(policy: Policy, supply: Supply, explainer: Explainer) -> Grid:
    words = explainer.words
    rows = []
    for name in supply.readings:
        reading = policy.readings[name]
        label = reading.label.in_language(explainer.language) if reading.label is not None else ""
        about = reading.about.in_language(explainer.language) if reading.about is not None else ""
        rows.append((name, "", label, " / ".join(reading.values), about))
    return Grid("entries", (NAME, ITSELF, *(REMARK + words[word] for word in ("label", "values", "note"))), tuple(rows))


def _table(table: LocalTable) -> Grid:
    if not table.outputs:
        return Grid("points", (TEST, POINTS, REMARK + ", ".join(table.inputs)), (("",) * 3,) * BLANK_ROWS)
    header = (ID, *table.inputs, *(ARROW + output for output in table.outputs), REMARK.strip())
    return Grid("rules", header, (("",) * len(header),) * BLANK_ROWS)


def overlay_types(policy: Policy) -> dict[str, str]:
    """Return what is expected in a cell about each parameter, fact and decision of a policy, for reading its overlay from a workbook."""
    from tierwise.plugins.workbook.reading import declared_types

    return declared_types(policy.document.root)
