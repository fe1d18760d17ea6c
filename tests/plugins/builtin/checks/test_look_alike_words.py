"""Names and words beside each other that look alike get a note, wherever they stand in a policy."""

from __future__ import annotations

import pytest

from tests.short_policies import found, with_facts

FACTS = "facts: {{x: {{type: integer}}, t: {{type: text}}, {}}}\n"
MODULES = "modules: {{m: {{kind: module, decisions: {{out: {{type: integer, formula: x}}, {}}}}}}}\n"


@pytest.mark.parametrize(
    ("facts", "decisions", "underlined"),
    [
        ("х: {type: integer}", "", "х"),
        ("Ａ: {type: integer}, A: {type: integer}", "", "A"),
        ("caf\xe9: {type: text}, cafe\u0301: {type: text}", "", "cafe\u0301"),
        ("g: {type: enum, values: [A, Ａ]}", "", "Ａ"),
        ("g: {type: set, values: [甲－乙, 甲-乙]}", "", "甲-乙"),
        ("g: {type: enum, values: {A: {zh: 甲, en: a}, А: {zh: 乙, en: b}}}", "", "А"),
        ("g: {type: enum, values: [A, B], aliases: {a: A, а: B}}", "", "а"),
        ("r: {type: record, fields: {o: {type: text}, о: {type: text}}}", "", "о"),
        ("y: {type: text}", "х: {type: integer, formula: x}", "х"),  # a fact and a decision
        ("y: {type: text}", "оut: {type: integer, formula: x}", "оut"),  # two decisions
    ],
)
def test_what_looks_alike_is_noted_at_the_second(facts: str, decisions: str, underlined: str) -> None:
    notes = [f for f in found(FACTS.format(facts) + MODULES.format(decisions)) if f.code == "look-alike"]
    assert [(note.span and note.span.text, note.severity.value) for note in notes] == [(underlined, "note")]
    assert notes[0].related


def test_quoted_texts_of_one_table_are_compared() -> None:
    table = 'out: {type: text, table: {hit: first, rules: "grade -> out\\nA -> \\"Ａ级\\"\\nB -> \\"A级\\"\\n- -> \\"C级\\""}}'
    assert [f.message.split(",")[0] for f in with_facts(table).findings if f.code == "look-alike"] == ["`A级` looks like `Ａ级`"]


def test_ordinary_names_are_not_noted() -> None:
    facts = "a: {type: integer}, A: {type: integer}, x2: {type: integer}, x²: {type: integer}, 金额: {type: integer}, 金領: {type: integer}"
    assert "look-alike" not in {f.code for f in found(FACTS.format(facts) + MODULES.format(""))}
