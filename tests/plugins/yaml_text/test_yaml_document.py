"""Reading YAML to plain values with places."""

from __future__ import annotations

import pytest

from tierwise.core.environment import Limits, Path
from tierwise.core.finding import Finding
from tierwise.core.policy import Document
from tierwise.core.source import Source, Span
from tierwise.plugins.yaml_text.yaml_document import read_document

LIMITS = Limits()


def document_of(text: str) -> Document:
    document, findings = read_document(Source("policy.yaml", text), LIMITS)
    assert findings == []
    assert document is not None
    return document


def findings_of(text: str, limits: Limits = LIMITS) -> list[Finding]:
    return read_document(Source("policy.yaml", text), limits)[1]


def underlined(span: Span) -> str:
    assert span.line == span.end_line
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.10", "0.10"),
        ("010", "010"),
        ("no", "no"),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ("1e3", "1e3"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ('"~"', "~"),
        ('""', ""),
        ("NULL", "NULL"),
        ("50万", "50万"),
        ("< 3", "< 3"),
        ("[1, null, true]", ["1", None, "true"]),
        ("{a: 1, b: }", {"a": "1", "b": None}),
        ("{a: \"x in (2..4]\", b: 'half (open'}", {"a": "x in (2..4]", "b": "half (open"}),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_every_scalar_is_text_and_only_unquoted_nothing_is_none(written: str, read: object) -> None:
    assert document_of(f"key: {written}\n").root == {"key": read}


def test_json_is_read_alike() -> None:
    text = '[{"id": "a\\/b", "facts": {"n": 1.50, "flag": true, "none": null, "word": "null"}}]'

    assert document_of(text).root == [{"id": "a/b", "facts": {"n": "1.50", "flag": "true", "none": None, "word": "null"}}]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("plain",), "客户 A", "plain"),
        (("quoted",), ">= 5", "quoted"),
        (("list",), "list", "list"),
        (("list", 1), "二", "二"),
        (("map", "in"), "x y", "in"),
        (("none",), "none", "none"),
        (("map",), "map", "map"),
        (("list", 7), "list", "list"),
        (("no", "such"), "plain: 客户 A  # comment", "plain: 客户 A  # comment"),
    ],
)
def test_a_value_and_its_key_have_their_exact_places(path: Path, value: str, key: str) -> None:
    document = document_of("plain: 客户 A  # comment\nquoted: '>= 5'\nlist: [one, 二]\nmap:\n  in:   x y\nnone:\n")

    assert underlined(document.span(path)) == value
    assert underlined(document.key_span(path)) == key


@pytest.mark.parametrize("header", ["|", "|-", "|+", "|2", "| # comment"])
def test_a_text_block_stands_where_its_first_line_starts(header: str) -> None:
    span = document_of(f"a:\n  b: {header}\n    one\n      two\n\n  c: x\n").span(("a", "b"))

    assert (span.line, span.column, span.end_line) == (3, 5, 4)


@pytest.mark.parametrize(
    ("text", "code", "place", "help"),
    [
        ("a: 1\na: 2\n", "duplicate-key", (2, 1), ""),
        ("a: &x 1\n", "alias-not-allowed", (1, 4), "write the value out"),
        ("a: *x\n", "alias-not-allowed", (1, 4), "needs quotes"),
        ("a:\n  <<: {b: 1}\n", "alias-not-allowed", (2, 3), "write the values out"),
        ("a: !!python/object:os.system {}\n", "tag-not-allowed", (1, 4), "needs quotes"),
        ("a: !!str 1\n", "tag-not-allowed", (1, 4), "needs quotes"),
        ("a: != 3\n", "tag-not-allowed", (1, 4), "needs quotes"),
        ("a: 1\n---\nb: 2\n", "several-documents", (2, 1), "`---`"),
        ("? [a]\n: b\n", "key-not-text", (1, 3), "needs quotes"),
        (": b\n", "key-not-text", (1, 1), "needs quotes"),
        ("a: 'x\x00'\n", "character-not-allowed", (1, 6), "UTF-8"),
        ("a: b\n\u202ec: d\n", "character-not-allowed", (2, 1), "hidden"),
        ('a: "\\x00"\n', "character-not-allowed", (1, 5), ""),
        ("a: x\rb: y\r\n", "character-not-allowed", (1, 5), ""),
        ("a: {b: undetermined(gap, X), c: 1}\n", "text-cut-at-comma", (1, 8), "quotes"),
        ("", "empty-file", (1, 1), ""),
        ("# nothing\n", "empty-file", (1, 1), ""),
    ],
)
def test_what_a_policy_may_not_use_is_a_finding_at_its_place(text: str, code: str, place: tuple[int, int], help: str) -> None:
    finding = findings_of(text)[0]

    assert finding.code == code
    assert finding.span is not None
    assert (finding.span.line, finding.span.column) == place
    assert help in finding.help


