"""What pydantic refuses, in the words of an author and at its place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from tierwise.core.environment import Limits
from tierwise.core.policy import Text, validate
from tierwise.core.policy.texts import Flag, Part, Whole, Words
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.yaml_document import read_document


class Gap(Part):
    gap: str
    why: Text


class Overlap(Part):
    overlap: list[str]
    why: Text


class Spec(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: str
    hit: Literal["unique", "first"] = "unique"
    rest: Flag = False
    steps: Whole = Field(1, le=5)
    words: Words | None = None
    points: str | dict[str, str] | None = None
    values: dict[str, str | list[str] | None] = {}
    acknowledge: list[Gap | Overlap] = []
    from_: Annotated[str, Field(alias="from")] = ""


def problems(written: str, annotation: Any = Spec) -> list[tuple[str, str, str, str]]:
    document, found = read_document(Source("policy.yaml", written), Limits())
    assert document is not None
    assert found == []
    _, findings = validate(annotation, document.root, (), document)
    return [
        (f.code, f.message, f.span.source.line(f.span.line)[f.span.column - 1 : f.span.end_column - 1] if f.span else "", f.help)
        for f in findings
    ]


@pytest.mark.parametrize(
    ("written", "code", "message", "underline", "help"),
    [
        ("{by: [a]}", "wrong-shape", "`by` demands one text, not a list", "by", ""),
        ("{by: {a: b}}", "wrong-shape", "`by` demands one text, not keys and values", "by", ""),
        ("{by: }", "wrong-shape", "`by` demands one text, not nothing", "by", ""),
        ("{hit: first}", "missing-key", "the file demands `by`", "{hit: first}", "add `by: …`"),
        ("{by: a, hit: frist}", "wrong-value", "`hit` must be `unique` or `first`, not `frist`", "frist", "did you mean `first`?"),
        ("{by: a, rest: ja}", "wrong-value", "`rest` demands `true` or `false`", "ja", ""),
        ("{by: a, steps: -1}", "wrong-value", "`steps` demands a whole number such as `2`", "-1", ""),
        ("{by: a, steps: 9}", "wrong-value", "`steps` should be less than or equal to 5", "9", ""),
        ("{by: a, words: [x, x]}", "duplicate-value", "`words` lists `x` twice", "words", ""),
        ("{by: a, words: x}", "wrong-shape", "`words` demands a list of words, or word to label", "x", ""),
        ("{by: a, points: [x]}", "wrong-shape", "`points` demands one text, or keys and values", "points", ""),
        ("{by: a, points: {x: [1]}}", "wrong-shape", "`x` demands one text, not a list", "x", ""),
        ("{by: a, values: {x: {y: z}}}", "wrong-shape", "`x` demands one text, or a list", "x", ""),
        ("{by: a, values: {x: [y, [z]]}}", "wrong-shape", "`x[2]` demands one text, not a list", "[z]]}}", ""),
        ("{by: a, form: b}", "unknown-key", "there is no key `form` here", "form", "did you mean `from`?"),
        (
            "{by: a, xyz: b}",
            "unknown-key",
            "there is no key `xyz` here",
            "xyz",
            "the keys here are `by`, `hit`, `rest`, `steps`, `words` and 4 more",
        ),
        ("{by: a, acknowledge: [{gap: all}]}", "missing-key", "`acknowledge[1]` demands `why`", "{gap: all}]}", "add `why: …`"),
        ("{by: a, acknowledge: [{overlap: [x], why: y, wy: z}]}", "unknown-key", "there is no key `wy` here", "wy", "did you mean `why`?"),
        ("{by: a, acknowledge: [x]}", "wrong-shape", "`acknowledge[1]` demands keys and values", "x", ""),
        ("text", "wrong-shape", "`policy` demands keys and values, not `text`", "text", ""),
    ],
)
def test_a_refused_value_is_explained_at_its_place(written: str, code: str, message: str, underline: str, help: str) -> None:
    assert problems(written) == [(code, message, underline, help)]


Nested = list[str] | dict[str, list[str] | str]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{a: [x, [y]]}", [("`a[2]` demands one text, not a list", "[y]]}")]),
        (
            "{a: [x, {y: z}], b: {c: d}}",
            [("`a[2]` demands one text, not keys and values", "{y: z}], b: {c: d}}"), ("`b` demands a list, or one text", "b")],
        ),
        ("[x, [y]]", [("`policy[2]` demands one text, not a list", "[y]]")]),
        ("x", [("`policy` demands a list, or keys and values", "x")]),
    ],
)
def test_of_unions_in_unions_only_the_member_that_was_meant_speaks(written: str, found: list[tuple[str, str]]) -> None:
    assert [(message, underline) for _, message, underline, _ in problems(written, Nested)] == found


def test_everything_wrong_is_found_at_once() -> None:
    assert [code for code, *_ in problems("{hit: x, rest: y, steps: z, more: 1}")] == [
        "missing-key",
        "wrong-value",
        "wrong-value",
        "wrong-value",
        "unknown-key",
    ]


def test_a_sound_value_is_read() -> None:
    document, _ = read_document(Source("p", "{by: a, from: b, steps: 2, words: [x, y]}"), Limits())
    assert document is not None

    spec, findings = validate(Spec, document.root, (), document)

    assert findings == []
    assert (spec.by, spec.from_, spec.steps, list(spec.words)) == ("a", "b", 2, ["x", "y"])
