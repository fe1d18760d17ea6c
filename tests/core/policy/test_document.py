"""Whatever a file holds, reading it gives a policy or findings inside the text, never another exception."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tierwise.core.environment import Limits
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.source import Source
from tierwise.plugins.cases.read_cases import read_cases
from tierwise.plugins.yaml_text.yaml_document import read_policy

WORDS = st.sampled_from(
    (
        *(
            "tierwise: 1\n",
            "policy: p\n",
            "version: 1\n",
            "title: t\n",
            "facts:\n",
            "modules:\n",
            "parameters:\n",
            "readings:\n",
            "cases:\n",
        ),
        *(
            "  a: {type: number, scale: 2}\n",
            "  b:\n    type: enum\n    values: [x, y]\n",
            "  m:\n    kind: module\n    decisions:\n",
            "  r: [u, v]\n",
        ),
        *(
            "      d:\n        type: text\n        formula: a\n",
            "      e: {labels: {x: y}}\n",
            "  c: {type: set of, values: {}, fields: 3}\n",
        ),
        *(
            "        table:\n          rules: |\n            a | b -> c\n\n            1 | 2 -> 3\n",
            "- ",
            "? ",
            ": ",
            "{",
            "}",
            "[",
            "]",
            ",",
            "|",
            ">",
            "'",
        ),
        *(
            '"',
            "\\",
            "&a ",
            "*a ",
            "!x ",
            "<<: ",
            "%",
            "---\n",
            "...\n",
            "\t",
            "\r\n",
            "\r",
            "\u2028",
            "\x00",
            "\ufeff",
            "客户",
            "50万",
            "#",
            " ",
            "\n",
            "  ",
        ),
    )
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join))


def assert_inside(findings: Iterable[Finding], sources: Iterable[Source]) -> None:
    texts = {source.name: source.text.removeprefix("\ufeff") for source in sources}
    for finding in findings:
        assert finding.span is not None
        lines = texts[finding.span.source.name].splitlines() or [""]
        for line, column in ((finding.span.line, finding.span.column), (finding.span.end_line, finding.span.end_column)):
            assert 1 <= line <= len(lines)
            assert 1 <= column <= len(lines[line - 1]) + 1
        assert finding.message
        assert "\n" not in finding.message + finding.help


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example("a: |\n\n   \n  x\n")
@example("a: >\n\n\n")
@example("{1: {2: [")
@example("facts: {a: {type: record, fields: {b: {type: list of list of list of list of list of text}}}}\nmodules: {a: 1}\n")
@given(TEXTS)
def test_any_policy_text(text: str) -> None:
    try:
        policy = read_policy({"policy.yaml": text}, Limits())
    except PolicyError as error:
        assert error.findings
        assert_inside(error.findings, [Source("policy.yaml", text)])
    else:
        assert_inside(policy.findings, policy.sources.values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 900))
def test_any_damage_to_a_policy_and_any_overlay_and_cases(text: str, damage: str, other: str, at: int) -> None:
    overlay, cases = Source("company.yaml", "overlay: 1\npolicy: big-customers\n" + other), Source("cases.yaml", other)
    try:
        damaged = text[:at] + damage + text[at:]
        policy = read_policy({"policy.yaml": damaged}, Limits())
    except PolicyError as error:
        assert_inside(error.findings, [Source("policy.yaml", damaged)])
        policy = read_policy({"policy.yaml": text}, Limits())
    for attempt in (lambda: read_policy({"policy.yaml": text}, Limits(), overlay), lambda: read_cases(policy, cases)):
        try:
            attempt()
        except PolicyError as error:
            assert_inside(error.findings, [overlay, cases])
