"""Whatever an author writes, checking answers with findings that have a place in the file; it never raises anything but a ``PolicyError``."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.short_policies import FACTS, HEAD, checked
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding

EVERY_FORM = (
    FACTS
    + """\
parameters:
  best: {type: number, scale: 2, value: 20%}
  days: {type: integer, local: true}
readings:
  cadence: [rolling, calendar]
modules:
  m:
    kind: module
    decisions:
      level:
        type: enum
        values: [A, B, C]
        table:
          hit: unique
          rules: |
            id | grade | amount        | good -> level                 | # note
            a  | A, B  | >= 50万       | true -> A
            b  | -     | [20万..50万)  | -    -> undetermined(gap, A, B)
            c  | C     | < 20万        | -    -> if count > 3 then B else C
          default: C
          acknowledge: [{gap: {grade: A}, why: open}, {overlap: [a, b], why: open}]
      price: {type: number, scale: 4, unit: 元, formula: amount * 0.95}
      lead: {type: integer, lookup: {by: level, values: {A: 20, B: 30, C: undetermined(gap)}}}
      score: {type: number, scale: 2, scorecard: {cap: 100, characteristics: {g: {of: grade, weight: 0.5, points: {A: 20, "B, C": 5}}, l: {of: count, local: true}}}}
      mix: {type: number, scale: 4, weighted: {terms: {amount: 50%, score: 50%}}}
      rank: {type: enum, values: [A, B], ranking: {by: mix, among: good, quotas: {A: best, B: rest}, rounding: nearest}}
      both: {type: set, values: [x, y, z], labels: {x: good, y: amount > 3}}
      every_class: {type: duration, agree: {of: both, values: {x: 7 days, y: 1 month}, empty: 1 year}}
      duties: {type: set, values: [p, q], gather: {of: classes, values: {x: [p], y: [p, q]}}}
      visits: {schedule: {last: last, every: every_class, reading: cadence, outputs: {due_on: due_on, overdue: late}}}
      queued: {type: list of text, order: {list: queue, by: [grade, score desc], give: order}}
      all_of_them: {type: list of text, of: population, order: {list: population, by: [amount desc], give: customer_id}}
      in_force: {type: enum, values: [A, B, C], prefer: [grade, level]}
  n: {kind: credit-level, scale: [A, B, C], demote: {from: grade, when: count >= 2, give: lowered}}
"""
)

SPLINTERS = st.sampled_from(
    [
        "",
        " ",
        "\n",
        "  ",
        "-",
        "|",
        "->",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        "(",
        ")",
        '"',
        "null",
        "undetermined(",
        "level",
        "lost",
        "50万",
        "grade",
        "x",
        "?",
        "1",
        "≥",
    ]
)


def test_a_policy_of_every_form_compiles() -> None:
    plan = checked(EVERY_FORM).require_plan()
    assert {decision.form for decision in plan.decisions.values()} == {
        "table", "formula", "lookup", "scorecard", "weighted", "ranking", "labels", "agree", "gather", "schedule", "order", "prefer", "parameter",
    }  # fmt: skip
    assert plan.lost == ("days", "score.l")


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(EVERY_FORM)), st.integers(0, 12), SPLINTERS)
def test_a_damaged_policy_gives_findings(start: int, length: int, splinter: str) -> None:
    body = EVERY_FORM[:start] + splinter + EVERY_FORM[start + length :]
    try:
        policy = checked(body)
    except PolicyError as error:
        assert_placed(error.findings, body)
    else:
        assert_placed(policy.findings, body)
        assert policy.plan is not None or policy.findings


def assert_placed(findings: tuple[Finding, ...], body: str) -> None:
    lines = (HEAD + body).splitlines()
    for finding in findings:
        assert finding.span is not None, finding
        assert 1 <= finding.span.line <= finding.span.end_line <= len(lines) + 1, finding
        assert finding.message, finding
        assert "\n" not in finding.message, finding
