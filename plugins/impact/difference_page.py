"""A difference of meaning as JSON and as a page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tierwise.core.outcome import UNDETERMINED
from tierwise.plugins.cell_text import cell_text
from tierwise.plugins.impact.difference import Difference, OutputDifference, Verdict
from tierwise.plugins.policy_page import Block
from tierwise.plugins.sentences.phrases import words_of_impact

__all__ = ["difference_document", "difference_page"]

FORMAT = 1


def difference_document(found: Difference) -> dict[str, Any]:
    """Return a difference as one JSON document, to which keys are only ever added."""
    return {
        "format": FORMAT,
        "from": found.before,
        "to": found.after,
        "verdict": found.verdict.value,
        "outputs": {
            output.name: {
                "verdict": output.verdict.value,
                **({"renamed_from": output.before} if output.before else {}),
                "looked_at": output.looked_at,
                **({"why": output.why} if output.why else {}),
                **({"population": output.population} if output.population else {}),
                **(
                    {}
                    if output.witness is None
                    else {"witness": dict(output.witness), "outcomes": dict(zip(("from", "to"), output.outcomes, strict=True))}
                ),
            }
            for output in found.outputs
        },
        "facts_renamed": dict(found.renamed),
        "changes": [{"what": c.what, "name": c.name, "from": c.before, "to": c.after} for c in found.changes],
        "cells": [{"table": c.table, "rule": c.rule, "column": c.column, "from": c.before, "to": c.after} for c in found.cells],
    }


def difference_page(found: Difference, language: str) -> tuple[Block, ...]:
    """Return the blocks of a page."""
    return tuple(_blocks(found, words_of_impact(language)))


def _blocks(found: Difference, words: Mapping[str, str]) -> Iterator[Block]:
    yield Block(words["diff"].format(before=found.before, after=found.after), 1)
    yield Block(words[f"verdict {found.verdict.value}"])
    rows = tuple((_name(output), words[f"output {output.verdict.value}"], _told(output, words)) for output in found.outputs)
    yield Block("", header=(words["output"], words["meaning"], ""), rows=rows)
    for output in found.outputs:
        if output.witness is not None:
            facts = ", ".join(f"{name}: {cell_text(value) or 'none'}" for name, value in output.witness.items()) or "–"
            old, new = map(_outcome, output.outcomes)
            key = "witness of all" if output.population else "witness"
            yield Block(words[key].format(name=output.name, facts=facts, before=old, after=new, count=output.population))
    if found.changes:
        yield Block(words["declared"], 2)
        columns = ("", words["name"], words["from"], words["to"])
        yield Block("", header=columns, rows=tuple((c.what, c.name, c.before or "–", c.after or "–") for c in found.changes))
    if found.cells:
        yield Block(words["cells"], 2)
        header = (words["table"], words["rule"], words["column"], words["from"], words["to"])
        yield Block("", header=header, rows=tuple((c.table, c.rule, c.column, c.before or "–", c.after or "–") for c in found.cells))


def _name(output: OutputDifference) -> str:
    return f"{output.before} → {output.name}" if output.before else output.name


def _told(output: OutputDifference, words: Mapping[str, str]) -> str:
    match output.verdict:
        case Verdict.SAME if not output.looked_at:
            return words["proved by plan"]
        case Verdict.SAME:
            return words["proved by cases"].format(count=f"{output.looked_at:,}")
        case Verdict.UNPROVEN:
            return words["sampled"].format(count=f"{output.looked_at:,}", why=output.why)
    return ""


def _outcome(document: Any) -> str:
    if UNDETERMINED in document:
        candidates = " | ".join(cell_text(value) or "–" for value in document.get("candidates", ()))
        return f"? {document[UNDETERMINED]}" + (f" ({candidates})" if candidates else "")
    return "none" if document["value"] is None else cell_text(document["value"]) or "–"
