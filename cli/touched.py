"""Tells what the cases of a policy touch, for people line by line and for programs as one document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from tierwise.cli.telling import tell
from tierwise.core.values import to_json
from tierwise.plugins.cases.coverage import BorderCoverage, Coverage, TableCell, percent
from tierwise.plugins.sentences.words import value_text

__all__ = ["coverage_document", "tell_coverage"]


def tell_coverage(found: Coverage, language: str) -> None:
    """Tell shares of what the cases touch, then all that none of them does.

    Args:
        found: What they touch.
        language: ``en`` or ``zh``.
    """
    shares = {"rules": found.rules, "cells met": found.met, "cells that alone kept a rule": found.keeping, "borders": found.touched}
    for what, (part, whole) in shares.items():
        if whole:
            tell(f"  {what}: {percent(part, whole)}% ({part} of {whole})")
    for table in found.tables:
        if table.never:
            tell(f"    no case decided by `{table.table}`: {', '.join(table.never)}")
    for table in found.tables:
        for rule, why in table.unreachable.items():
            tell(f"    no data reaches `{table.table}`: {rule}: {why.in_language(language)}")
    for table in found.tables:
        if table.never_met:
            tell(f"    in no case met in `{table.table}`: {_by_rule(table.never_met)}")
    for table in found.tables:
        if table.never_keeping:
            tell(f"    in no case the only one not met in `{table.table}`: {_by_rule(table.never_keeping)}")
    for one in found.borders:
        at = f"{one.border.about} {value_text(one.border.value, one.border.type, language)}"
        if one.unreachable is not None:
            tell(f"    no data stands exactly at {at}: {one.unreachable.in_language(language)}")
        elif not one.is_touched:
            tell(f"    no case exactly at {at}")
    for output, reasons in found.reasons.items():
        if reasons:
            tell(f"    undetermined in a case: {output} ({', '.join(sorted(reasons))})")


def _by_rule(cells: Iterable[TableCell]) -> str:
    """Return cells as ``rule (column, column), rule (column)``."""
    heads = {rule: [f"`{cell.column}`" for cell in some] for rule, some in groupby(cells, key=lambda cell: cell.rule)}
    return ", ".join(f"{rule} ({', '.join(columns)})" for rule, columns in heads.items())


def coverage_document(found: Coverage, language: str) -> Mapping[str, Any]:
    """Return the same for programs.

    Args:
        found: What the cases touch.
        language: ``en`` or ``zh``, of the reasons that an author gives.
    """
    shares = {"rules": found.rules, "cells_met": found.met, "cells_keeping": found.keeping, "borders": found.touched}
    return {
        **{what: {"touched": part, "of": whole, "percent": percent(part, whole)} for what, (part, whole) in shares.items()},
        "never": {
            "rules": [{"table": table.table, "rule": rule} for table in found.tables for rule in table.never],
            "cells_met": [_cell(table.table, cell) for table in found.tables for cell in table.never_met],
            "cells_keeping": [_cell(table.table, cell) for table in found.tables for cell in table.never_keeping],
            "borders": [_border(one) for one in found.borders if not one.is_touched and one.unreachable is None],
        },
        "unreachable": list(_unreachable(found, language)),
        "undetermined": {output: sorted(reasons) for output, reasons in found.reasons.items()},
    }


def _cell(table: str, cell: TableCell) -> Mapping[str, Any]:
    return {"table": table, "rule": cell.rule, "column": cell.column}


def _border(one: BorderCoverage) -> Mapping[str, Any]:
    return {"fact": one.border.about, "border": to_json(one.border.value)}


def _unreachable(found: Coverage, language: str) -> Iterator[Mapping[str, Any]]:
    for table in found.tables:
        for rule, why in table.unreachable.items():
            yield {"table": table.table, "rule": rule, "why": why.in_language(language)}
    for one in found.borders:
        if one.unreachable is not None:
            yield {**_border(one), "why": one.unreachable.in_language(language)}
