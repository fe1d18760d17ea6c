"""A policy as a page for people: blocks of text and tables, and their text, Markdown and HTML forms."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tierwise.cli.output import cell_text
from tierwise.cli.table import text_table
from tierwise.core.plan import Constant, Decision, DecisionRef, FactRef, Named, Node, Plan, RankCut, Table, Undecided
from tierwise.core.types import EnumType, NumberType, SetType, Type
from tierwise.core.values import to_json

__all__ = ["Block", "policy_page", "render_page"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (level 1 to 3), a paragraph (level 0), or a table when it has a header."""

    text: str
    level: int = 0
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


WORDS = {
    "en": {
        "facts": "What it reads", "fact": "fact", "label": "label", "type": "type", "entered": "entered by", "person": "a person", "data": "data",
        "open": "What the source leaves open", "reading": "reading", "values": "admissible readings", "settled": "settled",
        "lost": "Every company sets its own", "rule": "rule", "note": "note", "reads": "reads", "scale": "values, best first", "source": "Source",
    },
    "zh": {
        "facts": "读取的数据", "fact": "数据项", "label": "名称", "type": "类型", "entered": "来源", "person": "人工判断", "data": "数据",
        "open": "原文没有说明的地方", "reading": "读法", "values": "可选读法", "settled": "已选定",
        "lost": "须由公司自行规定", "rule": "规则", "note": "备注", "reads": "读取", "scale": "取值（由好到差）", "source": "出处",
    },
}  # fmt: skip


def policy_page(policy: Any, plan: Plan, language: str) -> tuple[Block, ...]:
    """Return the blocks of a policy's page.

    Args:
        policy: The ``Policy`` as written; for its source and description.
        plan: What it compiled to.
        language: ``en`` or ``zh``.
    """
    words = WORDS[language]
    blocks = [Block(_in(plan.title, language), 1)]
    if policy.about is not None:
        blocks.append(Block(policy.about.in_language(language)))
    blocks.append(Block(f"{words['source']}: {policy.source}" if policy.source else ""))
    for module, declaration in policy.modules.items():
        title = declaration.label.in_language(language) if declaration.label is not None else module
        blocks.append(Block(f"{title} ({declaration.kind})", 2))
        shown: set[str] = set()
        for decision in plan.decisions.values():
            if decision.module == module:
                blocks += _decision(decision, plan, language, shown)
    blocks += _facts(plan, language)
    blocks += _open(plan, policy, language)
    return tuple(block for block in blocks if block.text or block.header)


def _in(label: Named, language: str) -> str:
    return label.get(language) or label.get("en") or ""


def _decision(decision: Decision, plan: Plan, language: str, shown: set[str]) -> Iterable[Block]:
    words = WORDS[language]
    kind = decision.type.item if isinstance(decision.type, SetType) else decision.type
    label = _in(decision.label, language)
    yield Block(f"{label} `{decision.name}`" if label and label != decision.name else f"`{decision.name}`", 3)
    if isinstance(kind, EnumType) and decision.output:
        yield Block(f"{words['scale']}: {', '.join(kind.values)}")
    node = decision.node
    table = plan.tables.get(getattr(node, "table", ""))
    if table is not None and table.name not in shown:
        shown.add(table.name)
        yield _table(table, language)
    elif isinstance(node, RankCut):
        cuts = tuple((cell_text(cut.value), _limit(cut.limit, node.by)) for cut in node.cuts)
        yield Block("", header=(label or decision.name, node.by), rows=cuts)
    elif isinstance(node, Undecided):
        yield Block(f"? {node.reason}")
    elif table is None:
        read = sorted(_names(node))
        if read:
            yield Block(f"{words['reads']}: {', '.join(read)}")


def _limit(limit: Any, by: str) -> str:
    if limit is None:
        return "rest"
    return f"≤ {limit * 100:f}%".replace(".00%", "%") if by != "top" else f"≤ {limit}"