@pytest.mark.parametrize(
    ("text", "place", "message", "help"),
    [
        ("a: >= 50万\n", (1, 4), "text that starts with `>`", 'put it in quotes: ">= 50万"'),
        ("a: > 5  # five\n", (1, 4), "text that starts with `>`", 'put it in quotes: "> 5"'),
        ("a: | x\n", (1, 4), "text that starts with `|`", "put it in quotes"),
        ("a: @x\n", (1, 4), "text that starts with `@`", "put it in quotes"),
        ("a: `x`\n", (1, 4), "text that starts with ```", "put it in quotes"),
        ("a: %5\n", (1, 4), "text that starts with `%`", "put it in quotes"),
        ('a: "A","B"\n', (1, 7), "after a closing quote", "other kind of quotes"),
        ("a: [20万..30万)\nb: 1\n", (1, 4), "`[`", "needs quotes"),
        ("a: {b: 1,\n  c: [2, 3\n  d: 4}\n", (2, 6), "`[`", "needs quotes"),
        ("a: {b: 1\n", (1, 4), "`{`", "needs quotes"),
        ('a: "x\nb: 1\n', (1, 4), "never closed", "close it"),
        ("a:5\nb: 6\n", (1, 2), "a space is missing after the colon", "`key: value`"),
        ("a: b: c\n", (1, 5), "a second `: `", "needs quotes"),
        ("a: 1\n\tb: 2\n", (2, 1), "a tab", "spaces"),
        ("a:\n    b: 1\n  c: 2\n", (3, 3), "indentation", "same column"),
        ("a: - b\n", (1, 4), "`-` cannot stand here", "needs quotes"),
        ('a: "\\UFFFFFFFF"\n', (1, 1), "not YAML", "escape"),
    ],
)
def test_a_syntax_error_is_explained_in_the_words_of_an_author(text: str, place: tuple[int, int], message: str, help: str) -> None:
    finding = findings_of(text)[-1]

    assert finding.code == "yaml-syntax"
    assert finding.span is not None
    assert (finding.span.line, finding.span.column) == place
    assert message in finding.message
    assert help in finding.help


def test_all_duplicate_keys_are_found_and_the_first_value_stays() -> None:
    document, findings = read_document(Source("policy.yaml", "a: {x: 1, x: 2}\nb: 1\nb: {c: 3}\n"), LIMITS)

    assert document is not None
    assert document.root == {"a": {"x": "1"}, "b": "1"}
    assert [(f.message, f.related[0][1].line) for f in findings] == [("`x` is given twice", 1), ("`b` is given twice", 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100 + "]" * 100, "too-deep"),
        ("a: " * 1 + "\n".join(f"k{i}: 1" for i in range(60)), "yaml-syntax"),
        ("\n".join(f"k{i}: 1" for i in range(60)), "too-many-values"),
        ("x" * 2000, "file-too-large"),
        ("客" * 500, "file-too-large"),
    ],
)
def test_a_text_beyond_the_limits_is_refused(text: str, code: str) -> None:
    assert [finding.code for finding in findings_of(text, Limits(file_bytes=1200, nodes=50, depth=10))] == [code]


def test_fifty_megabytes_are_refused_without_being_parsed() -> None:
    assert [finding.code for finding in findings_of("a: [" * 12_500_000)] == ["file-too-large"]


def test_a_line_that_nobody_writes_is_refused_without_being_parsed() -> None:
    assert [finding.code for finding in findings_of("a: 1\nb: " + "!" * 1_000_000)] == ["line-too-long"]


def test_a_byte_order_mark_at_the_start_does_no_harm() -> None:
    document = document_of("\ufeffa: 1\n")

    assert document.root == {"a": "1"}
    assert document.span(("a",)).column == 4