def _table(table: Table, language: str) -> Block:
    words = WORDS[language]
    notes = any(rule.note for rule in table.rules)
    header = (words["rule"], *table.column_texts, *(f"→ {name}" for name in table.outputs), *((words["note"],) if notes else ()))
    rows = tuple(
        (
            rule.id,
            *(text or "–" for text in (rule.test_texts or ("",) * len(table.columns))),
            *(_value(node) for node in rule.outputs),
            *((rule.note,) if notes else ()),
        )
        for rule in table.rules
    )
    return Block("", header=header, rows=rows)


def _value(node: Node) -> str:
    if isinstance(node, Constant):
        return "none" if node.value is None else cell_text(to_json(node.value))
    if isinstance(node, Undecided):
        return f"? {node.reason}"
    if isinstance(node, FactRef | DecisionRef):
        return node.name
    return ", ".join(sorted(_names(node)))


def _names(node: Any) -> set[str]:
    if isinstance(node, FactRef | DecisionRef):
        return {node.name}
    if isinstance(node, tuple):
        return {name for part in node for name in _names(part)}
    slots = getattr(type(node), "__slots__", ())
    return {
        name for slot in slots if slot not in ("type", "value", "span") or slot == "value" for name in _names(getattr(node, slot, None))
    }


def _facts(plan: Plan, language: str) -> Iterable[Block]:
    words = WORDS[language]
    yield Block(words["facts"], 2)
    rows = tuple(
        (fact.name, _in(fact.label, language), _type(fact.type), words["person"] if fact.judged else words["data"])
        for fact in plan.facts.values()
    )
    yield Block("", header=(words["fact"], words["label"], words["type"], words["entered"]), rows=rows)


def _type(kind: Type) -> str:
    if isinstance(kind, NumberType) and kind.unit:
        return f"{kind} ({kind.unit})"
    if isinstance(kind, EnumType):
        return " / ".join(kind.values)
    return str(kind)


def _open(plan: Plan, policy: Any, language: str) -> Iterable[Block]:
    words = WORDS[language]
    if plan.readings:
        yield Block(words["open"], 2)
        rows = tuple((r.name, _in(r.label, language), " / ".join(r.values), r.settled or "–") for r in plan.readings.values())
        yield Block("", header=(words["reading"], words["label"], words["values"], words["settled"]), rows=rows)
    if plan.lost:
        yield Block(words["lost"], 2)
        yield Block(", ".join(plan.lost))


def render_page(blocks: Iterable[Block], form: str) -> str:
    """Return a page as ``text``, ``markdown`` or ``html``."""
    render = {"text": _text, "markdown": _markdown, "html": _html}[form]
    return render(tuple(blocks))


def _text(blocks: tuple[Block, ...]) -> str:
    from rich.cells import cell_len

    lines: list[str] = []
    for block in blocks:
        if block.header:
            lines += ["", *("  " + line for line in text_table(block.header, block.rows))]
        elif block.level in (1, 2):
            lines += ["", block.text, ("═" if block.level == 1 else "─") * cell_len(block.text)]
        else:
            lines += ["", block.text.replace("`", "")] if block.level else [block.text]
    return "\n".join(lines).strip("\n")


def _markdown(blocks: tuple[Block, ...]) -> str:
    parts = []
    for block in blocks:
        if block.header:
            cells = [[cell.replace("|", "\\|") for cell in row] for row in (block.header, *block.rows)]
            lines = ["| " + " | ".join(row) + " |" for row in cells]
            parts.append("\n".join([lines[0], "|" + " --- |" * len(block.header), *lines[1:]]))
        else:
            parts.append("#" * block.level + " " * bool(block.level) + block.text)
    return "\n\n".join(parts)


def _html(blocks: tuple[Block, ...]) -> str:
    parts = []
    for block in blocks:
        if block.header:
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in block.header)
            body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        else:
            tag = f"h{block.level}" if block.level else "p"
            parts.append(f"<{tag}>{html.escape(block.text.replace('`', ''))}</{tag}>")
    title = next((html.escape(block.text) for block in blocks if block.level == 1), "Tierwise")
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}th{background:#f4f4f4}"
    )
    return f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head><body>{"".join(parts)}</body></html>'
